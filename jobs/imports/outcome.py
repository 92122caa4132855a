"""What an import did, and how its lines are read: the same for every kind of file."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from models.faults import Refusal


@dataclass(frozen=True, slots=True)
class BadLine:
    """line: as an editor numbers it, 1 is the header."""

    line: int
    reason: str


@dataclass(slots=True)
class Outcome:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.bad.append(BadLine(line, reason))


Line = tuple[int, dict[str, str]]


@contextmanager
def opened_table(path: Path, required: Sequence[str]) -> Iterator[Iterator[Line]]:
    """The file's lines as dictionaries, numbered; .gz is unpacked. Raises Refusal for what is no such table."""
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in required if name not in (reader.fieldnames or ())]
            if missing:
                raise Refusal(
                    f"{path.name} has no column {', '.join(missing)}; its first line must name: {', '.join(required)}."
                )
            yield ((reader.line_num, _clean(row)) for row in reader)
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile, EOFError) as error:
        raise Refusal(f"{path.name} cannot be read as a UTF-8 CSV file ({type(error).__name__}: {error}).") from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror or error}.") from None


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _clean(row: dict[str | None, str | list[str] | None]) -> dict[str, str]:
    return {name: (value.strip() if isinstance(value, str) else "") for name, value in row.items() if name is not None}
