"""Random worlds: reports, texts, imports, corrections and moves by the program's own ways in. Few places and reporters,
so that reporters repeat themselves everywhere and thresholds are passed by some cells and not by others.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from intake.cases import Case
from intake.corrections import ReportChanges, correct_report, merge_incidents, move_report
from intake.reference import Reference
from intake.rows import Rows
from jobs.imports.categories import import_categories
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from models.faults import Conflict
from models.reporters import Reporter
from models.reports import Report
from tests.conftest import Store
from tests.figures.writing import put_reports, put_texts
from tests.intake.factories import all_of, fold
from tests.jobs.recount import INCIDENTS_HEADER, OCHA_HEADER, TAXONOMY_HEADER, taxonomy_row, write_csv

FIRST_DAY, LAST_DAY = date(2026, 5, 4), date(2026, 11, 22)
ABROAD = [
    ("SLE", "Sierra Leone", "", 0),
    ("SLE-E", "Eastern", "SLE", 1),
    ("SLE-W", "Western", "SLE", 1),
    ("SLE-E-KEN", "Kenema", "SLE-E", 2),
    ("SLE-E-kai", "Kailahun", "SLE-E", 2),
    ("SLE-W_FT", "Freetown", "SLE-W", 2),
]
HERE = ["GIN", "GN-B", "GN-BK", "GN-BK-KAM", "GN-BF", "GN-C", "GN-C-DIX", "GN-C-SON", "GN-C-LAM", "GN-D", "GN-CO"]
PLACES = [*HERE, "GN-CO-KOU", *(code for code, *_ in ABROAD)]
PUBLIC = ["theft", "vehicle_theft", "livestock_theft", "robbery", "road_robbery", "fire"]
GUARDED = ["domestic_violence", "forced_marriage", "bribery", "checkpoint_racket", "police_abuse", "drugs", "weapons"]
PROTECTIONS = dict.fromkeys(GUARDED[:2], "survivor") | dict.fromkeys(GUARDED[2:5], "agent")
MOVING = {
    "GN-C-SON": ("Sonfonia", 2, ["GN-C", "GN-D", "GN-B"]),
    "GN-C-LAM": ("Lambanyi", 2, ["GN-C", "GN-D"]),
    "GN-CO": ("Coyah", 2, ["GN-D", "GN-C"]),
    "GN-CO-KOU": ("Kouriah", 3, ["GN-CO", "GN-C-SON", "GN-BK"]),
    "GN-BK-KAM": ("Kamsar", 3, ["GN-BK", "GN-BF"]),
    "SLE-E-KEN": ("Kenema", 2, ["SLE-E", "SLE-W"]),
    "SLE-E-kai": ("Kailahun", 2, ["SLE-E", "SLE-W"]),
}
"""Name, level and possible parents."""
TRANSITIONS = [
    ("open", None),
    ("referred", None),
    ("resolved", None),
    ("closed", "handled"),
    ("closed", "duplicate"),
    ("closed", "test"),
]


class World:
    """One random store. happened says what was done, to be read when a law breaks."""

    def __init__(self, store: Store, folder: Path, seed: int) -> None:
        self.store = store
        self.dice = random.Random(seed)
        self.happened: list[str] = []
        self._folder = folder
        self._moved_on: dict[str, date] = {}
        self._files: dict[str, list[list[Any]]] = {}
        import_localities(store.database, write_csv(folder / "abroad.csv", "code,name,parent,level", ABROAD), FIRST_DAY)
        self.reporters = self._add_reporters(24)

    @property
    def reference(self) -> Reference:
        with self.store.database.reading() as session:
            return self.store.keeper.current(session)

    def _add_reporters(self, number: int) -> list[UUID]:
        ids = [uuid4() for _ in range(number)]
        homes = self.reference.spot_ids
        with self.store.database.writing() as session:
            for each in ids:
                home_id = homes[self.dice.choice(PLACES)] if self.dice.random() < 0.7 else None
                session.add(Reporter(id=each, kind="citizen", home_id=home_id, created_at=self.store.clock()))
        return ids

    def anybody(self) -> UUID:
        """Some write far more than others."""
        return self.reporters[int(len(self.reporters) * self.dice.random() ** 2)]

    def any_day(self) -> date:
        return FIRST_DAY + timedelta(days=self.dice.randrange((LAST_DAY - FIRST_DAY).days + 1))

    def set_thresholds(self) -> None:
        """Low ones, so that something is shown; today is 53 days after the end of the third quarter."""
        rows = [
            taxonomy_row(
                code,
                parent={"checkpoint_racket": "bribery"}.get(code, ""),
                protect=PROTECTIONS.get(code, "armed"),
                min_level=self.dice.choice([0, 1, 1, 2, 2]),
                min_count=self.dice.choice([0, 2, 3, 5]),
                delay_days=self.dice.choice([0, 7, 30, 52, 53]),
            )
            for code in GUARDED
        ]
        outcome = import_categories(self.store.database, write_csv(self._folder / "rules.csv", TAXONOMY_HEADER, rows))
        assert not outcome.bad
        self.happened.append(f"rules {rows}")

    # -- what comes in -----------------------------------------------------------------------------------------------

    def add_reports(self, number: int, categories: Sequence[str] = (*PUBLIC, *GUARDED)) -> None:
        reports = []
        for _ in range(number):
            placed = self.dice.random() < 0.95
            waiting = not placed or self.dice.random() < 0.05
            reports.append(
                {
                    "category": self.dice.choice(categories),
                    "locality": self.dice.choice(PLACES) if placed else None,
                    "day": self.any_day(),
                    "reporter_id": self.anybody() if self.dice.random() < 0.95 else None,
                    "status": "waiting" if waiting else self.dice.choice(["open", "open", "referred", "resolved"]),
                    "credibility": self.dice.choice(["unassessed", "unassessed", "confirmed"]),
                    "killed": self.dice.choice([None, 0, 1]),
                    "injured": self.dice.choice([None, 2]),
                }
            )
        put_reports(self.store, reports)
        self.happened.append(f"{number} reports")

    def add_texts(self, number: int) -> None:
        """Some about a report, some about nothing."""
        reports = all_of(self.store, Report)
        texts = []
        for _ in range(number):
            about = self.dice.choice(reports) if self.dice.random() < 0.7 else None
            texts.append(
                {
                    "reporter_id": about.reporter_id if about else self.anybody(),
                    "report_id": about.id if about else None,
                    "locality": self.dice.choice(PLACES),
                    "day": self.any_day(),
                }
            )
        put_texts(self.store, texts)
        self.happened.append(f"{number} texts")

    def add_import(self) -> None:
        name = f"file{len(self._files)}"
        self._files[name] = [
            [self.any_day(), self.dice.choice(PLACES), self.dice.choice(PUBLIC + GUARDED), self.dice.randint(0, 4)]
            for _ in range(12)
        ]
        self._import(name)

    def import_or_change(self) -> None:
        if self._files and self.dice.random() < 0.7:
            self.change_import()
        else:
            self.add_import()

    def change_import(self) -> None:
        name = self.dice.choice(list(self._files))
        for row in self.dice.sample(self._files[name], 5):
            row[3] = self.dice.randint(0, 4)
        self._import(name)

    def _import(self, name: str) -> None:
        path = write_csv(self._folder / f"{name}.csv", INCIDENTS_HEADER, self._files[name])
        outcome = import_incidents(self.store.database, self.store.keeper, path, name, self.store.clock())
        assert not outcome.bad
        self.happened.append(f"import {name} {self._files[name]}")

    # -- what changes ------------------------------------------------------------------------------------------------

    def correct(self, number: int) -> None:
        """Reports corrected, closed, reopened, merged: what staff may do, by the program's own rules."""
        reports = all_of(self.store, Report)
        for report in self.dice.sample(reports, min(number, len(reports))):
            self._correct_one(report.id, self.dice.choice(reports).id)
        self.happened.append(f"{number} corrections")

    def _correct_one(self, report_id: UUID, other_id: UUID) -> None:
        store = self.store
        try:
            with store.database.writing() as session:
                reference, rows = store.keeper.current(session), Rows()
                found = session.scalars(select(Report).where(Report.id.in_([report_id, other_id]))).all()
                report = next(each for each in found if each.id == report_id)
                case = Case(session, reference, rows, store.clock()).take(found)
                step = self.dice.random()
                if step < 0.4:
                    correct_report(case, report, self._changes(reference), store.settings.timezone)
                elif step < 0.8:
                    to, reason = self.dice.choice(TRANSITIONS)
                    move_report(case, report, to, reason=reason)
                else:
                    incidents = [case.incidents.get(each.incident_id) for each in found if each.incident_id]
                    if len(incidents) == 2 and incidents[0] and incidents[1]:
                        merge_incidents(case, incidents[0], incidents[1])
                rows.write(session)
        except Conflict:
            pass  # what may not be is refused, and nothing of it stays

    def _changes(self, reference: Reference) -> ReportChanges:
        options: list[ReportChanges] = [
            {"category_id": reference.category_ids[self.dice.choice(PUBLIC + GUARDED)]},
            {"locality_id": reference.spot_ids[self.dice.choice(PLACES)]},
            {"occurred_on": self.any_day()},
            {"credibility": self.dice.choice(["false", "confirmed", "unassessed"])},
        ]
        return self.dice.choice(options)

    def move_a_place(self) -> None:
        """From a later day than its last move on."""
        code = self.dice.choice(list(MOVING))
        since = self._moved_on.get(code, date(2026, 6, 1)) + timedelta(days=self.dice.randint(5, 60))
        self._moved_on[code] = since
        self.move(code, self.dice.choice(MOVING[code][2]), since)

    def move(self, code: str, parent: str, since: date) -> None:
        name, level, _ = MOVING[code]
        country = {"GN": "GIN", "SL": "SLE"}[code[:2]]
        path = write_csv(self._folder / "moved.csv", OCHA_HEADER, [(country, level, code, name, parent, since)])
        outcome = import_localities(self.store.database, path, LAST_DAY)
        assert not outcome.bad, outcome.bad
        self.happened.append(f"{code} to {parent} on {since}")

    def fold_now(self) -> None:
        """In the slot of the timetable that is complete already."""
        fold(self.store)

    def fold(self) -> None:
        self.store.clock.go_on(seconds=self.store.settings.tallies_every_s)
        fold(self.store)
