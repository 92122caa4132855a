"""Incidents that others counted: occurred_on,locality,category,count. One row is one report and one incident of that
weight.

A row is known again by dataset, day, locality, category and its ordinal among equals; a changed count is a correction;
rows missing from a later file stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.records import (
    as_row,
    incident_facts,
    incident_of,
    incident_payload,
    protection,
    report_facts,
    report_payload,
    row_counts,
)
from intake.reference import Reference, ReferenceKeeper
from intake.rows import Rows
from jobs.imports.outcome import Line, Outcome, opened_table, shown
from models.database import Database
from models.incidents import Incident
from models.reports import Report
from models.tallies import cells_of_incident, cells_of_report, change_rows, summed

CHUNK: Final = 2_000
LARGEST_COUNT: Final = 1_000_000
EARLIEST_YEAR: Final = 1900  # an earlier one is a slip, and the rebuild counts by a calendar from the first day on
ACTOR: Final = "import"


@dataclass(frozen=True, slots=True)
class _Counted:
    """One good row, with the ids it resolves to."""

    key: str
    occurred_on: date
    locality_id: int
    category_id: int
    count: int


def dataset_name(path: Path) -> str:
    """The file's base name without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".csv")


def import_incidents(  # noqa: PLR0913  the file, its name, the clock, and who is told of progress
    database: Database,
    keeper: ReferenceKeeper,
    path: Path,
    dataset: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Commits every 2,000 rows, so that an interrupted import goes on where it was. progress is told how many lines are
    done.
    """
    outcome = Outcome()
    with database.reading() as session:
        reference = keeper.current(session)
    with opened_table(path, ("occurred_on", "locality", "category", "count"), outcome) as lines:
        good = _resolve(lines, reference, now, outcome)
        done = 0
        while chunk := list(islice(good, CHUNK)):
            with database.writing() as session:
                _land(session, keeper.current(session), dataset, chunk, now, outcome)
            done += len(chunk)
            progress(done)
    return outcome


def _resolve(lines: Iterable[Line], reference: Reference, now: datetime, outcome: Outcome) -> Iterator[_Counted]:
    equals: Counter[str] = Counter()
    for line, row in lines:
        try:
            counted = _counted(row, reference, now, equals)
        except ValueError as error:
            outcome.refuse(line, str(error))
        else:
            yield counted


def _counted(row: dict[str, str], reference: Reference, now: datetime, equals: Counter[str]) -> _Counted:
    """Raises ValueError with the reason for a person."""
    try:
        occurred_on = date.fromisoformat(row["occurred_on"])
    except ValueError:
        message = f"occurred_on {shown(row['occurred_on'])} is no date like 2024-03-12"
        raise ValueError(message) from None
    locality_id = reference.spot_ids.get(row["locality"])
    category = reference.categories.get(row["category"])
    if occurred_on.year < EARLIEST_YEAR:
        message = f"occurred_on {occurred_on} is before {EARLIEST_YEAR}"
    elif occurred_on > now.date():
        message = f"occurred_on {occurred_on} is in the future"
    elif locality_id is None:
        message = f"locality {shown(row['locality'])} is not known; import the localities first"
    elif category is None:
        message = f"category {shown(row['category'])} is not in the taxonomy"
    elif not (row["count"].isascii() and row["count"].isdecimal()) or int(row["count"]) > LARGEST_COUNT:
        message = f"count {shown(row['count'])} is no whole number from 0 to {LARGEST_COUNT}"
    else:
        base = f"{occurred_on}|{row['locality']}|{row['category']}"
        equals[base] += 1
        category_id = reference.category_ids[category.code]
        key = f"{base}|{equals[base]}"
        return _Counted(key, occurred_on, locality_id, category_id, int(row["count"]))
    raise ValueError(message)


def _land(  # noqa: PLR0913  the chunk and where its rows go
    session: Session, reference: Reference, dataset: str, chunk: list[_Counted], now: datetime, outcome: Outcome
) -> None:
    known = {
        report.dataset_key: report
        for report in session.scalars(
            select(Report)
            .where(Report.dataset == dataset, Report.dataset_key.in_([each.key for each in chunk]))
            .with_for_update()
        )
    }
    rows = Rows()
    for counted in chunk:
        report = known.get(counted.key)
        if report is None:
            _add(reference, rows, dataset, counted, now)
            outcome.added += 1
        elif report.weight != counted.count:
            _correct(session, reference, rows, report, counted.count, now)
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    rows.write(session)


def _add(reference: Reference, rows: Rows, dataset: str, counted: _Counted, now: datetime) -> None:
    report: dict[str, Any] = {
        "id": uuid4(),
        "incident_id": None,
        "source": "import",
        "status": "open",
        "close_reason": None,
        "credibility": "unassessed",
        "protect": protection(reference, counted.category_id, "none"),
        "danger": False,
        "category_id": counted.category_id,
        "locality_id": counted.locality_id,
        "occurred_on": counted.occurred_on,
        "day_basis": "said",
        "killed": None,
        "injured": None,
        "weight": counted.count,
        "dataset": dataset,
        "dataset_key": counted.key,
        "recorded_at": now,
        "changed_at": now,
        "revision": 1,
    }
    incident = incident_of(report, now)
    report["incident_id"] = incident["id"]
    rows.incidents.append(incident)
    rows.reports.append(report)
    _record(reference, rows, "imported", report, incident, now)
    after = summed(
        [cells_of_report(report_facts(reference, report)), cells_of_incident(incident_facts(reference, incident))]
    )
    rows.tally_changes += change_rows({}, after, cause="report.imported")


def _correct(  # noqa: PLR0913  the report and where its rows go
    session: Session, reference: Reference, rows: Rows, report: Report, count: int, now: datetime
) -> None:
    """Only the count is corrected: where staff have put the report since, it stays."""
    incident = session.get(Incident, report.incident_id) if report.incident_id else None
    before = _cells(reference, report, incident)
    if incident is not None:
        incident.weight += count - report.weight
        incident.changed_at, incident.revision = now, incident.revision + 1
    report.weight = count
    report.changed_at, report.revision = now, report.revision + 1
    rows.tally_changes += change_rows(before, _cells(reference, report, incident), cause="report.corrected")
    _record(reference, rows, "corrected", as_row(report), as_row(incident) if incident else None, now)


def _cells(reference: Reference, report: Report, incident: Incident | None) -> dict[Any, Any]:
    parts = [cells_of_report(report_facts(reference, as_row(report)))]
    if incident is not None and row_counts(as_row(report)):
        parts.append(cells_of_incident(incident_facts(reference, as_row(incident))))
    return summed(parts)


def _record(  # noqa: PLR0913  two events and their facts
    reference: Reference,
    rows: Rows,
    what: str,
    report: dict[str, Any],
    incident: dict[str, Any] | None,
    now: datetime,
) -> None:
    rows.record(f"report.{what}", report["id"], report_payload(reference, report), at=now, actor=ACTOR)
    if incident is not None:
        payload = incident_payload(reference, incident)
        rows.record(f"incident.{what}", incident["id"], payload, at=now, actor=ACTOR)
