"""Localities from a file: OCHA's P-code list, or our own CSV. A later date opens a new parent row; nothing is ever
deleted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import get_global
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.outcome import Line, Outcome, opened_table, shown
from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.database import ALWAYS, FOREVER, Database
from models.localities import (
    UNDETERMINED,
    EmergencyNumber,
    Locality,
    LocalityName,
    LocalityParent,
    LocalityPopulation,
    renew_ancestors,
)
from models.reference import count_reference_change

OCHA_COLUMNS: Final = ("Location", "Admin Level", "P-Code", "Name", "Parent P-Code", "Valid from date")
OUR_COLUMNS: Final = ("code", "name", "parent", "level")


@dataclass(frozen=True, slots=True)
class _Wanted:
    line: int
    code: str
    name: str
    parent: str | None
    level: int
    valid_from: date
    population: int | None = None
    lat: float | None = None
    lon: float | None = None
    aliases: tuple[str, ...] = ()
    timezone: str | None = None


class _BadValueError(ValueError):
    pass


def import_localities(database: Database, path: Path, today: date) -> Outcome:
    """Raises Refusal when the file is neither kind of list. Figures follow at once when a parent changes."""
    outcome = Outcome()
    wanted = sorted(_read(path, today, outcome), key=lambda each: (each.level, each.line))

    def land(session: Session) -> Outcome:
        landing = _Landing(session, Outcome(bad=list(outcome.bad)), today)
        for each in wanted:
            landing.put(each)
        landing.finish()
        return landing.outcome

    return with_tallies_at_rest(database, land)


# -- reading the file --------------------------------------------------------------------------------------------------


def _read(path: Path, today: date, outcome: Outcome) -> list[_Wanted]:
    with opened_table(path, (), outcome) as lines:
        rows = list(lines)
    if rows and set(OCHA_COLUMNS) <= set(rows[0][1]):
        return list(_read_all(rows, outcome, _ocha)) + list(_countries(rows))
    with opened_table(path, OUR_COLUMNS, outcome):
        return list(_read_all(rows, outcome, lambda row, line: _ours(row, line, today)))


def _read_all(
    rows: Iterable[Line], outcome: Outcome, parse: Callable[[dict[str, str], int], _Wanted]
) -> Iterator[_Wanted]:
    for line, row in rows:
        try:
            yield parse(row, line)
        except _BadValueError as error:
            outcome.refuse(line, str(error))


def _ocha(row: dict[str, str], line: int) -> _Wanted:
    return _Wanted(
        line=line,
        code=_filled(row, "P-Code"),
        name=_filled(row, "Name"),
        parent=_filled(row, "Parent P-Code"),
        level=_level(_filled(row, "Admin Level")),
        valid_from=_day(_filled(row, "Valid from date"), "Valid from date"),
    )


def _countries(rows: Iterable[Line]) -> Iterator[_Wanted]:
    """OCHA's list names its countries only by ISO alpha-3; names and single time zones come from CLDR."""
    for code in sorted({row["Location"] for _, row in rows if row["Location"]}):
        alpha2 = next(iter(get_global("territory_aliases").get(code, ())), "")
        names = [Locale(language).territories.get(alpha2) for language in ("fr", "en")]
        known = [name for name in names if name]
        zones = [zone for zone, country in get_global("zone_territories").items() if country == alpha2]
        zone = zones[0] if len(zones) == 1 else None
        yield _Wanted(0, code, known[0] if known else code, None, 0, ALWAYS, aliases=tuple(known[1:]), timezone=zone)


def _ours(row: dict[str, str], line: int, today: date) -> _Wanted:
    return _Wanted(
        line=line,
        code=_filled(row, "code"),
        name=_filled(row, "name"),
        parent=row["parent"] or None,
        level=_level(_filled(row, "level")),
        valid_from=today,
        population=_whole(row.get("population", ""), "population"),
        lat=_decimal(row.get("lat", ""), "lat", 90),
        lon=_decimal(row.get("lon", ""), "lon", 180),
        aliases=tuple(alias.strip() for alias in row.get("aliases", "").split("|") if alias.strip()),
        timezone=_single_zone(row["code"]) if row["level"] == "0" else None,
    )


def _single_zone(alpha3: str) -> str | None:
    return next((each.timezone for each in _countries([(0, {"Location": alpha3})])), None)


def _filled(row: dict[str, str], name: str) -> str:
    if not row.get(name):
        message = f"{name} is empty"
        raise _BadValueError(message)
    return row[name]


def _level(value: str) -> int:
    if value not in set("012345"):
        message = f"level {shown(value)} is not 0 to 5"
        raise _BadValueError(message)
    return int(value)


def _day(value: str, name: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        message = f"{name} {shown(value)} is no date like 2024-03-12"
        raise _BadValueError(message) from None


def _whole(value: str, name: str) -> int | None:
    if value and not value.isdecimal():
        message = f"{name} {shown(value)} is no whole number"
        raise _BadValueError(message)
    return int(value) if value else None


def _decimal(value: str, name: str, limit: float) -> float | None:
    try:
        number = float(value) if value else None
    except ValueError:
        number = limit * 2
    if number is not None and not -limit <= number <= limit:
        message = f"{name} {shown(value)} is no number from -{limit:g} to {limit:g}"
        raise _BadValueError(message)
    return number


# -- putting it into the store -----------------------------------------------------------------------------------------


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

    def put(self, wanted: _Wanted) -> None:
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

    def _add(self, wanted: _Wanted, parent: Locality | None) -> None:
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

    def _update(self, wanted: _Wanted, place: Locality, parent: Locality | None) -> None:
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

    def _details(self, wanted: _Wanted, place: Locality) -> bool:
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


def import_emergency_numbers(database: Database, path: Path) -> Outcome:
    """locality,number,tested_on: a number is inherited by every locality below that has none of its own."""
    outcome = Outcome()
    with opened_table(path, ("locality", "number", "tested_on"), outcome) as lines:
        rows = list(lines)
    with database.writing() as session:
        ids = dict(session.execute(select(Locality.code, Locality.id)).all())
        for line, row in rows:
            try:
                _put_number(session, ids, row, outcome)
            except _BadValueError as error:
                outcome.refuse(line, str(error))
        if outcome.added or outcome.changed:
            count_reference_change(session)
    return outcome


def _put_number(session: Session, ids: dict[str, int], row: dict[str, str], outcome: Outcome) -> None:
    locality_id, number = ids.get(row["locality"]), row["number"]
    if locality_id is None:
        message = f"locality {shown(row['locality'])} is not known"
        raise _BadValueError(message)
    if not number.removeprefix("+").isdecimal() or len(number) > 13:  # noqa: PLR2004  what a reply text has room for
        message = f"number {shown(number)} is not 1 to 13 digits"
        raise _BadValueError(message)
    tested_on = _day(row["tested_on"], "tested_on") if row["tested_on"] else None
    known = session.get(EmergencyNumber, locality_id)
    if known is None:
        session.add(EmergencyNumber(locality_id=locality_id, number=number, tested_on=tested_on))
        outcome.added += 1
    elif (known.number, known.tested_on) != (number, tested_on):
        known.number, known.tested_on = number, tested_on
        outcome.changed += 1
    else:
        outcome.unchanged += 1
