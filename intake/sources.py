"""Sources: from a sender as the provider wrote it to the reporter behind it, for a whole batch at once."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid4

import phonenumbers
from sqlalchemy import Select, bindparam, case, func, insert, select
from sqlalchemy.orm import Session

from intake.replies.choice import budget_of
from models.database import insert_unless_there
from models.messages import Message
from models.reporters import DataKeyRow, OptOut, Reporter
from models.vault import DataKey, Sealed, Vault

_SCHEME: Final = re.compile(r"^(whatsapp|sms|tel):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A sender as given, and its E.164 form where it is a phone number."""

    given: str
    e164: str | None


@lru_cache(maxsize=4096)
def address_of(sender: str, region: str) -> Address:
    """region: ISO alpha-2 of numbers written without +. Short codes, names and nonsense have no E.164 form."""
    bare = _SCHEME.sub("", sender).strip()
    if any(character.isalpha() for character in bare):
        return Address(sender, None)  # a name; phonenumbers would dial its letters, and 224INFOLINE became a number
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        return Address(sender, None)
    if not phonenumbers.is_possible_number(number):
        return Address(sender, None)
    return Address(sender, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@dataclass(slots=True)
class Source:
    """One reporter during one batch, with what the batch itself changes about them.

    replies_hour, replies_day: texts queued to them lately, by the budget they are taken from; they grow as the batch
    queues more.
    """

    id: UUID
    key: DataKey
    address: Address
    kind: str = "citizen"
    language: str | None = None
    home_id: int | None = None
    told_at: datetime | None = None
    enrolled: bool = False
    suspended: bool = False
    stopped: set[int] = field(default_factory=set)
    replies_hour: Counter[str] = field(default_factory=Counter)
    replies_day: Counter[str] = field(default_factory=Counter)


def find_or_create(session: Session, vault: Vault, addresses: Iterable[Address], now: datetime) -> dict[str, Source]:
    """By E.164 number. What is no number is not in it: such a sender cannot be found again, see anonymous_source."""
    wanted = {vault.number_index(address.e164): address for address in addresses if address.e164}
    if not wanted:
        return {}
    found = _load(session, vault, wanted)
    missing = [index for index in wanted if index not in found]
    if missing:
        _create(session, vault, {index: wanted[index] for index in missing}, now)
        found |= _load(session, vault, {index: wanted[index] for index in missing})
        _seal_numbers(session, {index: found[index] for index in missing})
    sources = list(found.values())
    _load_opt_outs(session, sources)
    _load_recent_replies(session, sources, now)
    return {address.e164: found[index] for index, address in wanted.items() if address.e164}


def anonymous_source(session: Session, vault: Vault, address: Address, now: datetime) -> Source:
    """A reporter with a key of its own and no index: a web report without contact, a short code, a sender's name."""
    reporter_id = uuid4()
    key, wrapped = vault.new_data_key(reporter_id)
    number = key.seal(f"reporters.number.{reporter_id}", address.given.encode()) if address.given else None
    session.execute(insert(Reporter).values(id=reporter_id, kind="citizen", created_at=now, number=number))
    session.execute(
        insert(DataKeyRow).values(reporter_id=reporter_id, wrapped=wrapped.value, wrapping_version=wrapped.version)
    )
    return Source(reporter_id, key, address)


def number_of(key: DataKey, reporter: Reporter) -> str | None:
    """The number in E.164; what is no number as it was given."""
    if reporter.number is None:
        return None
    return key.open(f"reporters.number.{reporter.id}", reporter.number).decode()


def _load(session: Session, vault: Vault, wanted: Mapping[bytes, Address]) -> dict[bytes, Source]:
    query = (
        select(Reporter, DataKeyRow)
        .join(DataKeyRow, DataKeyRow.reporter_id == Reporter.id)
        .where(Reporter.number_index.in_(list(wanted)))
        .execution_options(populate_existing=True)
    )
    found = {}
    for reporter, key_row in session.execute(query):
        index = bytes(reporter.number_index or b"")
        found[index] = Source(
            id=reporter.id,
            key=vault.data_key(reporter.id, Sealed(key_row.wrapping_version, key_row.wrapped)),
            address=wanted[index],
            kind=reporter.kind,
            language=reporter.language,
            home_id=reporter.home_id,
            told_at=reporter.told_at,
            enrolled=reporter.enrolled_at is not None,
            suspended=reporter.suspended_at is not None,
        )
    return found


def _create(session: Session, vault: Vault, wanted: Mapping[bytes, Address], now: datetime) -> None:
    """Insert reporters, then keys for those rows that won: another process may be meeting the same number."""
    rows = [
        {
            "id": uuid4(),
            "number_index": index,
            "index_version": vault.index_version(),
            "kind": "citizen",
            "created_at": now,
        }
        for index in sorted(wanted)
    ]
    insert_unless_there(session, Reporter, rows)
    ids = session.scalars(select(Reporter.id).where(Reporter.number_index.in_(list(wanted))))
    keys: list[dict[str, Any]] = []
    for reporter_id in ids:
        _, wrapped = vault.new_data_key(reporter_id)
        keys.append({"reporter_id": reporter_id, "wrapped": wrapped.value, "wrapping_version": wrapped.version})
    insert_unless_there(session, DataKeyRow, keys)


def _seal_numbers(session: Session, sources: Mapping[bytes, Source]) -> None:
    """Only now: the key that seals must be the one that won its row."""
    session.connection().execute(
        Reporter.__table__.update()  # type: ignore[attr-defined]  # a Table at run time
        .where(Reporter.__table__.c.id == bindparam("reporter"))
        .values(number=bindparam("sealed")),
        [
            {
                "reporter": source.id,
                # In E.164, because another channel may have to write to it than the one that brought it.
                "sealed": source.key.seal(f"reporters.number.{source.id}", (source.address.e164 or "").encode()),
            }
            for source in sources.values()
        ],
    )


def _load_opt_outs(session: Session, sources: Sequence[Source]) -> None:
    by_id = {source.id: source for source in sources}
    query = select(OptOut.reporter_id, OptOut.channel_id).where(OptOut.reporter_id.in_(list(by_id)))
    for reporter_id, channel_id in session.execute(query):
        by_id[reporter_id].stopped.add(channel_id)


def _load_recent_replies(session: Session, sources: Sequence[Source], now: datetime) -> None:
    by_id = {source.id: source for source in sources}
    for reporter_id, purpose, in_hour, in_day in session.execute(_recent_replies(list(by_id), now)):
        by_id[reporter_id].replies_hour[budget_of(purpose or "")] += int(in_hour)
        by_id[reporter_id].replies_day[budget_of(purpose or "")] += int(in_day)


def _recent_replies(reporter_ids: Sequence[UUID], now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Message.reporter_id,
            Message.purpose,
            func.sum(case((Message.created_at > now - timedelta(hours=1), 1), else_=0)),
            func.count(),
        )
        .where(
            Message.reporter_id.in_(reporter_ids),
            Message.created_at > now - timedelta(days=1),
            Message.direction == "out",
        )
        .group_by(Message.reporter_id, Message.purpose)
    )
