"""What durability costs at the door: the Twilio route with its journal, and without it, on both engines."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

from tests.benchmarks.load import CONNECTIONS, Load
from tests.benchmarks.material import rendered_posts, written_texts
from tests.benchmarks.running import Server, Workshop
from tests.benchmarks.table import Row, Table

REQUESTS: Final = 6_000
SETTLE_S: Final = 1.0

# Each arm: engine, and the parts left out. Nothing is sent in any of them: sending is no part of the door.
BASE: Final = "minus journal"
ARMS: Final = {
    BASE: ("postgresql", ("journal", "jobs")),
    "PostgreSQL": ("postgresql", ("jobs",)),
    "SQLite": ("sqlite", ("jobs",)),
    "PostgreSQL, dispatcher on": ("postgresql", ("sender",)),
    "SQLite, dispatcher on": ("sqlite", ("sender",)),
}


def measure(workshop: Workshop, table: Table, rounds: int) -> None:
    loads: dict[str, list[Load]] = {arm: [] for arm in ARMS}
    with ExitStack() as stack:
        servers = {
            arm: stack.enter_context(workshop.serving(workshop.store(engine), *without))
            for arm, (engine, without) in ARMS.items()
        }
        time.sleep(SETTLE_S)
        for server in servers.values():
            server.pause()
        for turn in range(rounds + 1):
            requests = rendered_posts(written_texts(REQUESTS, workshop.places, seed=turn))
            for arm, server in servers.items():
                load = _one_turn(workshop, server, requests)
                if turn:  # the first is warming up
                    loads[arm].append(load)
    _report(loads, table)


def _one_turn(workshop: Workshop, server: Server, requests: Sequence[bytes]) -> Load:
    """All others stand still meanwhile."""
    server.go_on()
    try:
        return workshop.load(server, requests)
    finally:
        server.pause()


def _report(loads: Mapping[str, Sequence[Load]], table: Table) -> None:
    for arm, taken in loads.items():
        rate, cpu = median(load.rate for load in taken), median(load.cpu for load in taken)
        p50, p99 = (median(load.percentile_s(percent) for load in taken) * 1000 for percent in (50, 99))
        table.note(
            f"{arm}: {rate:.0f} a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms; the client took {cpu:.0%} of a core"
        )
    for arm in ("PostgreSQL", "SQLite"):
        table.add(Row(f"durable Twilio door on {arm} / minus the journal", _ratio(loads, arm), 0.5, 0.8, "more"))
    for arm in ("PostgreSQL, dispatcher on", "SQLite, dispatcher on"):
        table.add(Row(f"the same on {arm}", _ratio(loads, arm)))
    spread = median(load.percentile_s(99) / load.percentile_s(50) for load in loads["PostgreSQL"])
    table.add(Row(f"p99 / p50 at {CONNECTIONS} connections, PostgreSQL", spread, 3, 2))


def _ratio(loads: Mapping[str, Sequence[Load]], arm: str) -> float:
    return median(load.rate / base.rate for load, base in zip(loads[arm], loads[BASE], strict=True))
