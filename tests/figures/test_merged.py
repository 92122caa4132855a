"""Merges in SQL say what the reference says in Python, for every category on every day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Date, Integer, column, literal, select, union_all

from figures.merged import counted_category, public_categories
from tests.conftest import Store

TURN = date(2026, 6, 1)


@pytest.mark.parametrize(
    "merges",
    [
        pytest.param({}, id="none"),
        pytest.param({1: (2, 0)}, id="one"),
        pytest.param({1: (2, 0), 2: (3, 10)}, id="one after the other"),
        pytest.param({1: (2, 10), 2: (3, 0)}, id="into one that was merged before"),
        pytest.param({1: (2, 5), 2: (3, 5), 3: (4, 5)}, id="three on one day"),
        pytest.param({1: (3, 0), 2: (3, 5), 3: (4, 10), 5: (4, 0)}, id="several into one"),
    ],
)
def test_a_thing_counts_in_the_category_it_was_merged_into_by_its_day(
    store: Store, merges: dict[int, tuple[int, int]]
) -> None:
    with store.database.reading() as session:
        reference = store.keeper.current(session)
        rules = dict(reference.rules)
        for category_id, (into_id, after) in merges.items():
            since = TURN + timedelta(days=after)
            rules[category_id] = replace(rules[category_id], into_id=into_id, since=since)
        merged = replace(reference, rules=rules)
        days = [TURN + timedelta(days=each) for each in (-400, -1, 0, 1, 4, 5, 6, 9, 10, 11, 400)]
        cases = [(category_id, day) for category_id in range(7) for day in days]
        things = union_all(
            *(select(literal(one, Integer).label("category_id"), literal(day, Date).label("day")) for one, day in cases)
        ).subquery()
        counted = counted_category(merged, things.c.category_id, things.c.day)
        found = {
            (category_id, day): into
            for category_id, day, into in session.execute(select(things.c.category_id, things.c.day, counted))
        }
    assert found == {(category_id, day): merged.counted_as(category_id, day) for category_id, day in cases}


def test_a_column_stays_itself_where_nothing_was_ever_merged(store: Store) -> None:
    with store.database.reading() as session:
        reference = store.keeper.current(session)
    own = column("category_id", Integer)
    assert counted_category(reference, own, column("day", Date)) is own


def test_public_is_every_category_without_protection(store: Store) -> None:
    with store.database.reading() as session:
        reference = store.keeper.current(session)
    codes = {reference.category_codes[each] for each in public_categories(reference)}
    assert codes == {code for code, each in reference.categories.items() if each.protect == "none"}
