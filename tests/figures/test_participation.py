"""Participation asks the store a few questions for a whole page, however long the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from figures.participation import ParticipationQuestion, participation
from models.database import Database
from models.periods import start_of
from tests.conftest import START, Store
from tests.intake.factories import fold, hand_in

MOST_STATEMENTS = 6
"""Populations twice at most, cells, days of those that moved, silence before, the busiest."""


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("years", [1, 10])
def test_a_page_takes_few_statements_however_many_places_and_periods(store: Store, years: int) -> None:
    hand_in(store, "vol à Dixinn")
    hand_in(store, "vol à Kamsar")
    fold(store)
    with store.database.reading() as session:
        reference = store.keeper.current(session)
        places = {spot.id: spot.code for spot in reference.spots.values()}
        today = START.date()
        last = start_of("month", today)
        first = date(last.year - years, last.month, 1)
        question = ParticipationQuestion("month", first, last, places, today, exact=True)
        with statements(store.database) as seen:
            rows = list(participation(session, reference, question, limit=500))
    assert len(rows) == 500
    assert {row.heard for row in rows} >= {"never"}
    assert 0 < len(seen) <= MOST_STATEMENTS
