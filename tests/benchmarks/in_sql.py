"""What figures cost in SQL against the look-up of one report: the statements the program itself issues, caught once
and then sent again and again over an open connection. Time is that of the client: sending, planning, all rows fetched.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from figures.question import Question
from figures.tallied import tallied
from intake.reference import Reference, Spot
from models.periods import start_of
from models.reports import Report
from models.settings import Settings
from tests.benchmarks.running import opened
from tests.benchmarks.table import Row, Table

VARIANTS: Final = 40
"""Of each question: other places of all levels, other days of the last years, other reports."""
YEARS: Final = 3
DAYS: Final = 90
NEWEST: Final = 10_000
LOOK_UP: Final = "a report by its primary key"

Statements = Sequence[tuple[str, Any]]


def measure(settings: Settings, table: Table, rounds: int) -> None:
    """settings: a filled store."""
    with opened(settings) as store, store.database.reading() as session:
        reference = store.keeper.current(session)
        asked = {
            name: [_caught(session, ask) for ask in variants]
            for name, variants in _questions(session, reference).items()
        }
        seconds = _measured(session.connection(), asked, rounds)
    for name, (must, aim) in _BOUNDS.items():
        ratios = [a / b for a, b in zip(seconds[name], seconds[LOOK_UP], strict=True)]
        table.add(Row(f"in SQL: {name} / {LOOK_UP}", median(ratios), must, aim))
    told = ", ".join(f"{name} {median(taken) * 1000:.2f} ms" for name, taken in seconds.items())
    table.note(f"in SQL, one question: {told}")


_MONTH: Final = "a month of a locality, by category"
_ONE: Final = "90 days of a locality, one category"
_ALL: Final = "90 days of a locality, all categories"
_SUM: Final = "90 days of a locality added up"
_YEAR: Final = "distinct reporters of a country, a year"
_BOUNDS: Final = {_MONTH: (8, 4), _ONE: (30, 15), _ALL: (30, 15), _SUM: (30, 15), _YEAR: (8, 4)}


def _questions(session: Session, reference: Reference) -> Mapping[str, Sequence[Callable[[], object]]]:
    """Functions that ask them of the program."""
    dice, today = Random(VARIANTS), datetime.now(UTC).date()
    asked: dict[str, list[Callable[[], object]]] = {}

    def ask(name: str, place: Spot, **question: Any) -> None:
        whole = Question(places={place.id: place.code}, guarded={}, today=today, **question)
        asked.setdefault(name, []).append(lambda: list(tallied(session, reference, whole)))

    levels = [[spot for spot in reference.spots.values() if spot.level == level] for level in range(4)]
    public = [category for category in reference.rules if reference.is_public(category)]
    newest = select(Report.id).order_by(Report.changed_at.desc()).limit(NEWEST)
    for report_id in dice.sample(list(session.scalars(newest)), VARIANTS):
        asked.setdefault(LOOK_UP, []).append(partial(_look_up, session, report_id))
    for number in range(VARIANTS):
        place, country = dice.choice(levels[number % len(levels)]), dice.choice(levels[0])
        last = today - timedelta(days=dice.randrange(YEARS * 365))
        month, year, category = start_of("month", last), start_of("year", last), dice.choice(public)
        days: dict[str, Any] = {"grain": "day", "first": last - timedelta(days=DAYS - 1), "last": last}
        every, one = dict(reference.category_codes), {category: reference.category_codes[category]}
        ask(_MONTH, place, grain="month", first=month, last=month, categories=every, by_category=True)
        ask(_ONE, place, **days, categories=one)
        ask(_ALL, place, **days, categories=None)
        ask(_SUM, place, **days, categories=None, by_period=False)
        ask(_YEAR, country, grain="year", first=year, last=year, categories=None)
    return asked


def _look_up(session: Session, report_id: object) -> object:
    return session.scalar(select(Report).where(Report.id == report_id))


def _caught(session: Session, ask: Callable[[], object]) -> Statements:
    with _listening(session.connection()) as caught:
        ask()
    return caught


@contextmanager
def _listening(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    caught: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        caught.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield caught
    finally:
        event.remove(connection, "before_cursor_execute", note)


def _measured(connection: Connection, asked: Mapping[str, Sequence[Statements]], rounds: int) -> dict[str, list[float]]:
    """Seconds for one question, the median over its variants, a round each."""
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    cursor = connection.connection.cursor()
    for turn in range(rounds + 1):
        for name, variants in asked.items():
            taken = [_time(cursor, statements) for statements in variants]
            if turn:  # the first warms the caches and has the statements prepared
                seconds[name].append(median(taken))
    return seconds


def _time(cursor: Any, statements: Statements) -> float:
    started = time.perf_counter()
    for statement, parameters in statements:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    return time.perf_counter() - started
