"""Texts understood as a test wants them, and decisions over HTTP: plain functions over a served application."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from intake.understand.understand import Understanding
from intake.understand.values import Reading, Situation
from models.messages import Message
from tests.api.editing import Key
from tests.serving import TWILIO, Served


def understand_as(patch: pytest.MonkeyPatch, reading: Reading) -> None:
    """Whatever is read from now on."""

    def read(_self: Understanding, _body: bytes | str, _situation: Situation) -> Reading:
        return reading

    patch.setattr(Understanding, "read", read)


async def take_in(served: Served, patch: pytest.MonkeyPatch, reading: Reading, body: str = "x", **form: str) -> UUID:
    """One text, understood so; its message's id."""
    with served.store.database.reading() as session:
        if TWILIO not in served.store.keeper.current(session).channels:
            session.rollback()
            served.add_twilio()
    served.store.clock.go_on(seconds=1)
    understand_as(patch, reading)
    await served.text(body, **form)
    served.dispatch()
    patch.undo()
    with served.store.database.reading() as session:
        query = select(Message.id).where(Message.direction == "in").order_by(Message.created_at.desc())
        newest = session.scalars(query).first()
        assert newest is not None
        return newest


async def listed(served: Served, key: Key, **query: str) -> list[dict[str, Any]]:
    return await served.rows("/v1/review", key, **query)


async def decide(served: Served, key: Key, row: dict[str, Any], action: str, **more: Any) -> httpx.Response:
    headers = {**key, "If-Match": row["etag"]}
    return await served.post(f"/v1/review/{row['id']}", headers, {"action": action} | more)
