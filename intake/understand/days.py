"""When it happened: the day a text names, seen from the moment it was sent. Dates written out are read in dates.py."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import zip_longest
from zoneinfo import ZoneInfo

from intake.understand.clock import ClockReader
from intake.understand.dates import DateReader, Unreadable
from intake.understand.lexicon import DayWord, DayWords, TimeUnit
from intake.understand.normalise import Words
from intake.understand.numbers import NumberReader
from intake.understand.phrases import Match
from intake.understand.slips import mended

FUTURE_DAY = "future-day"
OLD_DAY = "old-day"
VAGUE_DAY = "vague-day"
SEVERAL_DAYS = "several-days"
UNCLEAR_DAY = "unclear-day"

_WEEK = 7
_OLDEST = timedelta(days=366)  # "over a year back is asked about"; 366 lets the same date of last year through
_MOST_AGO: dict[TimeUnit, int] = {"day": 366, "week": 52, "hour": 72, "minute": 600}
_UNIT: dict[TimeUnit, timedelta] = {
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}
_AFTER_MIDNIGHT = 6  # before this hour, the night or evening spoken of is that of the day before
_NOON = 12
_NIGHTFALL = 18
_NEAR = 5  # words between "this night" and the hour that tells which side of midnight
_DAY_IN_WEEK = 3  # words between a weekday and "of last week"


@dataclass(frozen=True, slots=True)
class DaySaid:
    """day: None where the text names none, or one that cannot be told; review then says why. lasting: since then."""

    day: date | None = None
    review: str | None = None
    lasting: bool = False

    @property
    def said(self) -> bool:
        return self.day is not None or self.review is not None

    def is_over(self, today: date) -> bool:
        """It was before today, as far as can be told, and does not go on."""
        past = self.review in {OLD_DAY, VAGUE_DAY} or (self.day is not None and self.day < today)
        return past and not self.lasting


def local_time(sent_at: datetime, timezone: str) -> datetime:
    """The time it was there; an unknown zone counts as UTC."""
    moment = sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
    return moment.astimezone(_zone(timezone))


@lru_cache(maxsize=1_000)  # more zones than there are
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


class DayReader:
    """Reads the day a text names. Immutable."""

    __slots__ = ("_clock", "_dates", "_numbers", "_words")

    def __init__(self, words: DayWords, numbers: NumberReader, clock: ClockReader) -> None:
        self._words = words
        self._numbers = numbers
        self._clock = clock
        self._dates = DateReader(words, numbers)

    def read(self, words: Words, sent: datetime) -> DaySaid:
        """sent: the local time of sending. The surest way of naming a day counts, others only where it is missing."""
        tokens = mended(words.tokens, self._words.slips)
        relative = self._words.relative.find(tokens)
        counted = self._ago(tokens, sent)
        said = self._read(tokens, sent, relative, counted)
        starts = [each.start for found in (relative, counted, self._words.weekdays.find(tokens)) for each in found]
        lasting = said.said and any(self._words.since.stand_before(tokens, start) for start in starts)
        return replace(said, lasting=True) if lasting else said

    def _read(
        self,
        tokens: tuple[str, ...],
        sent: datetime,
        relative: list[Match[DayWord]],
        counted: list[Match[date | Unreadable]],
    ) -> DaySaid:
        today = sent.date()
        exact: set[date | str] = {_named(match.value) for match in counted}
        exact |= {_named(claim) for claim in self._dates.read(tokens, today)}
        for match in relative:
            back = self._days_back(match, tokens, sent)
            if back is not None and not any(match.start < other.end and other.start < match.end for other in counted):
                exact.add(today - timedelta(days=back))
        if len(exact) > 1:
            exact.discard(today)  # "stolen yesterday, we saw it this morning"
        claims = exact or self._weekdays(tokens, today, relative)
        if not claims:
            return self._without_a_day(tokens, today, {match.value for match in relative})
        if len(claims) > 1:
            return DaySaid(review=SEVERAL_DAYS)
        return _within_reason(claims.pop(), today)

    def _days_back(self, match: Match[DayWord], tokens: tuple[str, ...], sent: datetime) -> int | None:
        if isinstance(match.value, int):
            return -match.value
        if match.value == "this_evening":
            return 1 if sent.hour < _AFTER_MIDNIGHT else 0
        return self._nights_back(match, tokens, sent) if match.value in {"this_night", "same_night"} else None

    def _nights_back(self, match: Match[DayWord], tokens: tuple[str, ...], sent: datetime) -> int:
        """1 where "this night" began the evening before; an hour after midnight belongs to its own day."""
        near = range(match.start - _NEAR, match.end + _NEAR)
        if any(hour.hour < _AFTER_MIDNIGHT and hour.position in near for hour in self._clock.hours(tokens)):
            return 0
        if sent.hour < _NOON:
            return 1
        if match.value == "same_night":
            return 0
        return 1 if sent.hour < _NIGHTFALL and self._words.plans.isdisjoint(tokens) else 0

    def _ago(self, tokens: tuple[str, ...], sent: datetime) -> list[Match[date | Unreadable]]:
        """Days counted back: "il y a 3 jours", "3 days ago", "siku tatu zilizopita", "2 hours ago"."""
        if self._words.units.keys().isdisjoint(tokens):
            return []
        found: list[Match[date | Unreadable]] = []
        for number in self._numbers.find(tokens):
            unit_first = number.start > 0 and tokens[number.start - 1] in self._words.units_first
            start = number.start - 1 if unit_first else number.start
            end = number.end if unit_first else number.end + 1
            at = start if unit_first else number.end
            unit = self._words.units.get(tokens[at]) if at < len(tokens) else None
            if (
                unit is None
                or (tokens[at] in self._words.units_first) is not unit_first
                or self._words.no_ago.stand_before(tokens, start)
            ):
                continue
            after = end < len(tokens) and tokens[end] in self._words.ago_after
            openers = self._words.month_ago_before if unit == "month" else self._words.ago_before
            if unit_first:
                openers = self._words.unit_ago_before
            if after or openers.stand_before(tokens, start):
                found.append(Match(start, end + after, _counted_back(number.value, unit, sent)))
        return found

    def _weekdays(self, tokens: tuple[str, ...], today: date, relative: list[Match[DayWord]]) -> set[date | str]:
        """The most recent one; of today's own name today, unless it is called the last one."""
        taken = {position for match in relative if match.value == "none" for position in range(match.start, match.end)}
        found: set[date | str] = set()
        matches = [match for match in self._words.weekdays.find(tokens) if match.start not in taken]
        ended = -1  # where a span of days ended: its second day is not the one
        for match, following in zip_longest(matches, matches[1:]):
            if match.start == ended or self._words.habits.stand_before(tokens, match.start):
                continue
            if following and following.start == match.end + 1 and tokens[match.end] in self._words.to:
                ended = following.start
                if self._words.night.isdisjoint(tokens[max(0, match.start - 2) : following.end + 1]):
                    continue  # "from Monday to Friday"
            found.add(self._weekday(tokens, match, today))
        return found

    def _weekday(self, tokens: tuple[str, ...], match: Match[int], today: date) -> date | str:
        beside = (*tokens[max(0, match.start - 1) : match.start], *tokens[match.end : match.end + 2])
        before = tokens[max(0, match.start - 2) : match.start]
        if self._words.next.holds_any(beside) or self._words.next.holds_any(before):
            return FUTURE_DAY
        back = (today.weekday() - match.value) % _WEEK
        near = (
            tokens[match.end : match.end + _DAY_IN_WEEK + 1],
            tokens[max(0, match.start - _DAY_IN_WEEK) : match.start],
        )
        if any(self._words.last_week.holds_any(words) for words in near):
            return today - timedelta(days=today.weekday() - match.value + _WEEK)
        if self._words.eve.stand_before(tokens, match.start):
            return today - timedelta(days=back + 1)
        said_last = self._words.since.stand_before(tokens, match.start) or not self._words.last.isdisjoint(beside)
        return today - timedelta(days=back or (_WEEK if said_last else 0))

    def _without_a_day(self, tokens: tuple[str, ...], today: date, said: set[DayWord]) -> DaySaid:
        if "now" in said:
            return DaySaid(day=today)
        if "vague" in said or self._names_month_alone(tokens):
            return DaySaid(review=VAGUE_DAY)
        return DaySaid(review=FUTURE_DAY) if "future" in said else DaySaid()

    def _names_month_alone(self, tokens: tuple[str, ...]) -> bool:
        return not self._words.months.keys().isdisjoint(tokens) and any(
            token in self._words.months and self._words.month_openers.stand_before(tokens, position)
            for position, token in enumerate(tokens)
        )


def _counted_back(number: int, unit: TimeUnit, sent: datetime) -> date | Unreadable:
    if unit == "month":
        return Unreadable.VAGUE
    if number > _MOST_AGO[unit]:
        return Unreadable.UNCLEAR
    if unit in {"hour", "minute"}:
        return (sent - number * _UNIT[unit]).date()
    return sent.date() - number * _UNIT[unit]


def _named(claim: date | Unreadable) -> date | str:
    if isinstance(claim, Unreadable):
        return VAGUE_DAY if claim is Unreadable.VAGUE else UNCLEAR_DAY
    return claim


def _within_reason(claim: date | str, today: date) -> DaySaid:
    if isinstance(claim, str):
        return DaySaid(review=claim)
    if claim > today:
        return DaySaid(review=FUTURE_DAY)
    return DaySaid(review=OLD_DAY) if today - claim > _OLDEST else DaySaid(day=claim)
