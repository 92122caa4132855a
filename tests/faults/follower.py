"""A consumer of the events, outside the processes that are struck: goes on from the last position it saw."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from sqlalchemy import select

from models.database import Database
from models.events import Event

PAUSE_S: Final = 0.02


class Follower:
    """seen: position and id of each event, as they came."""

    def __init__(self, database: Database) -> None:
        self.seen: list[tuple[int, UUID]] = []
        self._database = database

    @contextmanager
    def following(self) -> Iterator["Follower"]:
        stopping = threading.Event()

        def follow() -> None:
            while not stopping.wait(PAUSE_S):
                self._look()

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            yield self
        finally:
            stopping.set()
            thread.join(30)

    @property
    def position(self) -> int:
        return self.seen[-1][0] if self.seen else 0

    def _look(self) -> None:
        newer = select(Event.position, Event.id).where(Event.position > self.position).order_by(Event.position)
        with self._database.reading() as session:
            self.seen += [(position or 0, event_id) for position, event_id in session.execute(newer)]

    def insist_on_every_event_once(self) -> None:
        """Call it when nobody follows any more."""
        self._look()
        events = insist_on_a_feed_without_holes(self._database)
        assert self.seen == events, "a consumer missed events, saw some twice, or saw a position change"


def insist_on_a_feed_without_holes(database: Database) -> list[tuple[int, UUID]]:
    with database.reading() as session:
        rows = session.execute(select(Event.position, Event.id).order_by(Event.position)).all()
    assert [position for position, _ in rows] == list(range(1, len(rows) + 1)), "positions are not 1, 2, 3…"
    assert len({event_id for _, event_id in rows}) == len(rows)
    return [(position or 0, event_id) for position, event_id in rows]
