"""The server under measure, a process of its own: the entrance's own application, with parts left out as asked.

python -m tests.benchmarks.server PORT [journal] [jobs] [sender] leaves out what is named.
"""

import sys
import threading

import kibaro
from intake.gateways.contract import Channel, Delivered
from intake.journal import Journal, Receipt
from jobs.send import Sender


class SealingOnly(Journal):
    """A journal that seals and tags as ever and then forgets: what the door costs without being durable."""

    def start(self) -> None:
        """There is nothing to write."""

    async def append(self, channel: Channel, delivered: Delivered) -> Receipt:
        entry = self.entry_of(channel, delivered)
        return Receipt(entry.id, entry.reference or "", repeated=False)


def _send_nothing(_sender: Sender, stopping: threading.Event) -> None:
    stopping.wait()


def main() -> None:
    port, without = int(sys.argv[1]), set(sys.argv[2:])
    if "journal" in without:
        setattr(kibaro, "Journal", SealingOnly)  # noqa: B010  the entrance exports no such name
    if "sender" in without:
        Sender.run = _send_nothing  # type: ignore[assignment, method-assign]
    app = kibaro.create_app(with_jobs="jobs" not in without)
    kibaro.calm_collector()
    kibaro.console.quiet = True
    kibaro._run_server(app, "127.0.0.1", port)  # noqa: SLF001  as `kibaro serve` runs it


if __name__ == "__main__":
    main()
