"""How long the tallies of 10,000 new reports take to fold, distinct reporters included, in a large store and in a small
one.

Both stores are of the same years, places and kinds of people (see filling.py). The ratio compares batches that are
alike: of as many people, each with as long a history. Beside it stands a batch drawn among all people of the large
store: it is of more people, the busiest of whom have long histories to be looked through.
"""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median
from typing import Final

from jobs.tallies import fold_tallies
from models.settings import Settings
from tests.benchmarks.bulk import tidied
from tests.benchmarks.filling import BATCH, REPORTS_EACH, arrive, fill
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


def measure(small: Settings, large: Settings, size: int, table: Table, rounds: int) -> None:
    """size: of the large store. Adds reports to both, and proves their cells once more."""
    some, everybody = SMALL // REPORTS_EACH, size // REPORTS_EACH
    seconds: list[tuple[float, float, float]] = []
    with ExitStack() as stack:
        one, other = (stack.enter_context(opened(settings)) for settings in (small, large))
        for turn in range(rounds + 1):
            taken = (_fold(one, SMALL, some), _fold(other, size, some), _fold(other, size, everybody))
            if turn:  # the first warms the caches
                seconds.append(taken)
        proven = [prove(store.database) for store in (one, other)]
        for store in (one, other):
            tidied(store.database)
    name = f"fold of {BATCH:,} new reports, distinct reporters too, {size:,} in the store / {SMALL:,}"
    table.add(Row(name, median(alike / base for base, alike, _ in seconds), 1.5, 1.1))
    table.add(
        Row("the same, drawn among all people of the larger store", median(drawn / base for base, _, drawn in seconds))
    )
    folds = zip((f"{SMALL:,} reports", f"{size:,}", f"{size:,}, all people"), zip(*seconds, strict=True), strict=True)
    table.note("folds: " + "; ".join(f"with {what} {median(taken):.2f} s" for what, taken in folds))
    table.note(f"afterwards {' and '.join(map(str, proven))} cells recounted, all are right")


def _fold(store: Opened, size: int, writers: int) -> float:
    arrive(store.database, size, writers)
    started = time.perf_counter()
    folded = fold_tallies(store.database, store.keeper, store.settings, datetime.now(UTC))
    took = time.perf_counter() - started
    if folded < BATCH:
        raise RuntimeError(f"only {folded} changes were folded")
    return took
