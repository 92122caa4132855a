"""Texts for the fault tests that have no door: written down by a journal of their own, at once or all the time."""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

from intake.gateways.contract import Text
from intake.journal import Journal
from intake.reference import ReferenceKeeper
from models.database import Database
from models.settings import Settings
from models.vault import Vault
from tests.fakes.twilio_signer import NUMBER
from tests.faults.provider import CHANNEL, TEXTS

AT_ONCE: Final = 200
A_FEW: Final = 10
PAUSE_S: Final = 0.1


class Arrival:
    """sids: the MessageSids of what was written down."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.sids: list[str] = []
        self._dice = random.Random(1)
        vault = Vault.read(settings.key_file)
        self._journal = Journal(database, vault)
        with database.reading() as session:
            self._channel = ReferenceKeeper(vault).current(session).channels[CHANNEL]

    @contextmanager
    def open(self) -> Iterator["Arrival"]:
        self._journal.start()
        try:
            yield self
        finally:
            self._journal.stop()

    def write_down(self, count: int) -> None:
        texts = [self._text() for _ in range(count)]

        async def append_all() -> None:
            for start in range(0, count, AT_ONCE):
                few = texts[start : start + AT_ONCE]
                await asyncio.gather(*(self._journal.append(self._channel, each) for each in few))

        asyncio.run(append_all())

    def _text(self) -> Text:
        sid = "SM" + uuid4().hex
        self.sids.append(sid)
        sender = f"+2246{self._dice.randrange(500):08d}"
        return Text(sid, sender, NUMBER, self._dice.choice(TEXTS).encode())

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """A few texts come all the time while the block runs."""
        stopping = threading.Event()

        def arrive() -> None:
            while not stopping.wait(PAUSE_S):
                self.write_down(A_FEW)

        thread = threading.Thread(target=arrive)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(30)


def journal_texts(database: Database, settings: Settings, count: int) -> list[str]:
    """Writes them down as the door does it; returns their MessageSids."""
    with Arrival(database, settings).open() as arrival:
        arrival.write_down(count)
        return arrival.sids
