"""The engine: the dispatcher, the publisher, the sender and the timetable, started and stopped together."""

import threading
from typing import Final

from intake.reference import ReferenceKeeper
from jobs.dispatcher import Dispatcher
from jobs.publish import Publisher
from jobs.send import Sender
from jobs.timetable import timetable_of
from models.clock import Clock, now_utc
from models.database import Database
from models.settings import Settings
from models.vault import Vault

STOP_WITHIN_S: Final = 25.0


class Engine:
    """start() returns at once; stop() lets each finish what it has in hand."""

    def __init__(
        self, database: Database, vault: Vault, keeper: ReferenceKeeper, settings: Settings, *, clock: Clock = now_utc
    ) -> None:
        self.sender = Sender(database, vault, keeper, settings, clock=clock)
        self.publisher = Publisher(database)
        self.dispatcher = Dispatcher(database, vault, keeper, settings, on_replies=self._go_on, clock=clock)
        self._scheduler = timetable_of(database, keeper, settings, clock)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=part.run, args=(self._stopping,), name=name, daemon=True)
            for name, part in (
                ("dispatcher", self.dispatcher),
                ("publisher", self.publisher),
                ("sender", self.sender),
            )
        ]

    def wake(self) -> None:
        """There is something to dispatch."""
        self.dispatcher.woken.set()

    def _go_on(self) -> None:
        """What was dispatched is committed: there are events to publish and may be replies to send."""
        self.publisher.woken.set()
        self.sender.woken.set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()
        self._scheduler.start()

    def stop(self) -> None:
        self._stopping.set()
        self.dispatcher.woken.set()
        self._go_on()
        self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join(STOP_WITHIN_S)
