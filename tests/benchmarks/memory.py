"""Whether `serve` grows: its memory after very many texts against that after a thousand. Nothing is left out: texts are
understood, folded and answered, by way of a stand-in for Twilio, as far as a day's budget of replies goes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from demo.provider import Account, Provider
from jobs.issuing import WantedChannel, add_channel
from models.settings import Settings
from tests.benchmarks.material import form_of, rendered_post, written_texts
from tests.benchmarks.pipeline import wait_until_done
from tests.benchmarks.processes import resident_mb
from tests.benchmarks.running import Workshop, opened
from tests.benchmarks.table import Row, Table
from tests.fakes.twilio_signer import ACCOUNT_SID, AUTH_TOKEN, NUMBER

CHANNEL: Final = "bench-answering"
FEW: Final = 1_000
AT_ONCE: Final = 5_000
"""Requests rendered at a time."""
TEXTS_EACH: Final = 10
"""Of a sender: what is kept for each of them would show."""


def measure(workshop: Workshop, table: Table, texts: int) -> None:
    with _answering(workshop) as settings, workshop.serving(settings) as server, opened(settings) as store:
        start = resident_mb(server.pid)
        sizes = []
        for first, last in ((0, FEW), (FEW, texts)):
            for at in range(first, last, AT_ONCE):
                workshop.load(server, _posts(workshop, at, min(at + AT_ONCE, last), senders=texts // TEXTS_EACH))
            wait_until_done(store.database, within_s=60 + last / 50)
            sizes.append(resident_mb(server.pid))
    few, many = sizes
    table.add(Row(f"memory of serve after {texts:,} texts / after {FEW:,}", many / few, 1.3, 1.1))
    table.note(f"serve had {start:.0f} MB at the start, {few:.0f} MB after {FEW:,}, {many:.0f} MB after {texts:,}")


def _posts(workshop: Workshop, first: int, last: int, senders: int) -> list[bytes]:
    texts = written_texts(last - first, workshop.places, seed=first)
    return [rendered_post(form_of(text, number, senders), CHANNEL) for number, text in enumerate(texts, first)]


@contextmanager
def _answering(workshop: Workshop) -> Iterator[Settings]:
    """A store whose channel sends its replies to a stand-in."""
    settings, provider = workshop.store("postgresql"), Provider(Account(ACCOUNT_SID, AUTH_TOKEN))
    provider.start()
    secrets = (f"account_sid={ACCOUNT_SID}", f"auth_token={AUTH_TOKEN}", f"api_url={provider.url}")
    with opened(settings) as store:
        wanted = WantedChannel(CHANNEL, "twilio", NUMBER, secrets)
        add_channel(store.database, store.vault, settings, wanted, datetime.now(UTC))
    yield settings
