"""Completeness: who was expected to fill in a checklist, period by period, and who has."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.enrolling import enrolled
from intake.forms.definition import Form
from intake.reference import Reference, Spot
from models.database import FOREVER
from models.observations import Observation
from models.periods import Grain, periods_between
from models.reporters import Reporter

LONGEST: Final = {"day": timedelta(days=92), "week": timedelta(days=732), "once": timedelta(days=36_525)}
_BEST_LAST: Final = ("contradiction", "partial", "complete")


@dataclass(frozen=True, slots=True)
class Asked:
    """One period; label as in figures, or once."""

    label: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Unit:
    """One person who is expected, called by their post. status: of what they sent, None where that is nothing."""

    reporter_id: UUID
    name: str
    kind: str
    status: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    locality: Spot
    asked: Asked
    units: list[Unit] = field(default_factory=list)


def completeness(  # noqa: PLR0913  a checklist, when and where
    session: Session, reference: Reference, form: Form, first: date, last: date, places: Container[int]
) -> list[Cell]:
    """By period, then locality. places: ids of the localities that are wanted; people of others are left out."""
    people = [each for each in session.scalars(enrolled()) if _is_expected(reference, form, each, places)]
    asked = _asked(form, first, last)
    sent = _sent(session, reference, form, [each.id for each in people], asked)
    cells: dict[tuple[date, str], Cell] = {}
    for one in asked:
        for person in people:
            if not _was_there(person, one) or person.home_id is None:
                continue
            spot = reference.spots[person.home_id]
            cell = cells.setdefault((one.start, spot.code), Cell(spot, one))
            cell.units.append(Unit(person.id, person.unit or "", person.kind, sent.get((person.id, one.start))))
    return [cells[key] for key in sorted(cells)]


def places_below(reference: Reference, root: Spot | None) -> set[int]:
    """None is everywhere."""
    return {spot.id for spot in reference.spots.values() if root is None or _lies_in(spot, root.id)}


def _lies_in(spot: Spot, above: int) -> bool:
    return any(span.ancestor_id == above and span.until_day == FOREVER for span in spot.up)


def _is_expected(reference: Reference, form: Form, reporter: Reporter, places: Container[int]) -> bool:
    expected = form.expected
    if expected is None or reporter.home_id not in places or reporter.kind not in expected.kinds:
        return False
    roots = [reference.spot_ids[code] for code in expected.localities if code in reference.spot_ids]
    home = reference.spots[reporter.home_id or 0]
    return not expected.localities or any(_lies_in(home, root) for root in roots)


def _was_there(reporter: Reporter, asked: Asked) -> bool:
    """Enrolled before the period was over, and not suspended before it began."""
    over = datetime.combine(asked.end, time.max, UTC)
    began = datetime.combine(asked.start, time.min, UTC)
    gone = reporter.suspended_at is not None and reporter.suspended_at < began
    return reporter.enrolled_at is not None and reporter.enrolled_at <= over and not gone


def _asked(form: Form, first: date, last: date) -> list[Asked]:
    if form.period == "once":
        return [Asked("once", first, last)]
    grain: Grain = "week" if form.period == "week" else "day"
    return [Asked(each.label, each.start, each.end) for each in periods_between(grain, first, last)]


def _sent(
    session: Session, reference: Reference, form: Form, people: Sequence[UUID], asked: Iterable[Asked]
) -> dict[tuple[UUID, date], str]:
    """By person and start of period, the best status of what they sent in it."""
    asked = list(asked)
    if not asked:
        return {}
    own = select(Observation.reporter_id, Observation.day, Observation.status).where(
        Observation.form_id.in_(reference.forms.ids_of(form.code)),
        Observation.reporter_id.in_(people),
        Observation.day >= asked[0].start,
        Observation.day <= asked[-1].end,
    )
    found: dict[tuple[UUID, date], str] = {}
    for reporter_id, day, status in session.execute(own):
        if reporter_id is None:
            continue
        start = next(one.start for one in asked if one.start <= day <= one.end)
        best = max(status, found.get((reporter_id, start), status), key=_BEST_LAST.index)
        found[reporter_id, start] = best
    return found
