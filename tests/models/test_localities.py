"""The tree of localities over time: who is above whom on which day."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from models.database import ALWAYS, FOREVER
from models.localities import Locality, LocalityParent, Span, ancestor_spans, renew_ancestors, spans_of
from tests.conftest import Store

COUNTRY, WEST, EAST, TOWN, QUARTER = 1, 2, 3, 4, 5
MOVE = date(2024, 3, 12)


def parent(of: int, above: int, from_day: date = ALWAYS, until_day: date = FOREVER) -> LocalityParent:
    return LocalityParent(locality_id=of, parent_id=above, from_day=from_day, until_day=until_day)


def moved_town() -> list[LocalityParent]:
    """A town with a quarter, which moved from the west to the east."""
    return [
        parent(WEST, COUNTRY),
        parent(EAST, COUNTRY),
        parent(TOWN, WEST, until_day=MOVE),
        parent(TOWN, EAST, from_day=MOVE),
        parent(QUARTER, TOWN),
    ]


def above(spans: Sequence[Span], day: date) -> list[int]:
    found = [span for span in spans if span.from_day <= day < span.until_day]
    return [span.ancestor_id for span in sorted(found, key=lambda span: span.distance)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(MOVE - timedelta(days=1), [QUARTER, TOWN, WEST, COUNTRY], id="the day before"),
        pytest.param(MOVE, [QUARTER, TOWN, EAST, COUNTRY], id="the day of the move"),
        pytest.param(ALWAYS, [QUARTER, TOWN, WEST, COUNTRY], id="ever before"),
        pytest.param(FOREVER - timedelta(days=1), [QUARTER, TOWN, EAST, COUNTRY], id="ever after"),
    ],
)
def test_a_locality_belongs_to_the_ancestors_of_the_day(day: date, expected: list[int]) -> None:
    spans = spans_of(moved_town(), [COUNTRY, WEST, EAST, TOWN, QUARTER])
    assert above(spans[QUARTER], day) == expected


def test_a_locality_is_its_own_first_ancestor_for_ever() -> None:
    for locality_id, spans in spans_of(moved_town(), [COUNTRY, WEST, EAST, TOWN, QUARTER]).items():
        assert spans[0] == Span(locality_id, ALWAYS, FOREVER, 0)


def test_a_move_further_up_cuts_the_days_of_all_below() -> None:
    rows = [
        parent(TOWN, WEST),
        parent(WEST, COUNTRY, until_day=MOVE),
        parent(WEST, EAST, from_day=MOVE),
        parent(EAST, COUNTRY),
    ]
    spans = spans_of(rows, [TOWN])[TOWN]
    assert Span(COUNTRY, ALWAYS, MOVE, 2) in spans
    assert Span(COUNTRY, MOVE, FOREVER, 3) in spans
    assert Span(EAST, MOVE, FOREVER, 2) in spans


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([parent(TOWN, TOWN)], id="itself"),
        pytest.param([parent(TOWN, WEST), parent(WEST, TOWN)], id="two"),
        pytest.param([parent(TOWN, WEST), parent(WEST, EAST), parent(EAST, TOWN)], id="three"),
        pytest.param([parent(TOWN, WEST, MOVE), parent(WEST, TOWN, MOVE)], id="from some day on"),
    ],
)
def test_a_locality_that_is_its_own_ancestor_is_refused_by_name(rows: list[LocalityParent]) -> None:
    with pytest.raises(ValueError, match=f"locality {TOWN} is its own ancestor"):
        spans_of(rows, [TOWN])


def test_two_that_change_places_on_a_day_are_no_cycle() -> None:
    rows = [parent(TOWN, WEST, until_day=MOVE), parent(WEST, TOWN, from_day=MOVE)]
    spans = spans_of(rows, [TOWN, WEST])
    assert above(spans[TOWN], MOVE - timedelta(days=1)) == [TOWN, WEST]
    assert above(spans[WEST], MOVE) == [WEST, TOWN]


@st.composite
def trees(draw: st.DrawFn) -> list[LocalityParent]:
    """Localities 1..8; each has parents with smaller numbers, changing on random days."""
    rows = []
    for locality_id in range(2, 9):
        cuts = sorted(draw(st.sets(st.dates(date(2000, 1, 1), date(2026, 1, 1)), max_size=3)))
        for first, end in zip([ALWAYS, *cuts], [*cuts, FOREVER], strict=True):
            rows.append(parent(locality_id, draw(st.integers(1, locality_id - 1)), first, end))
    return rows


@given(rows=trees(), day=st.dates(date(1999, 1, 1), date(2027, 1, 1)))
def test_the_ancestors_of_a_day_are_the_parents_parents_of_that_day(rows: list[LocalityParent], day: date) -> None:
    spans = spans_of(rows, range(1, 9))
    for locality_id in range(1, 9):
        climbed = [locality_id]
        while climbed[-1] != 1:
            (up,) = [r.parent_id for r in rows if r.locality_id == climbed[-1] and r.from_day <= day < r.until_day]
            climbed.append(up)
        assert above(spans[locality_id], day) == climbed


def test_the_stored_ancestors_are_those_of_the_parents(store: Store) -> None:
    with store.database.writing() as session:
        ids = {row.code: row.id for row in session.scalars(select(Locality))}
        first, second = ids["GN-B"], ids["GN-D"]
        moving = ids["GN-BF"]
        session.execute(delete(LocalityParent).where(LocalityParent.locality_id == moving))
        session.add_all([parent(moving, first, until_day=MOVE), parent(moving, second, from_day=MOVE)])
        session.flush()
        renew_ancestors(session)
    with store.database.reading() as session:
        stored = ancestor_spans(session)
        made = spans_of(session.scalars(select(LocalityParent)).all(), ids.values())
    assert {key: set(value) for key, value in stored.items()} == {key: set(value) for key, value in made.items()}
    assert above(stored[moving], MOVE) == [moving, second, ids["GIN"]]
