"""The feed of events beside fifty writers that commit late: every event once, where a reader of ids misses some."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from uuid import UUID, uuid4

import anyio
import pytest
from sqlalchemy import insert, select

from jobs.publish import Publisher
from models.database import Database
from models.events import Event, event_row
from tests.api.feed import FEED, STAFF, next_of, publish, walk
from tests.conftest import START
from tests.serving import Served

pytestmark = pytest.mark.anyio

WRITERS = 50
EACH = 4


def writer(database: Database, dice: random.Random, begun: threading.Barrier) -> None:
    """Draws sequences, and commits when the dice says so."""
    for _ in range(EACH):
        with database.writing() as session:
            session.execute(insert(Event), [event_row("test.done", uuid4(), {}, recorded_at=START, actor="system")])
            if not database.is_sqlite:  # where one writes at a time there is nothing to wait for
                begun.wait()  # all have drawn theirs
                threading.Event().wait(dice.uniform(0, 1))


@contextmanager
def writing(served: Served) -> Iterator[Callable[[], bool]]:
    """Fifty transactions at a time, with a publisher beside them. Yields whether somebody still writes."""
    begun, stopping = threading.Barrier(WRITERS, timeout=30), threading.Event()
    with closing(Database(served.store.settings.database_url, pool_size=WRITERS)) as database:
        writers = [
            threading.Thread(target=writer, args=(database, random.Random(seed), begun)) for seed in range(WRITERS)
        ]
        publisher = Publisher(served.store.database)
        publishing = threading.Thread(target=publisher.run, args=(stopping,))
        for thread in (*writers, publishing):
            thread.start()
        try:
            yield lambda: any(thread.is_alive() for thread in writers)
        finally:
            for thread in writers:
                thread.join(60)
            stopping.set()
            publisher.woken.set()
            publishing.join(30)


async def test_a_reader_of_the_feed_sees_every_event_of_fifty_delayed_writers_exactly_once(
    served: Served, engine: str
) -> None:
    """The control goes on from the highest sequence it saw, as readers of an id-ordered table do, and misses some."""
    key = served.key(*STAFF)
    seen: list[str] = []
    by_sequence: list[UUID] = []
    highest = 0
    address = f"{FEED}?limit=17"
    with writing(served) as goes_on:
        last_rounds = 3
        while last_rounds:
            last_rounds -= not goes_on()
            answer = await served.http.get(address, headers=key)
            seen += [row["id"] for row in answer.json()["rows"]]
            address = next_of(answer) or address
            with served.store.database.reading() as session:
                newer = select(Event).where(Event.sequence > highest).order_by(Event.sequence)
                for event in session.scalars(newer):
                    highest = event.sequence
                    by_sequence.append(event.id)
            await anyio.sleep(0.01)
    publish(served)
    seen += [row["id"] for row in await walk(served, key, address)]
    written = [str(each) for each in all_ids(served)]
    assert len(written) == WRITERS * EACH + 1, "and the one that tells of the key"
    assert seen == written, "the feed is not all events, each once, in the order of their positions"
    if engine == "postgresql":
        missed = set(written) - {str(each) for each in by_sequence}
        assert missed, "nobody committed late: this proved nothing"


def all_ids(served: Served) -> list[UUID]:
    with served.store.database.reading() as session:
        positions = session.execute(select(Event.id, Event.position).order_by(Event.position)).all()
    assert [position for _, position in positions] == list(range(1, len(positions) + 1))
    return [event_id for event_id, _ in positions]
