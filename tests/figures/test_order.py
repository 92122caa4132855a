"""Rows come in the order of bytes, locality, period, category, on every engine and machine, and pages are the whole."""

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.figures.asking import Window
from tests.figures.oracle import Asker, Oracle
from tests.figures.worlds import World
from tests.serving import Served

pytestmark = pytest.mark.anyio

INSIDER, OUTSIDER = Asker(protected=True, exact=True), Asker()
WHOLE = {"from": "2026-05-01", "to": "2026-11-30"}
ABROAD = WHOLE | {"locality": "SLE-E", "depth": 1, "period": "year", "group_by": "period,category,locality"}
QUESTIONS: list[tuple[Asker, dict[str, Any]]] = [
    (INSIDER, ABROAD),
    (OUTSIDER, ABROAD | {"period": "quarter"}),
    (INSIDER, WHOLE | {"group_by": "category"}),
    (INSIDER, WHOLE | {"group_by": "locality", "locality": "SLE", "depth": 1}),
    (INSIDER, ABROAD | {"boundaries": "2026-06-01"}),
    (INSIDER, ABROAD | {"as_of": "2026-11-22T09:00:10Z"}),
    (INSIDER, WHOLE | {"period": "week", "group_by": "period"}),
]


@pytest.fixture
def world(served: Served, tmp_path: Path) -> World:
    made = World(served.store, tmp_path, seed=2)
    made.set_thresholds()
    made.add_reports(200)
    made.add_import()
    made.move_a_place()
    made.fold()
    return made


def sort_as_people_do(world: World) -> None:
    """Most machines sort text by a language, not by bytes; the tests' PostgreSQL does not, so its columns shall."""
    with world.store.database.writing() as session:
        known = session.scalars(text("SELECT collname FROM pg_collation WHERE collname = 'en-x-icu'")).all()
        for table in ("localities", "categories") if known else ():
            session.execute(text(f'ALTER TABLE {table} ALTER code TYPE VARCHAR(64) COLLATE "en-x-icu"'))


async def test_capitals_come_before_small_letters_and_the_underscore_between(served: Served, world: World) -> None:
    if not world.store.database.is_sqlite:
        sort_as_people_do(world)
    window = Window(served)
    rows = await window.rows(INSIDER, ABROAD | {"group_by": "locality"})
    assert [row["locality"] for row in rows] == ["SLE-E", "SLE-E-KEN", "SLE-E-kai"]
    rows = await window.rows(INSIDER, ABROAD)
    keys = [(row["locality"], row["start"], row["category"]) for row in rows]
    assert keys == sorted(keys, key=lambda key: [part.encode() for part in key])
    assert rows == Oracle(world.store).answer(INSIDER, ABROAD)


async def test_pages_of_any_size_are_the_whole_answer(served: Served, world: World) -> None:
    window, dice = Window(served), random.Random(0)
    for asker, query in QUESTIONS:
        whole = await window.rows(asker, query)
        assert len(whole) > 2, query
        for limit in (dice.randint(2, 6), dice.randint(7, 20), len(whole)):
            assert await window.rows(asker, query, limit=limit) == whole, (query, limit)
    for asker, query in QUESTIONS[1:3]:
        assert await window.rows(asker, query, limit=1) == await window.rows(asker, query)
