"""Every figure is what the oracle counts: random worlds, random questions, all kinds of keys."""

import random
from pathlib import Path

import pytest

from tests.figures.asking import ASKERS, Window, questions
from tests.figures.oracle import Oracle, differing
from tests.figures.worlds import World
from tests.serving import Served

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("seed", range(2))
async def test_any_question_is_answered_as_the_oracle_counts(served: Served, tmp_path: Path, seed: int) -> None:
    world = World(served.store, tmp_path, seed)
    world.set_thresholds()
    for _ in range(3):
        world.add_reports(90)
        world.add_texts(25)
        world.add_import()
        world.fold()
        world.correct(40)
        world.change_import()
        world.move_a_place()
    world.fold()
    oracle, window, dice = Oracle(served.store), Window(served), random.Random(seed)
    for asker in ASKERS:
        for query in questions(dice, asker, 20):
            found = await window.rows(asker, query)
            wanted = oracle.answer(asker, query)
            assert not differing(found, wanted), (asker, query, "\n".join(world.happened))
            assert found == wanted, "the order"
