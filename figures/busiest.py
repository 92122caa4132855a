"""The busiest reporter's part in a cell: whether a figure tells of a place or of one person who writes a lot."""

from collections.abc import Collection
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Integer, case, cast, extract, func, select
from sqlalchemy.orm import Session

from figures.merged import counted_category, public_categories
from intake.reference import Reference
from models.localities import LocalityAncestor
from models.reports import COUNTING, Report

LongGrain = Literal["month", "quarter", "year"]
MONTHS: Final[dict[LongGrain, int]] = {"month": 1, "quarter": 3, "year": 12}


def busiest_shares(
    session: Session, reference: Reference, grain: LongGrain, places: Collection[int], days: tuple[date, date]
) -> dict[tuple[int, date], float]:
    """By locality and first day of the period, 0 to 1: of the counting unprotected reports those of whoever sent most.

    days: whole periods. Reports as they are now: what still waits to be folded is among them. Imports are left out of
    both; the reports of erased reporters, which may be anybody's, only of the busiest's.
    """
    if not places:
        return {}
    size, day, above = MONTHS[grain], Report.occurred_on, LocalityAncestor
    month = cast(extract("year", day), Integer) * 12 + cast(extract("month", day), Integer) - 1
    each = (
        select(
            above.ancestor_id,
            (month // size).label("number"),
            Report.reporter_id,
            func.sum(Report.weight).label("reports"),
        )
        .join(above, (above.locality_id == Report.locality_id) & (above.from_day <= day) & (day < above.until_day))
        .where(
            COUNTING,
            Report.source != "import",
            day.between(*days),
            above.ancestor_id.in_(sorted(places)),
            counted_category(reference, Report.category_id, day).in_(public_categories(reference)),
        )
        .group_by(above.ancestor_id, "number", Report.reporter_id)
        .subquery()
    )
    known = case((each.c.reporter_id.is_not(None), each.c.reports), else_=0)
    rows: Any = session.execute(
        select(each.c.ancestor_id, each.c.number, func.max(known), func.sum(each.c.reports)).group_by(
            each.c.ancestor_id, each.c.number
        )
    )
    return {
        (place, date(number * size // 12, number * size % 12 + 1, 1)): int(most) / int(every)
        for place, number, most, every in rows
    }
