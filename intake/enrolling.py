"""Enrolling: people who were trained and whose codes are read. Who they are is kept as of any reporter: a keyed index
and a sealed number.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intake.forms.definition import EnrolledKind
from intake.reference import Reference
from intake.rows import Rows
from intake.sources import address_of, find_or_create
from models.faults import Invalid, NotFound
from models.reporters import Reporter
from models.vault import Vault

KINDS: Final[tuple[EnrolledKind, ...]] = get_args(EnrolledKind)
LONGEST_UNIT: Final = 80
_NUMBER: Final = re.compile(r"(\d[\s().+-]*){7,}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """unit: their post or group; everybody who reads completeness reads it. locality: code."""

    kind: EnrolledKind
    unit: str
    locality: str


def enrol(  # noqa: PLR0913  whom, as what, and where that is kept
    session: Session,
    vault: Vault,
    reference: Reference,
    written: str,
    country: str,
    wanted: Wanted,
    now: datetime,
    actor: str,
    *,
    within: Container[int] | None = None,
) -> Reporter:
    """written: the number; without + it is one of this country (ISO alpha-2). Enrolled again, they change kind, unit
    and locality, and are no longer suspended. within: ids of localities; nobody is taken over who is enrolled
    elsewhere. Raises Invalid, which does not quote the number, and NotFound.
    """
    address = address_of(written.strip(), country)
    if address.e164 is None:
        raise Invalid("That is no phone number: write it with + and country code.")
    unit, home_id = checked_unit(wanted.unit), _home(reference, wanted.locality)
    source = find_or_create(session, vault, [address], now)[address.e164]
    reporter = session.get_one(Reporter, source.id, populate_existing=True, with_for_update=True)
    if within is not None and reporter.enrolled_at is not None and reporter.home_id not in within:
        raise NotFound
    reporter.kind, reporter.unit, reporter.home_id = wanted.kind, unit, home_id
    reporter.enrolled_at, reporter.suspended_at = reporter.enrolled_at or now, None
    _record(session, "reporter.enrolled", reporter, reference, now, actor)
    return reporter


def change(  # noqa: PLR0913  whom, what, and where that is kept
    session: Session,
    reference: Reference,
    reporter: Reporter,
    now: datetime,
    actor: str,
    *,
    kind: EnrolledKind | None = None,
    unit: str | None = None,
    locality: str | None = None,
    suspended: bool | None = None,
) -> None:
    """None leaves it as it is. Raises Invalid."""
    if kind is not None:
        reporter.kind = kind
    if unit is not None:
        reporter.unit = checked_unit(unit)
    if locality is not None:
        reporter.home_id = _home(reference, locality)
    name = "reporter.changed"
    if suspended is not None and suspended != (reporter.suspended_at is not None):
        reporter.suspended_at = now if suspended else None
        name = "reporter.suspended" if suspended else "reporter.resumed"
    _record(session, name, reporter, reference, now, actor)


def enrolled() -> Select[Reporter]:
    return select(Reporter).where(Reporter.enrolled_at.is_not(None)).order_by(Reporter.enrolled_at, Reporter.id)


def enrolled_one(session: Session, reporter_id: UUID, *, to_change: bool = False) -> Reporter | None:
    """None for whoever is not enrolled: citizens do not exist here."""
    query = enrolled().where(Reporter.id == reporter_id)
    return session.scalar(query.with_for_update() if to_change else query)


def checked_unit(written: str) -> str:
    """Raises Invalid."""
    unit = " ".join(written.split())
    if not unit or len(unit) > LONGEST_UNIT:
        raise Invalid(f"unit says which post or group, in at most {LONGEST_UNIT} characters.")
    if _NUMBER.search(unit):
        raise Invalid("The unit looks as if it held a phone number: leave it out.")
    return unit


def _home(reference: Reference, code: str) -> int:
    if code not in reference.spot_ids:
        raise Invalid("There is no such locality; GET /v1/localities lists them.")
    return reference.spot_ids[code]


def _record(  # noqa: PLR0913  an event is these facts
    session: Session, name: str, reporter: Reporter, reference: Reference, now: datetime, actor: str
) -> None:
    rows = Rows()
    payload = {
        "kind": reporter.kind,
        "locality": reference.code_of(reporter.home_id),
        "suspended": reporter.suspended_at is not None,
    }
    rows.record(name, uuid4(), payload, at=now, actor=actor, reporter_id=reporter.id)  # once erased, nothing names them
    rows.write(session)
