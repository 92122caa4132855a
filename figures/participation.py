"""Participation: who writes at all. It says how far figures can be trusted, and nothing of how dangerous a place is.

Every locality and period asked for has its line, above all where nobody wrote. Nothing protected is in it, and it is
never a ranking: a place that writes little is not safe, and one that writes much is not dangerous.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from figures.bands import ENOUGH, number_band, rate_band, share_band
from figures.busiest import LongGrain, busiest_shares
from figures.populations import Population, Populations
from figures.question import band_of
from figures.tree import Tree
from intake.reference import Reference
from models.localities import Locality
from models.periods import Period, periods_between, start_of
from models.tallies import ALL, Tally

Key = tuple[str, date]
"""Locality code and first day of the period."""
ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class ParticipationQuestion:
    """first, last: starts of the first and the last period. places: id and code. exact: whether the share of the
    busiest is wanted where few stand behind it.
    """

    grain: LongGrain
    first: date
    last: date
    places: Mapping[int, str]
    today: date
    exact: bool


class Participation(NamedTuple):
    """messages, reporters: of the all-categories cell. share: of the busiest reporter. last_heard: the last period
    before this one with a text. children: direct ones on the period's last day; children_heard: those of them that
    wrote while they were.
    """

    locality_id: int
    locality: str
    period: Period
    population: Population | None
    messages: int
    reporters: int
    share: float | None
    last_heard: Period | None
    children: int
    children_heard: int

    @property
    def key(self) -> Key:
        return self.locality, self.period.start

    @property
    def heard(self) -> Literal["heard", "silent", "never"]:
        """silent: not in this period but before. never: not until its end."""
        if self.messages:
            return "heard"
        return "silent" if self.last_heard else "never"

    @property
    def completeness(self) -> float:
        """The part of the direct children that wrote; without any below, whether it did itself."""
        return self.children_heard / self.children if self.children else float(self.messages > 0)

    def told(self, *, exact: bool) -> dict[str, tuple[float | None, str | None]]:
        """What may be said of who writes: the number, None unless exact, and its band, None where few stand behind it.

        In the order in which it is shown.
        """
        per_text, per_reporter = self._per_10000(self.messages), self._per_10000(self.reporters)
        enough = self.reporters >= ENOUGH
        every: dict[str, tuple[float | None, str | None]] = {
            "messages": (self.messages, number_band(self.messages)),
            "reporters": (self.reporters, band_of(self.reporters)),
            "messages_per_10000": (_rounded(per_text, 2), rate_band(per_text)),
            "reporters_per_10000": (_rounded(per_reporter, 2), rate_band(per_reporter) if enough else None),
            "busiest_share": (_rounded(self.share, 4), share_band(self.share) if enough else None),
        }
        return {name: (number if exact else None, band) for name, (number, band) in every.items()}

    def _per_10000(self, number: int) -> float | None:
        return number * 10_000 / self.population.people if self.population and self.population.people else None


def _rounded(number: float | None, digits: int) -> float | None:
    return round(number, digits) if number is not None else None


def participation(
    session: Session,
    reference: Reference,
    question: ParticipationQuestion,
    after: Key | None = None,
    limit: int | None = None,
) -> Iterator[Participation]:
    """In the order locality, period, beginning after the given row. A period that has not begun has no row."""
    wanted = islice(_asked(question, after), limit)
    tree = Tree(reference)
    while some := list(islice(wanted, ROWS_AT_ONCE)):
        yield from _Page(session, reference, question, tree, some).rows()


def _asked(question: ParticipationQuestion, after: Key | None) -> Iterator[tuple[int, Period]]:
    last = min(question.last, start_of(question.grain, question.today))
    for code, place in sorted((code, place) for place, code in question.places.items()):
        if after is None or code >= after[0]:
            first = after[1] if after and code == after[0] else None
            for period in periods_between(question.grain, first or question.first, last):
                if period.start != first:
                    yield place, period


class _Page:
    """All that is needed for some rows at once, so that none asks for itself."""

    def __init__(
        self,
        session: Session,
        reference: Reference,
        question: ParticipationQuestion,
        tree: Tree,
        wanted: Sequence[tuple[int, Period]],
    ) -> None:
        self._session, self._reference, self._question = session, reference, question
        self._wanted = wanted
        self._places = sorted({place for place, _ in wanted})
        self._first = min(period.start for _, period in wanted)
        self._last = max(period.start for _, period in wanted)
        self._below = {(place, period): tree.children(place, period.end) for place, period in wanted}
        self._populations = Populations(session, tree, self._places)
        self._cells = self._read_cells()
        self._days = self._read_days()

    def rows(self) -> Iterator[Participation]:
        heard, shares = self._read_heard(), self._read_shares()
        for place, period in self._wanted:
            messages, reporters = self._cells.get((place, period.start), (0, 0))
            before = bisect_left(heard[place], period.start)
            below = self._below[place, period]
            yield Participation(
                place,
                self._question.places[place],
                period,
                self._populations.on(place, period.end),
                messages,
                reporters,
                shares.get((place, period.start)),
                Period(heard[place][before - 1], period.grain) if before else None,
                len(below),
                sum(self._wrote(child, since, period) for child, since in below.items()),
            )

    def _wrote(self, child: int, since: date, period: Period) -> bool:
        """Where a child came in the middle of the period, what it wrote before is its former parent's."""
        if since <= period.start:
            return self._cells.get((child, period.start), (0, 0))[0] > 0
        return any(since <= day <= period.end for day in self._days.get(child, ()))

    def _read_cells(self) -> dict[tuple[int, date], tuple[int, int]]:
        """Messages and reporters of the places and their children."""
        wanted = {*self._places, *(child for below in self._below.values() for child in below)}
        query = select(Tally.locality_id, Tally.start, Tally.messages, Tally.reporters).where(
            Tally.locality_id.in_(sorted(wanted)),
            Tally.grain == self._question.grain,
            Tally.start.between(self._first, self._last),
            Tally.category_id == ALL,
        )
        return {(place, start): (messages, reporters or 0) for place, start, messages, reporters in self._all(query)}

    def _read_days(self) -> dict[int, list[date]]:
        """The days with a text of children that came in the middle of a period."""
        came: dict[int, date] = {}
        for (_, period), below in self._below.items():
            for child, since in below.items():
                if since > period.start:
                    came[child] = min(since, came.get(child, since))
        if not came:
            return {}
        query = select(Tally.locality_id, Tally.start).where(
            Tally.locality_id.in_(sorted(came)),
            Tally.grain == "day",
            Tally.start.between(min(came.values()), Period(self._last, self._question.grain).end),
            Tally.category_id == ALL,
            Tally.messages > 0,
        )
        found: dict[int, list[date]] = {}
        for child, day in self._all(query):
            found.setdefault(child, []).append(day)
        return found

    def _read_heard(self) -> dict[int, list[date]]:
        """Of each place the periods with a text, in order: all from these rows' first one on, and the last before."""
        earlier = (
            select(Tally.start)
            .where(
                Tally.locality_id == Locality.id,
                Tally.grain == self._question.grain,
                Tally.start < self._first,
                Tally.category_id == ALL,
                Tally.messages > 0,
            )
            .order_by(Tally.start.desc())
            .limit(1)
            .scalar_subquery()
        )
        found: dict[int, list[date]] = {}
        for place, start in self._all(select(Locality.id, earlier).where(Locality.id.in_(self._places))):
            found[place] = [start] if start else []
        for (place, start), (messages, _) in sorted(self._cells.items()):
            if messages and place in found:
                found[place].append(start)
        return found

    def _read_shares(self) -> dict[tuple[int, date], float]:
        least = 1 if self._question.exact else ENOUGH
        asked = ((place, period.start) for place, period in self._wanted)
        keys = {key for key in asked if self._cells.get(key, (0, 0))[1] >= least}
        if not keys:
            return {}
        first, last = min(start for _, start in keys), max(start for _, start in keys)
        days = first, Period(last, self._question.grain).end
        places = {place for place, _ in keys}
        found = busiest_shares(self._session, self._reference, self._question.grain, places, days)
        return {key: share for key, share in found.items() if key in keys}

    def _all(self, query: Any) -> Sequence[Any]:
        return self._session.execute(query).all()
