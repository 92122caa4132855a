"""Figures straight from reports, incidents and messages, counted under the boundaries of another day. Slower than
tallies by far: every thing of the days asked for is read. What waits to be folded is left out, as it is of tallies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, null, select, union_all
from sqlalchemy.orm import Session

from figures.belonging import above, differences, keys_of
from figures.question import Figure, Key, Question, band_of
from intake.reference import Reference
from models.incidents import Incident
from models.localities import LocalityAncestor
from models.messages import Message
from models.reporters import Reporter
from models.reports import COUNTING, Report
from models.tallies import ALL, Measures, TallyChange


def placed(session: Session, reference: Reference, question: Question) -> list[Figure]:
    """All rows, in the order locality, period, category."""
    sums: dict[Key, Measures] = defaultdict(Measures)
    for locality_id, day, category_id, in_all, measures in _things(session, reference, question):
        for key in keys_of(reference, question, locality_id, day, category_id, in_all=in_all):
            sums[key] = sums[key].plus(measures)
    for key, waiting in differences(session, reference, question, TallyChange).items():
        sums[key] = sums[key].minus(waiting)
    keys = [key for key in sorted(sums) if any(sums[key])]
    if question.as_of is not None:
        return [Figure(*key, sums[key], None, None) for key in keys]  # who stood behind a figure then is not kept
    reporters, one_cell = _who(session, reference, question), question.is_one_cell_a_row
    return [
        Figure(*key, sums[key], heard if one_cell else None, band_of(heard))
        for key in keys
        for heard in [len(reporters[key])]
    ]


def _who(session: Session, reference: Reference, question: Question) -> dict[Key, set[UUID]]:
    """The distinct reporters of each row."""
    change, place = TallyChange, LocalityAncestor.ancestor_id
    there = (
        select(place, Report.occurred_on, Report.category_id, Report.reporter_id, func.count())
        .join(LocalityAncestor, above(question, Report.locality_id, Report.occurred_on))
        .where(COUNTING, Report.reporter_id.is_not(None), Report.occurred_on.between(question.first, question.end))
        .group_by(place, Report.occurred_on, Report.category_id, Report.reporter_id)
    )
    waiting = (
        select(place, change.day, change.category_id, change.reporter_id, -func.sum(change.reports))
        .join(LocalityAncestor, above(question, change.locality_id, change.day))
        .where(change.reports != 0, change.reporter_id.is_not(None))
        .where(change.day.between(question.first, question.end))
        .group_by(place, change.day, change.category_id, change.reporter_id)
    )
    counted: Counter[tuple[int, date, int, UUID]] = Counter()
    rows: Any = session.execute(union_all(there, waiting))
    for *what, reports in rows:
        counted[tuple(what)] += int(reports)
    found: dict[Key, set[UUID]] = defaultdict(set)
    for locality_id, day, category_id, reporter_id in (what for what, reports in counted.items() if reports > 0):
        for key in keys_of(reference, question, locality_id, day, category_id, in_all=False):
            found[key].add(reporter_id)
    return found


def _things(
    session: Session, reference: Reference, question: Question
) -> Iterator[tuple[int, date, int, bool, Measures]]:
    """Ancestor, day, own category (ALL: none), whether it is in all categories without one, and what it adds."""
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
        .join(LocalityAncestor, above(question, Report.locality_id, Report.occurred_on))
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
        .join(LocalityAncestor, above(question, place, Report.occurred_on))
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
        .join(LocalityAncestor, above(question, Incident.locality_id, Incident.occurred_on))
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
        .join(LocalityAncestor, above(question, Message.counted_at_id, Message.counted_on))
        .where(Message.direction == "in", Message.counted_on.between(question.first, question.end))
        .group_by(LocalityAncestor.ancestor_id, Message.counted_on, "category_id", Message.protect)
    )
