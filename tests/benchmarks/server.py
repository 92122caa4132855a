"""The server under measure, processes of its own: the entrance's own application, with parts left out as asked.

python -m tests.benchmarks.server PORT WORKERS [journal] [jobs] [sender] leaves out what is named.
"""

import os
import sys
import threading
from typing import Final

import uvicorn
from fastapi import FastAPI

import kibaro
from commands.opening import console
from intake.gateways.contract import Channel, Delivered
from intake.journal import Journal, Receipt
from jobs.send import Sender

WITHOUT: Final = "BENCH_WITHOUT"
"""Environment variable that tells the workers what is left out."""
PATIENCE_S: Final = 60
"""A worker imports before it can answer uvicorn, and on a busy machine that takes longer than uvicorn's own 5 s."""


class SealingOnly(Journal):
    """A journal that seals and tags as ever and then forgets: what the door costs without being durable."""

    def start(self) -> None:
        """There is nothing to write."""

    async def append(self, channel: Channel, delivered: Delivered) -> Receipt:
        entry = self.entry_of(channel, delivered)
        return Receipt(entry.id, entry.reference or "", repeated=False)


def _send_nothing(_sender: Sender, stopping: threading.Event) -> None:
    stopping.wait()


def partial_app() -> FastAPI:
    """Of one process, as kibaro.serving_app."""
    without = set(os.environ[WITHOUT].split())
    if "journal" in without:
        setattr(kibaro, "Journal", SealingOnly)  # noqa: B010  the entrance exports no such name
    if "sender" in without:
        Sender.run = _send_nothing  # type: ignore[assignment, method-assign]
    app = kibaro.create_app(with_jobs="jobs" not in without)
    kibaro.calm_collector()
    return app


def main() -> None:
    """As `kibaro serve` runs one process or several."""
    port, workers = int(sys.argv[1]), int(sys.argv[2])
    os.environ[WITHOUT] = " ".join(sys.argv[3:])
    console.quiet = True
    if workers == 1:
        kibaro._run_server(partial_app(), "127.0.0.1", port)  # noqa: SLF001  the entrance offers commands, not parts
    else:
        settings = {"timeout_worker_healthcheck": PATIENCE_S, **kibaro._SERVER}  # noqa: SLF001  likewise
        uvicorn.run("tests.benchmarks.server:partial_app", factory=True, port=port, workers=workers, **settings)


if __name__ == "__main__":
    main()
