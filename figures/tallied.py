"""Figures from stored tallies: sums of cells, a page at a time. Never reads a report but to tell a band apart."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Date, Select, String, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from figures.heard import at_least_reporters
from figures.question import Figure, Key, Question, band_of
from intake.reference import Reference
from models.categories import Category
from models.localities import Locality
from models.tallies import ALL, Measures, Tally

ROWS_AT_ONCE: Final = 2_000
BYTEWISE: Final = {"postgresql": "C", "sqlite": "BINARY"}
"""The collation that orders codes the same on every machine."""


def tallied(
    session: Session, reference: Reference, question: Question, after: Key | None = None, limit: int | None = None
) -> Iterator[Figure]:
    """In the order locality, period, category, beginning after the given row."""
    page = _page(session, question, after, limit)
    with session.execute(page if limit else page.execution_options(yield_per=ROWS_AT_ONCE)) as rows:
        for locality, start, category, most, together, *measures in rows:
            row = (locality, start, category)
            heard = _heard(session, reference, question, row, int(most or 0), int(together or 0))
            yield Figure(*row, Measures(*(int(value) for value in measures)), *heard)


def _heard(  # noqa: PLR0913  the row, and what its cells say
    session: Session, reference: Reference, question: Question, row: Key, most: int, together: int
) -> tuple[int | None, str | None]:
    """How many reporters exactly, and their band. most, together: they are at least and at most so many."""
    if question.as_of is not None:
        return None, None  # who stood behind a figure then is not kept
    if question.is_one_cell_a_row:
        return together, band_of(most)
    if band_of(most) == band_of(together):
        return None, band_of(most)
    found = at_least_reporters(session, reference, question, row)
    return None, band_of(min(max(found, most), together))  # reports that no tally holds yet are in it


def _page(session: Session, question: Question, after: Key | None, limit: int | None) -> Select[Any]:
    collation = BYTEWISE[session.get_bind().dialect.name]
    locality = Locality.code if question.by_locality else literal("", String)
    start = Tally.start if question.by_period else literal(date.min, Date)
    category = Category.code if question.by_category else literal(question.label, String)
    whole = question.is_one_cell_a_row
    sums = [_of(getattr(Tally, name), whole=whole).label(name) for name in Measures._fields]
    some = or_(*(_of(getattr(Tally, name), whole=whole) != 0 for name in Measures._fields))
    wanted = [ALL] if question.categories is None else sorted(question.categories)
    query = (
        select(
            locality.label("locality"),
            start.label("start"),
            category.label("category"),
            (Tally.reporters if whole else func.max(Tally.reporters)).label("most"),
            _of(Tally.reporters, whole=whole).label("together"),
            *sums,
        )
        .select_from(Tally)
        .where(
            Tally.locality_id.in_(sorted(question.places)),
            Tally.grain == question.grain,
            Tally.start.between(question.first, question.last),
            Tally.category_id.in_(wanted),
        )
    )
    if question.by_locality:
        query = query.join(Locality, Locality.id == Tally.locality_id)
    if question.by_category:
        query = query.join(Category, Category.id == Tally.category_id)
    counted = (query.where(some) if whole else query.group_by(*_grouped(question)).having(some)).subquery()
    order = (counted.c.locality.collate(collation), counted.c.start, counted.c.category.collate(collation))
    page = select(counted).order_by(*order).limit(limit)
    if after is not None:
        page = page.where(tuple_(*order) > tuple_(*after))
    return page


def _grouped(question: Question) -> list[Any]:
    wanted = (question.by_locality, question.by_period, question.by_category)
    return [column for column, by in zip((Locality.code, Tally.start, Category.code), wanted, strict=True) if by]


def _of(measure: Any, *, whole: bool) -> Any:
    """whole: the row is one stored cell, which need not be added up."""
    return measure if whole else func.sum(measure)
