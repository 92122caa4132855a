"""Incidents over HTTP: which ones, in which order, to whom; what staff state; merging."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from api.formats.table import instant
from models.database import FOREVER
from models.localities import LocalityParent, renew_ancestors
from models.reference import count_reference_change
from tests.api.editing import EDITS, Key, correct, merge, move, patch, read, read_incident, state
from tests.jobs.recount import disagreements, unsettled
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

DAY = "2026-11-20"
EVERYTHING = (*EDITS, "protected:read")


async def put(
    served: Served, category: str = "theft", locality: str = "GN-BF", day: str = DAY, **changes: Any
) -> tuple[str, str]:
    """A report and its incident."""
    (report_id,) = served.add_reports([(category, locality, day)], **changes)
    _, report = await read(served, served.key(*EVERYTHING), report_id)
    served.store.clock.go_on(seconds=1)
    return report["id"], report["incident"]


async def ids(served: Served, key: Key, **query: Any) -> list[str]:
    return [row["id"] for row in await served.rows("/v1/incidents", key, **query)]


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_an_incident_is_shown_with_its_reports(served: Served) -> None:
    key = served.key(*EDITS)
    first, incident = await put(served, killed=2)
    second, _ = await put(served, locality="GN-CO", killed=3, injured=1)
    await correct(served, key, second, incident=incident)
    served.fold()
    _, shown = await read_incident(served, key, incident)
    changed_at = shown.pop("changed_at")
    assert shown == {
        "id": incident,
        "category": "theft",
        "locality": "GN-BF",
        "occurred_on": DAY,
        "killed": 3,
        "injured": 1,
        "weight": 1,
        "counts": True,
        "stated": [],
        "revision": 2,
        "reports": [first, second],
    }
    assert changed_at == instant(served.store.clock())


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        pytest.param({}, [0, 1, 2, 3], id="all, the longest unchanged first"),
        pytest.param({"category": "theft"}, [0, 2], id="a category"),
        pytest.param({"locality": "GN-B"}, [0, 1], id="a locality with what lies below"),
        pytest.param({"from": "2026-11-10"}, [0, 1, 3], id="from a day"),
        pytest.param({"to": "2026-11-10"}, [2, 3], id="to a day"),
        pytest.param({"from": "2026-11-10", "to": "2026-11-10"}, [3], id="one day"),
        pytest.param({"changed_since": "2026-11-22T09:00:02Z"}, [2, 3], id="changed since"),
        pytest.param({"category": "robbery", "locality": "GN-CO"}, [3], id="several"),
    ],
)
async def test_incidents_are_filtered(served: Served, query: dict[str, str], wanted: list[int]) -> None:
    reports = [("theft", "GN-BF", DAY), ("fire", "GN-BK-KAM", DAY), ("theft", "GN-CO", "2026-11-01")]
    made = [(await put(served, *each))[1] for each in (*reports, ("robbery", "GN-CO", "2026-11-10"))]
    assert await ids(served, served.key("reports:read"), **query) == [made[index] for index in wanted]


async def test_incidents_come_page_by_page(served: Served) -> None:
    made = [(await put(served))[1] for _ in range(5)]
    key = served.key("reports:read")
    found: list[str] = []
    path: str | None = "/v1/incidents?limit=2"
    while path:
        answer = await served.http.get(path, headers=key)
        found += [row["id"] for row in answer.json()["rows"]]
        path = answer.headers.get("link", "")[1:].partition(">")[0] or None
    assert found == made


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"category": "x"}, 422),
        ({"locality": "x"}, 404),
        ({"from": "x"}, 422),
        ({"state": "open"}, 422),
        ({"cursor": "x"}, 422),
    ],
)
async def test_a_wrong_question_is_refused(served: Served, query: dict[str, str], status: int) -> None:
    assert (await served.get("/v1/incidents", served.key("reports:read"), **query)).status_code == status


async def test_an_incident_that_stopped_counting_is_told(served: Served) -> None:
    key = served.key(*EDITS)
    report, incident = await put(served)
    since = served.store.clock().isoformat()
    await move(served, key, report, "closed", reason="test")
    (row,) = await served.rows("/v1/incidents", key, changed_since=since)
    assert (row["id"], row["counts"]) == (incident, False)


async def test_a_304_tells_that_nothing_changed_and_a_joining_report_that_something_did(served: Served) -> None:
    key = served.key(*EDITS)
    _, incident = await put(served)
    other, _ = await put(served)
    etag, _ = await read_incident(served, key, incident)
    path = f"/v1/incidents/{incident}"
    assert (await served.get(path, key | {"if-none-match": etag})).status_code == 304
    await correct(served, key, other, incident=incident)
    assert (await served.get(path, key | {"if-none-match": etag})).status_code == 200
    problem_of(await patch(served, key, path, {"killed": 1}, etag), 412, "changed-since")


# -- to whom -----------------------------------------------------------------------------------------------------------


async def test_an_incident_is_seen_by_whom_its_protection_and_place_are(served: Served) -> None:
    made = {
        (category, locality): (await put(served, category, locality))[1]
        for category in ("theft", "domestic_violence", "kidnapping", "police_abuse")
        for locality in ("GN-BF", "GN-CO")
    }
    for scopes, locality, body, hidden in (
        (EVERYTHING, "", "other", set()),
        (EDITS, "", "other", {"domestic_violence", "kidnapping", "police_abuse"}),
        (EVERYTHING, "", "police", {"police_abuse"}),
        (EVERYTHING, "GN-B", "administration", {"police_abuse"}),
    ):
        key = served.key(*scopes, locality=locality, body=body)
        seen = {
            incident: category not in hidden and (not locality or place == "GN-BF")
            for (category, place), incident in made.items()
        }
        assert set(await ids(served, key)) == {incident for incident, is_seen in seen.items() if is_seen}
        nowhere = await served.get(f"/v1/incidents/{uuid4()}", key)
        for incident, is_seen in seen.items():
            answer = await served.get(f"/v1/incidents/{incident}", key)
            assert answer.status_code == (200 if is_seen else 404)
            assert is_seen or answer.content == nowhere.content


async def test_an_incident_belongs_to_the_key_of_the_day_it_happened(served: Served) -> None:
    with served.store.database.writing() as session:
        spots = served.store.keeper.current(session).spot_ids
        session.get_one(LocalityParent, (spots["GN-BF"], date.min)).until_day = date(2026, 11, 10)
        row = {"locality_id": spots["GN-BF"], "parent_id": spots["GN-D"]}
        session.execute(insert(LocalityParent), row | {"from_day": date(2026, 11, 10), "until_day": FOREVER})
        renew_ancestors(session)
        count_reference_change(session)
    _, before = await put(served, day="2026-11-09")
    _, after = await put(served, day="2026-11-10")
    assert await ids(served, served.key("reports:read", locality="GN-B")) == [before]
    assert await ids(served, served.key("reports:read", locality="GN-D")) == [after]


async def test_of_an_incident_only_the_reports_are_shown_that_the_key_sees(served: Served) -> None:
    first, incident = await put(served)
    second, _ = await put(served, locality="GN-CO")
    staff, north = served.key(*EDITS), served.key(*EDITS, locality="GN-B")
    await correct(served, staff, second, incident=incident)
    etag, shown = await read_incident(served, north, incident)
    assert shown["reports"] == [first]
    assert (await read_incident(served, staff, incident))[1]["reports"] == [first, second]
    await correct(served, staff, second, killed=None, review=None)
    assert (await read_incident(served, north, incident))[0] == etag, "what it does not see leaves no trace"


# -- stating -----------------------------------------------------------------------------------------------------------


async def test_what_staff_state_counts_and_is_told_as_stated(served: Served) -> None:
    key = served.key(*EDITS)
    report, incident = await put(served, killed=1)
    stated = {"category": "robbery", "locality": "GN-CO", "occurred_on": "2026-10-02", "killed": 0, "injured": 4}
    answer = await state(served, key, incident, **stated)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in stated} == stated
    assert answer.json()["stated"] == ["category", "locality", "occurred_on", "killed", "injured"]
    assert (answer.headers["etag"], answer.json()) == await read_incident(served, key, incident)
    assert (await read(served, key, report))[1]["category"] == "theft", "the report stays as it is"
    back = await state(served, key, incident, **dict.fromkeys(stated))
    assert (back.json()["stated"], back.json()["killed"], back.json()["locality"]) == ([], 1, "GN-BF")
    served.fold()
    assert not disagreements(served.store)
    assert not unsettled(served.store)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_stating_needs_the_etag_of_what_was_read(served: Served) -> None:
    key = served.key(*EDITS)
    _, incident = await put(served)
    path = f"/v1/incidents/{incident}"
    problem_of(await patch(served, key, path, {"killed": 1}), 428, "if-match-missing")
    etag, _ = await read_incident(served, key, incident)
    assert (await patch(served, key, path, {"killed": 1}, etag)).status_code == 200
    problem_of(await patch(served, key, path, {"killed": 2}, etag), 412, "changed-since")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({}, 422, "invalid", id="nothing"),
        pytest.param({"weight": 3}, 422, "invalid", id="a weight"),
        pytest.param({"killed": -1}, 422, "invalid", id="less than none"),
        pytest.param({"category": "x"}, 422, "invalid", id="an unknown category"),
        pytest.param({"locality": "x"}, 404, "not-found", id="an unknown locality"),
        pytest.param({"locality": "GN-CO"}, 404, "not-found", id="a locality outside"),
        pytest.param({"occurred_on": "2026-11-23"}, 422, "invalid", id="tomorrow"),
        pytest.param({"category": "domestic_violence"}, 409, "conflict", id="a protected category"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_stated_is_refused(served: Served, body: dict[str, Any], status: int, code: str) -> None:
    key = served.key(*EVERYTHING, locality="GN-B")
    _, incident = await put(served)
    before = await read_incident(served, key, incident)
    problem_of(await state(served, key, incident, **body), status, code)
    assert await read_incident(served, key, incident) == before


# -- merging -----------------------------------------------------------------------------------------------------------


async def test_a_merge_answers_with_the_incident_that_stays(served: Served) -> None:
    key = served.key(*EDITS)
    first, gone = await put(served, killed=5)
    second, stays = await put(served, locality="GN-CO")
    answer = await merge(served, key, gone, stays)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["reports"], answer.json()["killed"]) == (stays, [first, second], 5)
    assert (answer.headers["etag"], answer.json()) == await read_incident(served, key, stays)
    assert (await read_incident(served, key, gone))[1]["counts"] is False
    problem_of(await merge(served, key, gone, stays), 409, "conflict")
    served.fold()
    assert not disagreements(served.store)
    assert not unsettled(served.store)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_merge_may_say_what_it_read(served: Served) -> None:
    key = served.key(*EDITS)
    _, one = await put(served)
    _, other = await put(served)
    etag, _ = await read_incident(served, key, one)
    await state(served, key, one, killed=1)
    late = await served.http.post(f"/v1/incidents/{one}/merge", json={"into": other}, headers=key | {"if-match": etag})
    problem_of(late, 412, "changed-since")


async def test_nothing_merges_into_what_is_not_seen_or_not_protected_alike(served: Served) -> None:
    key, staff = served.key(*EDITS, locality="GN-B"), served.key(*EVERYTHING)
    _, own = await put(served)
    _, outside = await put(served, locality="GN-CO")
    _, protected = await put(served, "domestic_violence")
    answers = [await merge(served, key, own, into) for into in (outside, protected, uuid4())]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    problem_of(answers[0], 404, "not-found")
    problem_of(await merge(served, staff, own, protected), 409, "conflict")
    problem_of(await merge(served, staff, own, own), 409, "conflict")
