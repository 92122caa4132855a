"""Figures straight from reports, incidents and messages, counted under the boundaries of another day. Slower than
tallies by far: every thing of the days asked for is read.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, case, exists, func, literal, null, select, true
from sqlalchemy.orm import Session, aliased

from figures.heard import COUNTING
from figures.question import Figure, Key, Question, band_of
from intake.reference import Reference
from models.incidents import Incident
from models.localities import LocalityAncestor
from models.messages import Message
from models.periods import start_of
from models.reporters import Reporter
from models.reports import Report
from models.tallies import ALL, Measures


def placed(session: Session, reference: Reference, question: Question) -> list[Figure]:
    """All rows, in the order locality, period, category."""
    sums: dict[Key, Measures] = defaultdict(Measures)
    for locality_id, day, category_id, in_all, measures in _things(session, reference, question):
        for key in keys_of(reference, question, locality_id, day, category_id, in_all=in_all):
            sums[key] = sums[key].plus(measures)
    reporters: dict[Key, set[UUID]] = defaultdict(set)
    for locality_id, day, category_id, reporter_id in session.execute(_who(question)):
        in_all = reference.is_public(category_id)
        for key in keys_of(reference, question, locality_id, day, category_id, in_all=in_all):
            reporters[key].add(reporter_id)
    return [
        Figure(*key, sums[key], len(reporters[key]), band_of(len(reporters[key])))
        for key in sorted(sums)
        if any(sums[key])
    ]


def keys_of(  # noqa: PLR0913  where and when something is, and what it is
    reference: Reference, question: Question, locality_id: int, day: date, category_id: int, *, in_all: bool
) -> Iterator[Key]:
    """The row of the question that a thing belongs to, if any."""
    start = start_of(question.grain, day)
    if question.categories is None:
        if in_all:
            yield question.key(locality_id, start, ALL)
    elif category_id and (counted_as := reference.counted_as(category_id, day)) in question.categories:
        yield question.key(locality_id, start, counted_as)


def _places(question: Question, locality: Any, day: Any) -> Any:
    """A join condition to LocalityAncestor: who is above on the day of the boundaries, as far as the asker sees."""
    on = question.boundaries
    valid = literal(on, Date) if on is not None else day
    inside: ColumnElement[bool] = true()
    if question.within is not None:
        root = aliased(LocalityAncestor)
        inside = exists().where(
            root.locality_id == locality,
            root.ancestor_id == question.within,
            root.from_day <= day,
            day < root.until_day,
        )
    return and_(
        LocalityAncestor.locality_id == locality,
        LocalityAncestor.ancestor_id.in_(sorted(question.places)),
        LocalityAncestor.from_day <= valid,
        valid < LocalityAncestor.until_day,
        inside,
    )


def _who(question: Question) -> Any:
    """Distinct (ancestor, day, category, reporter) of counting reports."""
    return (
        select(LocalityAncestor.ancestor_id, Report.occurred_on, Report.category_id, Report.reporter_id)
        .join(LocalityAncestor, _places(question, Report.locality_id, Report.occurred_on))
        .where(COUNTING, Report.reporter_id.is_not(None), Report.occurred_on.between(question.first, question.end))
        .distinct()
    )


def _things(
    session: Session, reference: Reference, question: Question
) -> Iterator[tuple[int, date, int, bool, Measures]]:
    """Ancestor, day, own category (0: none), whether it is in all categories, and what it adds."""
    for query in (_reports(question), _waiting(question), _incidents(question), _messages(question)):
        names = [column.key for column in query.selected_columns][4:]
        rows: Any = session.execute(query)
        for locality_id, day, category_id, protect, *values in rows:
            in_all = reference.is_public(category_id) if category_id else protect == "none"
            measures = Measures(**{name: int(value or 0) for name, value in zip(names, values, strict=True)})
            yield locality_id, day, ALL if measures.messages else category_id or ALL, in_all, measures


def _reports(question: Question) -> Any:
    def weight_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, Report.weight), else_=0))

    return (
        select(
            LocalityAncestor.ancestor_id,
            Report.occurred_on,
            Report.category_id,
            null().label("protect"),
            func.sum(Report.weight).label("reports"),
            weight_if(Report.credibility == "confirmed").label("confirmed"),
            weight_if(Report.status == "referred").label("referred"),
            weight_if(Report.status == "resolved").label("resolved"),
        )
        .join(LocalityAncestor, _places(question, Report.locality_id, Report.occurred_on))
        .where(COUNTING, Report.occurred_on.between(question.first, question.end))
        .group_by(LocalityAncestor.ancestor_id, Report.occurred_on, Report.category_id)
    )


def _waiting(question: Question) -> Any:
    place = func.coalesce(Report.locality_id, Reporter.home_id)
    return (
        select(
            LocalityAncestor.ancestor_id,
            Report.occurred_on,
            Report.category_id,
            Report.protect.label("protect"),
            func.sum(Report.weight).label("waiting"),
        )
        .select_from(Report)
        .join(Reporter, Reporter.id == Report.reporter_id, isouter=True)
        .join(LocalityAncestor, _places(question, place, Report.occurred_on))
        .where(Report.status == "waiting", Report.occurred_on.between(question.first, question.end))
        .group_by(LocalityAncestor.ancestor_id, Report.occurred_on, Report.category_id, Report.protect)
    )


def _incidents(question: Question) -> Any:
    return (
        select(
            LocalityAncestor.ancestor_id,
            Incident.occurred_on,
            Incident.category_id,
            null().label("protect"),
            func.sum(Incident.weight).label("incidents"),
            func.sum(Incident.killed).label("killed"),
            func.sum(Incident.injured).label("injured"),
        )
        .join(LocalityAncestor, _places(question, Incident.locality_id, Incident.occurred_on))
        .where(Incident.counts, Incident.occurred_on.between(question.first, question.end))
        .group_by(LocalityAncestor.ancestor_id, Incident.occurred_on, Incident.category_id)
    )


def _messages(question: Question) -> Any:
    """A text counts by the protection of its report, where it has one."""
    category = select(Report.category_id).where(Report.id == Message.report_id).scalar_subquery()
    return (
        select(
            LocalityAncestor.ancestor_id,
            Message.counted_on,
            category.label("category_id"),
            Message.protect.label("protect"),
            func.count().label("messages"),
        )
        .select_from(Message)
        .join(LocalityAncestor, _places(question, Message.counted_at_id, Message.counted_on))
        .where(Message.direction == "in", Message.counted_on.between(question.first, question.end))
        .group_by(LocalityAncestor.ancestor_id, Message.counted_on, "category_id", Message.protect)
    )
