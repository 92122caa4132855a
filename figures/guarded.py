"""The public rule: what those who may not read protected reports see of them all the same, and nothing else.

One grain, the quarter, and exact codes; some days after its end; at the category's level or above; from so many
incidents and three reporters. A parent counts only its children that are shown, and is held to the thresholds itself.
Worlds that differ in one report of a cell hidden in both look the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from figures.heard import COUNTING, count_reporters, counted_in
from figures.question import Figure, Question, band_of
from intake.reference import Reference, Rule, Spot
from models.localities import LocalityAncestor
from models.periods import Period, periods_between
from models.reports import Report
from models.tallies import Measures, Tally

GRAIN: Final = "quarter"
FEWEST_REPORTERS: Final = 3


@dataclass(frozen=True, slots=True)
class _Shown:
    """leaves: the localities whose whole cells it is made of."""

    measures: Measures
    reporters: int
    voices: int
    leaves: tuple[int, ...]


def guarded(session: Session, reference: Reference, question: Question) -> list[Figure]:
    """All rows that may be shown, in the order locality, period, category."""
    told_apart = (question.by_period or question.first == question.last) and (
        question.by_locality or len(question.places) == 1
    )
    exact = question.by_category or (question.categories is not None and len(question.guarded) == 1)
    if question.grain != GRAIN or not told_apart or not exact or question.boundaries or question.as_of:
        return []
    found: list[Figure] = []
    for category_id, code in question.guarded.items():
        rule = reference.rules[category_id]
        for quarter in periods_between(GRAIN, question.first, question.end):
            if question.today >= quarter.end + timedelta(days=rule.delay_days):
                found += _of_quarter(session, reference, question, quarter, (category_id, code, rule))
    return sorted(found, key=lambda figure: figure.key)


def _of_quarter(
    session: Session, reference: Reference, question: Question, quarter: Period, what: tuple[int, str, Rule]
) -> Iterator[Figure]:
    category_id, code, rule = what
    children = _children(reference, quarter.end)
    cells = _Cells(session, reference, quarter, category_id, rule)
    for locality_id, place in question.places.items():
        shown = _shown(reference, cells, children, reference.spots[locality_id], rule)
        if shown is None:
            continue
        reporters = shown.reporters
        if len(shown.leaves) > 1:
            days = (quarter.start, quarter.end)
            reporters = count_reporters(session, reference, shown.leaves, days, [category_id])
        yield Figure(
            place if question.by_locality else "",
            quarter.start if question.by_period else date.min,
            code if question.by_category else question.label,
            shown.measures,
            reporters if len(shown.leaves) == 1 and shown.leaves[0] == locality_id else None,
            band_of(reporters),
        )


def _shown(
    reference: Reference, cells: "_Cells", children: Mapping[int, Sequence[int]], spot: Spot, rule: Rule
) -> _Shown | None:
    if spot.level > rule.min_level:
        return None
    below = [each for each in children.get(spot.id, ()) if reference.spots[each].level <= rule.min_level]
    if not below:
        return cells.of(spot.id)
    parts = [part for each in below if (part := _shown(reference, cells, children, reference.spots[each], rule))]
    whole = _Shown(
        _total(part.measures for part in parts),
        max((part.reporters for part in parts), default=0),
        max((part.voices for part in parts), default=0),
        tuple(leaf for part in parts for leaf in part.leaves),
    )
    return whole if _is_enough(whole, rule) else None


def _is_enough(shown: _Shown, rule: Rule) -> bool:
    return shown.measures.incidents >= max(rule.min_count, 1) and shown.voices >= FEWEST_REPORTERS


def _total(parts: Iterable[Measures]) -> Measures:
    total = Measures()
    for part in parts:
        total = total.plus(part)
    return total


def _children(reference: Reference, day: date) -> dict[int, list[int]]:
    """As on that day: a quarter is told under the tree of its end."""
    found: dict[int, list[int]] = {}
    for spot in reference.spots.values():
        if (parent := spot.parent_on(day)) is not None:
            found.setdefault(parent, []).append(spot.id)
    return found


class _Cells:
    """The stored cells of one quarter and category, those that pass the thresholds."""

    def __init__(self, session: Session, reference: Reference, quarter: Period, category_id: int, rule: Rule) -> None:
        cell = (Tally.grain == quarter.grain, Tally.start == quarter.start, Tally.category_id == category_id)
        self._rule = rule
        self._rows = {row.locality_id: row for row in session.scalars(select(Tally).where(*cell))}
        self._imported = _imported(session, reference, quarter, category_id) if self._rows else {}

    def of(self, locality_id: int) -> _Shown | None:
        row = self._rows.get(locality_id)
        if row is None:
            return None
        reporters = row.reporters or 0
        measures = Measures(*(getattr(row, name) for name in Measures._fields))
        shown = _Shown(measures, reporters, reporters + self._imported.get(locality_id, 0), (locality_id,))
        return shown if _is_enough(shown, self._rule) else None


def _imported(session: Session, reference: Reference, quarter: Period, category_id: int) -> dict[int, int]:
    """By locality and all above it: an imported row stands for as many reporters as its weight."""
    above = LocalityAncestor
    rows = session.execute(
        select(above.ancestor_id, func.sum(Report.weight))
        .join(
            above,
            (above.locality_id == Report.locality_id)
            & (above.from_day <= Report.occurred_on)
            & (Report.occurred_on < above.until_day),
        )
        .where(
            COUNTING,
            Report.source == "import",
            Report.occurred_on.between(quarter.start, quarter.end),
            counted_in(reference, [category_id]),
        )
        .group_by(above.ancestor_id)
    )
    return {locality_id: int(weight) for locality_id, weight in rows}
