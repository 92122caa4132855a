"""What an import did, and how its lines are read: the same for every kind of file."""

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from models.faults import Refusal


@dataclass(frozen=True, slots=True)
class BadLine:
    """line: as an editor numbers it, 1 is the header; of a file without lines the number of the thing, from 1."""

    line: int
    reason: str


@dataclass(slots=True)
class Outcome:
    """unit: what `bad` numbers. notes: sentences for the operator about what was decided or stays open."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)
    unit: str = "line"
    notes: list[str] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.bad.append(BadLine(line, reason))


_NOT_TEXT: Final = re.compile(r"[\0\udc80-\udcff]")
"""What surrogateescape makes of a byte that is no UTF-8; and NUL, which PostgreSQL does not store."""

LONGEST_SHOWN: Final = 40
FEWEST_DIGITS_HIDDEN: Final = 7
"""So many digits in a cell may be a phone number, and what is said of a bad line ends up in logs."""


def shown(cell: str | None) -> str:
    """A cell as it may be quoted to the operator."""
    if cell is None:
        return "nothing"
    if sum(each.isdigit() for each in cell) >= FEWEST_DIGITS_HIDDEN:
        return "(a long number)"
    return repr(cell[:LONGEST_SHOWN])


Line = tuple[int, dict[str, str]]


@contextmanager
def opened_table(
    path: Path, required: Sequence[str], outcome: Outcome, named: Callable[[str], str] = str
) -> Iterator[Iterator[Line]]:
    """The file's lines as dictionaries, numbered; .gz is unpacked. What is no line of text is refused in outcome.

    named: a column's name as it is known here, from how the file spells it; the first column of a name holds.
    Raises Refusal for what is no such table.
    """
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file, strict=True)
            reader.fieldnames = _known_names(reader.fieldnames or (), named)
            missing = [name for name in required if name not in reader.fieldnames]
            if missing:
                raise Refusal(
                    f"{path.name} has no column {', '.join(missing)}; its first line must name: {', '.join(required)}."
                )
            yield _lines(reader, outcome)
    except (csv.Error, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Refusal(f"{path.name} cannot be read as a CSV file ({type(error).__name__}).") from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror or error}.") from None


def last_of_each(lines: Sequence[Line], key: Callable[[dict[str, str]], Hashable], outcome: Outcome) -> list[Line]:
    """One line a key, so that the same file again changes nothing: the last one holds, others that differ are
    refused. What has no key is kept: its own fault will be told.
    """
    last = {key(row): (line, row) for line, row in lines}
    held = []
    for line, row in lines:
        holding, wanted = last[key(row)]
        if line == holding or not key(row):
            held.append((line, row))
        elif row != wanted:
            outcome.refuse(line, f"line {holding} says something else about the same; that one holds")
    return held


def _known_names(spelt: Sequence[str], named: Callable[[str], str]) -> list[str]:
    names: list[str] = []
    for each in spelt:
        name = named(each)
        names.append("" if name in names else name)
    return names


def _lines(reader: "csv.DictReader[str]", outcome: Outcome) -> Iterator[Line]:
    while True:
        try:
            row = _clean(next(reader))
        except StopIteration:
            return
        except csv.Error:
            outcome.refuse(reader.reader.line_num, "it is no line of a CSV file (a quote too many, or too few)")
            continue
        if any(_NOT_TEXT.search(value) for value in row.values()):
            outcome.refuse(reader.line_num, "it holds bytes that are no UTF-8 text")
        else:
            yield reader.line_num, row


def _opened(path: Path) -> IO[str]:
    """Bytes that are no UTF-8 come as lone surrogates, so that one bad line does not hide the others."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="")
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _clean(row: dict[str | None, str | list[str] | None]) -> dict[str, str]:
    return {name: (value.strip() if isinstance(value, str) else "") for name, value in row.items() if name is not None}
