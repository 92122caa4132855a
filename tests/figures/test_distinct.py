"""Which cells a reporter enters and leaves: against the plain difference of two sets, for any change there and back."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.distinct import CellKey, Place, Ways, _moves
from models.tallies import ALL
from tests.figures.facts import period_of

GRAINS = ("day", "week", "month", "quarter", "year")
MOVES_ON = date(2026, 1, 1)
MERGES_ON = date(2025, 12, 30)
PROTECTED = 3


class Tree(Ways):
    """Localities 1 (country) to 5; 5 leaves 2 for 3 at the new year. Category 2 counts as 1 from the day before it;
    3 is protected.
    """

    def __init__(self) -> None:
        pass

    def ancestors(self, locality_id: int, day: date) -> tuple[int, ...]:
        middle = {4: 2, 5: 2 if day < MOVES_ON else 3}.get(locality_id)
        return tuple(dict.fromkeys(each for each in (locality_id, middle, 1) if each))

    def starts(self, day: date) -> tuple[tuple[str, date], ...]:  # type: ignore[override]  # grains by their names
        return tuple((grain, period_of(grain, day)[1]) for grain in GRAINS)

    def targets(self, category_id: int, day: date) -> tuple[int, ...]:
        counted_as = 1 if category_id == 2 and day >= MERGES_ON else category_id
        return (counted_as,) if counted_as == PROTECTED else (counted_as, ALL)


TREE = Tree()


@cache
def cells_of(place: Place) -> frozenset[CellKey]:
    locality_id, day, category_id = place
    return frozenset(
        (above, grain, start, target)  # type: ignore[misc]  # grains by their names
        for above in TREE.ancestors(locality_id, day)
        for grain, start in TREE.starts(day)
        for target in TREE.targets(category_id, day)
    )


def cells(places: Iterable[Place]) -> set[CellKey]:
    return {cell for place in places for cell in cells_of(place)}


places = st.tuples(
    st.integers(1, 5),
    # Around the new year, where days share a week and not a year, and some months before.
    st.integers(-4, 4).map(lambda days: MOVES_ON + timedelta(days=days)) | st.sampled_from([date(2025, 3, 1)]),
    st.integers(1, 3),
)
reports = st.dictionaries(places, st.integers(1, 3), max_size=6)
"""How many reports of one reporter there are of each place, day and category."""


@settings(max_examples=400, deadline=None)
@given(before=reports, after=reports)
def test_a_reporter_enters_and_leaves_the_cells_in_which_two_states_differ(
    before: dict[Place, int], after: dict[Place, int]
) -> None:
    for first, then in ((before, after), (after, before)):
        difference = Counter(then)
        difference.subtract(first)
        entered, left = cells(then) - cells(first), cells(first) - cells(then)
        assert _moves(TREE, Counter(then), difference) == dict.fromkeys(entered, 1) | dict.fromkeys(left, -1)


@settings(max_examples=100, deadline=None)
@given(states=st.lists(reports, min_size=2, max_size=5))
def test_steps_add_up_to_the_whole_way(states: list[dict[Place, int]]) -> None:
    total: Counter[CellKey] = Counter()
    for first, then in pairwise(states):
        difference = Counter(then)
        difference.subtract(first)
        total.update(_moves(TREE, Counter(then), difference))
    total.update(dict.fromkeys(cells(states[0]), 1))
    assert {cell for cell, by in total.items() if by} == cells(states[-1])
    assert set(total.values()) <= {0, 1}
