"""How long the tallies of 10,000 new reports take to fold, with 1,000,000 reports in the store and with 100,000."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median
from typing import Final

from jobs.tallies import fold_tallies
from models.settings import Settings
from tests.benchmarks.filling import BATCH, arrive, fill
from tests.benchmarks.running import Opened, Workshop, opened
from tests.benchmarks.table import Row, Table

SIZES: Final = (100_000, 1_000_000)


def filled_stores(workshop: Workshop, table: Table) -> Mapping[int, Settings]:
    stores = {}
    for size in SIZES:
        started = time.perf_counter()
        stores[size] = workshop.store("postgresql")
        with opened(stores[size]) as store:
            fill(store.database, size)
        table.note(f"a store with {size:,} reports written in {time.perf_counter() - started:.0f} s")
    return stores


def measure(stores: Mapping[int, Settings], table: Table, rounds: int) -> None:
    seconds: dict[int, list[float]] = {size: [] for size in SIZES}
    with ExitStack() as stack:
        opens = {size: stack.enter_context(opened(stores[size])) for size in SIZES}
        for turn in range(rounds + 1):
            for size, store in opens.items():
                took = _fold(store)
                if turn:  # the first warms the caches
                    seconds[size].append(took)
    small, large = (median(seconds[size]) for size in SIZES)
    ratios = [b / a for a, b in zip(seconds[SIZES[0]], seconds[SIZES[1]], strict=True)]
    table.add(
        Row(f"tally of {BATCH:,} new reports with 1,000,000 in the store / with 100,000", median(ratios), 1.5, 1.1)
    )
    table.note(f"the fold itself: {small:.2f} s with 100,000, {large:.2f} s with 1,000,000")


def _fold(store: Opened) -> float:
    arrive(store.database)
    started = time.perf_counter()
    folded = fold_tallies(store.database, store.keeper, store.settings, datetime.now(UTC))
    took = time.perf_counter() - started
    if folded < BATCH:
        raise RuntimeError(f"only {folded} changes were folded")
    return took
