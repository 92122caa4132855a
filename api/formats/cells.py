"""Rows as cells of a cube: which codes stand on each side, and the numbers and statuses of each place in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final

from api.formats.table import NUMBERS, Column, Cube, Table, TooMuch

MOST_CELLS: Final = 2_000_000
"""Readers lay the whole cube out, its empty cells too: so many a browser still can."""
TOTAL: Final = "_T"
"""SDMX's code for "all of them"."""
NOT_GIVEN: Final = ":"
PROVISIONAL: Final = "p"

Place = tuple[str, ...]
"""A code for each dimension but the metric."""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """labels: by code, a dict for each dimension. numbers, statuses: by place, in the order of metrics; None where no
    number is, "" where there is nothing to say. bands: the statuses that stand in for a number.
    """

    metrics: list[Column]
    labels: list[dict[str, str]]
    numbers: dict[Place, Row] = field(default_factory=dict)
    statuses: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    bands: set[str] = field(default_factory=set)

    def codes(self) -> list[list[str]]:
        """Sorted: periods of one length then stand in their order."""
        return [sorted(each) for each in self.labels]

    def size(self) -> list[int]:
        return [*map(len, self.labels), len(self.metrics)]

    def placed(self) -> Iterator[tuple[int, Place]]:
        """Places that have a row, in order, and the number of the first cell of each, counting row by row."""
        orders = [{code: nth for nth, code in enumerate(each)} for each in self.codes()]
        for place in sorted(self.numbers):
            at = 0
            for code, order in zip(place, orders, strict=True):
                at = at * len(order) + order[code]
            yield at * len(self.metrics), place


def cells_of(table: Table, cube: Cube) -> Cells:
    """Raises TooMuch as soon as the cube is larger than readers take, ValueError for two rows in one place."""
    cells = Cells([each for each in table.columns if each.kind in NUMBERS], [{} for _ in cube.dimensions])
    sides = [(table.position(each.column), table.position(each.label), each.total) for each in cube.dimensions]
    numbers = [table.position(each.name) for each in cells.metrics]
    bands = [table.position(cube.bands[each.name]) if each.name in cube.bands else None for each in cells.metrics]
    final = table.position(cube.final) if cube.final else None
    same: dict[tuple[str, ...], tuple[str, ...]] = {}  # most rows are alike in their statuses: keep them once
    for row in table.rows:
        place = tuple(row[at] or TOTAL for at, _, _ in sides)
        if place in cells.numbers:
            raise ValueError("Two rows stand in one place of the cube.")
        for code, labels, (at, label, total) in zip(place, cells.labels, sides, strict=True):
            if code not in labels:
                labels[code] = row[label] or row[at] or total
                _refuse_beyond(prod(cells.size()))
        cells.numbers[place] = tuple(row[at] for at in numbers)
        provisional = final is not None and row[final] is False
        told = tuple(_status(row, at, band, provisional) for at, band in zip(numbers, bands, strict=True))
        cells.statuses[place] = same.setdefault(told, told)
    cells.bands.update({status for told in same for status in told} - {"", NOT_GIVEN, PROVISIONAL})
    return cells


def _status(row: Row, at: int, band: int | None, provisional: bool) -> str:  # noqa: FBT001
    if row[at] is not None:
        return PROVISIONAL if provisional else ""
    return (band is not None and row[band]) or NOT_GIVEN


def _refuse_beyond(cells: int) -> None:
    if cells > MOST_CELLS:
        raise TooMuch(
            f"JSON-stat would have more than {MOST_CELLS:,} cells: ask for fewer places, periods or categories, "
            "or take format=csv."
        )
