"""More or less than usual over the API: which rows, whose, and that what is hidden leaves no trace; the calendar."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from jobs.signals import raise_signals
from tests.intake.factories import events_of
from tests.serving import Served, add_report, problem_of

pytestmark = pytest.mark.anyio

MONDAY = date(2026, 11, 16)
STEADY = [3, 4, 2, 3, 4, 3, 2, 4, 3, 3, 4, 2, 3, 3, 4, 3]
WEEK = {"period": "week", "from": "2026-11-16"}
READS = "aggregates:read"
SURVIVOR, ARMED, AGENT = "domestic_violence", "kidnapping", "police_abuse"
ROUTES = ("/v1/expected", "/v1/signals", "/v1/calendar")


def put(served: Served, weeks: dict[int, int], category: str = "theft", locality: str = "GN-BF") -> None:
    """Imported counts by weeks back from the running one."""
    store = served.store
    with store.database.writing() as session:
        for back, count in weeks.items():
            day = (MONDAY - timedelta(weeks=back)).isoformat()
            add_report(session, store, category, locality, day, weight=count, source="import")
    served.fold()


def put_past(served: Served, category: str = "theft", locality: str = "GN-BF", now: int = 16) -> None:
    weeks = dict(enumerate(reversed(STEADY), start=1)) | {0: now}
    put(served, {back: count for back, count in weeks.items() if count}, category, locality)


def raise_all(served: Served) -> int:
    store = served.store
    return raise_signals(store.database, store.keeper, store.settings, store.clock())


async def expected(served: Served, key: Any = None, **query: Any) -> list[dict[str, Any]]:
    return await served.rows("/v1/expected", key or served.key(READS), **(WEEK | query))


async def signals(served: Served, key: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
    return await served.rows("/v1/signals", key or served.key(READS), **query)


async def note(served: Served, key: Any = None, **changes: Any) -> httpx.Response:
    body = {"from": "2026-11-18", "to": "2026-11-19", "kind": "radio", "note": "A show"} | changes
    return await served.http.post("/v1/calendar", json=body, headers=key or served.key("admin"))


def told(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


# -- expected ----------------------------------------------------------------------------------------------------------


async def test_a_row_says_what_was_counted_what_was_usual_and_which_it_is(served: Served) -> None:
    put_past(served)
    every, theft = await expected(served, locality="GN-BF")
    assert (every.pop("category"), theft.pop("category")) == (None, "theft")
    assert every == theft
    assert theft.pop("expected") == pytest.approx(3, abs=0.5)
    assert 0 <= theft.pop("low") < 3 < theft.pop("high") < 16
    assert theft == {
        "locality": "GN-BF",
        "period": "2026-W47",
        "start": "2026-11-16",
        "end": "2026-11-22",
        "incidents": 16,
        "state": "more",
        "last_three": None,
        "set_aside_by": [],
    }


async def test_before_twelve_periods_the_last_three_counts_stand_instead(served: Served) -> None:
    put(served, {back: back for back in range(1, 12)} | {0: 40})
    (row,) = await expected(served, category="theft", locality="GN-BF")
    assert (row["state"], row["last_three"], row["incidents"]) == ("too_early", [3, 2, 1], 40)
    assert row["expected"] is row["low"] is row["high"] is None
    (month,) = await expected(served, category="theft", locality="GN-BF", period="month", **{"from": "2026-11-01"})
    assert (month["state"], month["last_three"]) == ("too_early", [11, 10 + 9 + 8 + 7, 6 + 5 + 4 + 3])


async def test_the_states_of_a_series_follow_its_counts(served: Served) -> None:
    weeks = {back: 40 + back % 3 for back in range(1, 21)} | {4: 90, 2: 10, 0: 8}
    put(served, weeks)
    rows = await expected(served, category="theft", locality="GN-BF", **{"from": "2026-10-12"})
    assert told(rows, "period", "state") == [
        ("2026-W42", "usual"),
        ("2026-W43", "more"),
        ("2026-W44", "usual"),
        ("2026-W45", "less"),
        ("2026-W46", "usual"),
        ("2026-W47", "usual"),  # still running
    ]
    served.store.clock.go_on(days=1)
    rows = await expected(served, category="theft", locality="GN-BF")
    assert told(rows, "period", "state", "incidents") == [("2026-W47", "less", 8), ("2026-W48", "usual", 0)]


async def test_a_kind_never_heard_in_a_place_that_writes_is_more_than_usual(served: Served) -> None:
    put_past(served)
    put(served, {0: 5}, "burglary")
    (row,) = await expected(served, category="burglary", locality="GN-BF")
    assert (row["state"], row["incidents"], row["low"]) == ("more", 5, 0)
    assert row["expected"] < 0.1


async def test_rows_begin_with_the_first_count_and_end_with_the_running_period(served: Served) -> None:
    put_past(served)
    rows = await expected(served, category="theft", locality="GN-BF", **{"from": "0002-01-01", "to": "9990-01-01"})
    assert (rows[0]["start"], rows[-1]["start"]) == ("2026-07-27", "2026-11-16")
    assert len(rows) == len(STEADY) + 1
    assert await expected(served, locality="GN-BF", **{"from": "2027-01-01"}) == []
    assert await expected(served, locality="GN-C") == []


async def test_rows_come_in_the_order_locality_period_category_page_by_page(served: Served) -> None:
    for category, locality in (("theft", "GN-BF"), ("burglary", "GN-BF"), ("theft", "GN-CO"), ("theft", "GN-BK-KAM")):
        put_past(served, category, locality)
    key, query = served.key(READS), {**WEEK, "from": "2026-11-02", "locality": "GIN", "depth": 1}
    whole = await served.rows("/v1/expected", key, **query, limit=500)
    assert [row[0] for row in told(whole, "locality")] == ["GIN"] * 9 + ["GN-B"] * 9 + ["GN-C"] * 0 + ["GN-D"] * 6
    order = [(row["locality"], row["start"], row["category"] or "") for row in whole]
    assert order == sorted(order)
    paged, url = [], "/v1/expected"
    answer = await served.get(url, key, **query, limit=5)
    while True:
        paged += answer.json()["rows"]
        if "next" not in answer.links:
            break
        answer = await served.get(answer.links["next"]["url"], key)
    assert paged == whole


async def test_asking_for_more_periods_changes_no_row(served: Served) -> None:
    put(served, {back: 5 + back % 4 for back in range(300)})
    long = await expected(served, category="theft", locality="GN-BF", **{"from": "2021-01-01"}, limit=500)
    for first in ("2026-11-16", "2026-10-05", "2025-03-03"):
        rows = await expected(served, category="theft", locality="GN-BF", **{"from": first}, limit=500)
        assert rows == long[-len(rows) :]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"period": "day"}, id="no season of days"),
        pytest.param({"period": "year"}, id="nor of years"),
        pytest.param({"category": "theft*"}, id="exact codes only"),
        pytest.param({"category": "nonsense"}, id="no such category"),
        pytest.param({"from": "2026-11-02", "to": "2026-10-01"}, id="backwards"),
        pytest.param({"group_by": "locality"}, id="unknown parameter"),
    ],
)
async def test_what_cannot_be_asked_is_refused(served: Served, query: dict[str, str]) -> None:
    problem_of(await served.get("/v1/expected", served.key(READS), **query), 422, "invalid")


# -- signals -----------------------------------------------------------------------------------------------------------


async def test_signals_come_newest_first_and_can_be_narrowed_down(served: Served) -> None:
    put_past(served)
    assert raise_all(served) == 6
    served.store.clock.go_on(hours=1)
    put(served, {0: 6}, "burglary")
    assert raise_all(served) == 3
    rows = await signals(served)
    assert told(rows, "category").count(("burglary",)) == 3
    assert [row["category"] for row in rows[:3]] == ["burglary"] * 3
    assert {row["locality"] for row in rows} == {"GN-BF", "GN-B", "GIN"}
    narrowed: list[tuple[dict[str, Any], int]] = [
        ({"locality": "GN-B"}, 6),
        ({"locality": "GN-BF"}, 3),
        ({"locality": "GN-C"}, 0),
        ({"category": "theft"}, 3),
        ({"period": "week"}, 9),
        ({"period": "month"}, 0),
        ({"direction": "less"}, 0),
        ({"from": "2026-11-16", "to": "2026-11-16"}, 9),
        ({"to": "2026-11-15"}, 0),
        ({"from": "2026-11-17"}, 0),
        ({"raised_since": served.store.clock().isoformat()}, 3),
    ]
    for query, count in narrowed:
        assert len(await signals(served, **query)) == count, query


async def test_a_signal_shows_what_was_raised(served: Served) -> None:
    put_past(served)
    raise_all(served)
    (row,) = await signals(served, locality="GN-BF", category="theft")
    UUID(row.pop("id"))
    assert row.pop("low") < row.pop("expected") < row.pop("high") < 16
    assert row == {
        "locality": "GN-BF",
        "category": "theft",
        "period": "2026-W47",
        "start": "2026-11-16",
        "end": "2026-11-22",
        "direction": "more",
        "incidents": 16,
        "raised_at": "2026-11-22T09:00:00Z",
    }


async def test_signals_page_by_page_are_the_signals(served: Served) -> None:
    put_past(served)
    raise_all(served)
    key = served.key(READS)
    whole, paged = await signals(served, key), []
    answer = await served.get("/v1/signals", key, limit=4)
    while True:
        paged += answer.json()["rows"]
        if "next" not in answer.links:
            break
        answer = await served.get(answer.links["next"]["url"], key)
    assert paged == whole
    assert len(whole) == 6


# -- who sees what -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("path", ROUTES)
async def test_reading_needs_its_scope(served: Served, path: str) -> None:
    problem_of(await served.get(path), 401, "no-key")
    problem_of(await served.get(path, served.key("reports:read", "admin")), 403, "scope-missing")
    assert (await served.get(path, served.key(READS))).status_code == 200


async def seen(served: Served, *scopes: str, **key: str) -> dict[str, set[Any]]:
    holder = served.key(READS, *scopes, **key)
    return {
        "expected": {row["category"] for row in await expected(served, holder, limit=500)},
        "signals": {row["category"] for row in await signals(served, holder, limit=500)},
    }


@pytest.mark.parametrize(
    ("scopes", "body", "visible"),
    [
        pytest.param((), "other", set(), id="without the scope"),
        pytest.param(("protected:read",), "other", {SURVIVOR, ARMED, AGENT}, id="with it"),
        pytest.param(("protected:read",), "police", {SURVIVOR, ARMED}, id="the police"),
        pytest.param(("protected:read",), "administration", {SURVIVOR, ARMED}, id="the administration"),
    ],
)
async def test_protected_matters_are_for_those_who_see_them(
    served: Served, scopes: tuple[str, ...], body: str, visible: set[str]
) -> None:
    for category in ("theft", SURVIVOR, ARMED, AGENT):
        put_past(served, category)
    raise_all(served)
    wanted: set[Any] = visible | {None, "theft"}
    assert await seen(served, *scopes, body=body) == {"expected": wanted, "signals": wanted}
    holder = served.key(READS, *scopes, body=body)
    for category in (SURVIVOR, ARMED, AGENT):
        expected_rows = 1 if category in visible else 0
        assert len(await expected(served, holder, category=category, locality="GN-BF")) == expected_rows
        assert len(await signals(served, holder, category=category, locality="GN-BF")) == expected_rows


async def test_what_is_hidden_moves_no_byte_and_no_etag(served: Served) -> None:
    """Not even where it would let the past of other matters begin earlier."""
    put_past(served)
    put_past(served, AGENT, now=3)
    raise_all(served)
    keys = [
        served.key(READS),
        served.key(READS, "protected:read", body="police"),
        served.key(READS, locality="GN-B"),
    ]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/v1/expected", {**WEEK, "from": "2026-01-01", "limit": 500}),
        ("/v1/expected", {**WEEK, "category": AGENT}),
        ("/v1/signals", {}),
        ("/v1/signals", {"category": AGENT}),
    ]

    async def answers() -> list[tuple[bytes, str]]:
        found = [await served.get(path, key, **query) for key in keys for path, query in asked]
        return [(answer.content, answer.headers["etag"]) for answer in found]

    before = await answers()
    put(served, {0: 40, 30: 9}, AGENT)
    served.store.clock.go_on(hours=1)
    assert raise_all(served) > 0
    assert await answers() == before


async def test_a_bound_key_sees_its_own_places_only(served: Served) -> None:
    put_past(served)
    put_past(served, locality="GN-CO")
    raise_all(served)
    bound = served.key(READS, locality="GN-B")
    assert {row["locality"] for row in await signals(served, bound)} == {"GN-BF", "GN-B"}
    assert {row["locality"] for row in await expected(served, bound, depth=1)} == {"GN-BF", "GN-B"}
    for path in ("/v1/expected", "/v1/signals"):
        for outside in ("GN-D", "GIN", "GN-CO", "XX"):
            problem_of(await served.get(path, bound, locality=outside), 404, "not-found")


async def test_what_happens_elsewhere_moves_no_byte_for_a_bound_key(served: Served) -> None:
    put_past(served)
    raise_all(served)
    key, query = served.key(READS, locality="GN-B"), {**WEEK, "from": "2026-01-01", "limit": 500}

    async def answers() -> list[bytes]:
        return [(await served.get(path, key, **(query if "expected" in path else {}))).content for path in ROUTES]

    before = await answers()
    put_past(served, locality="GN-CO")
    put(served, {40: 9}, "burglary", "GN-CO")
    assert raise_all(served) > 0
    await note(served, locality="GN-D")
    assert await answers() == before


async def test_an_etag_is_held_until_a_figure_a_note_or_the_day_moves(served: Served) -> None:
    put_past(served)
    raise_all(served)
    key = served.key(READS)

    async def status(path: str, etag: str, **query: Any) -> tuple[int, str]:
        answer = await served.get(path, key | {"If-None-Match": etag}, **query)
        return answer.status_code, answer.headers["etag"]

    _, one = await status("/v1/expected", "", **WEEK)
    _, two = await status("/v1/signals", "")
    _, three = await status("/v1/calendar", "")
    served.store.clock.go_on(hours=1)
    assert await status("/v1/expected", one, **WEEK) == (304, one)
    assert await status("/v1/signals", two) == (304, two)
    assert await status("/v1/calendar", three) == (304, three)
    await note(served)
    code, noted = await status("/v1/expected", one, **WEEK)
    assert (code, noted != one) == (200, True)
    assert (await status("/v1/calendar", three))[0] == 200
    put(served, {0: 9}, "burglary")
    code, moved = await status("/v1/expected", noted, **WEEK)
    assert (code, moved != noted) == (200, True)
    served.store.clock.go_on(days=1)
    assert (await status("/v1/expected", moved, **WEEK))[0] == 200


# -- the calendar ------------------------------------------------------------------------------------------------------


async def test_a_note_sets_its_periods_aside_and_is_named(served: Served) -> None:
    put_past(served)
    answer = await note(served, locality="GN-B")
    assert answer.status_code == 201
    written = answer.json()
    assert written == {
        "id": written["id"],
        "locality": "GN-B",
        "from": "2026-11-18",
        "to": "2026-11-19",
        "kind": "radio",
        "note": "A show",
    }
    rows = await expected(served, category="theft", locality="GN-BF", **{"from": "2026-11-09"})
    assert told(rows, "state", "incidents", "expected", "last_three") == [
        ("usual", 3, rows[0]["expected"], None),
        ("set_aside", 16, None, None),
    ]
    assert rows[1]["set_aside_by"] == [{"id": written["id"], "kind": "radio", "note": "A show"}]
    assert (await expected(served, category="theft", locality="GIN"))[0]["state"] == "more"
    assert await served.rows("/v1/calendar", served.key(READS)) == [written]

    gone = await served.http.delete(f"/v1/calendar/{written['id']}", headers=served.key("admin"))
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await expected(served, category="theft", locality="GN-BF"))[0]["state"] == "more"
    assert await served.rows("/v1/calendar", served.key(READS)) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_calendar_is_written_by_admins_in_their_own_subtree(served: Served) -> None:
    everyone, region = (await note(served)).json(), (await note(served, locality="GN-B")).json()
    other = (await note(served, locality="GN-D")).json()
    problem_of(await note(served, served.key(READS, "reports:write")), 403, "scope-missing")
    bound, reader = served.key("admin", locality="GN-B"), served.key(READS, locality="GN-B")
    problem_of(await note(served, bound, locality="GN-D"), 404, "not-found")
    own = (await note(served, bound)).json()
    assert own["locality"] == "GN-B"
    rows = await served.rows("/v1/calendar", reader)
    assert {(row["id"], row["locality"]) for row in rows} == {
        (everyone["id"], None),
        (region["id"], "GN-B"),
        (own["id"], "GN-B"),
    }
    for kept in (everyone, other, {"id": str(uuid4())}):
        answer = await served.http.delete(f"/v1/calendar/{kept['id']}", headers=bound)
        problem_of(answer, 404, "not-found")
    assert (await served.http.delete(f"/v1/calendar/{own['id']}", headers=bound)).status_code == 204


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_note_made_above_a_key_is_named_without_its_place(served: Served) -> None:
    put_past(served)
    await note(served, locality="GN-B")
    reader = served.key(READS, locality="GN-BF")
    assert told(await served.rows("/v1/calendar", reader), "kind", "locality") == [("radio", None)]
    assert (await expected(served, reader, category="theft"))[0]["state"] == "set_aside"


async def test_the_calendar_page_by_page_is_the_calendar(served: Served) -> None:
    for day in (3, 1, 2, 2, 1):
        await note(served, **{"from": f"2026-10-0{day}", "to": "2026-10-09"})
    key = served.key(READS)
    whole, paged = await served.rows("/v1/calendar", key), []
    assert [row["from"][-1] for row in whole] == ["1", "1", "2", "2", "3"]
    answer = await served.get("/v1/calendar", key, limit=2)
    while True:
        paged += answer.json()["rows"]
        if "next" not in answer.links:
            break
        answer = await served.get(answer.links["next"]["url"], key)
    assert paged == whole


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"to": "2026-11-17"}, id="ends before it begins"),
        pytest.param({"to": "9999-12-31"}, id="never ends"),
        pytest.param({"kind": "weather"}, id="no such kind"),
        pytest.param({"note": "x" * 201}, id="too long"),
        pytest.param({"note": "ask +1 202 555 0123"}, id="a phone number"),
        pytest.param({"from": "soon"}, id="no day"),
        pytest.param({"until": "2026-11-20"}, id="an unknown member"),
    ],
)
async def test_a_note_that_makes_no_sense_is_refused(served: Served, changes: dict[str, str]) -> None:
    problem_of(await note(served, **changes), 422, "invalid")
    assert await served.rows("/v1/calendar", served.key(READS)) == []


async def test_writing_and_removing_leave_events_without_a_word_of_the_note(served: Served) -> None:
    written = (await note(served, locality="GN-B", note="Call-in show")).json()
    await served.http.delete(f"/v1/calendar/{written['id']}", headers=served.key("admin"))
    events = events_of(served.store, "note.added") + events_of(served.store, "note.removed")
    assert [(event.name, str(event.subject)) for event in events] == [
        ("note.added", written["id"]),
        ("note.removed", written["id"]),
    ]
    for event in events:
        assert event.payload == {"kind": "radio", "locality": "GN-B", "from": "2026-11-18", "to": "2026-11-19"}
        assert event.actor.startswith("key:")
