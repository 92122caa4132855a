"""Who was said to be whose parent when, while a list of places lands: what was said before, what is new, what moved."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from jobs.imports.cells import BadValueError
from models.database import ALWAYS, insert_rows
from models.events import Event, event_row
from models.localities import Locality, LocalityParent, ParentStatement, parents_from
from models.tallies import ALL, Measures, TallyChange

MOVED: Final = "locality.moved"
ACTOR: Final = "import"
_AT_ONCE: Final = 500
"""Ids in one statement; SQLite takes some thousand parameters."""

Rows = list[tuple[date, date, int]]
"""from_day, until_day, parent."""


def subject_of(code: str) -> UUID:
    """The subject of events about a locality: codes never change, so neither does it."""
    return uuid5(NAMESPACE_URL, f"kibaro:locality:{code}")


class ParentsSaid:
    """All statements of the store, and those of the list that lands."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: dict[int, dict[date, int]] = {}
        for each in session.scalars(select(ParentStatement)):
            self._said.setdefault(each.locality_id, {})[each.day] = each.parent_id
        self._new: list[dict[str, Any]] = []
        self._before: dict[int, Rows] = {}

    def newest(self, locality_id: int) -> date:
        """The last day a list spoke of this place."""
        return max(self._said.get(locality_id, {}), default=ALWAYS)

    def say(self, locality_id: int, parent_id: int, day: date | None, today: date) -> bool:
        """day: None of a list without dates, which says of a new place "always" and of a known one "from today on".

        True when somebody's parent changes by it. Raises BadValueError where a list of that day said otherwise.
        """
        said = self._said.setdefault(locality_id, {})
        before = parents_from(said)
        if day is None:
            if _parent_on(before, today) == parent_id:
                return False
            day = today if said else ALWAYS
        known = said.get(day)
        if known is not None and known != parent_id:
            raise BadValueError(f"another parent than a list of the same day, {day}, has said")
        if known is None:
            said[day] = parent_id
            self._new.append({"locality_id": locality_id, "day": day, "parent_id": parent_id})
        if parents_from(said) == before:
            return False
        self._before.setdefault(locality_id, before)
        return bool(before)

    @property
    def moved(self) -> dict[int, tuple[Rows, Rows]]:
        """Of each known place whose parents changed, the rows before and after."""
        pairs = {place: (before, parents_from(self._said[place])) for place, before in self._before.items()}
        return {place: pair for place, pair in pairs.items() if pair[0] and pair[0] != pair[1]}

    def write(self) -> None:
        """The statements, and the parents that follow from them."""
        touched = sorted(self._before)
        for first in range(0, len(touched), _AT_ONCE):
            some = touched[first : first + _AT_ONCE]
            self._session.execute(delete(LocalityParent).where(LocalityParent.locality_id.in_(some)))
        insert_rows(self._session, ParentStatement, self._new)
        insert_rows(
            self._session,
            LocalityParent,
            [
                {"locality_id": place, "from_day": first, "until_day": end, "parent_id": parent}
                for place in touched
                for first, end, parent in parents_from(self._said[place])
            ],
        )

    def record_moves(self, now: datetime) -> None:
        """An event for each place that moved, and a line of zeros for the history of figures."""
        codes = dict(self._session.execute(select(Locality.id, Locality.code)).all())
        events, changes = [], []
        for place, (before, after) in sorted(self.moved.items()):
            parents = [{"parent": codes[row[2]], "from": _said_from(row[0])} for row in after]
            payload = {"locality": codes[place], "parents": parents}
            events.append(event_row(MOVED, subject_of(codes[place]), payload, recorded_at=now, actor=ACTOR))
            changes.append(
                {"locality_id": place, "category_id": ALL, "in_all": True, "day": _day_moved(before, after)}
                | {"reporter_id": None, "cause": MOVED}
                | Measures()._asdict()
            )
        insert_rows(self._session, Event, events)
        insert_rows(self._session, TallyChange, changes)


def _parent_on(rows: Rows, day: date) -> int | None:
    return next((parent for first, end, parent in rows if first <= day < end), None)


def _said_from(day: date) -> str | None:
    return None if day == ALWAYS else day.isoformat()


def _day_moved(before: Rows, after: Rows) -> date:
    """A day that lies under another parent than before: the first one, or the last of a time open to the past."""
    bounds = sorted({day for rows in (before, after) for row in rows for day in row[:2]})
    for first, end in pairwise(bounds):
        if _parent_on(before, first) != _parent_on(after, first):
            return end - timedelta(days=1) if first == ALWAYS else first
    return ALWAYS
