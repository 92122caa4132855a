"""One table told as JSON or as a file: the same cells under the same names."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from fastapi import Response
from sqlalchemy.orm import Session

from api.formats.answer import exported
from api.formats.choice import FileFormat, Format
from api.formats.figures import COUNTS
from api.formats.table import Column, Table, instant, plain
from models.job_states import slot_of

SHEETS: Final[tuple[Format, ...]] = ("json", "csv", "xlsx")
"""What a list that is no cube and has no shapes can be had as."""

Cells = tuple[Any, ...]


def counted_until(session: Session) -> str | None:
    """The start of the last completed slot of the tallies' timetable; None where nothing was counted yet."""
    slot = slot_of(session, "tallies")
    return instant(slot) if slot else None


def as_objects(columns: Sequence[Column], rows: Iterable[Cells]) -> list[dict[str, Any]]:
    return [
        {
            column.name: plain(cell) if isinstance(cell, date) else cell
            for column, cell in zip(columns, row, strict=True)
        }
        for row in rows
    ]


def as_file(  # noqa: PLR0913  a table, its name, and what is said beside it
    name: str,
    title: str,
    columns: tuple[Column, ...],
    rows: Iterable[Cells],
    facts: Mapping[str, str],
    wanted: FileFormat,
    headers: Mapping[str, str],
) -> Response:
    """rows are read as the file is written."""
    table = Table(name, f"Kibaro: {title}", columns, rows, {**COUNTS, **facts})
    return exported(table, wanted, f"kibaro-{name}", headers)
