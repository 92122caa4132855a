"""A stand-in for Twilio, and settings whose budgets and timetable keep no text waiting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
from tests.fakes.twilio_server import TwilioServer


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
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
