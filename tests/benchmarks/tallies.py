"""How long the tallies of 10,000 new reports take to fold, distinct reporters included, in a large store and in a small
one.

Both stores are of the same years, places and kinds of people (see filling.py), and both get the same kind of new
reports.
"""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median
from typing import Final

from jobs.tallies import fold_tallies
from models.settings import Settings
from tests.benchmarks.bulk import tidied
from tests.benchmarks.filling import BATCH, arrive, fill
from tests.benchmarks.proof import prove
from tests.benchmarks.running import Opened, Workshop, opened
from tests.benchmarks.table import Row, Table

SMALL: Final = 100_000


def filled_store(workshop: Workshop, size: int, table: Table) -> Settings:
    settings = workshop.store("postgresql")
    started = time.perf_counter()
    with opened(settings) as store:
        fill(store.database, size, lambda said: table.note(f"a store with {size:,} reports: {said}"))
        seconds = time.perf_counter() - started
        table.note(
            f"{size:,} reports filled in {seconds:.0f} s; {prove(store.database)} cells recounted, all are right"
        )
    return settings


def measure(stores: Mapping[int, Settings], table: Table, rounds: int) -> None:
    """stores: by size, the small one first. Adds reports to them, and proves their cells once more."""
    seconds: dict[int, list[float]] = {size: [] for size in stores}
    with ExitStack() as stack:
        opens = {size: stack.enter_context(opened(settings)) for size, settings in stores.items()}
        for turn in range(rounds + 1):
            for size, store in opens.items():
                took = _fold(store, size)
                if turn:  # the first warms the caches
                    seconds[size].append(took)
        proven = [prove(store.database) for store in opens.values()]
        for store in opens.values():
            tidied(store.database)
    small, large = stores
    ratios = [b / a for a, b in zip(seconds[small], seconds[large], strict=True)]
    name = f"fold of {BATCH:,} new reports, distinct reporters too, {large:,} in the store / {small:,}"
    table.add(Row(name, median(ratios), 1.5, 1.1))
    for size, taken in seconds.items():
        table.note(f"the fold with {size:,}: {median(taken):.2f} s ({', '.join(f'{each:.2f}' for each in taken)})")
    table.note(f"after {rounds + 1} folds {' and '.join(map(str, proven))} cells recounted, all are right")


def _fold(store: Opened, size: int) -> float:
    arrive(store.database, size)
    started = time.perf_counter()
    folded = fold_tallies(store.database, store.keeper, store.settings, datetime.now(UTC))
    took = time.perf_counter() - started
    if folded < BATCH:
        raise RuntimeError(f"only {folded} changes were folded")
    return took
