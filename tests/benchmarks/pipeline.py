"""How many texts a second go the whole way: door, understood, reply queued, tally. Sending is left out."""

import time
from statistics import median
from typing import Final

from sqlalchemy import func, select

from models.database import Database
from models.deliveries import Delivery
from models.tallies import TallyChange
from tests.benchmarks.material import PLACES_BY_LEVEL, SENDERS, rendered_posts, written_texts
from tests.benchmarks.running import Server, Workshop, opened
from tests.benchmarks.table import Row, Table

TEXTS: Final = 6_000
WARM_UP: Final = 500
POLL_S: Final = 0.05
DONE_WITHIN_S: Final = 180.0


def measure(workshop: Workshop, table: Table, rounds: int) -> None:
    settings = workshop.store("postgresql")
    with workshop.serving(settings, "sender") as server, opened(settings) as store:
        _whole_way(workshop, server, store.database, WARM_UP, seed=0)
        rates = [_whole_way(workshop, server, store.database, TEXTS, seed) for seed in range(1, rounds + 1)]
    places = sum(PLACES_BY_LEVEL)
    table.add(Row(f"text → tally, a second, PostgreSQL, {places:,} places", median(rates), 300, 600, "more"))
    table.note(f"{TEXTS:,} texts of {SENDERS:,} senders a round: {', '.join(f'{rate:.0f}' for rate in rates)} a second")


def _whole_way(workshop: Workshop, server: Server, database: Database, count: int, seed: int) -> float:
    """From the first post until all of them are understood and folded."""
    requests = rendered_posts(written_texts(count, workshop.places, seed))
    started = time.perf_counter()
    workshop.load(server, requests)
    wait_until_done(database)
    return count / (time.perf_counter() - started)


def wait_until_done(database: Database, within_s: float = DONE_WITHIN_S) -> None:
    """All texts are understood and folded. Raises TimeoutError."""
    until = time.perf_counter() + within_s
    while _left(database):
        if time.perf_counter() > until:
            raise TimeoutError("the texts were not worked off")
        time.sleep(POLL_S)


def _left(database: Database) -> int:
    with database.reading() as session:
        deliveries = session.scalar(select(func.count()).where(Delivery.sealed.is_not(None))) or 0
        return deliveries or session.scalar(select(func.count()).select_from(TallyChange)) or 0
