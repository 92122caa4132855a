"""python -m tests.benchmarks.signals: how often signals are raised on real incidents, and how soon they find what was
put there. KIBARO_TRY_DATA names the folder with incidents/santander_2003_2016.csv.gz.

Every signal of 2010 to 2016 is called false. That is an upper bound: nobody knows which of them was a real wave, and
some are (theft has next to no rows in 2008, three categories begin in 2010). Only cells of five incidents or more
count, as an imported incident stands for one reporter.
"""

import csv
import gzip
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

from rich.table import Table

from figures.expectation import RHYTHMS, Expected, Z, expectation
from jobs.signals import FEWEST_VOICES
from models.periods import periods_between
from tests.benchmarks.table import console

FIRST, LAST = date(2003, 1, 1), date(2016, 12, 31)
BURNT_IN = date(2010, 1, 1)
YEARS: Final = range(2010, 2017)
QUANTILES: Final = (2.58, 2.81, 3.09, 3.29)
DEPARTMENT: Final = "CO68"
SPIKE_DAYS: Final = 21
SPIKES: Final = {"+50 %": 0.5, "+100 %": 1.0, "x 3": 2.0}
LEAST_A_WEEK: Final = 5.0
SIZES: Final = {"under 1": (0.05, 1), "1 to 5": (1, 5), "5 to 20": (5, 20), "over 20": (20, 1e9)}
TRIES: Final = 100
LOOKED_AT: Final = ("week", "month")
GRAINS: Final = {
    grain: [((p.start - FIRST).days, (p.end - FIRST).days) for p in periods_between(grain, FIRST, LAST)]
    for grain in ("week", "month", "quarter")
}
"""First and last day of every period, as days since FIRST."""


@dataclass
class Series:
    """One place and category, day by day. place: the same for all categories there; its past begins the series' own."""

    days: list[int] = field(default_factory=lambda: [0] * ((LAST - FIRST).days + 1))
    place: "Series | None" = None

    def counts(self, grain: str) -> list[int]:
        return [sum(self.days[max(0, first) : last + 1]) for first, last in GRAINS[grain]]


def read(folder: Path) -> list[Series]:
    """Per municipality and for the department: each category, and all that are not protected."""
    with (Path(__file__).parents[2] / "models" / "categories.csv").open(encoding="utf-8") as file:
        public = {row["code"] for row in csv.DictReader(file) if row["protect"] == "none"}
    found: dict[tuple[str, str], Series] = defaultdict(Series)
    with gzip.open(folder / "incidents" / "santander_2003_2016.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day, count = (date.fromisoformat(row["occurred_on"]) - FIRST).days, int(row["count"])
            for place in (row["locality"], DEPARTMENT):
                for category in (row["category"], *([""] if row["category"] in public else [])):
                    found[place, category].days[day] += count
    for place, _ in list(found):
        for each in (key for key in found if key[0] == place):
            found[each].place = found.get((place, ""))
    return [series for _, series in sorted(found.items())]


class Counts:
    """A series in periods, and where its place begins."""

    def __init__(self, series: Series, grain: str) -> None:
        self.rhythm, self.periods = RHYTHMS[grain], GRAINS[grain]
        self.counts = series.counts(grain)
        self._begun = [*map(any, zip(self.counts, (series.place or series).counts(grain), strict=True))]

    def usual(self, at: int, z: float) -> Expected | None:
        """None where nothing is expected yet."""
        earliest = max(0, at - self.rhythm.look_back)
        begin = next((index for index in range(earliest, at) if self._begun[index]), at)
        found = expectation(self.counts[begin:at], self.rhythm, (), z)
        return found if isinstance(found, Expected) else None


# -- false signals -----------------------------------------------------------------------------------------------------


def raised(series: Sequence[Series], grain: str, z: float) -> Iterator[tuple[int, str]]:
    """Year and direction of every signal since BURNT_IN."""
    begin = next(at for at, (first, _) in enumerate(GRAINS[grain]) if first >= (BURNT_IN - FIRST).days)
    for each in series:
        counts = Counts(each, grain)
        for at in range(begin, len(counts.counts)):
            count = counts.counts[at]
            if count < FEWEST_VOICES or (found := counts.usual(at, z)) is None:
                continue
            if not found.low <= count <= found.high:
                year = (FIRST + timedelta(days=GRAINS[grain][at][0])).year
                yield year, "more" if count > found.high else "less"


def show_false(series: Sequence[Series]) -> None:
    table = Table(title=f"signals a year on {len(series)} untouched series, 2010-2016: all called false")
    for name in ("grain", "z", "more", "less", "per 100 series-years", "the same, 2011-2016", *map(str, YEARS)):
        table.add_column(name, justify="right")
    for grain in GRAINS:
        for z in QUANTILES:
            found = Counter(raised(series, grain, z))
            more, less = (sum(n for (_, way), n in found.items() if way == each) for each in ("more", "less"))
            by_year = [found[year, "more"] + found[year, "less"] for year in YEARS]
            rates = [100 * sum(some) / len(series) / len(some) for some in (by_year, by_year[1:])]
            chosen = f"{z}{' *' if z == Z else ''}"
            a_year = [f"{count / len(YEARS):.1f}" for count in (more, less)]
            table.add_row(grain, chosen, *a_year, *(f"{rate:.1f}" for rate in rates), *map(str, by_year))
    console.print(table)


# -- injected spikes ---------------------------------------------------------------------------------------------------


def poisson(dice: random.Random, mean: float) -> int:
    """By counting arrivals of a unit process."""
    count, at = 0, dice.expovariate(1.0)
    while at < mean:
        count, at = count + 1, at + dice.expovariate(1.0)
    return count


def found_after(series: Series, grain: str, first: int, z: float) -> int | None:
    """Days from the first day of the spike to the day of the signal; None where there is none."""
    counts = Counts(series, grain)
    for at, (begin, end) in enumerate(GRAINS[grain]):
        if end < first or begin >= first + SPIKE_DAYS or (expected := counts.usual(at, z)) is None:
            continue
        for day in range(max(begin, first), min(end + 1, len(series.days))):
            so_far = sum(series.days[max(0, begin) : day + 1])
            if so_far >= FEWEST_VOICES and so_far > expected.high:
                return day - first
    return None


def spiked(series: Series, first: int, a_week: float, dice: random.Random) -> Series:
    days = list(series.days)
    for day in range(first, first + SPIKE_DAYS):
        days[day] += poisson(dice, a_week / 7)
    return Series(days, series.place)


def quiet_times(
    series: Sequence[Series], size: tuple[float, float], z: float, dice: random.Random
) -> Iterator[tuple[Series, int, float]]:
    """A series, a day and what is expected a week, where nothing would be raised anyway."""
    least, most = size
    begin = (date(2012, 1, 1) - FIRST).days
    some = [each for each in series if least / 3 <= sum(each.days[begin:]) / (len(each.days) - begin) * 7 <= most * 3]
    while True:
        each, first = dice.choice(some), dice.randrange(begin, len(series[0].days) - 60)
        at = next(index for index, (_, end) in enumerate(GRAINS["week"]) if end >= first)
        expected = Counts(each, "week").usual(at, z)
        if expected is None or not least <= expected.expected < most:
            continue
        if all(found_after(each, grain, first, z) is None for grain in LOOKED_AT):
            yield each, first, expected.expected


def delays(series: Sequence[Series], size: str, spike: str, z: float) -> dict[str, list[int]]:
    """By grain, and by the first of them: days until found, of those that were."""
    dice = random.Random(f"{size}{spike}")
    found: dict[str, list[int]] = {way: [] for way in (*LOOKED_AT, "either")}
    for each, first, expected in islice(quiet_times(series, SIZES[size], z, dice), TRIES):
        sick = spiked(each, first, max(LEAST_A_WEEK, SPIKES[spike] * expected), dice)
        after = {grain: day for grain in LOOKED_AT if (day := found_after(sick, grain, first, z)) is not None}
        for grain, day in after.items():
            found[grain].append(day)
        if after:
            found["either"].append(min(after.values()))
    return found


def show_spikes(series: Sequence[Series]) -> None:
    """Each size and spike by the z that is used; by the other z the share found by either grain."""
    about = f"{SPIKE_DAYS} days, at least {LEAST_A_WEEK:.0f} more a week, {TRIES} of each"
    table = Table(title=f"spikes of {about}: share found, median of days until then; z = {Z}")
    others = [z for z in QUANTILES if z != Z]
    for name in ("expected a week", "spike", "by week", "by month", "by either", *(f"either, z = {z}" for z in others)):
        table.add_column(name, justify="right")
    for size in SIZES:
        for spike in SPIKES:
            own = delays(series, size, spike, Z)
            cells = [_cell(own[way]) for way in (*LOOKED_AT, "either")]
            table.add_row(size, spike, *cells, *(_cell(delays(series, size, spike, z)["either"]) for z in others))
    console.print(table)


def _cell(days: Sequence[int]) -> str:
    return f"{len(days) / TRIES:.0%}, {median(days):.0f} d" if days else "none"


def main() -> int:
    folder = os.environ.get("KIBARO_TRY_DATA")
    if not folder:
        console.print("KIBARO_TRY_DATA names no folder with the real files.")
        return 1
    began = time.process_time()
    series = read(Path(folder))
    show_false(series)
    show_spikes(series)
    console.print(f"{time.process_time() - began:.0f} s of one processor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
