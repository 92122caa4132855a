"""Questions about figures, and the figures that answer them. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from models.periods import Grain, Period
from models.tallies import Measures

Key = tuple[str, date, str]
"""Locality code, first day and category code of a row; empty or date.min where rows are not told apart by it."""


@dataclass(frozen=True, slots=True)
class Question:
    """places: id and code of the localities whose figures are asked for. categories: likewise; None is all categories
    in one.

    guarded: categories asked for that the asker may see by the public rule only. first, last: starts of the first and
    the last period. label: the code to show where categories are added up. today: decides what is final and what the
    public rule may show already.
    boundaries: count under the parents of that day. as_of: what was known then. within: nothing outside this subtree.
    """

    grain: Grain
    first: date
    last: date
    places: Mapping[int, str]
    categories: Mapping[int, str] | None
    guarded: Mapping[int, str]
    today: date
    label: str = ""
    by_locality: bool = False
    by_category: bool = False
    by_period: bool = True
    boundaries: date | None = None
    as_of: datetime | None = None
    within: int | None = None

    @property
    def end(self) -> date:
        """The last day asked for."""
        return Period(self.last, self.grain).end

    @property
    def is_one_cell_a_row(self) -> bool:
        return (
            (self.by_period or self.first == self.last)
            and (self.by_locality or len(self.places) == 1)
            and (self.by_category or self.categories is None or len(self.categories) == 1)
        )

    def key(self, locality_id: int, start: date, category_id: int) -> Key:
        """The row that a stored cell belongs to."""
        code = self.categories.get(category_id, "") if self.categories else ""
        return (
            self.places[locality_id] if self.by_locality else "",
            start if self.by_period else date.min,
            code if self.by_category else self.label,
        )


class Figure(NamedTuple):
    """reporters: distinct, exact; None where the row is not one stored cell. band: `<5`, `5-19`, `20+` of them; None
    where nobody can tell any more (as_of).
    """

    locality: str
    start: date
    category: str
    measures: Measures
    reporters: int | None
    band: str | None

    @property
    def key(self) -> Key:
        return self.locality, self.start, self.category


BANDS = ((20, "20+"), (5, "5-19"), (0, "<5"))
"""Who is heard is told in bands: an exact small number can point at somebody."""


def band_of(reporters: int) -> str:
    return next(name for least, name in BANDS if reporters >= least)
