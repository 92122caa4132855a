"""Observations: which one a code text is about, and what was said of it, opened and sealed."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.forms.definition import Form, Period
from intake.forms.merging import NUMBER, Said
from intake.forms.reading import CodeReading
from intake.forms.values import as_json, from_json
from intake.incoming import Incoming, Means
from intake.references import reference_meant
from models.observations import Observation
from models.reports import Report
from models.vault import DataKey

GOES_ON_FOR: Final = timedelta(hours=2)
"""A code text without a number belongs to the one before it for so long."""
NUMBER_LASTS: Final = timedelta(days=30)
"""Then people begin to count anew."""


def observation_meant(  # noqa: PLR0913  a text and when it came
    session: Session, means: Means, incoming: Incoming, reading: CodeReading, *, now: datetime, day: date
) -> Observation | None:
    """The one that this text completes or corrects, locked; None where it begins a new one or, where it says that it is
    about an earlier one, there is none. day: the local day of sending.
    """
    form, source = reading.form, incoming.source
    own = select(Observation).where(
        Observation.reporter_id == source.id, Observation.form_id.in_(means.reference.forms.ids_of(form.code))
    )
    own = own.order_by(Observation.changed_at.desc(), Observation.opened_at.desc()).limit(1).with_for_update()
    if reading.reference is not None:
        ours = select(Report.reference).join(Observation, Observation.report_id == Report.id)
        ours = ours.where(Observation.reporter_id == source.id, Report.reference.is_not(None))
        meant = reference_meant(reading.reference, [each or "" for each in session.scalars(ours)])
        about = select(Report.id).where(Report.reference == meant)
        return session.scalar(own.where(Observation.report_id.in_(about)))
    if reading.number is not None:
        same = own.where(Observation.number == reading.number, Observation.opened_at > now - NUMBER_LASTS)
        return session.scalar(same) or _without_its_number(session.scalar(own), reading, source.key, now)
    if form.period is not None:
        first, last = span(form.period, day)
        return session.scalar(own.where(Observation.day >= first, Observation.day <= last))
    last_one = session.scalar(own)
    if last_one is None or last_one.changed_at <= now - GOES_ON_FOR:
        return None
    return last_one if reading.corrects or not _is_another(reading, last_one, source.key) else None


def _without_its_number(
    observation: Observation | None, reading: CodeReading, key: DataKey, now: datetime
) -> Observation | None:
    """The number that was missing comes later."""
    if observation is None or observation.number is not None or NUMBER not in observation.problems:
        return None
    is_late = observation.changed_at <= now - GOES_ON_FOR
    return None if is_late or (not reading.corrects and _is_another(reading, observation, key)) else observation


def _is_another(reading: CodeReading, last: Observation, key: DataKey) -> bool:
    """It says something else of a field that was well said; or it is whole in itself, adds to what was said, and lacks
    the number under which the last one goes: somebody sends one after the other.
    """
    kept = {tag: value for tag, value in _kept(last, key).items() if tag not in last.problems}
    said = {tag: as_json(value) for tag, value in reading.values.items()}
    if kept.keys() & {problem.tag for problem in reading.problems}:
        return True
    if any(kept[tag] != said[tag] for tag in kept.keys() & said.keys()):
        return True
    adds = bool(said.keys() - kept.keys())
    is_whole = Said().after(reading).status(reading.form) == "complete"
    return adds and is_whole and reading.number is None and last.number is not None


def span(period: Period, day: date) -> tuple[date, date]:
    """The first and the last day of the period that this day is in; a week begins on Monday."""
    if period == "day":
        return day, day
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return date.min, date.max


# -- keeping -----------------------------------------------------------------------------------------------------------


def kept_words(form: Form, said: Said) -> dict[str, Any]:
    """What may stand in clear: all but free text."""
    return {
        field.tag: as_json(said.values[field.tag])
        for field in form.fields
        if field.type != "text" and field.tag in said.values
    }


def sealed_words(form: Form, said: Said, key: DataKey, observation_id: UUID) -> bytes | None:
    words = {each.tag: said.values[each.tag] for each in form.fields if each.type == "text" and each.tag in said.values}
    return key.seal(_where(observation_id), json.dumps(words).encode()) if words else None


def opened_said(form: Form, observation: Observation, key: DataKey) -> Said:
    kept = _kept(observation, key)
    values = {each.tag: from_json(each, kept[each.tag]) for each in form.fields if each.tag in kept}
    return Said(values, observation.problems)


def _kept(observation: Observation, key: DataKey) -> Mapping[str, Any]:
    if observation.words is None:
        return observation.said_values
    return {**observation.said_values, **json.loads(key.open(_where(observation.id), observation.words))}


def _where(observation_id: UUID) -> str:
    return f"observations.words.{observation_id}"
