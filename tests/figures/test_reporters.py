"""Who is heard: exact for one stored cell and a key that reads reports, in bands for everybody and every row."""

from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from intake.cases import Case
from intake.corrections import ReportChanges, correct_report, move_report
from intake.rows import Rows
from jobs import tallies
from jobs.imports.incidents import import_incidents
from jobs.rebuild import rebuild
from models.reporters import Reporter
from models.reports import Report
from models.tallies import Tally
from tests.conftest import Store
from tests.figures.asking import Window
from tests.figures.oracle import Asker, Oracle
from tests.figures.worlds import World
from tests.figures.writing import put_reports
from tests.intake.factories import all_of, fold
from tests.jobs.recount import INCIDENTS_HEADER, write_csv
from tests.serving import Served

pytestmark = pytest.mark.anyio

READER, PARTNER = Asker(exact=True), Asker()
WINDOW = {"from": "2026-09-01", "to": "2026-11-30"}


def add_reporters(store: Store, number: int) -> list[UUID]:
    ids = [uuid4() for _ in range(number)]
    with store.database.writing() as session:
        session.add_all([Reporter(id=each, kind="citizen", created_at=store.clock()) for each in ids])
    return ids


def report(reporter: UUID, category: str, locality: str, day: str) -> dict[str, Any]:
    return {"reporter_id": reporter, "category": category, "locality": locality, "day": date.fromisoformat(day)}


def put(store: Store, *wanted: dict[str, Any]) -> list[UUID]:
    made = put_reports(store, wanted)
    fold(store)
    return made


def change(store: Store, report_id: UUID, **how: Any) -> None:
    """As staff do; folded. to: a transition, with its reason; else what is corrected, in codes."""
    with store.database.writing() as session:
        reference, rows = store.keeper.current(session), Rows()
        found = session.scalars(select(Report).where(Report.id == report_id)).one()
        case = Case(session, reference, rows, store.clock()).take([found])
        if "to" in how:
            move_report(case, found, how["to"], reason=how.get("reason"))
        else:
            ids: dict[str, Any] = {"locality": reference.spot_ids, "category": reference.category_ids}
            changes = {f"{name}_id" if name in ids else name: ids.get(name, {}).get(it, it) for name, it in how.items()}
            correct_report(case, found, cast("ReportChanges", changes), store.settings.timezone)
        rows.write(session)
    fold(store)


async def heard(window: Window, asker: Asker = READER, /, **query: Any) -> list[tuple[Any, ...]]:
    rows = await window.rows(asker, WINDOW | query)
    return [(row["reports"], row["reporters"], row["reporters_band"]) for row in rows]


async def test_a_reporter_counts_once_in_every_cell_they_are_heard_in(served: Served) -> None:
    window, (one, two, three) = Window(served), add_reporters(served.store, 3)
    put(
        served.store,
        report(one, "theft", "GN-C-DIX", "2026-11-02"),
        report(one, "theft", "GN-C-DIX", "2026-11-02"),
        report(one, "robbery", "GN-C-SON", "2026-11-20"),
        report(one, "theft", "GN-BK-KAM", "2026-10-20"),
        report(two, "theft", "GN-C-DIX", "2026-11-03"),
        report(three, "drugs", "GN-C-DIX", "2026-11-03"),
    )
    assert await heard(window, locality="GN-C", period="year") == [(4, 2, "<5")]
    assert await heard(window, locality="GN-C", period="year", category="theft") == [(3, 2, "<5")]
    assert await heard(window, locality="GIN", period="year") == [(5, 2, "<5")]
    assert await heard(window, locality="GN-C", period="week") == [(3, 2, "<5"), (1, 1, "<5")]
    assert await heard(window, locality="GIN") == [(1, 1, "<5"), (4, 2, "<5")]
    everything = Asker(protected=True, exact=True)
    assert await heard(window, everything, locality="GIN", category="drugs") == [(1, 1, "<5")]
    assert await heard(window, everything, locality="GIN", period="year") == [(5, 2, "<5")], "never in all categories"


AWAY: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "GN-BK": ({"to": "closed", "reason": "duplicate"}, {"to": "open"}),
    "GN-BF": ({"to": "closed", "reason": "test"}, {"to": "open"}),
    "GN-FR": ({"credibility": "false"}, {"credibility": "confirmed"}),
    "GN-GA": ({"locality": "GN-KN"}, {"locality": "GN-GA"}),
    "GN-KD": ({"category": "fire"}, {"category": "theft"}),
    "GN-TE": ({"occurred_on": date(2026, 8, 31)}, {"occurred_on": date(2026, 11, 6)}),
}
"""By place: what takes a report out of its cell, and what brings it back."""


async def test_whoever_is_corrected_away_is_heard_no_more_and_comes_back(served: Served) -> None:
    store, window = served.store, Window(served)
    for place, (away, back) in AWAY.items():
        one, two = add_reporters(store, 2)
        first, second, _ = put(
            store,
            report(one, "theft", place, "2026-11-02"),
            report(one, "theft", place, "2026-11-05"),
            report(two, "theft", place, "2026-11-05"),
        )
        cell = {"locality": place, "category": "theft"}
        change(store, first, **away)
        assert await heard(window, READER, **cell) == [(2, 2, "<5")], "their other report is there still"
        change(store, second, **away)
        assert await heard(window, READER, **cell) == [(1, 1, "<5")], away
        change(store, first, **back)
        assert await heard(window, READER, **cell) == [(2, 2, "<5")], back


async def test_exact_only_for_one_stored_cell_and_a_key_that_reads_reports(served: Served) -> None:
    window, (one, two) = Window(served), add_reporters(served.store, 2)
    put(
        served.store,
        report(one, "theft", "GN-C-DIX", "2026-11-02"),
        report(one, "vehicle_theft", "GN-C-DIX", "2026-10-02"),
        report(two, "theft", "GN-BK", "2026-11-02"),
    )
    one_cell: list[dict[str, Any]] = [
        {"locality": "GIN"},
        {"locality": "GIN", "category": "theft"},
        {"locality": "GIN", "group_by": "", "period": "year"},
        {"locality": "GIN", "group_by": "category", "period": "year"},
        {"locality": "GIN", "group_by": "locality,category,period", "depth": 1},
        {},
    ]
    several_cells: list[dict[str, Any]] = [
        {"locality": "GIN", "group_by": ""},
        {"locality": "GIN", "group_by": "category"},
        {"locality": "GIN", "category": "theft*"},
        {"locality": "GIN", "category": "theft*", "group_by": "locality,category,period"},
    ]
    for boundaries in ({}, {"boundaries": "2026-10-10"}):
        for query in one_cell + several_cells:
            rows = await heard(window, READER, **query, **boundaries)
            assert rows
            assert all((exact is not None) == (query in one_cell) for _, exact, _ in rows), query
            assert all(band == "<5" for _, _, band in rows)
            assert all(exact is None for _, exact, _ in await heard(window, PARTNER, **query, **boundaries)), query


async def test_bands_of_several_cells_count_everybody_once(served: Served) -> None:
    """Each reports in two months, two places, two categories: neither the largest cell nor their sum is the answer."""
    store, window = served.store, Window(served)
    regions = (
        ("GN-B", ("GN-BF", "GN-BK"), 4, "<5"),
        ("GN-C", ("GN-C-DIX", "GN-C-SON"), 5, "5-19"),
        ("GN-D", ("GN-CO", "GN-KD"), 19, "5-19"),
        ("GN-F", ("GN-FA", "GN-DB"), 20, "20+"),
    )
    for _, (one, other), number, _ in regions:
        wanted = []
        for n, each in enumerate(add_reporters(store, number)):
            first, then = (one, other) if n % 2 else (other, one)
            wanted += [report(each, "theft", first, "2026-11-02"), report(each, "vehicle_theft", then, "2026-10-02")]
        put(store, *wanted)
    for region, _, number, band in regions:
        several: list[dict[str, Any]] = [{"group_by": ""}, {"category": "theft*", "period": "year"}]
        for query in several:
            for asker in (READER, PARTNER):
                assert await heard(window, asker, locality=region, **query) == [(2 * number, None, band)], query
    assert await heard(window, READER, category="theft*", group_by="category") == [(96, None, "20+")]


async def test_imports_are_heard_from_nobody(served: Served, tmp_path: Path) -> None:
    store, window = served.store, Window(served)
    path = write_csv(tmp_path / "counted.csv", INCIDENTS_HEADER, [("2026-11-02", "GN-C-DIX", "theft", 40)])
    import_incidents(store.database, store.keeper, path, "counted", store.clock())
    fold(store)
    assert await heard(window, locality="GIN") == [(40, 0, "<5")]
    assert await heard(window, group_by="") == [(40, None, "<5")]
    put(store, report(add_reporters(store, 1)[0], "theft", "GN-C-DIX", "2026-11-02"))
    assert await heard(window, locality="GIN") == [(41, 1, "<5")]


def cells(store: Store) -> dict[tuple[Any, ...], int | None]:
    rows = all_of(store, Tally)
    return {(row.locality_id, row.grain, row.start, row.category_id): row.reporters for row in rows if row.reporters}


@pytest.mark.parametrize(
    ("seed", "at_once"), [pytest.param(0, 20_000, id="at once"), pytest.param(1, 7, id="seven changes at a time")]
)
async def test_folded_rebuilt_and_recounted_reporters_are_the_same_in_every_cell(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, at_once: int
) -> None:
    """In small steps too: what still waits is no more in the cells than what never came."""
    monkeypatch.setattr(tallies, "SQLITE_FOLD", at_once)
    monkeypatch.setattr(tallies, "LARGEST_FOLD", at_once)
    world = World(served.store, tmp_path, seed)
    for _ in range(3):
        world.add_reports(50)
        world.correct(40)
        world.fold()
    world.move_a_place()
    world.add_reports(20)
    world.correct(20)
    world.fold()
    folded = cells(served.store)
    rebuild(served.store.database)
    assert cells(served.store) == folded
    asker = Asker(protected=True, exact=True)
    window, oracle = Window(served), Oracle(served.store)
    for period in ("day", "week", "month", "quarter", "year"):
        query: dict[str, Any] = {"from": "2026-05-01", "to": "2026-11-30", "period": period}
        query |= {"group_by": "locality,category,period", "locality": "GIN", "depth": 1}
        assert await window.rows(asker, query) == oracle.answer(asker, query), "\n".join(world.happened)
