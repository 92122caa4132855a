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
    """As staff do; folded. to: a transition, with its reason; else what is corrected."""
    with store.database.writing() as session:
        reference, rows = store.keeper.current(session), Rows()
        found = session.scalars(select(Report).where(Report.id == report_id)).one()
        case = Case(session, reference, rows, store.clock()).take([found])
        if "to" in how:
            move_report(case, found, how["to"], reason=how.get("reason"))
        else:
            correct_report(case, found, cast("ReportChanges", how), store.settings.timezone)
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


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"to": "closed", "reason": "duplicate"}, id="a duplicate"),
        pytest.param({"to": "closed", "reason": "test"}, id="a test"),
        pytest.param({"credibility": "false"}, id="false"),
        pytest.param({"locality_id": "GN-BK"}, id="elsewhere"),
        pytest.param({"category_id": "fire"}, id="something else"),
        pytest.param({"occurred_on": date(2026, 8, 31)}, id="another time"),
    ],
)
async def test_whoever_is_corrected_away_is_heard_no_more_and_comes_back(served: Served, how: dict[str, Any]) -> None:
    store = served.store
    window, (one, two) = Window(served), add_reporters(store, 2)
    first, second, _ = put(
        store,
        report(one, "theft", "GN-C-DIX", "2026-11-02"),
        report(one, "theft", "GN-C-DIX", "2026-11-05"),
        report(two, "theft", "GN-C-DIX", "2026-11-05"),
    )
    with store.database.reading() as session:
        reference = store.keeper.current(session)
    ids = {"GN-BK": reference.spot_ids["GN-BK"], "fire": reference.category_ids["fire"]}
    way = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in how.items()}
    cell = {"locality": "GN-C", "category": "theft"}
    change(store, first, **way)
    assert await heard(window, READER, **cell) == [(2, 2, "<5")], "their other report is there still"
    change(store, second, **way)
    assert await heard(window, READER, **cell) == [(1, 1, "<5")]
    back: dict[str, Any] = {"to": "open"} if "to" in how else {"credibility": "confirmed"}
    if "locality_id" in how:
        back = {"locality_id": reference.spot_ids["GN-C-LAM"]}
    elif "category_id" in how:
        back = {"category_id": reference.category_ids["theft"]}
    elif "occurred_on" in how:
        back = {"occurred_on": date(2026, 11, 6)}
    change(store, first, **back)
    assert await heard(window, READER, **cell) == [(2, 2, "<5")]


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


@pytest.mark.parametrize(("number", "band"), [(4, "<5"), (5, "5-19"), (19, "5-19"), (20, "20+")])
async def test_bands_of_several_cells_count_everybody_once(served: Served, number: int, band: str) -> None:
    """Each reports in two months, two places, two categories: neither the largest cell nor their sum is the answer."""
    store = served.store
    window, reporters = Window(served), add_reporters(store, number)
    wanted = []
    for n, each in enumerate(reporters):
        place, other = ("GN-C-DIX", "GN-BK") if n % 2 else ("GN-BK", "GN-C-DIX")
        wanted += [report(each, "theft", place, "2026-11-02"), report(each, "vehicle_theft", other, "2026-10-02")]
    put(store, *wanted)
    questions: list[dict[str, Any]] = [
        {"locality": "GIN", "group_by": ""},
        {"locality": "GIN", "category": "theft*", "period": "year"},
        {"category": "theft*", "group_by": "category"},
    ]
    for query in questions:
        assert await heard(window, READER, **query) == [(2 * number, None, band)], query
        assert await heard(window, PARTNER, **query) == [(2 * number, None, band)], query


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
