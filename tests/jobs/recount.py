"""Figures counted anew in plain Python from the tables of things, by none of the program's rules; files to import."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from models.categories import Category
from models.incidents import Incident
from models.localities import Locality, LocalityParent
from models.messages import Message
from models.reporters import Reporter
from models.reports import Report
from models.tallies import Measures, Tally
from tests.conftest import Store

Value = TypeVar("Value")
Key = tuple[str, str, date, str]
"""Locality, grain, first day, category; an empty category is all categories."""
Figures = dict[Key, Measures]
Heard = dict[Key, int]
"""How many distinct reporters stand behind a cell."""


def stored(store: Store) -> Figures:
    """The tallies as they stand, rows of zeros aside."""
    with store.database.reading() as session:
        places = dict(session.execute(select(Locality.id, Locality.code)).all())
        categories = dict(session.execute(select(Category.id, Category.code)).all()) | {0: ""}
        return {
            (places[row.locality_id], row.grain, row.start, categories[row.category_id]): measures
            for row in session.scalars(select(Tally))
            if any(measures := Measures(*(getattr(row, name) for name in Measures._fields)))
        }


def stored_reporters(store: Store) -> Heard:
    """Distinct reporters as they stand, zeros aside."""
    with store.database.reading() as session:
        places = dict(session.execute(select(Locality.id, Locality.code)).all())
        categories = dict(session.execute(select(Category.id, Category.code)).all()) | {0: ""}
        return {
            (places[row.locality_id], row.grain, row.start, categories[row.category_id]): row.reporters or 0
            for row in session.scalars(select(Tally).where(Tally.reporters != 0))
        }


def first_days(day: date) -> list[tuple[str, date]]:
    """Each period that the day lies in, with its first day."""
    monday = day - timedelta(days=day.isoweekday() - 1)
    quarter = {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4, 7: 7, 8: 7, 9: 7, 10: 10, 11: 10, 12: 10}[day.month]
    return [
        ("day", day),
        ("week", monday),
        ("month", day.replace(day=1)),
        ("quarter", day.replace(month=quarter, day=1)),
        ("year", day.replace(month=1, day=1)),
    ]


class Recount:
    def __init__(self, store: Store) -> None:
        self._cells: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._heard: dict[Key, set[UUID]] = defaultdict(set)
        self._upwards: dict[tuple[int, date], list[str]] = {}
        with store.database.reading() as session:
            self._codes = dict(session.execute(select(Locality.id, Locality.code)).all())
            self._parents: dict[int, list[LocalityParent]] = defaultdict(list)
            for parent in session.scalars(select(LocalityParent)):
                self._parents[parent.locality_id].append(parent)
            self._categories = {row.id: row for row in session.scalars(select(Category))}
            homes: dict[UUID | None, int | None] = dict(session.execute(select(Reporter.id, Reporter.home_id)).all())
            reports: dict[UUID | None, Report] = {report.id: report for report in session.scalars(select(Report))}
            for report in reports.values():
                self._report(report, homes.get(report.reporter_id))
            for incident in session.scalars(select(Incident)):
                self._incident(incident)
            for message in session.scalars(select(Message).where(Message.direction == "in")):
                self._message(message, reports.get(message.report_id))

    def figures(self) -> Figures:
        return {key: Measures(**measures) for key, measures in self._cells.items() if any(measures.values())}

    def reporters(self) -> Heard:
        return {key: len(heard) for key, heard in self._heard.items()}

    def _is_open_to_all(self, category_id: int | None, doubt: str = "none") -> bool:
        return (self._categories[category_id].protect if category_id else doubt) == "none"

    def _up(self, place: int, day: date) -> list[str]:
        if (place, day) not in self._upwards:
            found, at = [], [place]
            while at:
                here = at.pop()
                found.append(self._codes[here])
                at += [row.parent_id for row in self._parents[here] if row.from_day <= day < row.until_day]
            self._upwards[place, day] = found
        return self._upwards[place, day]

    def _keys(self, place: int, day: date, category_id: int | None, *, in_all: bool) -> list[Key]:
        codes = [self._categories[category_id].code] if category_id else []
        return [
            (locality, grain, first, code)
            for code in codes + ([""] if in_all else [])
            for locality in self._up(place, day)
            for grain, first in first_days(day)
        ]

    def _add(self, place: int, day: date, category_id: int | None, *, in_all: bool, **measures: int) -> None:
        for key in self._keys(place, day, category_id, in_all=in_all):
            for name, value in measures.items():
                self._cells[key][name] += value

    def _report(self, report: Report, home_id: int | None) -> None:
        in_all = self._is_open_to_all(report.category_id, report.protect)
        day, place = report.occurred_on, report.locality_id
        if day is None:
            return
        if report.status == "waiting":
            if place or home_id:
                self._add(place or home_id or 0, day, report.category_id, in_all=in_all, waiting=report.weight)
            return
        discarded = report.credibility == "false" or report.close_reason in {"duplicate", "test"}
        if place is None or report.category_id is None or discarded:
            return
        extra = {
            "confirmed": report.weight * (report.credibility == "confirmed"),
            "referred": report.weight * (report.status == "referred"),
            "resolved": report.weight * (report.status == "resolved"),
        }
        self._add(place, day, report.category_id, in_all=in_all, reports=report.weight, **extra)
        if report.reporter_id is not None:
            for key in self._keys(place, day, report.category_id, in_all=in_all):
                self._heard[key].add(report.reporter_id)

    def _incident(self, incident: Incident) -> None:
        if incident.counts:
            self._add(
                incident.locality_id,
                incident.occurred_on,
                incident.category_id,
                in_all=self._is_open_to_all(incident.category_id),
                incidents=incident.weight,
                killed=incident.killed,
                injured=incident.injured,
            )

    def _message(self, message: Message, report: Report | None) -> None:
        is_open = report is None or self._is_open_to_all(report.category_id, report.protect)
        if is_open and message.counted_at_id and message.counted_on:
            self._add(message.counted_at_id, message.counted_on, None, in_all=True, messages=1)


def recounted(store: Store) -> Figures:
    return Recount(store).figures()


Difference = tuple[Key, Value | None, Value | None]


def differences(found: Mapping[Key, Value], wanted: Mapping[Key, Value]) -> list[Difference[Value]]:
    """Cell, what is there, what should be."""
    keys = sorted(found.keys() | wanted.keys())
    return [(key, found.get(key), wanted.get(key)) for key in keys if found.get(key) != wanted.get(key)]


def disagreements(store: Store) -> list[Difference[Measures] | Difference[int]]:
    """Where the tallies as they stand, distinct reporters included, are not what is recounted."""
    recount = Recount(store)
    return [
        *differences(stored(store), recount.figures()),
        *differences(stored_reporters(store), recount.reporters()),
    ]


def unsettled(store: Store) -> list[tuple[UUID, dict[str, Any]]]:
    """Incidents that are not what staff state of them or else their counting reports say, with what they should be."""
    wrong = []
    with store.database.reading() as session:
        members = defaultdict(list)
        for report in session.scalars(select(Report).where(Report.incident_id.is_not(None))):
            is_whole = report.category_id and report.locality_id and report.occurred_on
            is_out = report.credibility == "false" or report.close_reason in {"duplicate", "test"}
            if is_whole and report.status != "waiting" and not is_out:
                members[report.incident_id].append(report)
        for incident in session.scalars(select(Incident)):
            wanted: dict[str, Any] = {"counts": False}
            if reports := sorted(members[incident.id], key=lambda report: (report.recorded_at, report.id)):
                stated_killed, stated_injured = incident.killed_stated, incident.injured_stated
                killed, injured = (max(getattr(each, name) or 0 for each in reports) for name in ("killed", "injured"))
                wanted = {
                    "counts": True,
                    "category_id": incident.stated_category_id or reports[0].category_id,
                    "locality_id": incident.stated_locality_id or reports[0].locality_id,
                    "occurred_on": incident.stated_on or reports[0].occurred_on,
                    "weight": max(report.weight for report in reports),
                    "killed": killed if stated_killed is None else stated_killed,
                    "injured": injured if stated_injured is None else stated_injured,
                }
            if any(getattr(incident, name) != value for name, value in wanted.items()):
                wrong.append((incident.id, wanted))
    return wrong


# -- files -------------------------------------------------------------------------------------------------------------


def write_csv(path: Path, header: str, rows: Iterable[Sequence[Any]]) -> Path:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")
    return path


OCHA_HEADER = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date"
INCIDENTS_HEADER = "occurred_on,locality,category,count"
TAXONOMY_HEADER = "code,parent,iccs,protect,desk_kind,min_level,min_count,delay_days,echo,danger,label_en,label_fr"


def taxonomy_row(code: str, **changes: Any) -> list[Any]:
    row = {
        "code": code,
        "parent": "",
        "iccs": "",
        "protect": "none",
        "desk_kind": "police",
        "min_level": 3,
        "min_count": 0,
        "delay_days": 0,
        "echo": "yes",
        "danger": "no",
        "label_en": code.title(),
        "label_fr": "",
    } | changes
    return list(row.values())
