"""Dates written out in a text: 12/11, 12-11-2026, 2026-11-12, le 12, 12 novembre, Nov 12.

Day before month, as in the countries served. Words like "yesterday" are read in days.py.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import Enum

from intake.understand.lexicon import DayWords

_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})(?:er|eme|e|st|nd|rd|th)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NO_DATES = frozenset({"24/7", "1/2", "1/3", "2/3", "1/4", "3/4"})  # unless "le" or "on" stands before
_LAST_YEAR = timedelta(days=183)
"""How far back a date without a year may lie: on 5 January "28/12" is clear, on 1 December "24/12" is not."""


class Unreadable(Enum):
    """A date was written, but there is no such day."""

    UNCLEAR = "unclear"


class DateReader:
    """Immutable."""

    __slots__ = ("_numbers", "_words")

    def __init__(self, words: DayWords, numbers: Mapping[str, int]) -> None:
        self._words = words
        self._numbers = numbers

    def number(self, token: str) -> int | None:
        """A whole number up to 9999, in digits or in words."""
        if token.isdigit() and len(token) <= len("9999"):
            return int(token)
        return self._numbers.get(token)

    def read(self, tokens: tuple[str, ...], today: date) -> Iterator[date | Unreadable]:
        """Every date written out; one without a year is the nearest in the past that can be meant."""
        for position, token in enumerate(tokens):
            if token[0].isdigit():
                found = self._figures(tokens, position, today)
                if found is not None:
                    yield found
            elif token in self._words.months:
                found = self._with_month(tokens, position, today)
                if found is not None:
                    yield found

    def _figures(self, tokens: tuple[str, ...], position: int, today: date) -> date | Unreadable | None:
        token = tokens[position]
        opened = self._words.date_openers.stand_before(tokens, position)
        if match := _YEAR_FIRST.fullmatch(token):
            return _day(int(match[4]), int(match[3]), int(match[1]), today)
        if match := _DAY_FIRST.fullmatch(token):
            if match[4]:
                return _day(int(match[1]), int(match[3]), int(match[4]), today)
            if opened or (match[2] == "/" and token not in _NO_DATES):
                found = _day(int(match[1]), int(match[3]), None, today)
                # Without a word before it, "50/50" or "0/1" is no date at all.
                return found if opened or not isinstance(found, Unreadable) else None
            return None
        return self._bare_day(tokens, position, today)

    def _bare_day(self, tokens: tuple[str, ...], position: int, today: date) -> date | None:
        """Of "le 12" or "on the 12th", the last 12th there was."""
        match = _DAY.fullmatch(tokens[position])
        if match is None or self._words.months.keys() & tokens[max(0, position - 1) : position + 3]:
            return None
        ordinal = match[1] != match[0]
        openers = self._words.date_openers if ordinal else self._words.bare_day_openers
        if not openers.stand_before(tokens, position):
            return None
        return _last_of_month(int(match[1]), today)

    def _with_month(self, tokens: tuple[str, ...], position: int, today: date) -> date | Unreadable | None:
        month = self._words.months[tokens[position]]
        before = position - 1
        if before > 0 and tokens[before] in self._words.day_month_connectors:  # "12th of november"
            before -= 1
        if before >= 0 and (day := self._day_of_month(tokens[before])):
            return _day(day, month, _year_at(tokens, position + 1), today)
        after = position + 1
        allowed = tokens[position] not in self._words.months_after_day_only
        if after < len(tokens) and (allowed or self._words.date_openers.stand_before(tokens, position)):
            day = self._day_of_month(tokens[after])
            if day:
                return _day(day, month, _year_at(tokens, after + 1), today)
        return None

    def _day_of_month(self, token: str) -> int | None:
        match = _DAY.fullmatch(token)
        return int(match[1]) if match else self._numbers.get(token)


def _year_at(tokens: tuple[str, ...], position: int) -> int | None:
    return int(tokens[position]) if position < len(tokens) and _YEAR.fullmatch(tokens[position]) else None


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
