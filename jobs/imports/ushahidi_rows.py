"""Rows of an Ushahidi export, read into reports to be. Titles and descriptions are not read: they may name people, and
texts as old as an export's would be past their retention.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from intake.reference import Reference
from jobs.imports.category_map import OTHER, CategoryMap
from jobs.imports.cells import BadValueError, filled
from jobs.imports.day_cells import DayCells
from jobs.imports.outcome import FEWEST_DIGITS_HIDDEN, Line, Outcome, shown
from jobs.imports.report_rows import ImportedRow
from jobs.imports.row_places import RowPlaces

REQUIRED: Final = ("serial", "incident date")
EARLIEST_YEAR: Final = 1900
NO_CATEGORY: Final = "no-category"
PLACE_UNSURE: Final = "place-unsure"
NOT_APPROVED: Final = "not-approved"
_COLUMNS: Final = {
    "#": "serial",
    "id": "serial",
    "incident id": "serial",
    "date": "incident date",
    "categories": "category",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
}
_SERIAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
"""It is stored in clear, so nothing that might be a sentence or a phone number."""
_YES: Final = frozenset({"yes", "y", "true", "1", "oui", "si", "sí"})
_NO: Final = frozenset({"no", "n", "false", "0", "non", ""})
_GUARD: Final = ("none", "armed", "survivor", "agent")
"""Of several protections the last one guards first, as where a text leaves a doubt."""
_OPEN: Final = _GUARD[0]


def column_named(spelt: str) -> str:
    """Deployments and plug-ins spell and order columns in their own ways, and add others."""
    name = " ".join(spelt.replace("_", " ").lower().split())
    return _COLUMNS.get(name, name)


@dataclass(frozen=True, slots=True)
class UshahidiRow(ImportedRow):
    """protect: of its category. tags: the further categories, by the map's word, with the id of ours where there is
    one.
    """

    protect: str = _OPEN
    tags: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class UshahidiOutcome(Outcome):
    """placed: rows by how their place was found, and its level. unplaced: lines and serials that count under the
    country because their place is not known. unmapped: categories that the map does not know, with their rows.
    uncategorised: lines and serials that count nowhere until their category is known. strange: codes of the map that
    the taxonomy does not have.
    """

    placed: Counter[tuple[str, int]] = field(default_factory=Counter)
    unplaced: list[tuple[int, str]] = field(default_factory=list)
    unmapped: Counter[str] = field(default_factory=Counter)
    uncategorised: list[tuple[int, str]] = field(default_factory=list)
    strange: set[str] = field(default_factory=set)
    not_approved: int = 0


@dataclass(slots=True)
class Survey:
    """What must be known of the whole file before its first row is read."""

    days: DayCells
    last_lines: dict[str, int] = field(default_factory=dict)

    def take(self, lines: Iterable[Line]) -> None:
        for line, row in lines:
            self.days.notice(row["incident date"])
            self.last_lines[row["serial"]] = line


@dataclass(frozen=True, slots=True)
class RowReader:
    reference: Reference
    places: RowPlaces
    categories: CategoryMap
    survey: Survey
    zone: ZoneInfo
    now: datetime

    def read(self, lines: Iterable[Line], outcome: UshahidiOutcome) -> Iterator[UshahidiRow]:
        for line, row in lines:
            try:
                yield self._read(line, row, outcome)
            except BadValueError as error:
                outcome.refuse(line, str(error))

    def _read(self, line: int, row: dict[str, str], outcome: UshahidiOutcome) -> UshahidiRow:
        serial = self._serial(line, row)
        day = self._day(row)
        verified, approved = _flag(row, "verified", missing=False), _flag(row, "approved", missing=True)
        placed = self.places.place_of(
            row.get("pcode", ""), row.get("location", ""), row.get("latitude", ""), row.get("longitude", "")
        )
        category_id, tags = self._categories(row.get("category", ""), outcome)
        outcome.placed[placed.by, placed.place.level] += 1
        outcome.not_approved += not approved
        if placed.by == "country":
            outcome.unplaced.append((line, serial))
        if category_id is None:
            outcome.uncategorised.append((line, serial))
        unsure = NO_CATEGORY if category_id is None else PLACE_UNSURE if placed.by == "country" else None
        return UshahidiRow(
            key=serial,
            occurred_on=day,
            locality_id=placed.place.id,
            category_id=category_id,
            credibility="confirmed" if verified else "unassessed" if approved else "doubtful",
            review=unsure or (None if approved else NOT_APPROVED),
            protect=self._protection(category_id),
            tags=tags,
        )

    def _serial(self, line: int, row: dict[str, str]) -> str:
        serial = filled(row, "serial")
        if not _SERIAL.fullmatch(serial) or (serial.isdecimal() and len(serial) > FEWEST_DIGITS_HIDDEN):
            raise BadValueError(f"serial {shown(serial)} is no number that a report is known by")
        if (last := self.survey.last_lines[serial]) != line:
            raise BadValueError(f"line {last} has the same serial; that one holds")
        return serial

    def _day(self, row: dict[str, str]) -> date:
        day = self.survey.days.read(filled(row, "incident date"), self.zone)
        if day.year < EARLIEST_YEAR:
            raise BadValueError(f"the day {day} is before {EARLIEST_YEAR}")
        if day > self.now.astimezone(self.zone).date():
            raise BadValueError(f"the day {day} is in the future")
        return day

    def _categories(self, cell: str, outcome: UshahidiOutcome) -> tuple[int | None, dict[str, int | None]]:
        """The most protected of its categories that are ours, of equals the first, and the others as tags; none where
        it would be counted openly and a word beside it may mean something protected.

        Words that the map does not know are told and not kept: only the map says that they are categories, and no
        sentence out of another column.
        """
        ours, unsure = self.reference.category_ids, False
        found: list[tuple[str, int | None]] = []
        for word, mapped in self.categories.words_of(cell):
            if mapped is None:
                outcome.unmapped[word] += 1
                unsure = True
                continue
            if mapped.category and mapped.category not in ours:
                outcome.strange.add(mapped.category)
                unsure = True
            found.append((mapped.word, ours.get(mapped.category)))
        known = [each for each in found if each[1]]
        chosen = max(known, key=lambda each: _GUARD.index(self._protection(each[1])), default=None)
        if chosen is None:
            return (ours.get(OTHER) if found and not unsure else None), dict(found)
        if unsure and self._protection(chosen[1]) == _OPEN:
            return None, dict(found)
        found.remove(chosen)
        return chosen[1], dict(found)

    def _protection(self, category_id: int | None) -> str:
        return self.reference.rules[category_id].protect if category_id else _OPEN


def _flag(row: Mapping[str, str], column: str, *, missing: bool) -> bool:
    value = row.get(column, "yes" if missing else "").lower()
    if value not in _YES | _NO:
        raise BadValueError(f"{column} {shown(value)} is neither YES nor NO")
    return value in _YES
