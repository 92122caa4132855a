"""Who is heard: distinct reporters of several cells together, which no tally holds, counted from their reports."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from figures.question import BANDS, Key, Question
from intake.reference import Reference
from models.database import FOREVER
from models.localities import LocalityAncestor
from models.periods import Period
from models.reports import UNCOUNTED_REASONS, Report

ENOUGH: Final = BANDS[0][0]
"""Beyond this many reporters the band is the same however many there are."""

COUNTING: Final = and_(
    Report.status != "waiting",
    Report.credibility != "false",
    or_(Report.close_reason.is_(None), Report.close_reason.not_in(UNCOUNTED_REASONS)),
    Report.locality_id.is_not(None),
    Report.category_id.is_not(None),
    Report.occurred_on.is_not(None),
)


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


def counted_in(reference: Reference, categories: Collection[int] | None) -> ColumnElement[bool]:
    """A condition on reports: they count in one of these categories, after all merges; None is all that is public."""
    wanted = categories if categories is not None else [each for each in reference.rules if reference.is_public(each)]
    found: list[ColumnElement[bool]] = []
    for category_id in reference.rules:
        for first, until, counted_as in _stages(reference, category_id):
            if counted_as in wanted:
                found.append(
                    and_(Report.category_id == category_id, Report.occurred_on >= first, Report.occurred_on < until)
                )
    unmerged = [each for each in wanted if reference.rules[each].into_id is None]
    return or_(Report.category_id.in_(unmerged), *found) if found else Report.category_id.in_(unmerged)


def _stages(reference: Reference, category_id: int) -> Iterator[tuple[date, date, int]]:
    """From which day until which (exclusive) a merged category counts as which."""
    rule = reference.rules[category_id]
    if rule.into_id is None:
        return
    days = sorted({date.min, *_turns(reference, category_id)})
    for first, until in zip(days, [*days[1:], FOREVER], strict=True):
        yield first, until, reference.counted_as(category_id, first)


def _turns(reference: Reference, category_id: int) -> Iterator[date]:
    seen = set()
    while category_id not in seen:
        seen.add(category_id)
        rule = reference.rules[category_id]
        if rule.into_id is None:
            return
        yield rule.since
        category_id = rule.into_id
