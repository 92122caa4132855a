"""Usual or not: stored counts held against what their own past lets expect, the calendar respected. Reads tallies."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from figures.expectation import RHYTHMS, Expected, Rhythm, TooEarly, expectation
from figures.question import Key
from intake.reference import Reference, Spot
from models.calendar_notes import CalendarNote
from models.periods import Period, next_start, periods_between
from models.tallies import ALL, Tally

SeasonGrain = Literal["week", "month", "quarter"]
State = Literal["usual", "more", "less", "too_early", "set_aside"]
PLACES_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class UsualQuestion:
    """first, last: starts of the first and last period. places, categories: id and code; category 0 is all."""

    grain: SeasonGrain
    first: date
    last: date
    places: Mapping[int, str]
    categories: Mapping[int, str]
    today: date


class Usual(NamedTuple):
    """expected: None where it is too early or the period is set aside. last_three: only where it is too early."""

    locality: str
    category: str
    period: Period
    incidents: int
    state: State
    expected: Expected | None
    last_three: tuple[int, ...] | None
    set_aside_by: tuple[CalendarNote, ...]

    @property
    def key(self) -> Key:
        return self.locality, self.period.start, self.category


def usual_rows(  # noqa: PLR0913  the question and which part of its rows
    session: Session,
    reference: Reference,
    notes: Collection[CalendarNote],
    question: UsualQuestion,
    after: Key | None,
    limit: int,
) -> list[Usual]:
    """In the order locality, period, category, beginning after the given row. Only the rows of the page are worked out.

    A category has rows while there is something of it in the period or the past it is held against.
    """
    rows = _rows(session, reference, notes, question, after)
    return list(islice(rows, limit))


def _rows(
    session: Session,
    reference: Reference,
    notes: Collection[CalendarNote],
    question: UsualQuestion,
    after: Key | None,
) -> Iterator[Usual]:
    places = sorted((code, each) for each, code in question.places.items() if after is None or code >= after[0])
    categories = sorted((code, each) for each, code in question.categories.items())
    for begin in range(0, len(places), PLACES_AT_ONCE):
        some = places[begin : begin + PLACES_AT_ONCE]
        past = Past(session, question, [each for _, each in some])
        for locality, locality_id in some:
            aside = set_aside(reference.spots[locality_id], notes, past.periods)
            for at in past.asked(question):
                for category, category_id in categories:
                    key = (locality, past.periods[at].start, category)
                    if (after is None or key > after) and past.knows(locality_id, category_id, at):
                        yield past.held_against(question, (locality_id, category_id), at, aside)


class Past:
    """Counts of some localities for the periods asked for and all those they are held against, in one statement."""

    def __init__(self, session: Session, question: UsualQuestion, localities: Iterable[int]) -> None:
        self.rhythm: Rhythm = RHYTHMS[question.grain]
        self._counts: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        self._begun: dict[tuple[int, int], list[int]] = {}
        rows = session.execute(
            select(Tally.locality_id, Tally.category_id, Tally.start, Tally.incidents)
            .where(
                Tally.locality_id.in_(sorted(localities)),
                Tally.grain == question.grain,
                Tally.start.between(_earliest(question, self.rhythm), min(question.last, question.today)),
                Tally.category_id.in_(sorted({ALL, *question.categories})),
                Tally.incidents > 0,
            )
            .order_by(Tally.start)
        ).all()
        self.periods = _axis(question, rows[0].start) if rows else []
        index = {period.start: at for at, period in enumerate(self.periods)}
        for locality_id, category_id, start, incidents in rows:
            self._counts[locality_id, category_id][index[start]] = incidents

    def asked(self, question: UsualQuestion) -> range:
        """Indexes of the periods asked for that have begun."""
        first = bisect_left(self.periods, question.first, key=lambda period: period.start)
        return range(first, len(self.periods))

    def knows(self, locality_id: int, category_id: int, at: int) -> bool:
        counted = self._counted(locality_id, category_id)
        found = bisect_left(counted, at - self.rhythm.look_back)
        return found < len(counted) and counted[found] <= at

    def held_against(
        self,
        question: UsualQuestion,
        series: tuple[int, int],
        at: int,
        aside: Mapping[int, tuple[CalendarNote, ...]],
    ) -> Usual:
        locality_id, category_id = series
        begin = self._begin(locality_id, category_id, at)
        counts, period = self._counts[series], self.periods[at]
        incidents = counts.get(at, 0)
        past = [counts.get(each, 0) for each in range(begin, at)]
        notes = aside.get(at, ())
        found = (
            None if notes else expectation(past, self.rhythm, {each - begin for each in aside if begin <= each < at})
        )
        return Usual(
            question.places[locality_id],
            question.categories[category_id],
            period,
            incidents,
            _state(incidents, found, is_over=period.end < question.today),
            found if isinstance(found, Expected) else None,
            found.last_three if isinstance(found, TooEarly) else None,
            notes,
        )

    def _begin(self, locality_id: int, category_id: int, at: int) -> int:
        """Where the past begins: with the first period in which anything was counted there.

        Not with the first of the category: a kind of report that was never heard there is more than usual, not new.
        Protected matters are not in all categories, so that nothing of them moves the others' beginning.
        """
        earliest = max(0, at - self.rhythm.look_back)
        firsts = [
            counted[found]
            for each in {ALL, category_id}
            if (found := bisect_left(counted := self._counted(locality_id, each), earliest)) < len(counted)
        ]
        return min([*firsts, at])

    def _counted(self, locality_id: int, category_id: int) -> list[int]:
        """Indexes of the periods with a count, ascending."""
        key = (locality_id, category_id)
        if key not in self._begun:
            self._begun[key] = list(self._counts.get(key, ()))
        return self._begun[key]


def set_aside(spot: Spot, notes: Iterable[CalendarNote], periods: list[Period]) -> dict[int, tuple[CalendarNote, ...]]:
    """Which notes touch which of the periods, there or above, by the tree of the days they touch."""
    found: dict[int, list[CalendarNote]] = defaultdict(list)
    for note in notes:
        for first, until in _days_here(spot, note):
            at = bisect_left(periods, first, key=lambda period: period.end)
            while at < len(periods) and periods[at].start < until:
                if note not in found[at]:
                    found[at].append(note)
                at += 1
    return {at: tuple(touching) for at, touching in found.items()}


def bears_on(spot: Spot, note: CalendarNote) -> bool:
    return any(True for _ in _days_here(spot, note))


def _days_here(spot: Spot, note: CalendarNote) -> Iterator[tuple[date, date]]:
    """First day and the day after the last."""
    if note.locality_id is None:
        yield note.from_day, note.until_day
        return
    for span in spot.up:
        first, until = max(note.from_day, span.from_day), min(note.until_day, span.until_day)
        if span.ancestor_id == note.locality_id and first < until:
            yield first, until


def _state(incidents: int, found: Expected | TooEarly | None, *, is_over: bool) -> State:
    """A period that still runs may be more already, but not yet less."""
    if found is None:
        return "set_aside"
    if isinstance(found, TooEarly):
        return "too_early"
    if incidents > found.high:
        return "more"
    return "less" if incidents < found.low and is_over else "usual"


def _earliest(question: UsualQuestion, rhythm: Rhythm) -> date:
    try:
        return next_start(question.grain, question.first, -rhythm.look_back)
    except (ValueError, OverflowError):
        return date.min


def _axis(question: UsualQuestion, first: date) -> list[Period]:
    """Every period from the first with a count to the last asked for that has begun."""
    return list(periods_between(question.grain, first, min(question.last, question.today)))
