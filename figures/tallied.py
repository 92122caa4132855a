"""Figures: sums of stored tallies for a question of the API. Reads tallies, never reports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, String, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from models.categories import Category
from models.localities import Locality
from models.periods import Grain
from models.tallies import ALL, Measures, Tally


@dataclass(frozen=True, slots=True)
class Question:
    """locality_ids: whose tallies. categories: ids to add up; None is the all-categories cell. label: code to show for
    them.

    each_category: one row a category instead (of `categories`). first, last: starts of the first and last period.
    """

    grain: Grain
    first: date
    last: date
    locality_ids: Collection[int]
    categories: Collection[int] | None = None
    label: str = ""
    by_locality: bool = False
    by_category: bool = False
    by_period: bool = True


class Figure(NamedTuple):
    """Empty strings and date.min stand for what is not grouped by."""

    locality: str
    start: date
    category: str
    measures: Measures


def figures(session: Session, question: Question, limit: int, after: Sequence[Any] | None = None) -> list[Figure]:
    """At most limit rows in the order locality, period, category, beginning after the given sort values."""
    locality = Locality.code if question.by_locality else literal("", String)
    start = Tally.start if question.by_period else literal(date.min, Date)
    category = Category.code if question.by_category else literal(question.label, String)
    sums = [func.sum(getattr(Tally, name)).label(name) for name in Measures._fields]
    wanted = [ALL] if question.categories is None else sorted(question.categories)
    query = (
        select(locality.label("locality"), start.label("start"), category.label("category"), *sums)
        .select_from(Tally)
        .where(
            Tally.locality_id.in_(sorted(question.locality_ids)),
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
    order = (counted.c.locality, counted.c.start, counted.c.category)
    page = select(counted).order_by(*order).limit(limit)
    if after is not None:
        page = page.where(tuple_(*order) > tuple_(after[0], date.fromisoformat(after[1]), after[2]))
    return [
        Figure(row[0], row[1], row[2], Measures(*(int(value) for value in row[3:]))) for row in session.execute(page)
    ]
