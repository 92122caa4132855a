"""The feed of events as its tests fill and read it."""

import re
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert

from jobs.publish import Publisher
from models.events import Event, event_row
from tests.conftest import START
from tests.serving import Served

FEED: Final = "/v1/events"
PARTNER: Final = ("events:read",)
STAFF: Final = ("events:read", "protected:read")
HIDDEN: Final = ("domestic_violence", "kidnapping", "police_abuse")
"""A category of each protection."""


def publish(served: Served) -> None:
    publisher = Publisher(served.store.database)
    while publisher.run_once():
        pass


def put(served: Served, *categories: str, **changes: Any) -> list[UUID]:
    """A report with its incident for each category, published."""
    made = served.add_reports([(category, "GN-BF", "2026-11-20") for category in categories], **changes)
    publish(served)
    return made


def record(served: Served, name: str, subject: UUID | None = None, **payload: Any) -> UUID:
    """One more event, published."""
    row = event_row(name, subject or uuid4(), payload, recorded_at=START, actor="system")
    with served.store.database.writing() as session:
        session.execute(insert(Event), [row])
    publish(served)
    identifier: UUID = row["id"]
    return identifier


def next_of(answer: httpx.Response) -> str | None:
    match = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
    return match[1] if match else None


async def walk(served: Served, key: dict[str, str], path: str = FEED) -> list[dict[str, Any]]:
    """All rows from there on, page by page; the last address asked gives none."""
    found: list[dict[str, Any]] = []
    going_on: str | None = path
    while going_on:
        answer = await served.http.get(going_on, headers=key)
        assert answer.status_code == 200, answer.text
        found += answer.json()["rows"]
        going_on = next_of(answer)
    return found
