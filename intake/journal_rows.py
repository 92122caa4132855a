"""The journal's rows and its statements, written by hand for each engine: they are the hot path of the door."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Connection

from models.deliveries import Delivery
from models.vault import Sealed

_COLUMNS = (
    "id, channel_id, kind, tag, tag_version, content_tag, sender_tag, reference, received_at, due_at, sealed, "
    "inbox_version"
)
_POSTGRES = f"""
INSERT INTO deliveries ({_COLUMNS})
SELECT id, channel_id, kind, decode(tag, 'hex'), tag_version, decode(content_tag, 'hex'), decode(sender_tag, 'hex'),
       reference, at, at, decode(sealed, 'hex'), inbox_version
FROM json_to_recordset(%s::json) AS entry(id uuid, channel_id int, kind text, tag text, tag_version int,
     content_tag text, sender_tag text, reference text, at timestamptz, sealed text, inbox_version int)
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608  column names only
_SQLITE = f"INSERT INTO deliveries ({_COLUMNS}) VALUES "  # noqa: S608  column names only
_SQLITE_ROW = "(?,?,?,?,?,?,?,?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be. identity: what makes two deliveries the same one; content: what a web report says. Only their tags
    are stored.
    """

    id: UUID
    channel_id: int
    kind: str
    identity: str
    tag: bytes
    tag_version: int
    content: str | None
    content_tag: bytes | None
    sender_tag: bytes | None
    reference: str | None
    received_at: datetime
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class Known:
    id: UUID
    reference: str | None
    content_tag: bytes | None
    tag_version: int


def insert_new(connection: Connection, entries: Sequence[Entry]) -> set[UUID]:
    """Inserts all in one statement, leaves out what clashes; returns the ids inserted."""
    if not entries:
        return set()
    if connection.dialect.name == "sqlite":
        # One statement of many rows, not executemany: each step of it would give the interpreter away and wait for it.
        statement = _SQLITE + ",".join([_SQLITE_ROW] * len(entries)) + " ON CONFLICT DO NOTHING RETURNING id"
        values = tuple(value for entry in entries for value in _sqlite_values(entry))
        return {UUID(hex=row[0]) for row in connection.exec_driver_sql(statement, values)}
    # One JSON parameter, not an array a column: the driver would write those value by value.
    document = json.dumps([_as_json(entry) for entry in entries])
    return {row[0] for row in connection.exec_driver_sql(_POSTGRES, (document,))}


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "channel_id": entry.channel_id,
        "kind": entry.kind,
        "tag": entry.tag.hex(),
        "tag_version": entry.tag_version,
        "content_tag": entry.content_tag.hex() if entry.content_tag else None,
        "sender_tag": entry.sender_tag.hex() if entry.sender_tag else None,
        "reference": entry.reference,
        "at": entry.received_at.isoformat(),
        "sealed": entry.sealed.value.hex(),
        "inbox_version": entry.sealed.version,
    }


def _sqlite_values(entry: Entry) -> tuple[Any, ...]:
    at = entry.received_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLAlchemy stores times on SQLite
    return (
        entry.id.hex,
        entry.channel_id,
        entry.kind,
        entry.tag,
        entry.tag_version,
        entry.content_tag,
        entry.sender_tag,
        entry.reference,
        at,
        at,
        entry.sealed.value,
        entry.sealed.version,
    )


def look_up(connection: Connection, wanted: Sequence[tuple[Entry, bytes]]) -> dict[tuple[int, str], Known]:
    """What is known under these tags, by channel and identity."""
    by_tag = {(entry.channel_id, tag): entry.identity for entry, tag in wanted}
    query = select(
        Delivery.channel_id, Delivery.tag, Delivery.id, Delivery.reference, Delivery.content_tag, Delivery.tag_version
    ).where(tuple_(Delivery.channel_id, Delivery.tag).in_(list(by_tag)))
    return {
        (row.channel_id, by_tag[row.channel_id, bytes(row.tag)]): Known(
            row.id, row.reference, row.content_tag, row.tag_version
        )
        for row in connection.execute(query)
    }
