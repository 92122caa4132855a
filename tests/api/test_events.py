"""The feed of events: its rows, its pages, its keys, its ETags, and how old versions read."""

from typing import Any

import pytest
from sqlalchemy import select, update

from api.formats.table import instant
from models import events
from models.events import Event, upcast
from models.keys import SCOPES, Key
from models.localities import Locality
from tests.api.feed import FEED, HIDDEN, PARTNER, STAFF, next_of, publish, put, record, walk
from tests.conftest import START
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

# -- rows and pages ----------------------------------------------------------------------------------------------------


async def test_a_row_tells_the_fact_and_never_the_reporter(served: Served) -> None:
    served.add_twilio()
    await served.text("Vol de moto hier à Matoto, appelez Sékouba", From="+12025550123")
    served.dispatch()
    publish(served)
    rows = await walk(served, served.key(*STAFF))
    assert {"report.opened", "incident.opened", "message.received"} <= {row["name"] for row in rows}
    for row in rows:
        assert list(row) == ["id", "position", "name", "version", "subject", "actor", "recorded_at", "payload"]
    report = next(row for row in rows if row["name"] == "report.opened")
    assert (report["version"], report["actor"], report["recorded_at"]) == (1, "system", instant(START))
    assert report["payload"]["category"] == "vehicle_theft"
    with served.store.database.reading() as session:
        reporters = {str(each) for each in session.scalars(select(Event.reporter_id)) if each}
    assert len(reporters) == 1
    for secret in (*reporters, "Sékouba", "5550123"):
        assert secret not in str(rows)


@pytest.mark.parametrize("scopes", [STAFF, PARTNER], ids=["staff", "partner"])
@pytest.mark.parametrize("limit", [1, 3, 4, 500])
async def test_the_pages_are_the_whole_feed_without_gap_or_repeat(
    served: Served, scopes: tuple[str, ...], limit: int
) -> None:
    put(served, "theft", "robbery", *HIDDEN, "theft")
    key = served.key(*scopes)
    whole = await served.rows(FEED, key, limit=500)
    assert len(whole) == (12 if scopes == STAFF else 6)
    assert await walk(served, key, f"{FEED}?limit={limit}") == whole
    for name in ("incident.opened", "report.opened"):
        named = await walk(served, key, f"{FEED}?name={name}&limit={limit}")
        assert named == [row for row in whole if row["name"] == name]
        assert len(named) == len(whole) / 2


@pytest.mark.parametrize("scopes", [STAFF, PARTNER], ids=["staff", "partner"])
async def test_the_last_page_with_rows_leads_to_what_comes_later(served: Served, scopes: tuple[str, ...]) -> None:
    key = served.key(*scopes)
    assert next_of(await served.get(FEED, key)) is None
    put(served, "theft")
    first = await served.get(FEED, key)
    going_on = next_of(first)
    assert going_on
    empty = await served.http.get(going_on, headers=key)
    assert (empty.json(), next_of(empty)) == ({"rows": []}, None)
    put(served, "robbery")
    later = await served.http.get(going_on, headers=key)
    assert [row["payload"]["category"] for row in later.json()["rows"]] == ["robbery", "robbery"]
    assert first.json()["rows"] + later.json()["rows"] == await served.rows(FEED, key)


async def test_a_reader_goes_on_from_a_position_or_from_an_event(served: Served) -> None:
    put(served, "theft", "robbery")
    key = served.key(*STAFF)
    rows = await served.rows(FEED, key)
    assert [row["position"] for row in rows] == [1, 2, 3, 4]
    assert await served.rows(FEED, key, after=2) == rows[2:]
    assert await served.rows(FEED, key, after=rows[1]["id"]) == rows[2:]
    assert await served.rows(FEED, key, after=0) == rows
    assert await served.rows(FEED, key, after=10**17) == []


async def test_an_event_that_is_not_published_yet_is_not_there(served: Served) -> None:
    served.add_reports([("theft", "GN-BF", "2026-11-20")])
    key = served.key(*STAFF)
    assert await served.rows(FEED, key) == []
    with served.store.database.reading() as session:
        event_id = session.scalars(select(Event.id)).first()
    problem_of(await served.get(FEED, key, after=event_id), 422, "invalid")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"after": "yesterday"}, id="no place"),
        pytest.param({"after": ""}, id="an empty place"),
        pytest.param({"after": "-1"}, id="before the first"),
        pytest.param({"after": "9" * 19}, id="more than there can be"),
        pytest.param({"after": "٣"}, id="another script's digit"),
        pytest.param({"after": "00000000-0000-4000-8000-000000000000"}, id="no such event"),
        pytest.param({"name": "report"}, id="no event's name"),
        pytest.param({"name": "report.*"}, id="a pattern"),
        pytest.param({"limit": 0}, id="no rows"),
        pytest.param({"limit": 501}, id="too many rows"),
        pytest.param({"cursor": "x"}, id="an unknown parameter"),
        pytest.param([("after", "1"), ("after", "2")], id="a parameter twice"),
    ],
)
async def test_a_question_that_makes_no_sense_is_a_422(served: Served, query: Any) -> None:
    put(served, "theft")
    problem_of(await served.http.get(FEED, params=query, headers=served.key(*STAFF)), 422, "invalid")


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_feed_needs_its_own_scope_and_a_key_that_is_not_bound(served: Served) -> None:
    problem_of(await served.get(FEED), 401, "no-key")
    others = [scope for scope in SCOPES if scope != "events:read"]
    problem_of(await served.get(FEED, served.key(*others)), 403, "scope-missing")
    problem_of(await served.get(FEED, served.key(*others, locality="GIN")), 403, "scope-missing")
    key = served.key(*STAFF)
    with served.store.database.writing() as session:  # `keys create` refuses it
        country = session.scalar(select(Locality.id).where(Locality.code == "GIN"))
        session.execute(update(Key).where(Key.scopes == list(STAFF)).values(locality_id=country))
    assert "bound to no locality" in problem_of(await served.get(FEED, key), 403, "key-bound")["detail"]


# -- old versions ------------------------------------------------------------------------------------------------------


async def test_old_versions_are_brought_up_to_the_newest_when_read(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = record(served, "report.counted", protect="none", number=1)
    key = served.key(*STAFF)
    before = await served.get(FEED, key, limit=1)
    monkeypatch.setitem(events.UPCASTS, ("report.counted", 1), lambda payload: {"numbers": [payload["number"]]})
    monkeypatch.setitem(events.UPCASTS, ("report.counted", 2), lambda payload: {**payload, "unit": "texts"})
    new = record(served, "report.counted", numbers=[2], unit="texts")
    first, second = await served.rows(FEED, key, name="report.counted")
    assert (first["id"], first["version"], first["payload"]) == (str(old), 3, {"numbers": [1], "unit": "texts"})
    assert (second["id"], second["version"], second["payload"]) == (str(new), 3, {"numbers": [2], "unit": "texts"})
    held = await served.get(FEED, key | {"if-none-match": before.headers["etag"]}, limit=1)
    assert held.status_code == 200, "what reads otherwise now is not what the client holds"
    assert upcast("report.placed", 1, {"a": 1}) == (1, {"a": 1})


# -- ETags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scopes", [STAFF, PARTNER], ids=["staff", "partner"])
async def test_the_etag_of_a_full_page_stays_and_that_of_the_open_end_goes_on(
    served: Served, scopes: tuple[str, ...]
) -> None:
    put(served, "theft", "robbery")
    key = served.key(*scopes)
    full, end = {"limit": 2}, {"limit": 500}
    tags = [(await served.get(FEED, key, **query)).headers["etag"] for query in (full, end)]
    for query, tag in zip((full, end), tags, strict=True):
        again = await served.get(FEED, key | {"if-none-match": tag}, **query)
        assert (again.status_code, again.content) == (304, b"")
    put(served, "theft")
    assert (await served.get(FEED, key | {"if-none-match": tags[0]}, **full)).status_code == 304
    assert (await served.get(FEED, key | {"if-none-match": tags[1]}, **end)).status_code == 200
