"""CSV with a row of HXL tags under the header, for programs: UTF-8 without a byte order mark, which would become part
of the first column's name in many of them. Who opens files in Excel takes XLSX.

One more column, last, empty: its header holds the facts, for lines of comment would stop most readers.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import IO, Any, Final

from api.formats.table import Kind, Table, instant

ROWS_AT_ONCE: Final = 2_000
REMEMBERED: Final = 8_000
"""Cells a column keeps as text: figures repeat, and a look-up costs a third of writing a cell anew."""
FACTS_TAG: Final = "#meta+facts"

_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""What begins a formula, and the same full-width, which Excel takes for it in some languages."""
_HOSTILE_START: Final = re.compile(rf'["\s]*[{_SIGNS}]|[\t\r\n]')
_HOSTILE_INSIDE: Final = re.compile(rf'([;\t\r\n]["\s]*)(?=[{_SIGNS}])')
_QUOTED: Final = re.compile(r'[",\r\n]')


def write(table: Table, file: IO[bytes]) -> int:
    facts = " | ".join(f"{name}: {fact}" for name, fact in table.facts.items())
    header = [*(column.name for column in table.columns), facts]
    tags = [*(column.hxl for column in table.columns), FACTS_TAG]
    file.write(_lines([[_text(name) for name in header], tags], end="\r\n"))
    cells = [_Cells(_WRITTEN[column.kind]) for column in table.columns]
    written = 0
    for chunk in table.chunks(ROWS_AT_ONCE):
        columns = [each.of(values) for each, values in zip(cells, zip(*chunk, strict=True), strict=True)]
        file.write(_lines(zip(*columns, strict=True), end=",\r\n"))
        written += len(chunk)
    return written


def inert(text: str) -> str:
    """No spreadsheet takes this for a formula: an apostrophe before what could begin one.

    Also after a semicolon, tab or line break, at which a spreadsheet set to French, or a careless paste, cuts cells.
    """
    if _HOSTILE_START.match(text):
        text = f"'{text}"
    return _HOSTILE_INSIDE.sub(r"\1'", text)


class _Cells(dict[Any, str]):
    """Remembers how a value of a column is written."""

    def __init__(self, written: Callable[[Any], str]) -> None:
        self._written = written
        super().__init__()

    def __missing__(self, value: Any) -> str:
        text = self[value] = "" if value is None else self._written(value)
        return text

    def of(self, values: tuple[Any, ...]) -> list[str]:
        if len(self) > REMEMBERED:
            self.clear()
        return list(map(self.__getitem__, values))


def _lines(rows: Any, end: str) -> bytes:
    return f"{end.join(map(','.join, rows))}{end}".encode()


def _text(text: str) -> str:
    text = inert(text)
    if not _QUOTED.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


_WRITTEN: Final[dict[Kind, Callable[[Any], str]]] = {
    "text": _text,
    "whole": str,
    "decimal": str,
    "share": str,
    "day": date.isoformat,
    "time": instant,
    "flag": lambda flag: "true" if flag else "false",
}
