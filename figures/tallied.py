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
            exact = int(together or 0) if question.is_one_cell_a_row else None
            band = band_of(int(most or 0))
            if exact is None and band != band_of(int(together or 0)):
                heard = at_least_reporters(session, reference, question, (locality, start, category))
                band = band_of(min(max(heard, int(most)), int(together)))  # reports that no tally holds yet are in it
            yield Figure(locality, start, category, Measures(*(int(value) for value in measures)), exact, band)


def _page(session: Session, question: Question, after: Key | None, limit: int | None) -> Select[Any]:
    collation = BYTEWISE[session.get_bind().dialect.name]
    locality = Locality.code if question.by_locality else literal("", String)
    start = Tally.start if question.by_period else literal(date.min, Date)
    category = Category.code if question.by_category else literal(question.label, String)
    sums = [func.sum(getattr(Tally, name)).label(name) for name in Measures._fields]
    wanted = [ALL] if question.categories is None else sorted(question.categories)
    query = (
        select(
            locality.label("locality"),
            start.label("start"),
            category.label("category"),
            func.max(Tally.reporters).label("most"),
            func.sum(Tally.reporters).label("together"),
            *sums,
        )
        .select_from(Tally)
        .where(
            Tally.locality_id.in_(sorted(question.places)),
            Tally.grain == question.grain,
            Tally.start.between(question.first, question.last),
            Tally.category_id.in_(wanted),
        )
        .having(or_(*(func.sum(getattr(Tally, name)) != 0 for name in Measures._fields)))
    )
    if question.by_locality:
        query = query.join(Locality, Locality.id == Tally.locality_id)
    if question.by_category:
        query = query.join(Category, Category.id == Tally.category_id)
    grouped = [
        column
        for column, wanted_here in (
            (Locality.code, question.by_locality),
            (Tally.start, question.by_period),
            (Category.code, question.by_category),
        )
        if wanted_here
    ]
    counted = query.group_by(*grouped).subquery()
    order = (counted.c.locality.collate(collation), counted.c.start, counted.c.category.collate(collation))
    page = select(counted).order_by(*order).limit(limit)
    if after is not None:
        page = page.where(tuple_(*order) > tuple_(*after))
    return page
