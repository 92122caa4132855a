"""Incidents that others counted: occurred_on,locality,category,count. One row is one report and one incident of that
weight.

A row is known again by dataset, day, locality, category and its ordinal among equals; a changed count is a correction;
rows missing from a later file stay.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from intake.cases import Case
from intake.reference import Reference, ReferenceKeeper
from intake.rows import Rows
from jobs.imports.outcome import Line, Outcome, opened_table, shown
from jobs.imports.report_rows import ACTOR, CORRECTED, ImportedRow, add_report, insist_on_dataset, known_reports
from models.database import Database
from models.reports import Report

CHUNK: Final = 2_000
LARGEST_COUNT: Final = 1_000_000
EARLIEST_YEAR: Final = 1900  # an earlier one is a slip, and the rebuild counts by a calendar from the first day on


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
    insist_on_dataset(dataset)
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


def _resolve(lines: Iterable[Line], reference: Reference, now: datetime, outcome: Outcome) -> Iterator[ImportedRow]:
    equals: Counter[str] = Counter()
    for line, row in lines:
        try:
            counted = _counted(row, reference, now, equals)
        except ValueError as error:
            outcome.refuse(line, str(error))
        else:
            yield counted


def _counted(row: dict[str, str], reference: Reference, now: datetime, equals: Counter[str]) -> ImportedRow:
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
        return ImportedRow(key, occurred_on, locality_id, category_id, int(row["count"]))
    raise ValueError(message)


def _land(  # noqa: PLR0913  the chunk and where its rows go
    session: Session, reference: Reference, dataset: str, chunk: list[ImportedRow], now: datetime, outcome: Outcome
) -> None:
    known = known_reports(session, dataset, [counted.key for counted in chunk])
    rows, differing = Rows(), []
    for counted in chunk:
        report = known.get(counted.key)
        if report is None:
            add_report(reference, rows, dataset, counted, now)
            outcome.added += 1
        elif report.weight != counted.weight:
            differing.append((report, counted.weight))
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    if differing:
        _correct(Case(session, reference, rows, now, actor=ACTOR), differing)
    rows.write(session)


def _correct(case: Case, differing: Sequence[tuple[Report, int]]) -> None:
    """Only counts are corrected: where staff have put a report since, it stays."""
    case.take(report for report, _ in differing)
    for report, weight in differing:
        report.weight = weight
    case.record(CORRECTED)
