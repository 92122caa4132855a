"""Records: a report and its incident as rows, as the facts that count, and as the snapshots that events keep.

A snapshot is whole: the last event of a subject says all that a rebuild needs.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from intake.reference import Reference
from models.incidents import Incident
from models.reports import CIRCUMSTANCES, Report, counts
from models.tallies import IncidentFacts, ReportFacts

Row = Mapping[str, Any]

STATED: Final = {
    "category_id": "stated_category_id",
    "locality_id": "stated_locality_id",
    "occurred_on": "stated_on",
    "killed": "killed_stated",
    "injured": "injured_stated",
}
"""Of what an incident is, the column that holds what staff state of it."""


def as_row(record: Report | Incident) -> dict[str, Any]:
    return {column.key: getattr(record, column.key) for column in record.__table__.columns}


def row_counts(row: Row) -> bool:
    return counts(
        status=row["status"],
        close_reason=row["close_reason"],
        credibility=row["credibility"],
        category=row["category_id"],
        locality=row["locality_id"],
        occurred_on=row["occurred_on"],
    )


def protection(reference: Reference, category_id: int | None, doubt: str) -> str:
    """What decides the cells: the category's own protection where there is a category, else that of the doubt."""
    code = reference.category_codes.get(category_id or 0)
    return reference.categories[code].protect if code else doubt


def report_facts(reference: Reference, row: Row, home_id: int | None = None) -> ReportFacts:
    return ReportFacts(
        status=row["status"],
        close_reason=row["close_reason"],
        credibility=row["credibility"],
        protect=protection(reference, row["category_id"], row["protect"]),
        category_id=row["category_id"],
        locality_id=row["locality_id"],
        occurred_on=row["occurred_on"],
        weight=row["weight"],
        home_id=home_id,
    )


def report_payload(reference: Reference, row: Row, home_id: int | None = None) -> dict[str, Any]:
    return {
        "status": row["status"],
        "close_reason": row["close_reason"],
        "credibility": row["credibility"],
        "protect": row["protect"],
        "danger": row["danger"],
        "category": reference.category_codes.get(row["category_id"]),
        "locality": reference.code_of(row["locality_id"]),
        "home": reference.code_of(home_id),
        "place_basis": row.get("place_basis"),
        "day": _iso(row["occurred_on"]),
        "day_basis": row["day_basis"],
        "weight": row["weight"],
        "killed": row["killed"],
        "injured": row["injured"],
        **{name: row.get(name) for name in CIRCUMSTANCES},
        "source": row["source"],
        "desk": row.get("desk"),
        "incident": _text(row["incident_id"]),
        "revision": row["revision"],
    }


def incident_of(report: Row, now: datetime) -> dict[str, Any]:
    """The incident that this report opens, as a row; the report must count."""
    return {
        "id": uuid4(),
        "category_id": report["category_id"],
        "locality_id": report["locality_id"],
        "occurred_on": report["occurred_on"],
        "weight": report["weight"],
        "killed": report["killed"] or 0,
        "injured": report["injured"] or 0,
        "stated_category_id": None,
        "stated_locality_id": None,
        "stated_on": None,
        "killed_stated": None,
        "injured_stated": None,
        "counts": True,
        "changed_at": now,
        "revision": 1,
    }


def settled(incident: Row, counting: Sequence[Row]) -> dict[str, Any]:
    """The values of an incident as its reports and what staff state make it.

    counting: its reports that count, the first first. Without any, what nobody states stays as it last was.
    """
    last = {name: incident[name] for name in ("category_id", "locality_id", "occurred_on", "killed", "injured")}
    if counting:
        last = {name: counting[0][name] for name in ("category_id", "locality_id", "occurred_on")}
        last |= {name: max(report[name] or 0 for report in counting) for name in ("killed", "injured")}
    stated = {name: incident[column] for name, column in STATED.items() if incident[column] is not None}
    weight = max((report["weight"] for report in counting), default=incident["weight"])
    return {**last, **stated, "weight": weight, "counts": bool(counting)}


def incident_facts(reference: Reference, row: Row) -> IncidentFacts:
    return IncidentFacts(
        counts=row["counts"],
        protect=protection(reference, row["category_id"], "none"),
        category_id=row["category_id"],
        locality_id=row["locality_id"],
        occurred_on=row["occurred_on"],
        weight=row["weight"],
        killed=row["killed"],
        injured=row["injured"],
    )


def incident_payload(reference: Reference, row: Row) -> dict[str, Any]:
    code = reference.category_codes[row["category_id"]]
    return {
        "counts": row["counts"],
        "protect": reference.categories[code].protect,
        "category": code,
        "locality": reference.code_of(row["locality_id"]),
        "day": _iso(row["occurred_on"]),
        "weight": row["weight"],
        "killed": row["killed"],
        "injured": row["injured"],
        "stated": [_word(name) for name, column in STATED.items() if row[column] is not None],
        "revision": row["revision"],
    }


def _word(column: str) -> str:
    """As snapshots call it."""
    return "day" if column == "occurred_on" else column.removesuffix("_id")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None
