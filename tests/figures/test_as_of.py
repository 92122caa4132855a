"""As of: what was answered at any time is answered again, whatever has been folded since.

Places do not move in this law, nor do categories: as_of tells what was known, under the tree and taxonomy of today.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from figures import placed, tallied
from jobs import tallies
from jobs.rebuild import rebuild
from tests.figures.asking import ASKERS, Window, a_day, questions
from tests.figures.facts import MEASURES
from tests.figures.oracle import Asker, Row
from tests.figures.worlds import GUARDED, World
from tests.intake.factories import hand_in
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

MOMENTS = 10
TEXTS = [
    "vol à Dixinn",
    "accident à Kamsar 2 morts",
    "vol de moto hier à Sonfonia",
    "racket au barrage à Coyah",
    "bonjour",
]


@dataclass(frozen=True)
class Answered:
    as_of: str
    asker: Asker
    query: dict[str, Any]
    measures: dict[tuple[Any, ...], tuple[int, ...]]


def measures_of(asker: Asker, rows: list[Row]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """By row. What only the public rule shows has no history."""
    return {
        (row["locality"], row["period"], row["category"]): tuple(row[name] for name in MEASURES)
        for row in rows
        if row["category"] not in GUARDED or asker.protected
    }


def happen(world: World) -> None:
    """Something of everything that is folded; afterwards something waits, mostly. Now and then the clock stands still
    between two folds, or is put back.
    """
    dice = world.dice
    for _ in range(2):
        steps: list[Callable[[], None]] = [
            world.import_or_change,
            lambda: world.correct(12),
            lambda: world.add_reports(15),
        ]
        dice.choice(steps)()
        hand_in(world.store, dice.choice(TEXTS), sender=f"+2249200000{dice.randint(10, 15)}")
        world.add_texts(3)
    if (by := dice.choice([0, 0, -5, -700, dice.randint(10, 4000), dice.randint(10, 4000)])) <= 0:
        world.store.clock.go_on(seconds=by)
        world.fold_now()
    else:
        world.store.clock.go_on(seconds=by)
        world.fold()
    if dice.random() < 0.2:
        rebuild(world.store.database)
    if dice.random() < 0.6:
        world.add_reports(5)
        world.correct(5)
    if dice.random() < 0.2:
        rebuild(world.store.database)
        world.fold()


async def answered(window: Window, dice: random.Random, number: int) -> list[Answered]:
    """Questions of this moment and their answers."""
    found = []
    for asker in dice.sample(ASKERS, number):
        (query,) = questions(dice, asker, 1)
        query |= {"from": "2026-05-01", "to": "2026-11-30"}
        if dice.random() < 0.4:
            query["boundaries"] = a_day(dice)
        rows = await window.rows(asker, query)
        found.append(Answered(window.as_of, asker, query, measures_of(asker, rows)))
    return found


async def test_what_was_answered_is_answered_again_as_of_then(served: Served, tmp_path: Path) -> None:
    world = World(served.store, tmp_path, seed=7)
    world.add_reports(100)
    for _ in range(4):
        world.move_a_place()
    window, dice = Window(served), random.Random(7)
    told: list[Answered] = []
    for _ in range(MOMENTS):
        await asyncio.to_thread(happen, world)
        told += await answered(window, dice, 4)
    assert len({each.as_of for each in told}) >= MOMENTS
    for each in told:
        again = measures_of(each.asker, await window.rows(each.asker, each.query | {"as_of": each.as_of}))
        assert again == each.measures, (each.as_of, each.query, "\n".join(world.happened))
    now = [measures_of(each.asker, await window.rows(each.asker, each.query)) for each in told[:20]]
    changed = sum(each.measures != later for each, later in zip(told, now, strict=False))
    assert changed > 10, "a law over a store that stands still always holds"


async def test_a_part_of_a_backlog_is_told_under_an_as_of_of_its_own(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that another answer has told, or will tell, under the same as_of is read between two parts."""
    world, window = World(served.store, tmp_path, seed=1), Window(served)
    world.add_reports(10, ["theft"])
    world.fold()
    whole = datetime.fromisoformat(await as_of_now(window))
    world.add_reports(40, ["theft", "fire"])
    world.store.clock.go_on(seconds=10)
    told: list[tuple[str, list[int]]] = []
    for parts_left in (1, 1, 1, 1, 100):  # four times the process dies after one part, and another goes on
        with monkeypatch.context() as patches:
            lets_fold(patches, parts_left)
            with suppress(Dead):
                await asyncio.to_thread(world.fold_now)
        told.append((await as_of_now(window), await reports_now(window)))
    moments = [datetime.fromisoformat(as_of) for as_of, _ in told]
    assert moments == sorted(set(moments))
    assert moments[-1] - whole == timedelta(seconds=10)
    assert len({tuple(reports) for _, reports in told}) > 3, "nothing was read between"
    for as_of, reports in told:
        assert await reports_now(window, as_of=as_of) == reports, as_of


class Dead(Exception):
    """The process folds no more."""


def lets_fold(patches: pytest.MonkeyPatch, parts: int) -> None:
    """Parts of seven changes, and so many of them."""
    left, fold_once = iter(range(parts)), tallies.fold_once

    def fold_or_die(*args: Any) -> int:
        if next(left, None) is None:
            raise Dead
        return fold_once(*args)

    patches.setattr(tallies, "LARGEST_FOLD", 7)
    patches.setattr(tallies, "SQLITE_FOLD", 7)
    patches.setattr(tallies, "fold_once", fold_or_die)


ALL_OF_IT = {"from": "2026-05-01", "to": "2026-11-30", "group_by": "locality", "locality": "GIN"}


async def reports_now(window: Window, **query: str) -> list[int]:
    return [row["reports"] for row in await window.rows(ASKERS[0], ALL_OF_IT | query)]


async def as_of_now(window: Window) -> str:
    as_of: str = (await window.get(ASKERS[0], ALL_OF_IT)).json()["as_of"]
    return as_of


async def test_between_two_slots_the_former_holds_and_before_all_nothing(served: Served, tmp_path: Path) -> None:
    world, window = World(served.store, tmp_path, seed=0), Window(served)
    query = {"from": "2026-05-01", "to": "2026-11-30", "group_by": ""}
    told = []
    for _ in range(3):
        world.add_reports(10, ["theft", "fire"])
        world.fold()
        told.append((await window.get(ASKERS[0], query)).json())
    for each in told[:2]:
        at = datetime.fromisoformat(each["as_of"])
        for moment in (at, at + timedelta(seconds=9), at.astimezone(timezone(timedelta(hours=5)))):
            answer = (await window.get(ASKERS[0], query | {"as_of": moment.isoformat()})).json()
            assert [row["reports"] for row in answer["rows"]] == [row["reports"] for row in each["rows"]]
            assert datetime.fromisoformat(answer["as_of"]) == moment
    early = at - timedelta(days=1)
    assert await window.rows(ASKERS[0], query | {"as_of": early.isoformat()}) == []


async def test_who_stood_behind_a_figure_is_not_looked_for_in_vain(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes long, and nobody can tell of then."""
    world, window = World(served.store, tmp_path, seed=2), Window(served)
    world.add_reports(60, ["theft", "vehicle_theft"])
    world.move("GN-C-SON", "GN-D", date(2026, 7, 1))
    world.fold()
    looked: list[str] = []

    def noting(module: ModuleType, name: str) -> None:
        look = getattr(module, name)

        def noted(*args: Any) -> Any:
            looked.append(name)
            return look(*args)

        monkeypatch.setattr(module, name, noted)

    noting(tallied, "at_least_reporters")
    noting(placed, "_who")
    asked = {"period": "quarter", "from": "2026-04-01", "to": "2026-12-31", "category": "theft*", "group_by": ""}
    for query, name in ((asked, "at_least_reporters"), (asked | {"boundaries": "2026-06-01"}, "_who")):
        rows = await window.rows(ASKERS[0], query)
        assert set(looked) == {name}
        looked.clear()
        then = await window.rows(ASKERS[0], query | {"as_of": window.as_of})
        assert (len(then), looked) == (len(rows), [])
        assert {row["reporters_band"] for row in then} == {None}


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param("2026-11-22T09:00:01Z", id="later than what is counted"),
        pytest.param("0001-01-01T00:00:00+05:00", id="before all time"),
        pytest.param("9999-12-31T23:59:59-05:00", id="after all time"),
        pytest.param("2026-11-22T09:00:00", id="without a zone"),
    ],
)
async def test_a_time_that_nobody_can_tell_of_is_refused(served: Served, as_of: str) -> None:
    served.fold()
    problem_of(await Window(served).get(ASKERS[0], {"as_of": as_of}), 422, "invalid")
