"""As of: what was answered at any time is answered again, whatever has been folded since.

Places do not move in this law, nor do categories: as_of tells what was known, under the tree and taxonomy of today.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

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
    """Something of everything that is folded; afterwards something waits, mostly."""
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
    world.store.clock.go_on(seconds=dice.randint(10, 4000))
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
