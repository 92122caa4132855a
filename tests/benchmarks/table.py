"""What the benchmarks print: the machine, then each ratio with what it must be and what it aims at."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table as RichTable

console = Console(highlight=False, width=140)


@dataclass(frozen=True, slots=True)
class Row:
    """better: whether more or less is better. must and aim are of the same unit as measured."""

    name: str
    measured: float
    must: float | None = None
    aim: float | None = None
    better: Literal["more", "less"] = "less"

    @property
    def met(self) -> str:
        if self.must is None or self.aim is None:
            return ""
        return "aim" if self._reaches(self.aim) else "must" if self._reaches(self.must) else "NO"

    def _reaches(self, bound: float) -> bool:
        return self.measured >= bound if self.better == "more" else self.measured <= bound


@dataclass
class Table:
    """Collects rows; notes are printed at once, so that somebody who waits sees it go on."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        console.print(f"  {row.name}: {_number(row.measured)}")

    def note(self, said: str) -> None:
        console.print(f"  · {said}", style="dim")

    def show(self) -> None:
        shown = RichTable(title="Kibaro, medians over alternating rounds of one run")
        shown.add_column("ratio")
        for name in ("measured", "must", "aim", "met"):
            shown.add_column(name, justify="right")
        for row in self.rows:
            shown.add_row(row.name, *(_number(each) for each in (row.measured, row.must, row.aim)), row.met)
        console.print(shown)

    @property
    def misses(self) -> list[str]:
        return [row.name for row in self.rows if row.met == "NO"]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 20 else f"{value:.2f}"


def machine() -> str:
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    total = next((int(line.split()[1]) // 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    cores = len(os.sched_getaffinity(0))
    name = names[0] if names else platform.machine()
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{cores} cores, {name}, {total} GB, {system}"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="ascii", errors="replace").splitlines() if file.exists() else []
