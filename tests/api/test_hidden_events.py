"""The feed of events for those who may not see everything: what is hidden leaves no trace in it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update

from api.routes import events
from models.categories import Category
from models.incidents import Incident
from models.messages import Message
from models.reference import count_reference_change
from models.reports import Report
from tests.api.feed import FEED, HIDDEN, PARTNER, STAFF, next_of, publish, put, record, walk
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

QUESTIONS: tuple[Mapping[str, Any], ...] = (
    {},
    {"limit": 1},
    {"limit": 3},
    {"limit": 4},
    {"limit": 5},
    {"name": "report.opened"},
    {"name": "incident.opened"},
    {"name": "message.received"},
    *({"name": name} for name in ("danger.seen", "reporter.stopped", "reply.withheld", "reply.refused")),
    {"name": "status.received"},
)


def shown(answer: httpx.Response) -> tuple[Any, ...]:
    headers = answer.headers
    return answer.status_code, answer.content, headers["etag"], headers.get("link"), headers["content-length"]


async def look(served: Served, key: dict[str, str]) -> list[tuple[Any, ...]]:
    """Everything the key is told, with and without a place to go on from."""
    rows = await served.rows(FEED, key)
    places = [{}, {"after": rows[0]["id"]}, {"after": rows[-1]["id"]}] if rows else [{}]
    return [shown(await served.get(FEED, key, **place, **query)) for query in QUESTIONS for place in places]


CANNOT_SEE = [
    pytest.param("Mon mari me frappe à Matoto", PARTNER, "other", id="violence at home, a partner"),
    pytest.param("Mon mari me frappe", PARTNER, "other", id="violence at home, no place, a partner"),
    pytest.param("Au secours, mon mari me frappe, je suis à Matoto", PARTNER, "other", id="danger, a partner"),
    pytest.param("Enlèvement d'un enfant à Matoto", PARTNER, "other", id="a kidnapping, a partner"),
    pytest.param(
        "Les policiers demandent de l'argent au barrage de Matoto", PARTNER, "other", id="a racket, a partner"
    ),
    pytest.param(
        "Les policiers demandent de l'argent au barrage de Matoto", STAFF, "police", id="a racket, the police"
    ),
]


@pytest.mark.parametrize(("text", "scopes", "body"), CANNOT_SEE)
async def test_a_hidden_text_changes_nothing_of_what_a_key_is_told(
    served: Served, text: str, scopes: tuple[str, ...], body: str
) -> None:
    served.add_twilio(free_to_sender=True)
    await served.text("Vol de moto hier à Matoto", From="+12025550199")
    served.dispatch()
    publish(served)
    key = served.key(*scopes, body=body)
    before = await look(served, key)
    assert b"vehicle_theft" in before[0][1]
    await served.text(text)
    served.dispatch()
    publish(served)
    assert await look(served, key) == before
    staff = await walk(served, served.key(*STAFF))
    assert len(staff) > len(await walk(served, key)) + 1, "there was nothing to hide"


@pytest.mark.parametrize("stretch", [1, 2, 500])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 500])
async def test_worlds_that_differ_in_one_hidden_report_look_the_same(
    served: Served, limit: int, stretch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hidden one in the midst of the others; the ids of a world are named by the order they appear in."""
    monkeypatch.setattr(events, "STRETCH", stretch)
    key = served.key(*PARTNER)
    put(served, "fire")
    worlds = []
    for hidden in ((), ("domestic_violence",)):
        start = next_of(await served.get(FEED, key))
        put(served, "theft", *hidden, "robbery")
        record(served, "danger.seen", late=False)
        worlds.append([page async for page in pages(served, key, f"{start}&limit={limit}")])
    assert named(worlds[0]) == named(worlds[1])
    assert len(worlds[0]) == {1: 5, 2: 3, 3: 3, 4: 2, 500: 2}[limit]


async def pages(served: Served, key: dict[str, str], path: str | None) -> Any:
    while path:
        answer = await served.http.get(path, headers=key)
        yield answer.text, answer.headers.get("link"), answer.headers["content-length"]
        path = next_of(answer)


def named(told: Iterable[Any]) -> str:
    names: dict[str, str] = {}
    return re.sub(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        lambda found: names.setdefault(found[0], f"id {len(names)}"),
        str(told),
    )


async def test_a_key_that_may_not_see_all_gets_no_positions_and_goes_on_from_events(served: Served) -> None:
    put(served, "domestic_violence", "theft")
    key = served.key(*PARTNER)
    rows = await served.rows(FEED, key)
    assert [row["position"] for row in rows] == [None, None]
    assert await served.rows(FEED, key, after=rows[0]["id"]) == rows[1:]
    for position in ("0", "1", "3"):
        problem_of(await served.get(FEED, key, after=position), 422, "invalid")


@pytest.mark.parametrize(
    ("body", "scopes", "hidden"),
    [
        pytest.param("other", PARTNER, set(HIDDEN), id="a partner"),
        pytest.param("other", STAFF, set(), id="staff"),
        pytest.param("police", STAFF, {"police_abuse"}, id="the police, with protected:read"),
        pytest.param("administration", STAFF, {"police_abuse"}, id="the administration, with protected:read"),
        pytest.param("police", PARTNER, set(HIDDEN), id="the police"),
    ],
)
async def test_what_is_seen_by_protection_and_body(
    served: Served, body: str, scopes: tuple[str, ...], hidden: set[str]
) -> None:
    put(served, "theft", *HIDDEN)
    rows = await walk(served, served.key(*scopes, body=body))
    for name in ("report.opened", "incident.opened"):
        assert {row["payload"]["category"] for row in rows if row["name"] == name} == {"theft", *HIDDEN} - hidden


async def test_what_becomes_protected_leaves_the_feed_and_readers_go_on_from_where_they_were(served: Served) -> None:
    first, second = put(served, "theft", "robbery")
    key = served.key(*PARTNER)
    rows = await served.rows(FEED, key)
    with served.store.database.writing() as session:
        session.execute(update(Report).where(Report.id == second).values(protect="survivor"))
    left = await served.rows(FEED, key)
    assert [row for row in rows if row["subject"] != str(second)] == left
    record(served, "report.placed", first, protect="none", category="theft")
    hidden = next(row for row in rows if row["subject"] == str(second))
    (later,) = await served.rows(FEED, key, after=hidden["id"])
    assert later["name"] == "report.placed"


async def test_a_category_that_becomes_protected_takes_its_events_along(served: Served) -> None:
    put(served, "fire", "theft")
    with served.store.database.writing() as session:
        session.execute(update(Category).where(Category.code == "fire").values(protect="armed"))
        count_reference_change(session)
    rows = await served.rows(FEED, served.key(*PARTNER))
    assert {row["payload"]["category"] for row in rows} == {"theft"}


async def test_an_incident_that_becomes_protected_leaves_the_feed(served: Served) -> None:
    put(served, "fire", "theft")
    key = served.key(*PARTNER)
    assert len(await served.rows(FEED, key, name="incident.opened")) == 2
    with served.store.database.writing() as session:
        armed = select(Category.id).where(Category.code == "kidnapping").scalar_subquery()
        fires = select(Category.id).where(Category.code == "fire").scalar_subquery()
        session.execute(update(Incident).where(Incident.category_id == fires).values(category_id=armed))
    (row,) = await served.rows(FEED, key, name="incident.opened")
    assert row["payload"]["category"] == "theft"


async def test_what_was_protected_when_it_was_recorded_stays_hidden(served: Served) -> None:
    """The event says so; that the report is about something else now does not make it public."""
    (report,) = put(served, "theft")
    record(served, "report.placed", report, protect="survivor", category=None)
    record(served, "report.placed", report, protect="none", category="domestic_violence")
    rows = await served.rows(FEED, served.key(*PARTNER))
    assert "report.placed" not in {row["name"] for row in rows}


async def test_a_text_about_something_protected_is_hidden_whatever_its_event_says(served: Served) -> None:
    served.add_twilio()
    for text in ("Vol de moto hier à Matoto", "Bonjour"):
        await served.text(text)
    served.dispatch()
    publish(served)
    key = served.key(*PARTNER)

    async def texts() -> int:
        return len(await served.rows(FEED, key, name="message.received"))

    assert await texts() == 2
    with served.store.database.writing() as session:
        session.execute(update(Message).where(Message.report_id.is_(None)).values(protect="survivor"))
    assert await texts() == 1
    with served.store.database.writing() as session:
        session.execute(update(Report).values(protect="agent"))
    assert await texts() == 0


async def test_an_event_without_its_subject_or_of_an_unknown_kind_is_hidden(served: Served) -> None:
    (report,) = put(served, "theft")
    for name in ("report.opened", "incident.opened", "message.received", "alert.raised"):
        record(served, name, protect="none", category="theft")
    record(served, "alert.raised", report, protect="none", category="theft")
    record(served, "report.exported", report)  # says nothing of protection
    assert len(await served.rows(FEED, served.key(*PARTNER))) == 2
    with served.store.database.writing() as session:
        session.execute(update(Report).values(incident_id=None))
        session.execute(delete(Incident))
    assert len(await served.rows(FEED, served.key(*PARTNER))) == 1


async def test_where_a_reporter_lives_is_told_only_to_those_who_may_see_all(served: Served) -> None:
    (report,) = put(served, "theft")
    record(served, "report.placed", report, protect="none", category="theft", home="GN-C")
    for scopes, told in ((STAFF, True), (PARTNER, False)):
        (row,) = await served.rows(FEED, served.key(*scopes), name="report.placed")
        assert ("home" in row["payload"]) == told
