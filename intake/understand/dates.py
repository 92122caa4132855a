"""Dates written out in a text: 12/11, 12-11-2026, 2026-11-12, le 12, 12 novembre, Nov 12, tarehe 12.

Day before month, as in the countries served. Words like "yesterday" are read in days.py.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum

from intake.understand.lexicon import DayWords
from intake.understand.numbers import NumberReader

_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})(?:er|eme|e|st|nd|rd|th)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIGURES = frozenset("0123456789")
_NO_DATES = frozenset({"24/7", "1/2", "1/3", "2/3", "1/4", "3/4"})  # unless "le" or "on" stands before
_LAST_YEAR = timedelta(days=183)
"""How far back a date without a year may lie: on 5 January "28/12" is clear, on 1 December "24/12" is not."""
_NIGHT_DISTANCE = 4  # words: in "la nuit du dimanche 12 au 13 mars" there are three


class Unreadable(Enum):
    """UNCLEAR: a date was written, but there is no such day. VAGUE: one that can be any of several."""

    UNCLEAR = "unclear"
    VAGUE = "vague"


class DateReader:
    """Immutable."""

    __slots__ = ("_numbers", "_starters", "_words")

    def __init__(self, words: DayWords, numbers: NumberReader) -> None:
        self._words = words
        self._numbers = numbers
        self._starters = words.months.keys() | words.day_numbers.keys()

    def read(self, tokens: tuple[str, ...], today: date) -> Iterator[date | Unreadable]:
        """Every date written out; one without a year is the nearest in the past that can be meant."""
        for position, token in enumerate(tokens):
            if token in self._starters or token[0] in _FIGURES:
                found = self._at(tokens, position, today)
                if found is not None:
                    yield found

    def _at(self, tokens: tuple[str, ...], position: int, today: date) -> date | Unreadable | None:
        token = tokens[position]
        if token in self._words.months:
            return self._with_month(tokens, position, today)
        if token not in self._words.day_numbers:
            return self._figures(tokens, position, today)
        if self._words.bare_day_openers.stand_before(tokens, position):
            return self._bare_day(tokens, position, self._words.day_numbers[token], today)
        return None

    def _figures(self, tokens: tuple[str, ...], position: int, today: date) -> date | Unreadable | None:
        token = tokens[position]
        if match := _YEAR_FIRST.fullmatch(token):
            return _day(int(match[4]), int(match[3]), int(match[1]), today)
        if match := _DAY_FIRST.fullmatch(token):
            opened = self._words.date_openers.stand_before(tokens, position)
            if match[4]:
                return _day(int(match[1]), int(match[3]), int(match[4]), today)
            if opened or (match[2] == "/" and token not in _NO_DATES):
                found = _day(int(match[1]), int(match[3]), None, today)
                # Without a word before it, "50/50" or "0/1" is no date at all.
                return found if opened or not isinstance(found, Unreadable) else None
            return None
        match = _DAY.fullmatch(token)
        if match is None:
            return None
        openers = self._words.bare_day_openers if match[1] == token else self._words.ordinal_openers
        if not openers.stand_before(tokens, position):
            return None
        return self._bare_day(tokens, position, int(match[1]), today)

    def _bare_day(self, tokens: tuple[str, ...], position: int, day: int, today: date) -> date | Unreadable | None:
        """Of "le 12" or "on the 12th", the last 12th there was; in "la nuit du 12 au 13 mars" the 12th of March."""
        months = self._words.months
        if any(token in months for token in tokens[max(0, position - 1) : position + 3]):
            return None
        if position + 1 < len(tokens):
            after = tokens[position + 1]
            if after in self._words.to and position + 3 < len(tokens) and tokens[position + 3] in months:
                return _day(day, months[tokens[position + 3]], self._year_at(tokens, position + 4), today)
            if self._words.month_numbered.stand_before(tokens, position):
                return None
            if (month := self._numbered_month(tokens, position + 1)) is not None:
                return _day(day, month, None, today)
            if after in self._words.no_bare_day_before:
                return None
        if self._words.no_bare_day_openers.stand_before(tokens, position):
            return None
        return _last_of_month(day, today)

    def _numbered_month(self, tokens: tuple[str, ...], position: int) -> int | None:
        """Eleven of "tarehe 5 mwezi wa kumi na moja"."""
        longest = 2
        for start in range(position + 1, min(position + longest, len(tokens) - 1) + 1):
            if self._words.month_numbered.stand_before(tokens[position:], start - position):
                number = next(
                    (match for match in self._numbers.find(tokens[start : start + 3]) if match.start == 0), None
                )
                if number is not None:
                    return number.value
        return None

    def _with_month(self, tokens: tuple[str, ...], position: int, today: date) -> date | Unreadable | None:
        month = self._words.months[tokens[position]]
        before = position - 1
        if before > 0 and tokens[before] in self._words.day_month_connectors:  # "12th of november"
            before -= 1
        if before >= 0 and (day := self._day_of_month(tokens[before])):
            if self._ends_night(tokens, before):
                return None
            return _day(day, month, self._year_at(tokens, position + 1), today)
        after = position + 1
        allowed = tokens[position] not in self._words.months_after_day_only
        if after < len(tokens) and (allowed or self._words.date_openers.stand_before(tokens, position)):
            day = self._day_of_month(tokens[after])
            if day:
                return _day(day, month, self._year_at(tokens, after + 1), today)
        return None

    def _year_at(self, tokens: tuple[str, ...], position: int) -> int | None:
        """2026 of "12 de julio de 2026" as well."""
        if position < len(tokens) and tokens[position] in self._words.day_month_connectors:
            position += 1
        return int(tokens[position]) if position < len(tokens) and _YEAR.fullmatch(tokens[position]) else None

    def _ends_night(self, tokens: tuple[str, ...], position: int) -> bool:
        """The 13 of "la nuit du 12 au 13": it began on the 12th."""
        start = position - 2
        return (
            start > 0
            and tokens[position - 1] in self._words.to
            and self._day_of_month(tokens[start]) is not None
            and not self._words.night.isdisjoint(tokens[max(0, start - _NIGHT_DISTANCE) : start])
        )

    def _day_of_month(self, token: str) -> int | None:
        match = _DAY.fullmatch(token)
        if match:
            return int(match[1])
        return self._words.day_numbers.get(token) or self._numbers.one(token)


def _day(day: int, month: int, year: int | None, today: date) -> date | Unreadable:
    century = 2000
    try:
        if year is not None:
            return date(year if year >= 100 else century + year, month, day)  # noqa: PLR2004 (two digits)
        this_year = _in_year(day, month, today.year)
        last_year = _in_year(day, month, today.year - 1)
    except ValueError:
        return Unreadable.UNCLEAR
    if last_year and (this_year is None or (this_year > today and today - last_year <= _LAST_YEAR)):
        return last_year
    return this_year or Unreadable.UNCLEAR


def _in_year(day: int, month: int, year: int) -> date | None:
    """None on 29 February of a year that has none. Raises ValueError for what is no day in any year."""
    leap_year = 2024
    date(leap_year, month, day)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_of_month(day: int, today: date) -> date | None:
    """The last such day of a month, at most two months back ("le 31" on 5 October is in August); None for 0 or 32."""
    for back in range(62):
        candidate = today - timedelta(days=back)
        if candidate.day == day:
            return candidate
    return None
