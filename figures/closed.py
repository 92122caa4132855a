"""Closed periods in SQL: whether the period a day lies in was final already at some moment.

The two engines have no calendar in common, so it is said once for each.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Date, cast, func, literal

from figures.merged import Column
from models.periods import Grain

_SQLITE: Final[dict[Grain, tuple[str, ...]]] = {
    "day": (),
    "week": ("weekday 0", "-6 days"),
    "month": ("start of month",),
    "quarter": ("start of month",),
    "year": ("start of year",),
}


def was_closed(dialect: str, grain: Grain, day: Column, moment: Column, closes_after_days: int) -> ColumnElement[bool]:
    """moment: UTC. A period is closed when so many days have gone by since its last one."""
    return day < _open_since(dialect, grain, moment, closes_after_days)


def _open_since(dialect: str, grain: Grain, moment: Column, closes_after_days: int) -> ColumnElement[Any]:
    """First day of the oldest period that is still open at that moment."""
    if dialect == "postgresql":
        closing: ColumnElement[Any] = cast(moment, Date) - literal(closes_after_days)
        return cast(func.date_trunc(grain, closing), Date)
    back = f"-{closes_after_days} days"
    if grain != "quarter":
        return func.date(moment, back, *_SQLITE[grain], type_=Date)
    into = (func.strftime("%m", moment, back) + 2) % 3
    return func.date(moment, back, "start of month", func.printf("-%d months", into), type_=Date)
