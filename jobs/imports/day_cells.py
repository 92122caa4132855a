"""Days as tables write them: which of day and month comes first is decided for a whole file, never row by row."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale

from intake.understand.normalise import normalise
from jobs.imports.cells import BadValueError
from jobs.imports.outcome import shown


class Order(StrEnum):
    """Which of day and month comes first."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


_TIME: Final = (
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>z|utc|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST: Final = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME, re.IGNORECASE)
_YEAR_LAST: Final = re.compile(r"(?P<one>\d{1,2})([-/.])(?P<two>\d{1,2})\2(?P<year>\d{4})" + _TIME, re.IGNORECASE)
_NAMED: Final = (
    re.compile(
        r"(?P<day>\d{1,2})\.?\s+(?:de\s+)?(?P<name>[^\W\d]+)\.?,?\s+(?:de\s+)?(?P<year>\d{4})" + _TIME, re.IGNORECASE
    ),
    re.compile(r"(?P<name>[^\W\d]+)\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})" + _TIME, re.IGNORECASE),
)
_LANGUAGES: Final = ("en", "fr", "es", "sw")
_LAST_MONTH: Final = 12
_MONTHS: Final = {
    normalise(name): number
    for language in _LANGUAGES
    for width in ("wide", "abbreviated")
    for number, name in Locale(language).months["format"][width].items()
}


@dataclass(slots=True)
class DayCells:
    """given: the order, where the operator says it. day_first, month_first: cells that cannot be read otherwise.

    First every cell of the file is shown to `notice`, then `read` is asked.
    """

    given: Order | None = None
    day_first: int = 0
    month_first: int = 0
    either: int = 0

    def notice(self, cell: str) -> None:
        if match := _YEAR_LAST.fullmatch(cell.strip()):
            one, two = int(match["one"]), int(match["two"])
            self.day_first += one > _LAST_MONTH >= two
            self.month_first += two > _LAST_MONTH >= one
            self.either += one <= _LAST_MONTH and two <= _LAST_MONTH and one != two

    @property
    def order(self) -> Order:
        """What most cells that leave no choice say; without any, the day first, as Ushahidi writes it."""
        return self.given or (Order.MONTH_FIRST if self.month_first > self.day_first else Order.DAY_FIRST)

    def told(self) -> str | None:
        """For the operator; None where no cell could be read both ways."""
        if not self.either:
            return None
        said = "day/month/year" if self.order is Order.DAY_FIRST else "month/day/year"
        if self.given:
            return f"Days were read as {said}, as you said."
        sure = self.day_first if self.order is Order.DAY_FIRST else self.month_first
        why = f"{sure} rows leave no other reading" if sure else "no row shows which; say --dates if that is wrong"
        return f"Days were read as {said} in the whole file: {why}."

    def read(self, cell: str, zone: ZoneInfo) -> date:
        """The day on the calendar there: a time with an offset is moved to the zone. Raises BadValueError."""
        cell = cell.strip()
        try:
            return self._read(cell, zone)
        except (ValueError, OverflowError):
            raise BadValueError(f"day {shown(cell)} is no day as in 2024-03-12 or {self._example()}") from None

    def _read(self, cell: str, zone: ZoneInfo) -> date:
        if match := _YEAR_FIRST.fullmatch(cell):
            day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        elif match := _YEAR_LAST.fullmatch(cell):
            one, two = int(match["one"]), int(match["two"])
            month, of_month = (two, one) if self.order is Order.DAY_FIRST else (one, two)
            day = date(int(match["year"]), month, of_month)
        elif match := next((found for each in _NAMED if (found := each.fullmatch(cell))), None):
            day = date(int(match["year"]), _MONTHS.get(normalise(match["name"]), 0), int(match["day"]))
        else:
            raise ValueError
        return _there(day, match, zone)

    def _example(self) -> str:
        return "12/03/2024" if self.order is Order.DAY_FIRST else "03/12/2024"


def _there(day: date, match: re.Match[str], zone: ZoneInfo) -> date:
    if not match["zone"]:
        return day
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    offset = timedelta()
    if digits := re.sub(r"[^0-9]", "", match["zone"]):
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if match["zone"][0] == "-" else 1)
    moment = datetime(day.year, day.month, day.day, hour, int(match["minute"]), tzinfo=timezone(offset))
    return moment.astimezone(zone).date()
