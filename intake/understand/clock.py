"""The hour and the part of the day that a text names: "22h", "à 7 heures", "6:15 am", "saa tatu usiku", "hier soir"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.understand.lexicon import ClockWords, PartOfDay
from intake.understand.normalise import Words

_HOUR_MARKED = re.compile(r"(\d{1,2})h(\d{2})?(?:mn|min)?")
_HALF_DAY = re.compile(r"(\d{1,2})(?:[:.]\d{2})?(am|pm)")
_MINUTES = re.compile(r"(\d{1,2}):\d{2}")
_FIGURE = re.compile(r"(\d{1,2})(?:[:.]\d{2})?")
_FIGURES = frozenset("0123456789")
_NOON, _MIDNIGHT = 12, 24
_DAWN, _EVENING, _NIGHT = 5, 18, 21
"""Hours at which the morning, the evening and the night begin."""
_NEAR = 4  # words between an hour and the word that tells which half of the day it is in


@dataclass(frozen=True, slots=True)
class Hour:
    """hour: 0-23. position: of its token."""

    position: int
    hour: int


class ClockReader:
    """Immutable."""

    __slots__ = ("_words",)

    def __init__(self, words: ClockWords) -> None:
        self._words = words

    def part_of_day(self, words: Words) -> PartOfDay | None:
        """The first that is named, in words or by an hour: what happened is told before what came of it."""
        named = next((match for match in self._words.parts.find(words.tokens) if match.value != "none"), None)
        hour = next(self._hours(words.tokens), None)
        if named is None or named.value == "none":
            return part_of(hour.hour) if hour else None
        if hour and hour.position < named.start - _NEAR:
            return part_of(hour.hour)
        # "2h du matin" is night to those who were woken.
        woken = hour is not None and hour.hour < _DAWN and abs(hour.position - named.start) <= _NEAR
        return "night" if woken and named.value == "morning" else named.value

    def hours(self, tokens: tuple[str, ...]) -> list[Hour]:
        """Hours of which it is clear that they are hours, and of which half of the day."""
        return list(self._hours(tokens))

    def _hours(self, tokens: tuple[str, ...]) -> Iterator[Hour]:
        for position, token in enumerate(tokens):
            if token[0] in _FIGURES:
                hour = self._hour_at(tokens, position)
                if hour is not None:
                    yield Hour(position, hour)

    def _hour_at(self, tokens: tuple[str, ...], position: int) -> int | None:
        token = tokens[position]
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        if match := _HALF_DAY.fullmatch(token):
            return _of_half(int(match[1]), match[2])
        if following in {"am", "pm"} and (match := _FIGURE.fullmatch(token)):
            return _of_half(int(match[1]), following)
        if match := _HOUR_MARKED.fullmatch(token) or _MINUTES.fullmatch(token):
            return None if self._words.durations.stand_before(tokens, position) else _valid(int(match[1]))
        if following in self._words.hours and self._words.hour_openers.stand_before(tokens, position):
            match = _FIGURE.fullmatch(token)
            return _valid(int(match[1])) if match else None
        return None


def part_of(hour: int) -> PartOfDay:
    if hour < _DAWN or hour >= _NIGHT:
        return "night"
    if hour < _NOON:
        return "morning"
    return "afternoon" if hour < _EVENING else "evening"


def _of_half(hour: int, half: str) -> int | None:
    if not 1 <= hour <= _NOON:
        return None
    return hour % _NOON + (_NOON if half == "pm" else 0)


def _valid(hour: int) -> int | None:
    return hour % _MIDNIGHT if hour <= _MIDNIGHT else None
