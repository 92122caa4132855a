"""Where the time of one text goes, in microseconds: no ratio, only orientation for whoever makes it faster."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import func, select

from intake import parcel
from intake.reference import Reference
from intake.understand.values import Situation
from jobs.dispatcher import Dispatcher
from models.deliveries import Delivery
from tests.benchmarks.material import CHANNEL, PUBLIC_URL, form_of, rendered_posts, written_texts
from tests.benchmarks.running import Workshop, opened
from tests.benchmarks.table import Table
from tests.fakes.twilio_signer import signed

COUNT: Final = 1_000


def measure(workshop: Workshop, table: Table) -> None:
    settings = workshop.store("postgresql")
    texts = written_texts(COUNT, workshop.places, seed=99)
    with workshop.serving(settings, "jobs") as server:
        workshop.load(server, rendered_posts(texts))
    with opened(settings) as store:
        with store.database.reading() as session:
            reference = store.keeper.current(session)
        requests = [signed(f"{PUBLIC_URL}/intake/{CHANNEL}", form_of(text, n)) for n, text in enumerate(texts)]
        gateway = reference.gateways[reference.channels[CHANNEL].id]
        received = [gateway.receive(request)[0] for request in requests]
        dispatcher = Dispatcher(store.database, store.vault, store.keeper, settings)
        steps: dict[str, Callable[[], object]] = {
            "twilio receive": lambda: [gateway.receive(request) for request in requests],
            "parcel.seal": lambda: [parcel.seal(store.vault, uuid4(), each) for each in received],
            "understanding": lambda: [_read(reference, text) for text in texts],
            "dispatching a text, database and all": lambda: _dispatch_all(dispatcher),
        }
        for name, step in steps.items():
            table.note(f"{name}: {_microseconds(step):.0f} µs")
        with store.database.reading() as session:
            left = session.scalar(select(func.count()).where(Delivery.sealed.is_not(None)))
        if left:
            raise RuntimeError(f"{left} texts were not dispatched")


def _microseconds(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return (time.perf_counter() - started) / COUNT * 1e6


def _read(reference: Reference, text: str) -> object:
    situation = Situation(sent_at=datetime.now(UTC), home=None, area=None, timezone="UTC", proves_sender=True)
    return reference.understanding.read(text.encode(), situation)


def _dispatch_all(dispatcher: Dispatcher) -> None:
    while dispatcher.run_once():
        pass
