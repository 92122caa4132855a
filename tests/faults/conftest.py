"""A stand-in for Twilio, and settings whose budgets and timetable keep no text waiting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
from tests.fakes.twilio_server import TwilioServer


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    """Its callers are killed: a connection that breaks off is nothing to report."""
    with TwilioServer() as server:
        server._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # noqa: SLF001
        yield server


@pytest.fixture
def settings(store_url: str, key_file: Path) -> Settings:
    return Settings(
        database_url=store_url,
        key_file=key_file,
        timezone="Africa/Conakry",
        tallies_every_s=1,
        replies_per_hour=1000,
        replies_per_sender_day=1000,
        replies_per_day=1_000_000,
    )
