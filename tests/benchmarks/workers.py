"""What a second worker process adds at the durable door of PostgreSQL: the door alone, and with the jobs inside.

Client, PostgreSQL and workers share the cores; what each took stands beside the ratio, because it is what limits it.
"""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.benchmarks.door import REQUESTS, SETTLE_S
from tests.benchmarks.load import Load
from tests.benchmarks.material import rendered_posts, written_texts
from tests.benchmarks.pipeline import wait_until_done
from tests.benchmarks.processes import group_cpu_s, postgres_cpu_s, postmaster_of
from tests.benchmarks.running import Server, Workshop, opened
from tests.benchmarks.table import Row, Table

COUNTS: Final = (1, 2)
# Nothing is sent in any of them: sending is no part of the door.
ARMS: Final = {"the door alone": ("jobs",), "with the jobs inside": ("sender",)}


@dataclass(frozen=True, slots=True)
class Turn:
    """Shares of a core that each took meanwhile."""

    load: Load
    server_cpu: float
    postgres_cpu: float


def measure(workshop: Workshop, table: Table, rounds: int) -> None:
    for arm, without in ARMS.items():
        turns = _turns(workshop, without, rounds)
        one, two = (turns[count] for count in COUNTS)
        ratio = median(b.load.rate / a.load.rate for a, b in zip(one, two, strict=True))
        must, aim = (1.5, 1.9) if arm == "the door alone" else (None, None)
        table.add(Row(f"2 workers / 1 worker, durable door on PostgreSQL, {arm}", ratio, must, aim, "more"))
        for count, taken in turns.items():
            table.note(f"{count} worker(s), {arm}: {_told(taken)}")


def _turns(workshop: Workshop, without: Sequence[str], rounds: int) -> Mapping[int, Sequence[Turn]]:
    """Servers stay awake while others are measured: uvicorn ends workers that were stopped for seconds. With nothing
    to do they take next to nothing.
    """
    turns: dict[int, list[Turn]] = {count: [] for count in COUNTS}
    with ExitStack() as stack:
        stores = {count: workshop.store("postgresql") for count in COUNTS}
        databases = {count: stack.enter_context(opened(settings)).database for count, settings in stores.items()}
        servers = {
            count: stack.enter_context(workshop.serving(settings, *without, workers=count))
            for count, settings in stores.items()
        }
        time.sleep(SETTLE_S * max(COUNTS))
        postmaster = postmaster_of(workshop.maintenance_url)
        for number in range(rounds + 1):
            requests = rendered_posts(written_texts(REQUESTS, workshop.places, seed=number))
            for count, server in servers.items():
                turn = _one_turn(workshop, server, requests, postmaster)
                if number:  # the first is warming up
                    turns[count].append(turn)
                if "jobs" not in without:
                    wait_until_done(databases[count])
    return turns


def _one_turn(workshop: Workshop, server: Server, requests: Sequence[bytes], postmaster: int | None) -> Turn:
    server_s, postgres_s = group_cpu_s(server.pid), postgres_cpu_s(postmaster)
    load = workshop.load(server, requests)
    taken = (group_cpu_s(server.pid) - server_s, postgres_cpu_s(postmaster) - postgres_s)
    return Turn(load, *(seconds / load.seconds for seconds in taken))


def _told(turns: Sequence[Turn]) -> str:
    rate = median(turn.load.rate for turn in turns)
    p50, p99 = (median(turn.load.percentile_s(percent) for turn in turns) * 1000 for percent in (50, 99))
    parts = {
        "the server": median(turn.server_cpu for turn in turns),
        "PostgreSQL": median(turn.postgres_cpu for turn in turns),
        "the client": median(turn.load.cpu for turn in turns),
    }
    shares = ", ".join(f"{name} {share:.0%}" for name, share in parts.items())
    cores = len(os.sched_getaffinity(0))
    return f"{rate:.0f} a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms; of {cores} cores took {shares} of one"
