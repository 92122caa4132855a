"""Issuing: channels and keys, as the operator makes them on the command line."""

import re
import secrets as random_secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.gateways import GATEWAYS, gateway_of
from intake.gateways.contract import Channel
from intake.reference import open_secrets, seal_secrets
from intake.sources import address_of
from jobs.founding import insist_on_language
from models.channels import BUILT_IN, CHANNEL_STOPPED, ChannelRow
from models.database import Database, insert_rows
from models.events import Event, event_row
from models.faults import Refusal
from models.keys import BODIES, SCOPES, UNBOUND_ONLY, Key
from models.localities import Locality
from models.messages import Message
from models.reference import count_reference_change
from models.settings import Settings
from models.vault import DoesNotOpen, Vault, digest_of_secret

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_CHANNELS: Final = UUID("d0a5b1f4-8c1e-4b0f-9f4e-6b7c2a91e3d8")
"""Of names of channels: an event's subject is a UUID, and a channel goes by its name."""


# -- channels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WantedChannel:
    """secrets: NAME=VALUE or NAME=@FILE."""

    name: str
    provider: str
    address: str
    secrets: Sequence[str]
    area: str = ""
    language: str = ""
    free_to_sender: bool = False
    receipt_only: bool = False


def add_channel(database: Database, vault: Vault, settings: Settings, wanted: WantedChannel, now: datetime) -> str:
    """Returns what to set at the provider. Raises Refusal."""
    if not _NAME.fullmatch(wanted.name):
        raise Refusal("A channel's name is its address: small letters, digits and hyphens, as conakry-1.")
    connectable = sorted(GATEWAYS.keys() - set(BUILT_IN))
    if wanted.provider not in connectable:
        raise Refusal(f"There is no provider {wanted.provider!r} to connect; choose {' or '.join(connectable)}.")
    if wanted.language:
        insist_on_language(wanted.language)
    opened = _secrets_in(wanted.provider, wanted.secrets)
    _insist_on_all(wanted.provider, opened)
    address = _address(wanted, settings)
    with database.writing() as session:
        if session.scalar(select(ChannelRow.id).where(ChannelRow.name == wanted.name)) is not None:
            raise Refusal(f"There is a channel {wanted.name} already; its address must stay the same for ever.")
        sealed = seal_secrets(vault, wanted.name, opened)
        row = ChannelRow(
            name=wanted.name,
            provider=wanted.provider,
            address=address,
            secrets=sealed.value,
            secrets_version=sealed.version,
            area_id=_locality_id(session, wanted.area),
            language=wanted.language or None,
            free_to_sender=wanted.free_to_sender,
            receipt_only=wanted.receipt_only,
            created_at=now,
        )
        session.add(row)
        session.flush()
        channel = Channel(row.id, row.name, row.provider, row.address, opened)
        facts: dict[str, Any] = {"area": wanted.area or None, "language": wanted.language or None}
        facts |= {"free_to_sender": wanted.free_to_sender, "receipt_only": wanted.receipt_only}
        _record_channel(session, "channel.added", row, now, provider=wanted.provider, **facts)
    return gateway_of(channel).set_up(f"{settings.public_url}/intake/{wanted.name}")


def channels_of(database: Database) -> list[str]:
    """A line a channel: name, provider, address, area, language, what else is set, what is wrong. Never a secret."""
    with database.reading() as session:
        rows = session.execute(
            select(ChannelRow, Locality.code).outerjoin(Locality, Locality.id == ChannelRow.area_id).order_by("name")
        )
        return ["  ".join([*_told(row, code), *_marks(row)]) for row, code in rows]


def _told(row: ChannelRow, area: str | None) -> list[str]:
    return [row.name, row.provider, row.address or "no address", area or "no area", row.language or "no language"]


def _marks(row: ChannelRow) -> Iterator[str]:
    if row.free_to_sender:
        yield "free to the sender"
    if row.receipt_only:
        yield "receipt only"
    if row.fault:
        yield f"cannot send ({row.fault})"
    if row.stopped_at:
        yield f"stopped {row.stopped_at:%Y-%m-%d}"


def replace_secrets(database: Database, vault: Vault, name: str, secrets: Sequence[str], now: datetime) -> None:
    """Those that are named; the others stay. secrets: NAME=VALUE or NAME=@FILE. Raises Refusal."""
    with database.writing() as session:
        row = _connected(session, name)
        given = _secrets_in(row.provider, secrets)
        if not given:
            raise Refusal("Say what to replace: --secret NAME=VALUE or --secret NAME=@FILE.")
        opened = {**_held_secrets(vault, row), **given}
        _insist_on_all(row.provider, opened)
        sealed = seal_secrets(vault, name, opened)
        row.secrets, row.secrets_version = sealed.value, sealed.version
        row.fault = row.fault_at = None  # so that what waited for the right ones is tried at once
        _record_channel(session, "channel.secret_changed", row, now, secrets=sorted(given))


def _held_secrets(vault: Vault, row: ChannelRow) -> Mapping[str, str]:
    """None that do not open: they can all be given anew."""
    try:
        return open_secrets(vault, row)
    except DoesNotOpen:
        return {}


def stop_channel(database: Database, name: str, now: datetime) -> int | None:
    """From now on nothing comes in or goes out by it. How many replies were cancelled that waited; None where it was
    stopped already. Raises Refusal.
    """
    with database.writing() as session:
        row = _connected(session, name)
        if row.stopped_at is not None:
            return None
        row.stopped_at, row.fault, row.fault_at = now, None, None
        waiting = (Message.channel_id == row.id, Message.direction == "out", Message.status == "queued")
        cancelled = update(Message).where(*waiting).values(status="cancelled", error_code=CHANNEL_STOPPED)
        done = session.execute(cancelled.execution_options(synchronize_session=False))
        count: int = done.rowcount  # type: ignore[attr-defined]  # a cursor result at run time
        _record_channel(session, "channel.stopped", row, now, cancelled=count)
        return count


def start_channel(database: Database, name: str, now: datetime) -> bool:
    """False where it was not stopped. What was cancelled stays so. Raises Refusal."""
    with database.writing() as session:
        row = _connected(session, name)
        if row.stopped_at is None:
            return False
        row.stopped_at = None
        _record_channel(session, "channel.started", row, now)
        return True


def _connected(session: Session, name: str) -> ChannelRow:
    """Locked until this transaction ends. Raises Refusal."""
    if name in BUILT_IN:
        raise Refusal(
            f"Every store has the channel {name}. To shut out a web form revoke its key: `kibaro keys revoke`."
        )
    row = session.scalar(select(ChannelRow).where(ChannelRow.name == name).with_for_update())
    if row is None:
        raise Refusal(f"There is no channel {name}; `kibaro channels list` shows them.")
    return row


def _record_channel(session: Session, name: str, row: ChannelRow, now: datetime, **facts: Any) -> None:
    """And every process reads it again."""
    count_reference_change(session)
    payload = {"channel": row.name, **facts}
    subject = uuid5(_CHANNELS, row.name)
    insert_rows(session, Event, [event_row(name, subject, payload, recorded_at=now, actor="operator")])


def _secrets_in(provider: str, given: Sequence[str]) -> dict[str, str]:
    """By name. Raises Refusal for what is none of this provider's."""
    gateway = GATEWAYS[provider]
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise Refusal(f"--secret {name} has no value; write {name}=VALUE or {name}=@FILE.")
        found[name] = _from_file(Path(value[1:])) if value.startswith("@") else value
    allowed = {*gateway.secret_names, *gateway.optional_secret_names}
    if unknown := sorted(found.keys() - allowed):
        raise Refusal(f"{provider} knows no secret {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}.")
    return found


def _insist_on_all(provider: str, secrets: Mapping[str, str]) -> None:
    if missing := [name for name in GATEWAYS[provider].secret_names if not secrets.get(name)]:
        raise Refusal(f"{provider} needs --secret {' --secret '.join(f'{name}=…' for name in missing)}.")


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


def _address(wanted: WantedChannel, settings: Settings) -> str | None:
    if not wanted.address:
        if GATEWAYS[wanted.provider].needs_address:
            raise Refusal(f"{wanted.provider} needs --address, our number there, as +224….")
        return None
    scheme = "whatsapp:" if wanted.address.startswith("whatsapp:") else ""
    number = address_of(wanted.address, settings.country).e164
    if number is not None:
        return scheme + number
    if wanted.address.isascii() and wanted.address.isalnum():
        return wanted.address  # a short code, or the name an operator gave us
    raise Refusal("--address is no phone number; write it with + and country code.")


def _locality_id(session: Session, code: str) -> int | None:
    if not code:
        return None
    locality_id = session.scalar(select(Locality.id).where(Locality.code == code))
    if locality_id is None:
        raise Refusal(f"There is no locality {code!r}; `kibaro localities list` shows them.")
    return locality_id


# -- keys --------------------------------------------------------------------------------------------------------------


def revoke_key(database: Database, name: str, now: datetime) -> None:
    """From now on this key opens nothing. Raises Refusal when there is no such key."""
    with database.writing() as session:
        key = session.scalar(select(Key).where(Key.name == name))
        if key is None:
            raise Refusal(f"There is no key named {name}; `kibaro keys list` shows them.")
        if key.revoked_at is None:
            key.revoked_at = now
            _record(session, "key.revoked", key, now)


def keys_of(database: Database) -> list[str]:
    """A line a key: name, scopes, locality, body, revoked or not. Never the key itself, which nobody has any more."""
    with database.reading() as session:
        rows = session.execute(
            select(Key, Locality.code).outerjoin(Locality, Locality.id == Key.locality_id).order_by(Key.name)
        )
        return [
            f"{key.name}  {' '.join(key.scopes)}  {code or 'everywhere'}  {key.body}"
            + (f"  revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "")
            for key, code in rows
        ]


def create_key(  # noqa: PLR0913  what a key is
    database: Database, name: str, scopes: Sequence[str], locality: str, body: str, now: datetime
) -> str:
    """Returns the key, which is stored as a hash only. Raises Refusal."""
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise Refusal(f"There is no scope {', '.join(unknown)}; choose from {', '.join(SCOPES)}.")
    if body not in BODIES:
        raise Refusal(f"--body is one of {', '.join(BODIES)}.")
    if locality and (unbound := [scope for scope in scopes if scope in UNBOUND_ONLY]):
        raise Refusal(f"{', '.join(unbound)} cannot be bound to a locality.")
    secret = random_secrets.token_urlsafe(32)
    with database.writing() as session:
        if session.scalar(select(Key.id).where(Key.name == name)) is not None:
            raise Refusal(f"There is a key named {name} already; names are how keys are told apart.")
        key = Key(
            id=uuid4(),
            name=name,
            digest=digest_of_secret(secret),
            scopes=list(dict.fromkeys(scopes)),
            locality_id=_locality_id(session, locality),
            body=body,
            created_at=now,
        )
        session.add(key)
        _record(session, "key.created", key, now)
    return secret


def _record(session: Session, name: str, key: Key, now: datetime) -> None:
    """Who could see what, and since when, belongs into the audit trail."""
    code = session.scalar(select(Locality.code).where(Locality.id == key.locality_id))
    payload = {"name": key.name, "scopes": key.scopes, "locality": code, "body": key.body}
    insert_rows(session, Event, [event_row(name, key.id, payload, recorded_at=now, actor="operator")])
