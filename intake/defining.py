"""Defining forms: a new version where something changed, never a change of an old one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.forms.definition import Form, document_of
from intake.reference import Reference
from intake.rows import Rows
from intake.understand.values import Kind, Situation
from models.faults import Invalid
from models.forms import FormRow
from models.reference import count_reference_change

_FORMS: Final = UUID("6a0c1f9e-3b53-4c8e-9d27-5e0a1b7d4f10")
"""Of names of forms: an event's subject is a UUID, and a form goes by its code."""


@dataclass(frozen=True, slots=True)
class Defined:
    """is_new: a version was added; False where it was all so already."""

    version: int
    is_new: bool


def define_form(session: Session, reference: Reference, form: Form, now: datetime, actor: str) -> Defined:
    """Raises Invalid."""
    _insist_on_codes(reference, form, now)
    newest = select(FormRow).where(FormRow.code == form.code).order_by(FormRow.version.desc()).limit(1)
    last = session.scalar(newest.with_for_update())
    definition = document_of(form)
    if last is not None and last.definition == definition:
        return Defined(last.version, is_new=False)
    version = last.version + 1 if last is not None else 1
    session.add(FormRow(code=form.code, version=version, definition=definition, created_at=now))
    count_reference_change(session)
    rows = Rows()
    payload = {"form": form.code, "version": version}
    rows.record("form.defined", uuid5(_FORMS, form.code), payload, at=now, actor=actor)
    rows.write(session)
    return Defined(version, is_new=True)


def _insist_on_codes(reference: Reference, form: Form, now: datetime) -> None:
    if unknown := sorted({*form.categories()} - reference.categories.keys()):
        raise Invalid(f"{form.code}: there is no category {', '.join(unknown)}; GET /v1/categories lists them.")
    localities = form.expected.localities if form.expected else ()
    if unknown := sorted({*localities} - reference.spot_ids.keys()):
        raise Invalid(f"{form.code}: there is no locality {', '.join(unknown)}; GET /v1/localities lists them.")
    reading = reference.understanding.read(form.code, Situation(now))
    if reading.kind is Kind.COMMAND or reading.category is not None or reading.danger:
        raise Invalid(f"{form.code} is a word that people write to us: choose a code that means nothing.")
