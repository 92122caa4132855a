"""Figures under the boundaries of another day: as the oracle counts them under that day's parents, and for a bound key
never what lay outside its subtree.
"""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.figures.asking import ASKERS, Window, a_day, questions
from tests.figures.facts import MEASURES
from tests.figures.oracle import Asker, Oracle, differing
from tests.figures.test_reporters import add_reporters, put, report
from tests.figures.worlds import HERE, World
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio


WHOLE = {"from": "2026-01-01", "to": "2026-11-30", "period": "year"}
INSIDER = Asker(protected=True, exact=True)


async def by_place(window: Window, asker: Asker, *places: str, **query: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for place in places:
        rows = await window.rows(asker, WHOLE | {"locality": place, "group_by": "locality"} | query)
        found |= {row["locality"]: row["reports"] for row in rows}
    return found


@pytest.fixture
def moved(served: Served, tmp_path: Path) -> World:
    """Kouriah lies in Coyah. Coyah leaves Kindia for Conakry on the 15th of October, a Thursday, and Kouriah leaves
    Coyah for Sonfonia on the 20th; a report of each before, between and after, two of them in one week.
    """
    world = World(served.store, tmp_path, seed=0)
    (one,) = add_reporters(served.store, 1)
    days = ("2026-10-12", "2026-10-17", "2026-10-24")
    put(served.store, *(report(one, "theft", place, day) for place in ("GN-CO", "GN-CO-KOU") for day in days))
    world.move("GN-CO", "GN-C", date(2026, 10, 15))
    world.move("GN-CO-KOU", "GN-C-SON", date(2026, 10, 20))
    return world


BY_BOUNDARIES = {
    None: {"GIN": 6, "GN-D": 2, "GN-C": 4, "GN-CO": 5, "GN-C-SON": 1},
    "2026-10-14": {"GIN": 6, "GN-D": 6, "GN-CO": 6},
    "2026-10-15": {"GIN": 6, "GN-C": 6, "GN-CO": 6},
    "2026-10-20": {"GIN": 6, "GN-C": 6, "GN-CO": 3, "GN-C-SON": 3},
}


async def test_places_that_moved_one_in_the_other_count_under_the_day_asked_for(served: Served, moved: World) -> None:
    window = Window(served)
    for boundaries, wanted in BY_BOUNDARIES.items():
        asked = {"boundaries": boundaries} if boundaries else {}
        assert await by_place(window, INSIDER, *HERE, "GN-CO-KOU", **asked) == wanted | {"GN-CO-KOU": 3}, boundaries
        for grain, numbers in (("week", [4, 2]), ("month", [6])):
            rows = await window.rows(INSIDER, WHOLE | asked | {"locality": "GIN", "period": grain})
            assert [(row["reports"], row["reporters"]) for row in rows] == [(each, 1) for each in numbers]


async def test_the_children_are_those_of_the_day_asked_for(served: Served, moved: World) -> None:
    window = Window(served)
    for boundaries, children in (("2026-10-14", {"GN-D", "GN-CO"}), ("2026-10-15", set())):
        assert (await by_place(window, INSIDER, "GN-D", boundaries=boundaries, depth=1)).keys() == children


BY_ROOT: list[tuple[str, str, dict[str, int]]] = [
    ("GN-D", "2026-10-14", {"GN-D": 2}),  # what has left since is not followed
    ("GN-C", "2026-10-14", {}),  # what came since was another's then
    ("GN-C", "2026-10-15", {"GN-C": 4, "GN-CO": 4}),  # what came is not followed back
    ("GN-CO", "2026-10-14", {"GN-CO": 5}),  # a child that has left
]


async def test_a_bound_key_never_sees_what_lay_outside_its_subtree(served: Served, moved: World) -> None:
    """Nor by what is known of earlier times, nor by what was counted later."""
    window, before = Window(served), "2026-11-22T08:00:00Z"
    for root, boundaries, wanted in BY_ROOT:
        bound = Asker(protected=True, exact=True, root=root)
        assert await by_place(window, bound, root, depth=1, boundaries=boundaries) == wanted, (root, boundaries)
        assert await by_place(window, bound, root, depth=1, boundaries=boundaries, as_of=before) == {}


async def test_what_waits_to_be_folded_is_in_no_figure(served: Served, moved: World) -> None:
    """Neither under other boundaries, which are counted from reports, nor under those of the day."""
    window, dice = Window(served), random.Random(1)
    asked = [query | {"boundaries": "2026-10-14"} for query in questions(dice, INSIDER, 12)]
    asked += [query | {"locality": "GIN", "group_by": "category,period"} for query in questions(dice, INSIDER, 4)]

    async def look() -> list[tuple[str, Any]]:
        answers = [await window.get(INSIDER, query) for query in asked]
        return [(answer.headers["etag"], answer.json()["rows"]) for answer in answers]

    before = await look()
    moved.add_reports(40)
    moved.correct(30)
    moved.add_texts(10)
    moved.add_import()
    after = await look()
    for (etag, rows), (held, known) in zip(after, before, strict=True):
        assert etag == held
        assert [{name: row[name] for name in (*MEASURES, "reporters")} for row in rows] == [
            {name: row[name] for name in (*MEASURES, "reporters")} for row in known
        ]
    moved.fold()
    assert await look() != before


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_boundaries_of_a_day_that_never_ends_are_refused(served: Served) -> None:
    answer = await Window(served).get(INSIDER, {"boundaries": "9999-12-31"})
    problem_of(answer, 422, "invalid")


async def test_any_question_under_other_boundaries_is_answered_as_the_oracle_counts(
    served: Served, tmp_path: Path
) -> None:
    world = World(served.store, tmp_path, seed=1)
    world.set_thresholds()
    for _ in range(4):
        world.add_reports(60)
        world.add_texts(15)
        world.add_import()
        world.correct(20)
        world.fold()
        world.move_a_place()
        world.move_a_place()
    world.fold()
    oracle, window, dice = Oracle(served.store), Window(served), random.Random(1)
    for asker in ASKERS:
        for query in questions(dice, asker, 22):
            asked = query | {"boundaries": a_day(dice)}
            found = await window.rows(asker, asked)
            wanted = oracle.answer(asker, asked)
            assert not differing(found, wanted), (asker, asked, "\n".join(world.happened))
            assert found == wanted, "the order"
