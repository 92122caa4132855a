"""When it happened: the day a text names, seen from the day it was sent. Dates written out are read in dates.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from intake.understand.dates import DateReader, Unreadable
from intake.understand.lexicon import DayWords
from intake.understand.normalise import Words

FUTURE_DAY = "future-day"
OLD_DAY = "old-day"
VAGUE_DAY = "vague-day"
SEVERAL_DAYS = "several-days"
UNCLEAR_DAY = "unclear-day"

_WEEK = 7
_OLDEST = timedelta(days=366)  # "over a year back is asked about"; 366 lets the same date of last year through
_MOST_AGO = 366


@dataclass(frozen=True, slots=True)
class DaySaid:
    """day: None where the text names none, or one that cannot be told; review then says why."""

    day: date | None = None
    review: str | None = None

    @property
    def said(self) -> bool:
        return self.day is not None or self.review is not None

    def is_over(self, today: date) -> bool:
        """It was before today, as far as can be told."""
        return self.review in {OLD_DAY, VAGUE_DAY} or (self.day is not None and self.day < today)


def local_day(sent_at: datetime, timezone: str) -> date:
    """The day it was there; an unknown zone counts as UTC."""
    moment = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
    return moment.astimezone(_zone(timezone)).date()


@lru_cache(maxsize=1_000)  # more zones than there are
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


class DayReader:
    """Reads the day a text names. Immutable."""

    __slots__ = ("_dates", "_words")

    def __init__(self, words: DayWords, numbers: Mapping[str, int]) -> None:
        self._words = words
        self._dates = DateReader(words, numbers)

    def read(self, words: Words, today: date) -> DaySaid:
        """today: the local day of sending. The surest way of naming a day counts, others only where it is missing."""
        relative = self._words.relative.find(words.tokens)
        exact: set[date | str] = {today + timedelta(days=m.value) for m in relative if isinstance(m.value, int)}
        exact |= {_named(claim) for claim in self._dates.read(words.tokens, today)}
        exact |= {_named(claim) for claim in self._ago(words.tokens, today)}
        claims = exact or self._weekdays(words.tokens, today)
        if not claims:
            vague = [match.value for match in relative]
            if "vague" in vague or self._names_month_alone(words.tokens):
                return DaySaid(review=VAGUE_DAY)
            return DaySaid(review=FUTURE_DAY) if "future" in vague else DaySaid()
        if len(claims) > 1:
            return DaySaid(review=SEVERAL_DAYS)
        return _within_reason(claims.pop(), today)

    def _ago(self, tokens: tuple[str, ...], today: date) -> list[date | Unreadable]:
        """Days counted back: "il y a 3 jours", "3 days ago"."""
        found: list[date | Unreadable] = []
        for unit in range(1, len(tokens)):
            if tokens[unit] not in self._words.day_units:
                continue
            days = self._dates.number(tokens[unit - 1])
            after = unit + 1 < len(tokens) and tokens[unit + 1] in self._words.ago_after
            if days is not None and (after or self._words.ago_before.stand_before(tokens, unit - 1)):
                found.append(today - timedelta(days=days) if days <= _MOST_AGO else Unreadable.UNCLEAR)
        return found

    def _weekdays(self, tokens: tuple[str, ...], today: date) -> set[date | str]:
        """The most recent one; of today's own name today, unless it is called the last one."""
        found: set[date | str] = set()
        for position, token in enumerate(tokens):
            weekday = self._words.weekdays.get(token)
            if weekday is None or self._words.habits.stand_before(tokens, position):
                continue
            beside = {*tokens[position + 1 : position + 2], *tokens[max(0, position - 1) : position]}
            back = (today.weekday() - weekday) % _WEEK
            if beside & self._words.next:
                found.add(FUTURE_DAY)
            else:
                found.add(today - timedelta(days=back or (_WEEK if beside & self._words.last else 0)))
        return found

    def _names_month_alone(self, tokens: tuple[str, ...]) -> bool:
        return any(
            token in self._words.months and self._words.month_openers.stand_before(tokens, position)
            for position, token in enumerate(tokens)
        )


def _named(claim: date | Unreadable) -> date | str:
    return UNCLEAR_DAY if isinstance(claim, Unreadable) else claim


def _within_reason(claim: date | str, today: date) -> DaySaid:
    if isinstance(claim, str):
        return DaySaid(review=claim)
    if claim > today:
        return DaySaid(review=FUTURE_DAY)
    return DaySaid(review=OLD_DAY) if today - claim > _OLDEST else DaySaid(day=claim)
