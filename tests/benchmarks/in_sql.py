"""What figures cost in SQL against the look-up of one report: the statements the program itself issues, caught once
and then sent again and again over an open connection. Time is that of the client: sending, planning, all rows fetched.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
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
"""Of each question: other places of all levels, other months, other reports."""
DAYS: Final = 90
LOOK_UP: Final = "a report by its primary key"

Statements = Sequence[tuple[str, Any]]


def measure(settings: Settings, table: Table, rounds: int) -> None:
    """settings: a filled store."""
    with opened(settings) as store, store.database.reading() as session:
        reference = store.keeper.current(session)
        asked = {
            name: [_caught(session, partial) for partial in variants]
            for name, variants in _questions(session, reference).items()
        }
        seconds = _measured(session.connection(), asked, rounds)
    for name, (must, aim) in _BOUNDS.items():
        ratios = [a / b for a, b in zip(seconds[name], seconds[LOOK_UP], strict=True)]
        table.add(Row(f"in SQL: {name} / {LOOK_UP}", median(ratios), must, aim))
    told = ", ".join(f"{name} {median(taken) * 1000:.2f} ms" for name, taken in seconds.items())
    table.note(f"in SQL, one question: {told}")


_BOUNDS: Final[Mapping[str, tuple[float | None, float | None]]] = {
    "a month of a locality, by category": (8, 4),
    "90 days of a locality, one category": (30, 15),
    "90 days of a locality, all categories": (30, 15),
    "90 days of a locality added up": (30, 15),
    "distinct reporters of a country, a year": (8, 4),
}


def _questions(session: Session, reference: Reference) -> Mapping[str, Sequence[Callable[[], object]]]:
    """Functions that ask them of the program."""
    dice = Random(VARIANTS)
    today = datetime.now(UTC).date()
    levels = [[spot for spot in reference.spots.values() if spot.level == level] for level in range(4)]
    places = [dice.choice(levels[number % len(levels)]) for number in range(VARIANTS)]
    months = [start_of("month", today - timedelta(days=dice.randrange(3 * 365))) for _ in places]
    ends = [today - timedelta(days=dice.randrange(3 * 365)) for _ in places]
    kinds = [each for each in reference.rules if reference.is_public(each)]
    ids = dice.sample(
        list(session.scalars(select(Report.id).order_by(Report.changed_at.desc()).limit(9_999))), VARIANTS
    )

    def ask(place: Spot, question: Mapping[str, Any]) -> Callable[[], object]:
        whole = Question(places={place.id: place.code}, guarded={}, today=today, **question)
        return lambda: list(tallied(session, reference, whole))

    every, one = dict(reference.category_codes), [{k: reference.category_codes[k]} for k in kinds]
    years = [date(today.year - dice.randrange(3), 1, 1) for _ in places]
    asked = [
        [{"grain": "month", "first": m, "last": m, "categories": every, "by_category": True} for m in months],
        [{**_days(end), "categories": dice.choice(one)} for end in ends],
        [{**_days(end), "categories": None} for end in ends],
        [{**_days(end), "categories": None, "by_period": False} for end in ends],
    ]
    found = {
        name: [ask(place, question) for place, question in zip(places, questions, strict=True)]
        for name, questions in zip(_BOUNDS, asked, strict=False)
    }
    countries = [dice.choice(levels[0]) for _ in years]
    found["distinct reporters of a country, a year"] = [
        ask(place, {"grain": "year", "first": year, "last": year, "categories": None})
        for place, year in zip(countries, years, strict=True)
    ]

    def look_up(report_id: object) -> Callable[[], object]:
        return lambda: session.scalar(select(Report).where(Report.id == report_id))

    return {LOOK_UP: [look_up(each) for each in ids], **found}


def _days(end: date) -> dict[str, Any]:
    return {"grain": "day", "first": end - timedelta(days=DAYS - 1), "last": end}


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
