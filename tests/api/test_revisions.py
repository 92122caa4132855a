"""Revisions: what changed in closed periods and why, for whoever may see the figures it changed."""

import base64
import csv
import io
import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from figures.revisions import WHY
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from jobs.merging import merge_categories
from jobs.rebuild import rebuild
from models.periods import GRAINS, Period, start_of
from models.tallies import Measures
from tests.jobs.recount import INCIDENTS_HEADER, OCHA_HEADER, write_csv
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

DIXINN, KALOUM, KAMSAR = "GN-C-DIX", "GN-C-KAL", "GN-BK-KAM"
CLOSING = timedelta(days=30)
MEASURES = Measures._fields


async def rows(served: Served, *scopes: str, root: str = "", body: str = "other", **query: Any) -> list[Any]:
    key = served.key("aggregates:read", *scopes, locality=root, body=body)
    return await served.rows("/v1/revisions", key, **query)


def told(found: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in found]


def changed(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in MEASURES if row[name]}


def put(served: Served, *made: tuple[str, str, str]) -> None:
    served.add_reports(made)
    served.fold()


# -- what is listed ----------------------------------------------------------------------------------------------------


async def test_a_late_report_revises_the_closed_periods_of_its_day_and_says_why(served: Served) -> None:
    served.add_twilio()
    await served.text("vol à Dixinn le 5/9")
    served.dispatch()
    served.fold()
    (row,) = await rows(served)
    assert changed(row) == {"reports": 1, "incidents": 1}
    assert {name: row[name] for name in row if name not in MEASURES} == {
        "as_of": "2026-11-22T09:00:00Z",
        "locality": DIXINN,
        "locality_name": "Dixinn",
        "category": "theft",
        "category_label": "Theft",
        "day": "2026-09-05",
        "period": "2026-09",
        "why": "report.opened",
        "why_en": "a report came late",
        "why_fr": "un signalement est arrivé tard",
    }
    assert told(await rows(served, period="quarter"), "period") == [("2026-Q3",)]
    assert await rows(served, period="year") == []


@pytest.mark.parametrize("grain", GRAINS)
async def test_a_period_counts_as_closed_so_many_days_after_its_end(served: Served, grain: Any) -> None:
    """Against the calendar in Python: days and folds at random, and around every corner of a year."""
    dice = random.Random(grain)
    first, expected = date(2023, 12, 1), []
    folds = sorted(
        {first + timedelta(days=dice.randrange(900)) for _ in range(20)}
        | {date(2024, 1, 30), date(2024, 1, 31), date(2024, 3, 1), date(2024, 5, 1), date(2024, 12, 31)}
    )
    for on in folds:
        served.store.clock.now = datetime(on.year, on.month, on.day, 23, 59, tzinfo=UTC)
        days = {on - timedelta(days=each) for each in (0, 29, 30, 31, 32, 37, 38, 60, 61, 62, 121, 122, 123, 395, 396)}
        days |= {on - timedelta(days=dice.randrange(800)) for _ in range(5)}
        put(served, *(("theft", DIXINN, day.isoformat()) for day in sorted(days)))
        expected += [
            (on.isoformat(), day.isoformat(), period.label)
            for day in sorted(days)
            if on > (period := Period(start_of(grain, day), grain)).end + CLOSING
        ]
    found = await rows(served, period=grain, limit=500)
    assert [(row["as_of"][:10], row["day"], row["period"]) for row in found] == expected


def import_counts(served: Served, folder: Path, *counts: tuple[str, str, str, int], fold: bool = True) -> None:
    store = served.store
    path = write_csv(folder / "counted.csv", INCIDENTS_HEADER, counts)
    import_incidents(store.database, store.keeper, path, "counted", store.clock())
    if fold:
        served.fold()


async def test_a_corrected_import_is_listed_with_its_difference(served: Served, tmp_path: Path) -> None:
    import_counts(served, tmp_path, ("2026-06-01", DIXINN, "theft", 10), ("2026-11-20", DIXINN, "theft", 3))
    served.store.clock.go_on(days=1)
    import_counts(served, tmp_path, ("2026-06-01", DIXINN, "theft", 4), ("2026-11-20", DIXINN, "theft", 9))
    found = await rows(served)
    assert [(row["as_of"][:10], row["day"], row["why"], changed(row)) for row in found] == [
        ("2026-11-22", "2026-06-01", "report.imported", {"reports": 10, "incidents": 10}),
        ("2026-11-23", "2026-06-01", "report.corrected", {"reports": -6, "incidents": -6}),
    ]


async def test_what_was_put_back_before_a_fold_is_no_revision(served: Served, tmp_path: Path) -> None:
    for count in (10, 4, 10):
        import_counts(served, tmp_path, ("2026-06-01", DIXINN, "theft", count), fold=False)
    served.fold()
    assert [(row["why"], changed(row)) for row in await rows(served)] == [
        ("report.imported", {"reports": 10, "incidents": 10})
    ]


async def test_each_fold_is_a_revision_of_its_own(served: Served) -> None:
    """Also in one slot of the timetable: an answer between two of them may have told what is now revised."""
    for _ in range(3):
        put(served, *[("theft", DIXINN, "2026-06-01")] * 2)
    found = await rows(served)
    assert [changed(row) for row in found] == [{"reports": 2, "incidents": 2}] * 3
    assert [row["as_of"] for row in found] == [f"2026-11-22T09:00:00{rest}Z" for rest in ("", ".000001", ".000002")]


async def test_what_was_counted_by_a_rebuild_is_listed_from_the_next_fold_on(served: Served) -> None:
    served.add_reports([("theft", DIXINN, "2026-06-01")])
    rebuild(served.store.database)
    assert await rows(served) == []
    served.store.clock.go_on(minutes=1)
    served.fold()
    assert told(await rows(served), "as_of", "reports") == [("2026-11-22T09:01:00Z", 1)]


async def test_the_rows_explain_every_difference_between_then_and_now(served: Served, tmp_path: Path) -> None:
    """The figures as of a day, and what was revised since, are the figures of today."""
    import_counts(served, tmp_path, ("2026-06-01", DIXINN, "theft", 10), ("2026-06-02", KAMSAR, "robbery", 2))
    then = "2026-11-22T09:00:00Z"
    served.store.clock.go_on(days=1)
    import_counts(served, tmp_path, ("2026-06-01", DIXINN, "theft", 4), ("2026-06-02", KAMSAR, "robbery", 5))
    put(served, ("theft", KAMSAR, "2026-06-03"))
    key = served.key("aggregates:read")
    june = {"from": "2026-06-01", "to": "2026-06-30", "locality": "GIN"}
    (before,) = await served.rows("/v1/aggregates", key, as_of=then, **june)
    (after,) = await served.rows("/v1/aggregates", key, **june)
    since = await rows(served, since="2026-11-22T09:00:01Z", **june)
    for name in MEASURES:
        assert before[name] + sum(row[name] for row in since) == after[name], name
    assert len(since) == 3


# -- places and categories ---------------------------------------------------------------------------------------------


async def test_a_moved_locality_is_a_line_of_zeros_for_its_old_parent_and_its_new_one(
    served: Served, tmp_path: Path
) -> None:
    moved = [("GIN", 3, KAMSAR, "Kamsar", "GN-BF", "2026-06-15")]
    path = write_csv(tmp_path / "new.csv", OCHA_HEADER, moved)
    import_localities(served.store.database, path, served.store.clock().date(), served.store.clock)
    served.fold()
    queries = [{which: code} for which in ("root", "locality") for code in ("GN-BF", "GN-BK", KAMSAR)]
    for query in ({}, *queries):
        (row,) = await rows(served, **query)
        assert told([row], "locality", "category", "day", "why") == [(KAMSAR, None, "2026-06-15", "locality.moved")]
        assert changed(row) == {}
    assert await rows(served, locality="GN-C") == []
    assert await rows(served, category="theft") == []
    (row,) = await rows(served, locality="GN-BK")
    assert row["why_fr"] == "une localité a changé de rattachement"


async def test_a_merged_category_is_told_to_everybody_and_its_reports_count_in_the_other(served: Served) -> None:
    store = served.store
    merge_categories(store.database, "vandalism", "other", date(2026, 6, 1), store.clock())
    served.fold()
    store.clock.go_on(minutes=1)
    put(
        served,
        ("vandalism", DIXINN, "2026-05-31"),
        ("vandalism", DIXINN, "2026-06-01"),
        ("other", DIXINN, "2026-06-01"),
    )
    for root in ("", "GN-C"):
        found = await rows(served, root=root)
        assert told(found, "locality", "category", "day", "why", "reports") == [
            (None, None, "2026-06-01", "category.merged", 0),
            (DIXINN, "vandalism", "2026-05-31", "report.opened", 1),
            (DIXINN, "other", "2026-06-01", "report.opened", 2),
        ]
    assert told(await rows(served, category="other"), "reports") == [(2,)]
    assert told(await rows(served, category="vandalism"), "reports") == [(1,)]


async def test_days_places_categories_and_times_are_chosen_as_asked(served: Served) -> None:
    put(
        served,
        ("theft", DIXINN, "2026-06-01"),
        ("vehicle_theft", KAMSAR, "2026-06-30"),
        ("robbery", KALOUM, "2026-07-01"),
    )
    served.store.clock.go_on(minutes=1)
    put(served, ("robbery", DIXINN, "2026-06-05"))

    async def seen(**query: Any) -> list[str]:
        return [row["category"] for row in await rows(served, **query)]

    assert await seen() == ["theft", "vehicle_theft", "robbery", "robbery"]
    assert await seen(**{"from": "2026-06-20", "to": "2026-06-20"}) == ["theft", "vehicle_theft", "robbery"]
    assert await seen(**{"from": "2026-06-20", "to": "2026-06-20", "period": "day"}) == []
    assert await seen(**{"from": "2026-07-31"}) == ["robbery"]
    assert await seen(category="theft") == ["theft"]
    assert await seen(category="theft*") == ["theft", "vehicle_theft"]
    assert await seen(locality="GN-C") == ["theft", "robbery", "robbery"]
    assert await seen(locality="GN-B") == ["vehicle_theft"]
    assert await seen(since="2026-11-22T09:00:00Z") == await seen()
    assert await seen(since="2026-11-22T09:00:01Z") == ["robbery"]
    assert await seen(since="2026-11-22T10:01:00+01:00") == ["robbery"]
    assert await seen(since="2026-11-22T09:01:01Z") == []


async def test_texts_are_revised_in_all_categories_only(served: Served) -> None:
    """A text that waited for three months before it was taken apart."""
    served.add_twilio()
    await served.text("vol à Dixinn")
    served.store.clock.go_on(days=90)
    served.dispatch()
    served.fold()
    texts = [row for row in await rows(served) if row["messages"]]
    assert told(texts, "locality", "category", "day", "why", "reports") == [
        (DIXINN, None, "2026-11-22", "message.received", 0)
    ]
    assert [row["category"] for row in await rows(served, category="theft")] == ["theft"]


# -- who may see it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "body", "hidden"),
    [
        pytest.param((), "other", {"domestic_violence", "kidnapping", "police_abuse"}, id="a partner"),
        pytest.param(("protected:read",), "other", set(), id="who reads protected reports"),
        pytest.param(("protected:read",), "police", {"police_abuse"}, id="the police"),
        pytest.param(("protected:read",), "administration", {"police_abuse"}, id="the administration"),
    ],
)
async def test_a_protected_change_is_seen_by_those_who_see_the_figure(
    served: Served, scopes: tuple[str, ...], body: str, hidden: set[str]
) -> None:
    categories = ("theft", "domestic_violence", "kidnapping", "police_abuse")
    put(served, *((each, DIXINN, "2026-06-01") for each in categories))
    found = await rows(served, *scopes, body=body)
    assert {row["category"] for row in found} == set(categories) - hidden
    for each in categories:
        assert bool(await rows(served, *scopes, body=body, category=each)) == (each not in hidden)


async def test_a_bound_key_sees_what_lay_below_its_locality_on_that_day(served: Served, tmp_path: Path) -> None:
    moved = [("GIN", 3, KAMSAR, "Kamsar", "GN-BF", "2026-06-15")]
    path = write_csv(tmp_path / "new.csv", OCHA_HEADER, moved)
    import_localities(served.store.database, path, served.store.clock().date(), served.store.clock)
    put(served, *(("theft", KAMSAR, day) for day in ("2026-06-14", "2026-06-15")), ("theft", DIXINN, "2026-06-14"))

    async def days(root: str, **query: Any) -> list[str]:
        return [row["day"] for row in await rows(served, root=root, **query) if row["reports"]]

    assert await days("GN-BK") == ["2026-06-14"]
    assert await days("GN-BF") == ["2026-06-15"]
    assert await days("GN-B") == ["2026-06-14", "2026-06-15"]
    bound = served.key("aggregates:read", locality="GN-BF")
    (own,) = await served.rows("/v1/revisions", bound, locality=KAMSAR, category="theft")
    assert own["day"] == "2026-06-15", "what happened before it came was never theirs"
    for code in ("GN-BK", DIXINN, "GN-NOWHERE"):
        problem_of(await served.get("/v1/revisions", bound, locality=code), 404, "not-found")
    problem_of(await served.get("/v1/revisions", served.key("reports:read")), 403, "scope-missing")


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 3, 4])
async def test_pages_make_the_whole_and_their_cursor_holds_only_what_is_shown(served: Served, limit: int) -> None:
    """A number in the order of folding would tell how much that is hidden lies between two rows."""
    for nth in range(3):
        made = [
            (each, place, "2026-06-01") for each in ("theft", "robbery", "kidnapping") for place in (DIXINN, KAMSAR)
        ]
        put(served, *made, *made)
        served.store.clock.go_on(minutes=nth)
    key = served.key("aggregates:read")
    whole = await served.rows("/v1/revisions", key)
    path, found = f"/v1/revisions?limit={limit}", list[dict[str, Any]]()
    while path and len(found) <= len(whole):
        answer = await served.http.get(path, headers=key)
        found += answer.json()["rows"]
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
        if path:
            cursor = path.partition("cursor=")[2]
            last = found[-1]
            assert json.loads(base64.urlsafe_b64decode(cursor + "==")[16:]) == [
                last["as_of"].replace("Z", "+00:00"), last["day"], last["locality"], last["category"], last["why"],
            ]  # fmt: skip
    assert found == whole
    assert len({tuple(row.values()) for row in whole}) == len(whole) == 12


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"category": "sorcery"}, id="no such category"),
        pytest.param({"since": "2026-11-22T09:00:00"}, id="a time without a zone"),
        pytest.param({"from": "2026-12-01", "to": "2026-11-01"}, id="the wrong way round"),
        pytest.param({"to": "9999-12-31"}, id="beyond the calendar"),
        pytest.param({"depth": 1}, id="unknown here"),
        pytest.param({"format": "jsonstat"}, id="no cube"),
    ],
)
async def test_what_cannot_be_asked_is_a_422(served: Served, query: dict[str, Any]) -> None:
    problem_of(await served.get("/v1/revisions", served.key("aggregates:read"), **query), 422, "invalid")


async def test_what_is_held_already_is_a_304_until_something_is_revised(served: Served) -> None:
    put(served, ("theft", DIXINN, "2026-06-01"))
    key = served.key("aggregates:read")
    first = await served.get("/v1/revisions", key)
    held = key | {"If-None-Match": first.headers["etag"]}
    served.store.clock.go_on(days=40)
    served.fold()
    assert (await served.get("/v1/revisions", held)).status_code == 304
    assert (await served.get("/v1/revisions", held, period="day")).status_code == 200
    put(served, ("theft", DIXINN, "2026-06-01"))
    assert (await served.get("/v1/revisions", held)).status_code == 200


async def test_a_file_holds_the_same_cells(served: Served) -> None:
    put(served, ("theft", DIXINN, "2026-06-01"), ("robbery", KAMSAR, "2026-06-02"))
    key = served.key("aggregates:read")
    listed = await served.rows("/v1/revisions", key)
    answer = await served.get("/v1/revisions", key, format="csv")
    assert answer.headers["kibaro-rows"] == "2"
    header, _tags, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert header[:-1] == list(listed[0])
    assert [line[:-1] for line in lines] == [
        ["" if cell is None else str(cell) for cell in row.values()] for row in listed
    ]
    assert (await served.get("/v1/revisions", key, format="xlsx")).content[:2] == b"PK"


def test_every_cause_has_its_words_in_both_languages() -> None:
    for cause, (english, french) in WHY.items():
        assert cause.partition(".")[2], cause
        assert english != french
