"""Merged categories: from a day on what was one counts as another, for every measure, reporter and question."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jobs.imports import categories
from jobs.imports.categories import import_categories
from jobs.rebuild import rebuild
from models.categories import CategoryMerge
from models.reference import count_reference_change
from models.tallies import Tally
from tests.conftest import Store
from tests.figures.asking import ASKERS, Window, a_day, questions
from tests.figures.oracle import Oracle, differing
from tests.figures.test_reporters import add_reporters, report
from tests.figures.worlds import World
from tests.figures.writing import put_reports
from tests.intake.factories import all_of, fold
from tests.jobs.recount import TAXONOMY_HEADER, differences, stored, taxonomy_row, write_csv
from tests.serving import Served

pytestmark = pytest.mark.anyio

MERGES = [
    ("vehicle_theft", "theft", date(2026, 8, 1)),
    ("theft", "robbery", date(2026, 9, 15)),
    ("road_robbery", "robbery", date(2026, 6, 10)),
    ("weapons", "drugs", date(2026, 8, 12)),
    ("forced_marriage", "domestic_violence", date(2026, 7, 1)),
]
"""A chain, two into one, and protected ones."""


def merge(store: Store, *merges: tuple[str, str, date]) -> None:
    with store.database.writing() as session:
        ids = store.keeper.current(session).category_ids
        for code, into, since in merges:
            session.add(CategoryMerge(category_id=ids[code], into_id=ids[into], since=since))
        count_reference_change(session)
    rebuild(store.database)


def cells(store: Store) -> dict[tuple[Any, ...], int | None]:
    rows = all_of(store, Tally)
    return {(row.locality_id, row.grain, row.start, row.category_id): row.reporters for row in rows if row.reporters}


async def test_merged_categories_are_counted_as_the_oracle_counts_them(served: Served, tmp_path: Path) -> None:
    """What comes after the merge is folded, what came before rebuilt; then all is rebuilt again."""
    world = World(served.store, tmp_path, seed=5)
    world.set_thresholds()
    world.add_reports(120)
    world.add_import()
    world.fold()
    merge(served.store, *MERGES)
    for _ in range(2):
        world.add_reports(60)
        world.add_texts(20)
        world.add_import()
        world.correct(40)
        world.move_a_place()
        world.fold()
    world.correct(30)
    world.fold()
    folded, heard = stored(served.store), cells(served.store)
    oracle, window = Oracle(served.store), Window(served)
    for asker in ASKERS:
        for number, query in enumerate(questions(world.dice, asker, 10)):
            asked = query | ({} if number % 3 else {"boundaries": a_day(world.dice)})
            found = await window.rows(asker, asked)
            assert not differing(found, oracle.answer(asker, asked)), (asker, asked, "\n".join(world.happened))
    rebuild(served.store.database)
    assert not differences(stored(served.store), folded)
    assert cells(served.store) == heard


@pytest.mark.parametrize(
    "merges",
    [
        pytest.param([("vehicle_theft", "theft", "2026-10-10"), ("theft", "robbery", "2026-10-20")], id="in turn"),
        pytest.param([("vehicle_theft", "theft", "2026-10-20"), ("theft", "robbery", "2026-10-10")], id="backwards"),
        pytest.param([("vehicle_theft", "theft", "2026-10-15"), ("theft", "robbery", "2026-10-15")], id="at once"),
    ],
)
async def test_a_chain_of_merges_is_followed_day_by_day(served: Served, merges: list[tuple[str, str, str]]) -> None:
    store, window = served.store, Window(served)
    days = [f"2026-10-{day}" for day in ("09", "10", "14", "15", "19", "20", "21")]
    one, two = add_reporters(store, 2)
    reports = [report(one, "vehicle_theft", "GN-BK", day) for day in days]
    put_reports(store, reports[::2])
    merge(store, *((code, into, date.fromisoformat(since)) for code, into, since in merges))
    put_reports(store, [*reports[1::2], report(two, "robbery", "GN-BK", "2026-10-21")])
    fold(store)
    asker, oracle = ASKERS[1], Oracle(store)
    for group_by in ("category", "category,period"):
        for period in ("day", "month"):
            query = {"from": "2026-10-01", "to": "2026-10-31", "period": period, "group_by": group_by}
            assert await window.rows(asker, query) == oracle.answer(asker, query)
    found = {row["category"]: row["reports"] for row in await window.rows(asker, query | {"group_by": "category"})}
    dates = {since for _, _, since in merges}
    assert sum(found.values()) == 8
    assert found["vehicle_theft"] == sum(day < merges[0][2] for day in days)
    assert (found.get("theft", 0) > 0) == (len(dates) == 2 and merges[0][2] < merges[1][2])


async def test_what_counts_as_something_that_became_protected_is_in_no_figure_of_all(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were open when they merged; what they became is protected since, as older releases let it be, and the
    rebuild says the same.
    """
    monkeypatch.setattr(categories, "_insist_on_merges", lambda *_: None)
    store, window = served.store, Window(served)
    (one,) = add_reporters(store, 1)
    World(store, tmp_path, seed=0).move("GN-BK-KAM", "GN-BF", date(2026, 10, 12))
    merge(store, ("vehicle_theft", "theft", date(2026, 10, 10)))
    rules = write_csv(tmp_path / "rules.csv", TAXONOMY_HEADER, [taxonomy_row("theft", protect="armed")])
    import_categories(store.database, rules)
    days = ("2026-10-09", "2026-10-10", "2026-10-11")
    put_reports(store, [report(one, "vehicle_theft", "GN-BK-KAM", day) for day in days])
    fold(store)
    october = {"from": "2026-10-01", "to": "2026-10-31", "locality": "GIN"}
    for _ in range(2):
        for query in (october, october | {"boundaries": "2026-01-01"}, october | {"group_by": "category"}):
            assert [row["reports"] for row in await window.rows(ASKERS[0], query)] == [1], query
        folded, heard = stored(store), cells(store)
        rebuild(store.database)
        assert not differences(stored(store), folded)
        assert cells(store) == heard
