"""The calendar of things that move texting but not crime: a radio show, an airtime gift, an outage. The periods they
touch are no measure of what is usual.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import FOREVER, Base, insert_rows
from models.events import Event, event_row
from models.faults import Invalid

Kind = Literal["radio", "airtime", "outage", "campaign", "other"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
LONGEST_NOTE: Final = 200
_NUMBER: Final = re.compile(r"(\d[\s().+-]*){7,}")


class CalendarNote(Base):
    """from_day inclusive, until_day exclusive. locality_id: there and below; None is everywhere. note: why, in words
    that everybody who reads figures may read.
    """

    __tablename__ = "calendar_notes"
    __table_args__ = (CheckConstraint("kind IN ('radio', 'airtime', 'outage', 'campaign', 'other')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("localities.id"))
    from_day: Mapped[date]
    until_day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    created_at: Mapped[datetime]

    @property
    def last_day(self) -> date:
        return self.until_day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WantedNote:
    """first, last: days, both inclusive."""

    locality_id: int | None
    first: date
    last: date
    kind: Kind
    note: str


def calendar_of(session: Session) -> Sequence[CalendarNote]:
    """Every note, in order of days; a programme has some dozens a year."""
    return session.scalars(select(CalendarNote).order_by(CalendarNote.from_day, CalendarNote.id)).all()


def add_note(session: Session, wanted: WantedNote, code: str | None, now: datetime, actor: str) -> CalendarNote:
    """code: of the locality. The event holds no word of the note. Raises Invalid."""
    words = " ".join(wanted.note.split())
    if wanted.last < wanted.first:
        raise Invalid("The last day is before the first.")
    if wanted.last >= FOREVER:
        raise Invalid("The last day must be before the year 9999 ends.")
    if len(words) > LONGEST_NOTE:
        raise Invalid(f"The note is longer than {LONGEST_NOTE} characters.")
    if _NUMBER.search(words):
        raise Invalid(
            "The note looks as if it held a phone number; everybody who reads figures reads it: leave it out."
        )
    until = wanted.last + timedelta(days=1)
    note = CalendarNote(
        id=uuid4(),
        locality_id=wanted.locality_id,
        from_day=wanted.first,
        until_day=until,
        kind=wanted.kind,
        note=words,
        created_at=now,
    )
    session.add(note)
    _record(session, "note.added", note, code, now, actor)
    return note


def remove_note(session: Session, note: CalendarNote, code: str | None, now: datetime, actor: str) -> None:
    _record(session, "note.removed", note, code, now, actor)
    session.delete(note)


def _record(  # noqa: PLR0913  an event is these facts
    session: Session, name: str, note: CalendarNote, code: str | None, now: datetime, actor: str
) -> None:
    payload = {
        "kind": note.kind,
        "locality": code,
        "from": note.from_day.isoformat(),
        "to": note.last_day.isoformat(),
    }
    insert_rows(session, Event, [event_row(name, note.id, payload, recorded_at=now, actor=actor)])
