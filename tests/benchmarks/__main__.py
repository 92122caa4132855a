"""make bench: every speed of the programme as a ratio measured in one run.

Two cores and some minutes; --full takes 10,000,000 reports and 100,000 texts, half an hour, 25 GB of disk and 10 GB of
memory.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from models.settings import Settings
from tests.benchmarks import (
    door,
    export,
    in_sql,
    memory,
    orientation,
    pipeline,
    reading,
    tallies,
    unchanged,
    understanding,
    workers,
)
from tests.benchmarks.running import Workshop, open_workshop
from tests.benchmarks.table import Table, console, machine
from tests.postgres import running_postgres


@dataclass(frozen=True, slots=True)
class Scale:
    reports: int
    texts: int
    rounds: int


DEFAULT: Final = Scale(reports=1_000_000, texts=20_000, rounds=5)
FULL: Final = Scale(reports=10_000_000, texts=100_000, rounds=9)


@dataclass
class Bench:
    """What the parts share. A filled store is made when the first part asks for it."""

    workshop: Workshop
    table: Table
    scale: Scale

    @cached_property
    def small(self) -> Settings:
        return tallies.filled_store(self.workshop, tallies.SMALL, self.table)

    @cached_property
    def large(self) -> Settings:
        return tallies.filled_store(self.workshop, self.scale.reports, self.table)


PARTS: Final[Mapping[str, Callable[[Bench], None]]] = {
    "orientation": lambda b: orientation.measure(b.workshop, b.table),
    "understanding": lambda b: understanding.measure(b.table, b.scale.rounds),
    "door": lambda b: door.measure(b.workshop, b.table, b.scale.rounds),
    "workers": lambda b: workers.measure(b.workshop, b.table, b.scale.rounds),
    "pipeline": lambda b: pipeline.measure(b.workshop, b.table, b.scale.rounds // 2 + 1),
    "memory": lambda b: memory.measure(b.workshop, b.table, b.scale.texts),
    "fold": lambda b: tallies.measure(b.small, b.large, b.scale.reports, b.table, b.scale.rounds),
    "sql": lambda b: in_sql.measure(b.large, b.table, b.scale.rounds),
    "reading": lambda b: reading.measure(b.workshop, b.large, b.table, b.scale.rounds),
    "unchanged": lambda b: unchanged.measure(b.workshop, b.large, b.table, b.scale.rounds),
    "export": lambda b: export.measure(b.workshop, b.large, b.table, b.scale.rounds // 2 + 1),
}


def main() -> int:
    asked = _arguments()
    console.print(machine())
    table = Table()
    with tempfile.TemporaryDirectory(prefix="kibaro-bench-") as folder, running_postgres(durable=True) as url:
        scale = Scale(asked.reports, asked.texts, FULL.rounds if asked.full else DEFAULT.rounds)
        bench = Bench(open_workshop(Path(folder), url), table, scale)
        for name in asked.only:
            started = time.perf_counter()
            PARTS[name](bench)
            console.print(f"{name}: {time.perf_counter() - started:.0f} s", style="dim")
    table.show()
    return 1 if table.misses else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the largest store, the most texts, more rounds")
    parser.add_argument("--only", type=_names, default=list(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--reports", type=int, help="how many reports the large store has")
    parser.add_argument("--texts", type=int, help="how many texts go through serve until its memory is read")
    asked = parser.parse_args()
    scale = FULL if asked.full else DEFAULT
    asked.reports, asked.texts = asked.reports or scale.reports, asked.texts or scale.texts
    if asked.reports <= tallies.SMALL:
        parser.error(f"--reports must be more than the small store's {tallies.SMALL:,}")
    return asked


def _names(listed: str) -> Sequence[str]:
    names = listed.split(",")
    if unknown := set(names) - PARTS.keys():
        raise argparse.ArgumentTypeError(f"there is no part {', '.join(sorted(unknown))}")
    return [name for name in PARTS if name in names]


if __name__ == "__main__":
    sys.exit(main())
