"""The public rule: worlds that differ in one report of a cell hidden in both look the same, byte for byte, to whoever
may not read protected reports.
"""

import random
import re
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.figures.asking import Window, a_day, questions
from tests.figures.facts import Facts, Thing, period_of
from tests.figures.oracle import Asker
from tests.figures.worlds import GUARDED, PLACES, PROTECTIONS, World
from tests.figures.writing import put_reports, put_texts
from tests.serving import Served

pytestmark = pytest.mark.anyio

OUTSIDERS = [
    Asker(),
    Asker(exact=True, root="GIN"),
    Asker(protected=True, exact=True, body="police"),
]


MOMENT = re.compile(rb"(?<=:10\.)\d{6}(?=Z)")


def looks(answer: httpx.Response) -> tuple[Any, ...]:
    """Without the microseconds of as_of: each fold moves them, also one that finds nothing to fold."""
    return answer.status_code, MOMENT.sub(b"", answer.content), sorted(answer.headers.multi_items())


@dataclass(frozen=True)
class Hidden:
    """A report to add that no outsider may notice. Of the cells it is in only one without parts is told as a whole."""

    category: str
    place: str
    day: date
    reporter: UUID

    def is_shown(self, facts: Facts) -> bool:
        _, first, last = period_of("quarter", self.day)
        above = facts.up(self.place, self.day)
        cells = [place for place in above if not facts.has_parts(place, first, last, self.category)]
        return any(facts.shown(place, first, last, self.category) for place in cells)

    def things(self) -> list[Thing]:
        """Its report and its incident."""
        where = (self.place, self.day, self.category, False)
        return [Thing(*where, {"reports": 1}, self.reporter), Thing(*where, {"incidents": 1})]

    def put(self, world: World) -> None:
        """With a text that brought it. Not folded."""
        wanted = {"category": self.category, "locality": self.place, "day": self.day, "reporter_id": self.reporter}
        (report_id,) = put_reports(world.store, [wanted])
        text = {"reporter_id": self.reporter, "report_id": report_id, "locality": self.place, "day": self.day}
        put_texts(world.store, [text])


def a_hidden_one(world: World, categories: list[str]) -> Hidden:
    """In a cell that is hidden as things are, and stays so with it."""
    facts = Facts(world.store)
    for _ in range(500):
        hidden = Hidden(
            world.dice.choice(categories),
            world.dice.choice(PLACES),
            world.any_day(),
            world.dice.choice(world.reporters),
        )
        if not hidden.is_shown(facts) and not hidden.is_shown(facts.with_more(hidden.things())):
            return hidden
    raise AssertionError("everything is shown here")


def everything(dice: random.Random, asker: Asker) -> list[dict[str, Any]]:
    """Every kind of question."""
    whole: dict[str, Any] = {"from": "2026-04-01", "to": "2026-12-31"}
    asked = [
        whole | {"period": grain, "group_by": "locality,category,period", "locality": place, "depth": 1}
        for grain, place in (*product(("quarter",), ("GIN", "GN-C", "GN-D")), ("month", "GIN"), ("year", "GN-C"))
    ]
    asked += [whole | {"period": "quarter", "category": category} for category in GUARDED[::2]]
    asked += [whole | {"period": "quarter", "category": f"{category}*"} for category in ("bribery", "drugs")]
    asked += list(questions(dice, asker, 8))
    asked += [query | {"boundaries": a_day(dice)} for query in questions(dice, asker, 4)]
    asked += [query | {"as_of": "2026-11-22T09:00:10Z", "limit": 3} for query in questions(dice, asker, 3)]
    return asked


def about(world: World, hidden: Hidden) -> list[dict[str, Any]]:
    """Where it would be seen, if anywhere."""
    above = Facts(world.store).up(hidden.place, hidden.day)
    whole = {"from": "2026-04-01", "to": "2026-12-31", "period": "quarter", "group_by": "locality,category,period"}
    return [whole | {"locality": place, "depth": 1} for place in above]


async def look(window: Window, asker: Asker, asked: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [looks(await window.get(asker, query)) for query in asked]


def a_world(served: Served, folder: Path, seed: int) -> World:
    world = World(served.store, folder, seed)
    world.set_thresholds()
    for _ in range(2):
        world.add_reports(100, [*GUARDED, *GUARDED, "theft", "fire"])
        world.add_import()
        world.correct(20)
        world.move_a_place()
        world.move_a_place()
    world.fold()
    world.fold_now()
    return world


async def test_worlds_that_differ_in_one_hidden_report_look_the_same(served: Served, tmp_path: Path) -> None:
    """Before it is folded too; the clock stands, so that as_of is the same but for the folds themselves."""
    world, window = a_world(served, tmp_path, seed=3), Window(served)
    for asker in OUTSIDERS:
        categories = [each for each in GUARDED if not asker.may_see(PROTECTIONS.get(each, "armed"))]
        hidden = a_hidden_one(world, categories)
        asked = everything(world.dice, asker) + about(world, hidden)
        before = await look(window, asker, asked)
        assert {status for status, _, _ in before} == {200}
        assert any(f'"{each}"'.encode() in content for _, content, _ in before for each in categories), "some are shown"
        for happens in (hidden.put, World.fold_now):
            happens(world)
            after = await look(window, asker, asked)
            told = [query for query, was, now in zip(asked, before, after, strict=True) if was != now]
            assert not told, (asker, hidden, "\n".join(world.happened))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_one_report_more_of_a_shown_cell_is_seen(served: Served, tmp_path: Path) -> None:
    """The control: the same comparison tells worlds apart that may differ."""
    world, window = a_world(served, tmp_path, seed=3), Window(served)
    facts, (first, last) = Facts(served.store), (date(2026, 7, 1), date(2026, 9, 30))
    category, place = next(
        (category, place)
        for category in GUARDED
        for place in PLACES
        if facts.shown(place, first, last, category) and not facts.has_parts(place, first, last, category)
    )
    more = Hidden(category, place, last, world.anybody())
    asked = everything(world.dice, OUTSIDERS[0]) + about(world, more)
    before = await look(window, OUTSIDERS[0], asked)
    more.put(world)
    world.fold_now()
    assert await look(window, OUTSIDERS[0], asked) != before
