"""The clock, passed in wherever time matters, so that tests and the demo can live on other days."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now_utc() -> datetime:
    return datetime.now(UTC)
