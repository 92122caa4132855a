"""Issuing: channels and keys, as the operator makes them on the command line."""

import re
import secrets as random_secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.gateways import GATEWAYS, gateway_of
from intake.gateways.contract import Channel
from intake.reference import seal_secrets
from intake.sources import address_of
from models.channels import BUILT_IN, ChannelRow
from models.database import Database
from models.faults import Refusal
from models.keys import BODIES, SCOPES, UNBOUND_ONLY, Key
from models.localities import Locality
from models.reference import count_reference_change
from models.settings import Settings
from models.vault import Vault, digest_of_secret

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
LANGUAGES: Final = ("fr", "en")


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
    if wanted.language and wanted.language not in LANGUAGES:
        raise Refusal(f"Replies are written in {' and '.join(LANGUAGES)}.")
    opened = _secrets(wanted)
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
        count_reference_change(session)
    return gateway_of(channel).set_up(f"{settings.public_url}/intake/{wanted.name}")


def _secrets(wanted: WantedChannel) -> Mapping[str, str]:
    gateway = GATEWAYS[wanted.provider]
    found = {}
    for each in wanted.secrets:
        name, equals, value = each.partition("=")
        if not equals:
            raise Refusal(f"--secret {name} has no value; write {name}=VALUE or {name}=@FILE.")
        found[name] = _from_file(Path(value[1:])) if value.startswith("@") else value
    allowed = {*gateway.secret_names, *gateway.optional_secret_names}
    if unknown := sorted(found.keys() - allowed):
        raise Refusal(f"{wanted.provider} knows no secret {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}.")
    if missing := [name for name in gateway.secret_names if not found.get(name)]:
        raise Refusal(f"{wanted.provider} needs --secret {' --secret '.join(f'{name}=…' for name in missing)}.")
    return found


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
        raise Refusal(f"There is no locality {code!r}; import the localities first.")
    return locality_id


def revoke_key(database: Database, name: str, now: datetime) -> None:
    """From now on this key opens nothing. Raises Refusal when there is no such key."""
    with database.writing() as session:
        key = session.scalar(select(Key).where(Key.name == name))
        if key is None:
            raise Refusal(f"There is no key named {name}; `kibaro keys list` shows them.")
        key.revoked_at = key.revoked_at or now


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
        session.add(
            Key(
                id=uuid4(),
                name=name,
                digest=digest_of_secret(secret),
                scopes=list(dict.fromkeys(scopes)),
                locality_id=_locality_id(session, locality),
                body=body,
                created_at=now,
            )
        )
    return secret
