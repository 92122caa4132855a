"""Revisions: what changed in periods that were closed already, when it became known, and why.

From the history of what was folded, so never a report and nobody's identifier. A category is the one that things count
in, merges followed, as in the figures themselves.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Subquery, and_, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from figures.closed import was_closed
from figures.merged import counted_category
from figures.tallied import BYTEWISE
from intake.reference import Reference
from models.database import UtcDateTime
from models.localities import LocalityAncestor
from models.periods import Grain
from models.tallies import ALL, CAUSES_WITHOUT_MEASURES, Measures
from models.tallies import TallyHistory as History

ROWS_AT_ONCE: Final = 2_000
EVERYWHERE: Final = 0
"""In place of a locality: a change of the taxonomy is one of all places."""
TAXONOMY: Final = "category."

WHY: Final = {
    "report.opened": ("a report came late", "un signalement est arrivé tard"),
    "report.placed": ("a report got its place", "un signalement a reçu son lieu"),
    "report.accepted": ("an incomplete report was accepted", "un signalement incomplet a été accepté"),
    "report.imported": ("counts were imported", "des chiffres ont été importés"),
    "report.corrected": ("a report was corrected", "un signalement a été corrigé"),
    "report.moved": ("a report went to another incident", "un signalement a été rattaché à un autre fait"),
    "report.referred": ("a report was handed on", "un signalement a été transmis"),
    "report.resolved": ("a report was resolved", "un signalement a été résolu"),
    "report.closed": ("a report was closed", "un signalement a été clos"),
    "report.reopened": ("a report was opened again", "un signalement a été rouvert"),
    "incident.corrected": ("an incident was corrected", "un fait a été corrigé"),
    "incident.merged": ("two incidents became one", "deux faits sont devenus un seul"),
    "message.received": ("a text came late", "un message est arrivé tard"),
    "reporter.erased": ("somebody had themselves erased", "une personne s'est fait effacer"),
    "locality.moved": ("a locality came to lie under another", "une localité a changé de rattachement"),
    "category.merged": ("a category was merged into another", "une catégorie a été fondue dans une autre"),
    "category.reprotected": ("a category became protected, or open", "la protection d'une catégorie a changé"),
}
"""Each cause in English and French; the cause itself is the name of the event that tells of it."""


@dataclass(frozen=True, slots=True)
class RevisionsQuestion:
    """grain: the period that must have been closed. first, last: days. since: known then or later.

    place: in this subtree on that day. within: also in this one. None of either is everywhere. categories: ids of those
    that may be seen; all_too: also what is in all categories only, as texts are.
    """

    grain: Grain
    first: date
    last: date
    since: datetime | None
    place: int | None
    within: int | None
    categories: Collection[int]
    all_too: bool
    closes_after_days: int


class Revision(NamedTuple):
    """slot: the as_of from which on figures hold it. locality_id: where it was placed; EVERYWHERE for the taxonomy's.

    category_id: 0 is only all categories. measures: differences.
    """

    slot: datetime
    day: date
    locality_id: int
    category_id: int
    cause: str
    measures: Measures

    @property
    def key(self) -> tuple[datetime, date, int, int, str]:
        """Tells nothing of what lies between two rows, as a number in the order of folding would."""
        return self[0], self[1], self[2], self[3], self[4]


Key = tuple[datetime, date, int, int, str]


def revisions(
    session: Session,
    reference: Reference,
    question: RevisionsQuestion,
    after: Key | None = None,
    limit: int | None = None,
) -> Iterator[Revision]:
    """In the order in which they became known, then day, locality, category and cause."""
    dialect = session.get_bind().dialect.name
    rows = _summed(reference, question, dialect, after[0] if after else question.since)
    order = (rows.c.slot, rows.c.day, rows.c.locality_id, rows.c.category_id, rows.c.cause.collate(BYTEWISE[dialect]))
    page: Select[Any] = select(rows).order_by(*order).limit(limit)
    if after is not None:
        page = page.where(tuple_(*order) > tuple_(literal(after[0], UtcDateTime()), *after[1:]))
    with session.execute(page if limit else page.execution_options(yield_per=ROWS_AT_ONCE)) as found:
        for slot, day, locality_id, category_id, cause, *values in found:
            yield Revision(slot, day, locality_id, category_id, cause, Measures(*(int(value) for value in values)))


def count_revisions(session: Session, reference: Reference, question: RevisionsQuestion) -> tuple[int, int, int]:
    """How many there are, and how many reports and incidents they added or took away."""
    rows = _summed(reference, question, session.get_bind().dialect.name, question.since)
    sums = (func.coalesce(func.sum(func.abs(rows.c[name])), 0) for name in ("reports", "incidents"))
    count, reports, incidents = session.execute(select(func.count(), *sums).select_from(rows)).one()
    return int(count), int(reports), int(incidents)


def _summed(reference: Reference, question: RevisionsQuestion, dialect: str, since: datetime | None) -> Subquery:
    """One row for what changed at one time in one cell for one reason, however many lines the history has of it."""
    counted = counted_category(reference, History.category_id, History.day)
    own = select(
        History.slot,
        History.day,
        case((History.cause.startswith(TAXONOMY), EVERYWHERE), else_=History.locality_id).label("locality_id"),
        counted.label("category_id"),
        History.cause,
        *(getattr(History, name) for name in Measures._fields),
    ).where(
        History.revises,
        History.day.between(question.first, question.last),
        was_closed(dialect, question.grain, History.day, History.slot, question.closes_after_days),
        _is_seen(counted, question),
        *(_lies_below(root) for root in (question.place, question.within) if root is not None),
    )
    if since is not None:
        own = own.where(History.slot >= since)
    inner = own.subquery()
    key = (inner.c.slot, inner.c.day, inner.c.locality_id, inner.c.category_id, inner.c.cause)
    sums = {name: func.sum(inner.c[name]) for name in Measures._fields}
    told = or_(inner.c.cause.in_(sorted(CAUSES_WITHOUT_MEASURES)), *(each != 0 for each in sums.values()))
    return select(*key, *(each.label(name) for name, each in sums.items())).group_by(*key).having(told).subquery()


def _is_seen(counted: Any, question: RevisionsQuestion) -> Any:
    seen = counted.in_(sorted(question.categories))
    return or_(seen, and_(counted == ALL, History.in_all)) if question.all_too else seen


def _lies_below(root: int) -> Any:
    """On that day. A move concerns everybody whom the place ever lay under, the taxonomy all."""
    above = aliased(LocalityAncestor)
    on_the_day = and_(above.from_day <= History.day, History.day < above.until_day)
    below = select(above.locality_id).where(
        above.locality_id == History.locality_id,
        above.ancestor_id == root,
        or_(History.cause == "locality.moved", on_the_day),
    )
    return or_(History.cause.startswith(TAXONOMY), below.exists())
