"""Readings: keeping what a text was understood to say, and opening again the words that are kept with it.

Words of a text are sealed like its body. What becomes of a text that a person looks at is in reviewing.py.
"""

import json
from collections.abc import Container, Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intake.incoming import Incoming, Means
from intake.reference import Reference
from intake.rows import Rows
from intake.understand.normalise import normalise
from intake.understand.values import Kind, Reading
from models.messages import Message
from models.readings import ReadingRow
from models.reporters import DataKeyRow
from models.reports import Report
from models.unknown_places import UnknownPlace, UnknownPlaceMention
from models.vault import DataKey, Sealed, Vault

MOST_DIGITS: Final = 3
"""A name with more may be a phone number; "PK 36" and "Lansanaya 2" are places."""


def keep_reading(rows: Rows, means: Means, incoming: Incoming, report_id: UUID | None, answered: Report | None) -> None:
    """report_id: of the report that this text opened or, where answered is given, completed."""
    reading, message_id = incoming.reading, incoming.delivery.id
    if reading.kind is Kind.COMMAND or incoming.text.coded is not None:
        return
    opened = report_id if answered is None else None
    if opened is not None or (report_id is None and (reading.review or reading.kind is Kind.ANSWER)):
        fragments = {"because": reading.because, "unknown_places": reading.unknown_places}
        sealed = incoming.source.key.seal(_fragments_of(message_id), json.dumps(fragments).encode())
        rows.readings.append(
            {
                "message_id": message_id,
                "report_id": opened,
                "reference": incoming.delivery.reference,
                "category_id": _likeliest(means.reference, reading),
                "danger": reading.danger,
                "understood": _understood(reading),
                "scores": _scores(reading),
                "places": list(reading.options),
                "fragments": sealed if any(fragments.values()) else None,
            }
        )
    _keep_unknown_places(rows, means, incoming)


def _likeliest(reference: Reference, reading: Reading) -> int | None:
    codes = [reading.category, *(code for code, _ in reading.scores), *reading.candidates]
    return next((reference.category_ids[code] for code in codes if code and code in reference.category_ids), None)


def _understood(reading: Reading) -> dict[str, Any]:
    return {
        "kind": reading.kind.value,
        "category": reading.category,
        "confidence": round(reading.confidence * 100) if reading.category else None,
        "locality": reading.locality,
        "occurred_on": reading.occurred_on.isoformat() if reading.occurred_on else None,
        "day_said": reading.day_said,
        "killed": reading.killed,
        "injured": reading.injured,
        "victim": reading.victim,
        "setting": reading.setting,
        "part_of_day": reading.part_of_day,
        "by": reading.by,
    }


def _scores(reading: Reading) -> list[list[str | int | None]]:
    """In percent; what remains possible without a score comes after what has one."""
    scored = {code: round(score * 100) for code, score in reading.scores}
    codes = dict.fromkeys([*scored, *reading.candidates])
    return [[code, scored.get(code)] for code in codes]


def _keep_unknown_places(rows: Rows, means: Means, incoming: Incoming) -> None:
    reference, message_id = means.reference, incoming.delivery.id
    area = reference.spot(incoming.channel.area)
    near = reference.spot_ids.get(incoming.reading.locality or "") or incoming.source.home_id or (area and area.id)
    for place_id, name in _names_of(means.vault, incoming.reading).items():
        rows.unknown_places.append({"id": place_id, "dismissed_at": None})
        sealed = incoming.source.key.seal(_name_of(place_id, message_id), name.encode())
        rows.mentions.append({"place_id": place_id, "message_id": message_id, "near_id": near, "name": sealed})


def _names_of(vault: Vault, reading: Reading) -> dict[UUID, str]:
    """By id; two spellings of one normal form are one name."""
    found = {normalise(name): name for name in reading.unknown_places}
    return {
        unknown_place_id(vault, normal): name
        for normal, name in found.items()
        if normal and sum(each.isdigit() for each in normal) <= MOST_DIGITS
    }


def unknown_place_id(vault: Vault, normal: str) -> UUID:
    """normal: the name in its normal form."""
    return UUID(bytes=vault.tag(0, f"unknown-place\0{normal}"), version=4)


# -- opening -----------------------------------------------------------------------------------------------------------


def fragments_of(session: Session, vault: Vault, message: Message) -> dict[str, list[str]]:
    """because: words that spoke for the category; unknown_places: names. Both empty where nothing is kept."""
    row = session.get(ReadingRow, message.id)
    keys = keys_of(session, vault, [message.reporter_id])
    found: dict[str, list[str]] = {"because": [], "unknown_places": []}
    if row is not None and row.fragments is not None and message.reporter_id in keys:
        opened = keys[message.reporter_id].open(_fragments_of(message.id), row.fragments)
        found |= json.loads(opened)
    return found


def name_in(mention: UnknownPlaceMention, key: DataKey) -> str:
    return key.open(_name_of(mention.place_id, mention.message_id), mention.name).decode()


def keys_of(session: Session, vault: Vault, reporter_ids: Iterable[UUID | None]) -> dict[UUID | None, DataKey]:
    """The data keys of those reporters that have one."""
    wanted = [each for each in set(reporter_ids) if each is not None]
    rows = session.scalars(select(DataKeyRow).where(DataKeyRow.reporter_id.in_(wanted)))
    return {row.reporter_id: vault.data_key(row.reporter_id, Sealed(row.wrapping_version, row.wrapped)) for row in rows}


def _fragments_of(message_id: UUID) -> str:
    return f"readings.fragments.{message_id}"


def _name_of(place_id: UUID, message_id: UUID) -> str:
    return f"unknown_place_mentions.name.{place_id}.{message_id}"


# -- forgetting --------------------------------------------------------------------------------------------------------


def forget_fragments(session: Session, reporter_id: UUID) -> None:
    """Before the reporter's texts lose whose they are. What was understood stays, in codes."""
    own = select(Message.id).where(Message.reporter_id == reporter_id)
    orphaned = UnknownPlace.dismissed_at.is_(None) & UnknownPlace.id.not_in(select(UnknownPlaceMention.place_id))
    for statement in (
        update(ReadingRow).where(ReadingRow.message_id.in_(own)).values(fragments=None),
        delete(UnknownPlaceMention).where(UnknownPlaceMention.message_id.in_(own)),
        delete(UnknownPlace).where(orphaned),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


# -- what is possible --------------------------------------------------------------------------------------------------


def alternatives(
    reference: Reference, row: ReadingRow | None, shown: Container[str]
) -> Iterator[tuple[str, int | None]]:
    """Codes of categories with their percent, likeliest first; none that is protected from who asks.

    shown: the protections they may see.
    """
    for code, percent in row.scores if row is not None else ():
        category = reference.categories.get(code)
        if category is not None and category.protect in shown:
            yield code, percent
