"""The public rule: what those who may not read protected reports see of them all the same, and nothing else.

One grain, the quarter, and exact codes; some days after its end; at the category's level or above; from so many
incidents and three reporters. A parent counts only its children that are shown, and is held to the thresholds itself.
Worlds that differ in one report of a cell hidden in both look the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from figures.heard import ENOUGH, count_reporters
from figures.merged import counted_in
from figures.question import Figure, Question, band_of
from intake.reference import Reference, Rule
from models.localities import Locality, LocalityAncestor
from models.periods import Period
from models.reports import COUNTING, Report
from models.tallies import Measures, Tally

GRAIN: Final = "quarter"
FEWEST_REPORTERS: Final = 3


@dataclass(frozen=True, slots=True)
class _Shown:
    """leaves: the localities whose whole cells it is made of. most, together: it has at least and at most so many
    reporters. voices: at least so many, with those that imported rows stand for.
    """

    measures: Measures
    most: int
    together: int
    voices: int
    leaves: tuple[int, ...]


def may_show(question: Question) -> bool:
    """Whether a question is of the kind that the public rule answers at all."""
    told_apart = (question.by_period or question.first == question.last) and (
        question.by_locality or len(question.places) == 1
    )
    exact = question.by_category or (question.categories is not None and len(question.guarded) == 1)
    plain = question.boundaries is None and question.as_of is None
    return bool(question.guarded) and question.grain == GRAIN and told_apart and exact and plain


def guarded(session: Session, reference: Reference, question: Question) -> list[Figure]:
    """All rows that may be shown, in the order locality, period, category."""
    if not may_show(question):
        return []
    trees: dict[date, _Tree] = {}
    found: list[Figure] = []
    for (category_id, start), rows in _stored(session, reference, question).items():
        quarter, rule = Period(start, GRAIN), reference.rules[category_id]
        if question.today > quarter.end + timedelta(days=rule.delay_days):
            tree = trees.get(start) or trees.setdefault(start, _Tree(reference, quarter))
            found += _Quarter(session, reference, quarter, category_id, tree, rows).figures(question)
    return sorted(found, key=lambda figure: figure.key)


def _stored(session: Session, reference: Reference, question: Question) -> dict[tuple[int, date], list[Tally]]:
    """The cells there are, by category and quarter, deeper ones than anybody may be shown left out."""
    deepest = max((reference.rules[each].min_level for each in question.guarded), default=0)
    cells = (
        select(Tally)
        .join(Locality, Locality.id == Tally.locality_id)
        .where(
            Tally.grain == GRAIN,
            Tally.start.between(question.first, question.last),
            Tally.category_id.in_(sorted(question.guarded)),
            Locality.level <= deepest,
        )
    )
    found: dict[tuple[int, date], list[Tally]] = defaultdict(list)
    for row in session.scalars(cells):
        found[row.category_id, row.start].append(row)
    return found


class _Tree:
    """Of a quarter, which is told under the tree of its end. levels: of each locality that had children on any of its
    days, the highest level among them; such a one is no leaf, or it would tell of a child that left.
    """

    def __init__(self, reference: Reference, quarter: Period) -> None:
        self.children: dict[int, list[int]] = defaultdict(list)
        self.levels: dict[int, int] = {}
        for spot in reference.spots.values():
            for span in spot.up:
                if span.distance == 1 and span.from_day <= quarter.end and quarter.start < span.until_day:
                    known = self.levels.get(span.ancestor_id, spot.level)
                    self.levels[span.ancestor_id] = min(known, spot.level)
                    if quarter.end < span.until_day:
                        self.children[span.ancestor_id].append(spot.id)


class _Quarter:
    """What is shown of one category in one quarter."""

    def __init__(  # noqa: PLR0913  the cell's three names, its tree and its rows
        self,
        session: Session,
        reference: Reference,
        quarter: Period,
        category_id: int,
        tree: _Tree,
        rows: Iterable[Tally],
    ) -> None:
        self._session = session
        self._reference = reference
        self._quarter = quarter
        self._category_id = category_id
        self._tree = tree
        self._rows = {row.locality_id: row for row in rows}
        self._rule: Rule = reference.rules[category_id]
        self._voices_imported: Mapping[int, int] | None = None

    def figures(self, question: Question) -> Iterator[Figure]:
        for locality_id, place in question.places.items():
            shown = self._shown(locality_id)
            if shown is not None:
                yield Figure(
                    place if question.by_locality else "",
                    self._quarter.start if question.by_period else date.min,
                    question.guarded[self._category_id] if question.by_category else question.label,
                    shown.measures,
                    shown.most if shown.leaves == (locality_id,) else None,
                    self._band(shown),
                )

    def _shown(self, locality_id: int) -> _Shown | None:
        deepest = self._rule.min_level
        if self._reference.spots[locality_id].level > deepest:
            return None
        if self._tree.levels.get(locality_id, deepest + 1) > deepest:
            return self._cell(locality_id)
        parts = [part for each in self._tree.children[locality_id] if (part := self._shown(each))]
        return self._if_enough(
            _Shown(
                _total(part.measures for part in parts),
                max((part.most for part in parts), default=0),
                sum(part.together for part in parts),
                max((part.voices for part in parts), default=0),
                tuple(leaf for part in parts for leaf in part.leaves),
            )
        )

    def _cell(self, locality_id: int) -> _Shown | None:
        row = self._rows.get(locality_id)
        if row is None:
            return None
        measures = Measures(*(getattr(row, name) for name in Measures._fields))
        voices = reporters = row.reporters or 0
        if voices < FEWEST_REPORTERS and measures.incidents >= self._rule.min_count:
            voices += self._imported().get(locality_id, 0)
        return self._if_enough(_Shown(measures, reporters, reporters, voices, (locality_id,)))

    def _if_enough(self, shown: _Shown) -> _Shown | None:
        enough = shown.measures.incidents >= max(self._rule.min_count, 1) and shown.voices >= FEWEST_REPORTERS
        return shown if enough else None

    def _band(self, shown: _Shown) -> str:
        if band_of(shown.most) == band_of(shown.together):
            return band_of(shown.most)
        days = (self._quarter.start, self._quarter.end)
        found = count_reporters(self._session, self._reference, shown.leaves, days, [self._category_id], up_to=ENOUGH)
        return band_of(found)

    def _imported(self) -> Mapping[int, int]:
        """By locality and all above it: an imported row stands for as many reporters as its weight."""
        if self._voices_imported is None:
            above, quarter = LocalityAncestor, self._quarter
            valid = (above.from_day <= Report.occurred_on) & (Report.occurred_on < above.until_day)
            rows = self._session.execute(
                select(above.ancestor_id, func.sum(Report.weight))
                .join(above, (above.locality_id == Report.locality_id) & valid)
                .where(
                    COUNTING,
                    Report.source == "import",
                    Report.occurred_on.between(quarter.start, quarter.end),
                    counted_in(self._reference, [self._category_id]),
                )
                .group_by(above.ancestor_id)
            )
            self._voices_imported = {locality_id: int(weight) for locality_id, weight in rows}
        return self._voices_imported


def _total(parts: Iterable[Measures]) -> Measures:
    total = Measures()
    for part in parts:
        total = total.plus(part)
    return total
