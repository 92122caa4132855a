"""Localities into the store: a later date opens a new parent row, a new name leaves the old one as an alias; nothing is
ever deleted.
"""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.cells import BadValueError
from jobs.imports.outcome import Outcome, shown
from jobs.imports.parents import ParentsSaid
from jobs.imports.place_lists import WantedLocality, read_places
from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.clock import Clock, now_utc
from models.database import Database
from models.localities import (
    UNDETERMINED,
    Locality,
    LocalityName,
    LocalityPopulation,
    renew_ancestors,
)
from models.reference import count_reference_change


def import_localities(database: Database, path: Path, today: date, clock: Clock = now_utc) -> Outcome:
    """Raises Refusal when the file is neither kind of list. Figures follow at once when a parent changes.

    today: since when it holds what a list without dates says. clock: when events are recorded.
    """
    outcome = Outcome()
    wanted = read_places(path, outcome)

    def land(session: Session) -> Outcome:
        landing = _Landing(session, Outcome(bad=list(outcome.bad)), today)
        for each in wanted:
            landing.put(each)
        landing.finish(clock())
        return landing.outcome

    return with_tallies_at_rest(database, land)


class _Landing:
    def __init__(self, session: Session, outcome: Outcome, today: date) -> None:
        self.outcome = outcome
        self._session = session
        self._today = today
        self._places = {row.code: row for row in session.scalars(select(Locality))}
        self._names: dict[int, dict[str, LocalityName]] = {}
        for name in session.scalars(select(LocalityName).order_by(LocalityName.main)):  # of two, the main one is kept
            self._names.setdefault(name.locality_id, {})[name.name] = name
        self._parents = ParentsSaid(session)

    def put(self, wanted: WantedLocality) -> None:
        try:
            self._put(wanted)
        except BadValueError as error:
            self.outcome.refuse(wanted.line, str(error))

    def _put(self, wanted: WantedLocality) -> None:
        place, parent = self._places.get(wanted.code), self._places.get(wanted.parent or "")
        if wanted.parent is not None and parent is None:
            raise BadValueError(f"parent {shown(wanted.parent)} of {shown(wanted.code)} is not known")
        if (wanted.level == 0) != (wanted.parent is None) or (parent is not None and parent.level >= wanted.level):
            raise BadValueError(
                f"{shown(wanted.code)} of level {wanted.level} cannot stand under {shown(wanted.parent)}"
            )
        if place is not None and place.level != wanted.level:
            raise BadValueError(f"{shown(wanted.code)} has level {place.level} here; a code keeps its level")
        if place is None:
            self._add(wanted, parent)
            self.outcome.added += 1
        elif self._update(wanted, place, parent):
            self.outcome.changed += 1
        else:
            self.outcome.unchanged += 1

    def _add(self, wanted: WantedLocality, parent: Locality | None) -> None:
        place = Locality(code=wanted.code, level=wanted.level, lat=wanted.lat, lon=wanted.lon, timezone=wanted.timezone)
        self._session.add(place)
        self._session.flush()
        self._places[wanted.code] = place
        self._name(place, wanted.name, main=True)
        if parent is not None:
            self._parents.say(place.id, parent.id, wanted.valid_from, self._today)
        self._details(wanted, place)

    def _update(self, wanted: WantedLocality, place: Locality, parent: Locality | None) -> bool:
        is_older = wanted.valid_from is not None and wanted.valid_from < self._parents.newest(place.id)
        changed = [parent is not None and self._move(wanted, place, parent)]
        if is_older:
            changed.append(self._name(place, wanted.name, main=False))  # a newer list has given it another one since
        else:
            changed.append(self._rename(place, wanted.name))
        changed.append(self._details(wanted, place))
        return any(changed)

    def _move(self, wanted: WantedLocality, place: Locality, parent: Locality) -> bool:
        try:
            return self._parents.say(place.id, parent.id, wanted.valid_from, self._today)
        except BadValueError as error:
            raise BadValueError(f"{shown(wanted.code)} has {error}") from None

    def _rename(self, place: Locality, name: str) -> bool:
        """The old name stays as an alias: people go on using it."""
        names = self._names.get(place.id, {})
        if name in names and names[name].main:
            return False
        for other in names.values():
            other.main = False
        self._name(place, name, main=True)
        return True

    def _name(self, place: Locality, name: str, *, main: bool) -> bool:
        names = self._names.setdefault(place.id, {})
        if name in names:
            names[name].main = names[name].main or main
            return False
        names[name] = LocalityName(locality_id=place.id, name=name, language=UNDETERMINED, main=main)
        self._session.add(names[name])
        return True

    def _details(self, wanted: WantedLocality, place: Locality) -> bool:
        changed = [self._name(place, alias, main=False) for alias in wanted.aliases]
        for attribute in ("lat", "lon", "timezone"):
            value = getattr(wanted, attribute)
            if value is not None and getattr(place, attribute) != value:
                setattr(place, attribute, value)
                changed.append(True)
        if wanted.population is not None:
            changed.append(self._populate(place, wanted.population))
        return any(changed)

    def _populate(self, place: Locality, population: int) -> bool:
        row = self._session.get(LocalityPopulation, (place.id, self._today.year))
        if row is not None and row.population == population:
            return False
        self._session.merge(LocalityPopulation(locality_id=place.id, year=self._today.year, population=population))
        return True

    def finish(self, now: datetime) -> None:
        self._session.flush()
        self._parents.write()
        if not self.outcome.added and not self.outcome.changed:
            return
        renew_ancestors(self._session)
        count_reference_change(self._session)
        if self._parents.moved:
            rebuild_tallies(self._session)
            self._parents.record_moves(now)
