"""Where a thing belongs: which rows of a question it counts in, and under whom, by the boundaries of its own day or of
the one that is asked for.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, exists, func, literal, select, true
from sqlalchemy.orm import Session, aliased

from figures.question import Key, Question
from intake.reference import Reference
from models.localities import LocalityAncestor
from models.periods import start_of
from models.tallies import ALL, Measures, TallyChange, TallyHistory


def keys_of(  # noqa: PLR0913  where and when something is, and what it is
    reference: Reference, question: Question, locality_id: int, day: date, category_id: int, *, in_all: bool
) -> Iterator[Key]:
    """The row of the question that a thing belongs to, if any.

    category_id: its own, ALL where it has none: only then in_all says whether it is among all categories.
    """
    counted_as = reference.counted_as(category_id, day) if category_id != ALL else ALL
    if question.categories is not None:
        belongs = counted_as in question.categories
    else:
        belongs = reference.is_public(counted_as) if counted_as != ALL else in_all
    if belongs:
        yield question.key(locality_id, start_of(question.grain, day), counted_as)


def above(question: Question, locality: Any, day: Any) -> ColumnElement[bool]:
    """A condition on LocalityAncestor: the places asked for that this locality lies in. Under other boundaries than
    those of the day nobody is shown what lay outside their own subtree on that day.
    """
    valid: Any = day
    inside: ColumnElement[bool] = true()
    if question.boundaries is not None:
        valid = literal(question.boundaries, Date)
        if question.within is not None:
            root = aliased(LocalityAncestor)
            own = (root.locality_id == locality, root.ancestor_id == question.within)
            inside = exists().where(*own, root.from_day <= day, day < root.until_day)
    return and_(
        LocalityAncestor.locality_id == locality,
        LocalityAncestor.ancestor_id.in_(sorted(question.places)),
        LocalityAncestor.from_day <= valid,
        valid < LocalityAncestor.until_day,
        inside,
    )


def differences(
    session: Session,
    reference: Reference,
    question: Question,
    table: type[TallyChange] | type[TallyHistory],
    *conditions: ColumnElement[bool],
) -> dict[Key, Measures]:
    """What these changes, folded or waiting to be, add to each row of the question."""
    rows: Any = session.execute(
        select(
            LocalityAncestor.ancestor_id,
            table.day,
            table.category_id,
            table.in_all,
            *(func.sum(getattr(table, name)) for name in Measures._fields),
        )
        .join(LocalityAncestor, above(question, table.locality_id, table.day))
        .where(table.day.between(question.first, question.end), *conditions)
        .group_by(LocalityAncestor.ancestor_id, table.day, table.category_id, table.in_all)
    )
    sums: dict[Key, Measures] = defaultdict(Measures)
    for locality_id, day, category_id, in_all, *values in rows:
        measures = Measures(*(int(value) for value in values))
        for key in keys_of(reference, question, locality_id, day, category_id, in_all=in_all):
            sums[key] = sums[key].plus(measures)
    return sums
