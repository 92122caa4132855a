"""Reports that an Ushahidi deployment has collected: one row is one report, known again by dataset and serial.

A later file corrects what its own earlier one said; where staff have said otherwise since, that stays, and so do rows
that are missing from it.
"""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from intake.cases import Case
from intake.reference import Reference, ReferenceKeeper
from intake.rows import Rows
from jobs.imports.category_map import map_to_edit, read_map
from jobs.imports.day_cells import DayCells, Order
from jobs.imports.outcome import Outcome, opened_table, shown
from jobs.imports.report_rows import ACTOR, CORRECTED, add_report, insist_on_dataset, known_reports
from jobs.imports.row_places import RowPlaces
from jobs.imports.ushahidi_rows import REQUIRED, RowReader, Survey, UshahidiOutcome, UshahidiRow, column_named
from models.database import Database, insert_rows
from models.faults import Refusal
from models.imported_reports import ImportedReport, ReportTag
from models.reports import Report

CHUNK: Final = 2_000
_MOST_NAMED: Final = 20
_SAID: Final = ("category_id", "locality_id", "occurred_on", "credibility", "review")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to import, and how. country: a code of level 0; empty for the only one. dates: None to find out."""

    path: Path
    dataset: str
    country: str = ""
    map_path: Path | None = None
    dates: Order | None = None


def import_ushahidi(  # noqa: PLR0913  the file, the clock, the calendar, and who is told of progress
    database: Database,
    keeper: ReferenceKeeper,
    wanted: Wanted,
    timezone: str,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> UshahidiOutcome:
    """Commits every 2,000 rows. timezone: where the country has none of its own. Raises Refusal."""
    insist_on_dataset(wanted.dataset)
    outcome = UshahidiOutcome()
    categories = read_map(wanted.map_path)
    survey = Survey(DayCells(wanted.dates))
    with opened_table(wanted.path, REQUIRED, Outcome(), column_named) as lines:
        survey.take(lines)
    with database.reading() as session:
        reference = keeper.current(session)
        places = RowPlaces(session, wanted.country)
    zone = reference.spots[places.country.id].timezone or ZoneInfo(timezone)
    reader = RowReader(reference, places, categories, survey, zone, now)
    with opened_table(wanted.path, REQUIRED, outcome, column_named) as lines:
        rows, done = reader.read(lines, outcome), 0
        while chunk := list(islice(rows, CHUNK)):
            with database.writing() as session:
                _land(session, keeper.current(session), wanted.dataset, chunk, now, outcome)
            done += len(chunk)
            progress(done)
    outcome.notes += _notes(outcome, survey.days, places.country.code)
    return outcome


def categories_to_map(database: Database, keeper: ReferenceKeeper, path: Path, map_path: Path | None = None) -> str:
    """The file's categories as a map to edit, with what the present one makes of them. Raises Refusal."""
    known, words = read_map(map_path), Counter[str]()
    with database.reading() as session:
        codes = keeper.current(session).category_ids
    with opened_table(path, ("category",), Outcome(), column_named) as lines:
        for _, row in lines:
            words.update(word for word, _ in known.words_of(row["category"]))
    return map_to_edit(words, known, codes)


def _land(  # noqa: PLR0913  the chunk and where its rows go
    session: Session,
    reference: Reference,
    dataset: str,
    chunk: Sequence[UshahidiRow],
    now: datetime,
    outcome: Outcome,
) -> None:
    known = known_reports(session, dataset, [row.key for row in chunk])
    rows, said, tags = Rows(), [], []
    for row in chunk:
        if row.key not in known:
            report_id = add_report(reference, rows, dataset, row, now)
            said.append({"report_id": report_id} | {name: getattr(row, name) for name in _SAID})
            tags += _tags(report_id, row)
            outcome.added += 1
    again = [(known[row.key], row) for row in chunk if row.key in known]
    changed = _correct(session, Case(session, reference, rows, now, actor=ACTOR), again) if again else 0
    outcome.changed += changed
    outcome.unchanged += len(again) - changed
    rows.write(session)
    insert_rows(session, ImportedReport, said)
    insert_rows(session, ReportTag, tags)


def _correct(session: Session, case: Case, again: Sequence[tuple[Report, UshahidiRow]]) -> int:
    """How many reports this file changed."""
    ids = [report.id for report, _ in again]
    said = {
        row.report_id: row for row in session.scalars(select(ImportedReport).where(ImportedReport.report_id.in_(ids)))
    }
    tags: dict[UUID, dict[str, int | None]] = {}
    for tag in session.scalars(select(ReportTag).where(ReportTag.report_id.in_(ids))):
        tags.setdefault(tag.report_id, {})[tag.tag] = tag.category_id
    changes = {report.id: _differences(report, said[report.id], row) for report, row in again}
    case.take(report for report, _ in again if changes[report.id])
    changed = set()
    for report, row in again:
        for name, value in changes[report.id].items():
            setattr(report, name, value)
        if changes[report.id]:
            changed.add(report.id)
        for name in _SAID:
            setattr(said[report.id], name, getattr(row, name))
        if tags.get(report.id, {}) != row.tags:
            session.execute(delete(ReportTag).where(ReportTag.report_id == report.id))
            insert_rows(session, ReportTag, _tags(report.id, row))
            changed.add(report.id)
    case.record(CORRECTED)
    return len(changed)


def _differences(report: Report, said: ImportedReport, row: UshahidiRow) -> dict[str, Any]:
    """What the file says otherwise than before, and nobody has touched since."""
    found = {
        name: getattr(row, name)
        for name in _SAID
        if getattr(said, name) != getattr(row, name) and getattr(report, name) == getattr(said, name)
    }
    is_as_said = found.get("category_id", report.category_id) == row.category_id
    if is_as_said and row.category_id is not None and report.protect != row.protect:
        found["protect"] = row.protect
    return found


def _tags(report_id: UUID, row: UshahidiRow) -> list[dict[str, Any]]:
    return [{"report_id": report_id, "tag": tag, "category_id": category} for tag, category in row.tags.items()]


def _notes(outcome: UshahidiOutcome, days: DayCells, country: str) -> list[str]:
    """What an operator must know, and what to do about it."""
    notes = ["Titles and descriptions were not kept: they may name people. Dataset and serial lead back to them."]
    if told := days.told():
        notes.append(told)
    how = {"code": "by code", "name": "by name", "point": "by coordinates", "country": f"not known, so under {country}"}
    notes += [f"Place {how[by]}, level {level}: {rows} rows." for (by, level), rows in sorted(outcome.placed.items())]
    if outcome.unplaced:
        notes.append(
            f"Not known are the places of serials {_some(outcome.unplaced)}. Import aliases or boundaries, then this "
            "file again; GET /v1/reports?review=true lists what still counts under the country."
        )
    if outcome.unmapped:
        words = ", ".join(f"{shown(word)} {rows}" for word, rows in outcome.unmapped.most_common(_MOST_NAMED))
        notes.append(
            f"The category map does not know, with their rows: {words}. --list-categories gives a map to edit."
        )
    if outcome.uncategorised:
        notes.append(
            f"Without a category, and so counted nowhere yet: {len(outcome.uncategorised)} rows, serials "
            f"{_some(outcome.uncategorised)}."
        )
    if outcome.not_approved:
        notes.append(f"Not approved there: {outcome.not_approved} rows. They count, as doubtful, to be reviewed.")
    if outcome.strange:
        codes = ", ".join(map(shown, sorted(outcome.strange)))
        notes.append(
            f"The category map leads to {codes}, which the taxonomy does not have: kept as tags, and their rows, "
            "unless something protected stands there too, without a category."
        )
    return notes


def _some(lines: Sequence[tuple[int, str]]) -> str:
    named = ", ".join(f"{shown(serial)} (line {line})" for line, serial in lines[:_MOST_NAMED])
    return named + (f" and {len(lines) - _MOST_NAMED:,} more" if len(lines) > _MOST_NAMED else "")


def write_unplaced(path: Path, outcome: UshahidiOutcome) -> None:
    """line,serial of every row whose place is not known: what to look up in the export. Raises Refusal."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("line", "serial"), *outcome.unplaced])
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror or error}.") from None
