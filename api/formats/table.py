"""A table on its way out: columns with their meaning, rows that are read once, and facts about the whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, ClassVar, Final, Literal

from models.faults import Invalid

Kind = Literal["text", "whole", "decimal", "share", "day", "time", "flag"]
NUMBERS: Final[frozenset[Kind]] = frozenset({"whole", "decimal", "share"})
Geometry = Mapping[str, Any]


class TooMuch(Invalid):
    """More than this format holds: ask for fewer days, places or categories, or take format=csv."""

    code: ClassVar[str] = "too-much"


@dataclass(frozen=True, slots=True)
class Column:
    """name: as in the JSON answers. hxl: hashtag and attributes.

    Cells by kind, or None: text str, whole int, decimal float, share float from 0 to 1, day date, time datetime with a
    zone, flag bool. A spreadsheet holds 15 significant digits: round decimals and shares before.
    """

    name: str
    kind: Kind
    hxl: str
    meaning_en: str
    meaning_fr: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column that says where, when or what of a row. total: the label where it is empty, that is, not asked for."""

    id: str
    role: Literal["geo", "time"] | None
    column: str
    label: str
    total: str


@dataclass(frozen=True, slots=True)
class Cube:
    """How rows become cells of a JSON-stat data set.

    final: the flag that tells settled rows from provisional ones. bands: by number column, the text column that stands
    in where the number is not given.
    """

    dimensions: tuple[Dimension, ...]
    final: str | None = None
    bands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """rows: tuples in the order of columns; read once, as the file is written.

    facts: what goes with every file, in this order; `counts`, what the figures count, always; usually also `as_of`,
    `query` and `generated_at`. cube and geometries (by the code in the column `locality`; None where there is none):
    only where the table can be JSON-stat or GeoJSON.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Any, ...]]
    facts: Mapping[str, str]
    cube: Cube | None = None
    geometries: Mapping[str, Geometry | None] | None = None

    def __post_init__(self) -> None:
        if not self.facts.get("counts"):
            raise ValueError("No figures leave without saying what they count.")

    def position(self, name: str) -> int:
        return [column.name for column in self.columns].index(name)

    def chunks(self, size: int) -> Iterator[list[tuple[Any, ...]]]:
        rows = iter(self.rows)
        while chunk := list(islice(rows, size)):
            yield chunk


def instant(moment: datetime) -> str:
    """2026-11-22T09:00:00Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """What JSON writes for a day or a time."""
    return instant(value) if isinstance(value, datetime) else value.isoformat()
