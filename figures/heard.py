"""Who is heard: distinct reporters of several cells together, which no tally holds, counted from their reports."""

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from figures.merged import counted_in
from figures.question import BANDS, Key, Question
from intake.reference import Reference
from models.localities import LocalityAncestor
from models.periods import Period
from models.reports import COUNTING, Report

ENOUGH: Final = BANDS[0][0]
"""Beyond this many reporters the band is the same however many there are."""


def at_least_reporters(session: Session, reference: Reference, question: Question, row: Key) -> int:
    """Distinct reporters of a row, counted up to ENOUGH."""
    locality, start, category = row
    places = [each for each, code in question.places.items() if not question.by_locality or code == locality]
    categories = question.categories
    if categories is not None and question.by_category:
        categories = {each: code for each, code in categories.items() if code == category}
    first = start if question.by_period else question.first
    last = Period(start, question.grain).end if question.by_period else question.end
    return count_reporters(session, reference, places, (first, last), categories, up_to=ENOUGH)


def count_reporters(  # noqa: PLR0913  where, when and what
    session: Session,
    reference: Reference,
    places: Collection[int],
    days: tuple[date, date],
    categories: Collection[int] | None,
    *,
    up_to: int | None = None,
) -> int:
    """Distinct reporters of counting reports; categories: None is every one that is not protected."""
    above = aliased(LocalityAncestor)
    inside = and_(
        above.locality_id == Report.locality_id,
        above.ancestor_id.in_(sorted(places)),
        above.from_day <= Report.occurred_on,
        Report.occurred_on < above.until_day,
    )
    distinct = (
        select(Report.reporter_id)
        .join(above, inside)  # from the places to their reports: a condition on each report would read them all
        .where(
            COUNTING,
            Report.reporter_id.is_not(None),
            Report.occurred_on.between(*days),
            counted_in(reference, categories),
        )
        .distinct()
        .limit(up_to)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(distinct)) or 0
