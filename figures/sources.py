"""From whom reports come, by kind of source, and the incidents that each kind was the first to tell of.

Counted from reports, since no tally knows sources; all that counts and is not protected, as in all categories. So what
still waits to be folded into the tallies is in them already.
"""

from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from figures.merged import counted_category, public_categories
from intake.reference import Reference
from models.incidents import Incident
from models.localities import LocalityAncestor
from models.periods import Period
from models.reports import COUNTING, Report
from models.tallies import TallyChange

SOURCES: Final = ("citizen", "officer", "monitor", "relay", "staff", "import")
"""Kinds of reporters, and counts that others made."""


class Told(NamedTuple):
    reports: int = 0
    incidents: int = 0


def by_source(session: Session, reference: Reference, locality_id: int, period: Period) -> dict[str, Told]:
    """An incident belongs to the source of its first counting report, as its place, category and day do."""
    reports = (
        select(Report.source, func.sum(Report.weight))
        .join(LocalityAncestor, _lies_below(locality_id, Report))
        .where(COUNTING, _is_public_in(reference, period, Report))
        .group_by(Report.source)
    )
    first = (
        select(Report.source)
        .where(COUNTING, Report.incident_id == Incident.id)
        .order_by(Report.recorded_at, Report.id)
        .limit(1)
        .scalar_subquery()
    )
    each = (
        select(first.label("source"), Incident.weight)
        .join(LocalityAncestor, _lies_below(locality_id, Incident))
        .where(Incident.counts, _is_public_in(reference, period, Incident))
        .subquery()
    )
    incidents = select(each.c.source, func.sum(each.c.weight)).group_by(each.c.source)
    told: dict[str, Told] = {}
    for source, number in _rows(session, reports):
        told[source] = Told(reports=int(number))
    for source, number in _rows(session, incidents):
        told[source] = told.get(source, Told())._replace(incidents=int(number))
    return told


def waits_to_be_folded(session: Session, reference: Reference, locality_id: int, period: Period) -> int:
    """How many changes of those reports and incidents no tally holds yet. Of what is protected it tells nothing."""
    change, above = TallyChange, LocalityAncestor
    counted = counted_category(reference, change.category_id, change.day)
    query = (
        select(func.count(change.id))
        .join(above, and_(above.locality_id == change.locality_id, above.ancestor_id == locality_id))
        .where(above.from_day <= change.day, change.day < above.until_day)
        .where(change.day.between(period.start, period.end), counted.in_(public_categories(reference)))
        .where(or_(change.reports != 0, change.incidents != 0))
    )
    return session.scalar(query) or 0


def _rows(session: Session, query: Any) -> Any:
    return session.execute(query)


def _lies_below(locality_id: int, of: type[Report | Incident]) -> ColumnElement[bool]:
    """A join condition to LocalityAncestor: in this subtree on its day."""
    above = LocalityAncestor
    return and_(
        above.ancestor_id == locality_id,
        above.locality_id == of.locality_id,
        above.from_day <= of.occurred_on,
        of.occurred_on < above.until_day,
    )


def _is_public_in(reference: Reference, period: Period, of: type[Report | Incident]) -> ColumnElement[bool]:
    counted = counted_category(reference, of.category_id, of.occurred_on)
    return and_(of.occurred_on.between(period.start, period.end), counted.in_(public_categories(reference)))
