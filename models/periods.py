"""Periods: day, week, month, quarter, year, as starts, ends and labels. Pure calendar arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: Final[tuple[Grain, ...]] = get_args(Grain)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """start and end are both inside the period."""

    start: date
    grain: Grain

    @property
    def end(self) -> date:
        if self.grain == "day":
            return self.start
        return next_start(self.grain, self.start) - timedelta(days=1)

    def is_final(self, today: date, closes_after_days: int) -> bool:
        """Whether what changes in it from now on is told as a revision. today: the day where it is counted."""
        return self.end < today - timedelta(days=closes_after_days)

    @property
    def label(self) -> str:
        """2026-11-22, 2026-W47, 2026-11, 2026-Q4, 2026."""
        start = self.start
        if self.grain == "day":
            return start.isoformat()
        if self.grain == "week":
            year, week, _ = start.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.grain == "month":
            return f"{start.year:04d}-{start.month:02d}"
        if self.grain == "quarter":
            return f"{start.year:04d}-Q{(start.month + 2) // 3}"
        return f"{start.year:04d}"


def start_of(grain: Grain, day: date) -> date:
    """First day of the period this day lies in; weeks begin on Monday (ISO 8601)."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=day.weekday())
    size = _MONTHS[grain]
    return date(day.year, (day.month - 1) // size * size + 1, 1)


def next_start(grain: Grain, start: date, step: int = 1) -> date:
    """Start of the period step periods after the one that begins at start; step may be negative.

    Raises OverflowError or ValueError beyond the years 1 to 9999.
    """
    if grain == "day":
        return start + timedelta(days=step)
    if grain == "week":
        return start + timedelta(days=7 * step)
    months = start.year * 12 + start.month - 1 + step * _MONTHS[grain]
    return date(months // 12, months % 12 + 1, 1)


def periods_between(grain: Grain, first: date, last: date) -> Iterator[Period]:
    """Every period that intersects the days first..last, both inclusive."""
    start = start_of(grain, first)
    while start <= last:
        yield Period(start, grain)
        start = next_start(grain, start)
