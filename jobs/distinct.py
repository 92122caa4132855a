"""Distinct reporters: which cells a reporter enters or leaves by the changes of one fold.

A reporter stands in a cell while at least one of their counting reports does, so a difference alone cannot tell: what
they had reported before must be known. It is what the store holds now, less what still waits to be folded.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from intake.reference import Reference
from models.periods import GRAINS, Grain, start_of
from models.reports import COUNTING, Report
from models.tallies import ALL, TallyChange

Place = tuple[int, date, int]
"""Locality, day and category of a report."""
CellKey = tuple[int, Grain, date, int]

REPORTERS_AT_ONCE: Final = 5_000


@dataclass(slots=True)
class Ways:
    """From a report's own place to all its cells, remembered for one fold."""

    reference: Reference
    _above: dict[tuple[int, date], tuple[int, ...]]
    _starts: dict[date, tuple[tuple[Grain, date], ...]]

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._above = {}
        self._starts = {}

    def ancestors(self, locality_id: int, day: date) -> tuple[int, ...]:
        key = (locality_id, day)
        if key not in self._above:
            self._above[key] = tuple(self.reference.spots[locality_id].ancestors_on(day))
        return self._above[key]

    def starts(self, day: date) -> tuple[tuple[Grain, date], ...]:
        if day not in self._starts:
            self._starts[day] = tuple((grain, start_of(grain, day)) for grain in GRAINS)
        return self._starts[day]

    def targets(self, category_id: int, day: date) -> tuple[int, ...]:
        """The category it counts in and, unless protected, all categories."""
        counted_as = self.reference.counted_as(category_id, day)
        return (counted_as, ALL) if self.reference.is_public(counted_as) else (counted_as,)


def entered_and_left(session: Session, ways: Ways, taken: Iterable[tuple[UUID, Place, int]]) -> dict[CellKey, int]:
    """By how many reporters each cell grew.

    taken: reporter, place and difference of reports, of changes already taken from the queue in this transaction.
    """
    differences: dict[UUID, Counter[Place]] = defaultdict(Counter)
    for reporter_id, place, reports in taken:
        differences[reporter_id][place] += reports
    touched = {reporter: places for reporter, places in differences.items() if any(places.values())}
    grown: Counter[CellKey] = Counter()
    reporters = sorted(touched)
    for first in range(0, len(reporters), REPORTERS_AT_ONCE):
        some = reporters[first : first + REPORTERS_AT_ONCE]
        now = _reported(session, some, [day for each in some for _, day, _ in touched[each]])
        for reporter in some:
            grown.update(_moves(ways, now[reporter], touched[reporter]))
    return {cell: by for cell, by in grown.items() if by}


def _moves(ways: Ways, after: Mapping[Place, int], difference: Mapping[Place, int]) -> dict[CellKey, int]:
    """+1 for each cell this reporter enters, -1 for each they leave."""
    came = [place for place, by in difference.items() if after.get(place, 0) > 0 >= after.get(place, 0) - by]
    went = [place for place, by in difference.items() if after.get(place, 0) <= 0 < after.get(place, 0) - by]
    if not came and not went:
        return {}
    moving = {*came, *went}
    starts = {start for _, day, _ in moving for start in ways.starts(day)}
    stayed = {
        cell
        for place, count in after.items()
        if count > 0 and place not in moving
        for cell in _cells(ways, place, starts)
    }
    entered = {cell for place in came for cell in _cells(ways, place)} - stayed
    left = {cell for place in went for cell in _cells(ways, place)} - stayed
    return dict.fromkeys(entered - left, 1) | dict.fromkeys(left - entered, -1)


def _cells(ways: Ways, place: Place, among: set[tuple[Grain, date]] | None = None) -> Iterator[CellKey]:
    """among: only cells of these periods."""
    locality_id, day, category_id = place
    periods = [start for start in ways.starts(day) if among is None or start in among]
    if periods:
        targets = ways.targets(category_id, day)
        for ancestor_id in ways.ancestors(locality_id, day):
            for grain, start in periods:
                for target in targets:
                    yield ancestor_id, grain, start, target


def _reported(session: Session, reporters: Sequence[UUID], days: Sequence[date]) -> dict[UUID, Counter[Place]]:
    """Counting reports of these reporters in all periods these days lie in, less what still waits in the queue.

    One statement, so that both are of the same moment whatever is committed meanwhile.
    """
    first = min(start_of("year", start_of("week", day)) for day in days)
    last = max(start_of("year", day) for day in days).replace(month=12, day=31) + timedelta(days=6)
    there = (
        select(Report.reporter_id, Report.locality_id, Report.occurred_on, Report.category_id, func.count())
        .where(Report.reporter_id.in_(reporters), Report.occurred_on.between(first, last), COUNTING)
        .group_by(Report.reporter_id, Report.locality_id, Report.occurred_on, Report.category_id)
    )
    change = TallyChange
    waiting = (
        select(change.reporter_id, change.locality_id, change.day, change.category_id, -func.sum(change.reports))
        .where(change.reporter_id.in_(reporters), change.day.between(first, last), change.reports != 0)
        .group_by(change.reporter_id, change.locality_id, change.day, change.category_id)
    )
    found: dict[UUID, Counter[Place]] = defaultdict(Counter)
    rows: Iterable[Any] = session.execute(union_all(there, waiting))
    for reporter_id, locality_id, day, category_id, count in rows:
        found[reporter_id][locality_id, day, category_id] += int(count)
    return found
