"""Localities into the store: a later date opens a new parent row, a new name leaves the old one as an alias; nothing is
ever deleted.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.outcome import Outcome, shown
from jobs.imports.place_lists import WantedLocality, read_places
from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.database import ALWAYS, FOREVER, Database
from models.localities import (
    UNDETERMINED,
    Locality,
    LocalityName,
    LocalityParent,
    LocalityPopulation,
    renew_ancestors,
)
from models.reference import count_reference_change


def import_localities(database: Database, path: Path, today: date) -> Outcome:
    """Raises Refusal when the file is neither kind of list. Figures follow at once when a parent changes."""
    outcome = Outcome()
    wanted = read_places(path, today, outcome)

    def land(session: Session) -> Outcome:
        landing = _Landing(session, Outcome(bad=list(outcome.bad)), today)
        for each in wanted:
            landing.put(each)
        landing.finish()
        return landing.outcome

    return with_tallies_at_rest(database, land)


@dataclass(slots=True)
class _Landing:
    session: Session
    outcome: Outcome
    today: date
    places: dict[str, Locality] = field(default_factory=dict)
    names: dict[int, dict[str, LocalityName]] = field(default_factory=dict)
    parents: dict[int, LocalityParent] = field(default_factory=dict)
    moved: bool = False

    def __post_init__(self) -> None:
        self.places = {row.code: row for row in self.session.scalars(select(Locality))}
        for name in self.session.scalars(select(LocalityName)):
            self.names.setdefault(name.locality_id, {})[name.name] = name
        newest = select(LocalityParent).where(LocalityParent.until_day == FOREVER)
        self.parents = {row.locality_id: row for row in self.session.scalars(newest)}

    def put(self, wanted: WantedLocality) -> None:
        place, parent = self.places.get(wanted.code), self.places.get(wanted.parent or "")
        if wanted.parent is not None and parent is None:
            self.outcome.refuse(wanted.line, f"parent {shown(wanted.parent)} of {shown(wanted.code)} is not known")
        elif (wanted.level == 0) != (wanted.parent is None) or (parent is not None and parent.level >= wanted.level):
            self.outcome.refuse(
                wanted.line, f"{shown(wanted.code)} of level {wanted.level} cannot stand under {shown(wanted.parent)}"
            )
        elif place is None:
            self._add(wanted, parent)
            self.outcome.added += 1
        elif place.level != wanted.level:
            self.outcome.refuse(
                wanted.line, f"{shown(wanted.code)} has level {place.level} here; a code keeps its level"
            )
        else:
            self._update(wanted, place, parent)

    def _add(self, wanted: WantedLocality, parent: Locality | None) -> None:
        place = Locality(code=wanted.code, level=wanted.level, lat=wanted.lat, lon=wanted.lon, timezone=wanted.timezone)
        self.session.add(place)
        self.session.flush()
        self.places[wanted.code] = place
        self._name(place, wanted.name, main=True)
        if parent is not None:
            row = LocalityParent(locality_id=place.id, parent_id=parent.id, from_day=ALWAYS, until_day=FOREVER)
            self.session.add(row)
            self.parents[place.id] = row
        self._details(wanted, place)

    def _update(self, wanted: WantedLocality, place: Locality, parent: Locality | None) -> None:
        current = self.parents.get(place.id)
        if parent is not None and current is not None and parent.id != current.parent_id:
            if wanted.valid_from <= current.from_day:
                reason = f"another parent for {shown(wanted.code)}, but not from a later day than {current.from_day}"
                self.outcome.refuse(wanted.line, reason)
                return
            self._move(place, current, parent, wanted.valid_from)
            changed = True
        else:
            changed = False
        changed |= self._rename(place, wanted.name)
        changed |= self._details(wanted, place)
        if changed:
            self.outcome.changed += 1
        else:
            self.outcome.unchanged += 1

    def _move(self, place: Locality, current: LocalityParent, parent: Locality, from_day: date) -> None:
        current.until_day = from_day
        row = LocalityParent(locality_id=place.id, parent_id=parent.id, from_day=from_day, until_day=FOREVER)
        self.session.add(row)
        self.parents[place.id] = row
        self.moved = True

    def _rename(self, place: Locality, name: str) -> bool:
        """The old name stays as an alias: people go on using it."""
        names = self.names.get(place.id, {})
        if name in names and names[name].main:
            return False
        for other in names.values():
            other.main = False
        self._name(place, name, main=True)
        return True

    def _name(self, place: Locality, name: str, *, main: bool) -> bool:
        names = self.names.setdefault(place.id, {})
        if name in names:
            names[name].main = names[name].main or main
            return False
        names[name] = LocalityName(locality_id=place.id, name=name, language=UNDETERMINED, main=main)
        self.session.add(names[name])
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
        row = self.session.get(LocalityPopulation, (place.id, self.today.year))
        if row is not None and row.population == population:
            return False
        self.session.merge(LocalityPopulation(locality_id=place.id, year=self.today.year, population=population))
        return True

    def finish(self) -> None:
        if not self.outcome.added and not self.outcome.changed:
            return
        self.session.flush()
        renew_ancestors(self.session)
        count_reference_change(self.session)
        if self.moved:
            rebuild_tallies(self.session)
