"""Tallies: stored counts per locality, period and category, the changes that wait to be folded into them, and what
was folded when.

What a thing adds to which cell is said here once (`cells_of_…`); jobs/tallies.py folds, jobs/rebuild.py counts anew by
its own, separate rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Base, BigId
from models.reports import counts

ALL: Final = 0
"""category_id of the all-categories cell, which holds no protected category."""
CAUSES_WITHOUT_MEASURES: Final = frozenset({"locality.moved", "category.merged", "category.reprotected"})
"""Causes whose differences are in the tree or the taxonomy: the history names them with a line of zeros."""


class Measures(NamedTuple):
    """What a cell counts. Distinct reporters are not summed and so not here.

    reports: the weights of those that count, on the day it happened. incidents: the weights of incidents; an imported
    row brings as many as its count. killed, injured: people, once an incident: the desk's figure, else the highest that
    one of its reports gives. confirmed, referred, resolved: of the reports, by what they are now. waiting: reports that
    we have asked something about. messages: texts that came in, at their report's place, else where the reporter lives;
    only in all categories.
    """

    reports: int = 0
    incidents: int = 0
    killed: int = 0
    injured: int = 0
    confirmed: int = 0
    referred: int = 0
    resolved: int = 0
    waiting: int = 0
    messages: int = 0

    def plus(self, other: "Measures") -> "Measures":
        return Measures(*map(int.__add__, self, other))

    def minus(self, other: "Measures") -> "Measures":
        return Measures(*map(int.__sub__, self, other))


NOTHING: Final = Measures()


class Tally(Base):
    """One cell. category_id 0 is all categories. reporters: distinct, exact; None until the first rebuild of a store
    that is older than they.
    """

    __tablename__ = "tallies"
    __table_args__ = ({"sqlite_with_rowid": False},)

    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"), primary_key=True)
    grain: Mapped[str] = mapped_column(String(8), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reports: Mapped[int] = mapped_column(default=0)
    incidents: Mapped[int] = mapped_column(default=0)
    killed: Mapped[int] = mapped_column(default=0)
    injured: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    referred: Mapped[int] = mapped_column(default=0)
    resolved: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    reporters: Mapped[int | None]


class TallyChange(Base):
    """A difference to one locality's own cells of one day, written in the transaction that caused it.

    category_id: 0 where only the all-categories cell changes. in_all: the all-categories cell changes too.
    reporter_id: whose report it is, for the distinct count; of an erased reporter there is no other row any more.
    cause: name of the event that tells of it.
    """

    __tablename__ = "tally_changes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))
    category_id: Mapped[int]
    in_all: Mapped[bool] = mapped_column(Boolean)
    day: Mapped[date]
    reporter_id: Mapped[UUID | None]
    cause: Mapped[str] = mapped_column(String(40))
    reports: Mapped[int] = mapped_column(default=0)
    incidents: Mapped[int] = mapped_column(default=0)
    killed: Mapped[int] = mapped_column(default=0)
    injured: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    referred: Mapped[int] = mapped_column(default=0)
    resolved: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)


class TallyHistory(Base):
    """What was folded: a difference to one locality's own cells of one day. Nobody's identifier is in it.

    slot: the as_of from which on figures hold it; None where a rebuild counted it, until the next fold. id: in the
    order of folding. revises: the day had closed by then.
    """

    __tablename__ = "tally_history"
    __table_args__ = (
        Index("ix_tally_history_slot", "slot"),
        Index("ix_tally_history_revises", "id", postgresql_where=text("revises"), sqlite_where=text("revises")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slot: Mapped[datetime | None]
    locality_id: Mapped[int] = mapped_column(ForeignKey("localities.id"))
    category_id: Mapped[int]
    in_all: Mapped[bool] = mapped_column(Boolean)
    day: Mapped[date]
    cause: Mapped[str] = mapped_column(String(40))
    revises: Mapped[bool] = mapped_column(Boolean)
    reports: Mapped[int] = mapped_column(default=0)
    incidents: Mapped[int] = mapped_column(default=0)
    killed: Mapped[int] = mapped_column(default=0)
    injured: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[int] = mapped_column(default=0)
    referred: Mapped[int] = mapped_column(default=0)
    resolved: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)


class TallyVersion(Base):
    """How often figures of this protection changed; `none` for all that everybody may see.

    An ETag holds the versions of what its reader may see, so that a protected report leaves no trace in the ETag of
    somebody who may not see it.
    """

    __tablename__ = "tally_versions"

    protect: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[int]


class Cell(NamedTuple):
    locality_id: int
    category_id: int
    in_all: bool
    day: date


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What of a report decides where it counts. home_id: where a waiting report without place counts."""

    status: str
    close_reason: str | None
    credibility: str
    protect: str
    category_id: int | None
    locality_id: int | None
    occurred_on: date | None
    weight: int
    home_id: int | None = None


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    counts: bool
    protect: str
    category_id: int
    locality_id: int
    occurred_on: date
    weight: int
    killed: int
    injured: int


def cells_of_report(report: ReportFacts | None) -> dict[Cell, Measures]:
    if report is None or report.occurred_on is None:
        return {}
    unprotected = report.protect == "none"
    category_id = report.category_id or ALL
    if report.status == "waiting":
        place = report.locality_id or report.home_id
        if place is None or (category_id == ALL and not unprotected):
            return {}
        return {Cell(place, category_id, unprotected, report.occurred_on): Measures(waiting=report.weight)}
    if report.locality_id is None or not counts(
        status=report.status,
        close_reason=report.close_reason,
        credibility=report.credibility,
        category=report.category_id,
        locality=report.locality_id,
        occurred_on=report.occurred_on,
    ):
        return {}
    weight = report.weight
    return {
        Cell(report.locality_id, category_id, unprotected, report.occurred_on): Measures(
            reports=weight,
            confirmed=weight if report.credibility == "confirmed" else 0,
            referred=weight if report.status == "referred" else 0,
            resolved=weight if report.status == "resolved" else 0,
        )
    }


def cells_of_incident(incident: IncidentFacts | None) -> dict[Cell, Measures]:
    if incident is None or not incident.counts:
        return {}
    cell = Cell(incident.locality_id, incident.category_id, incident.protect == "none", incident.occurred_on)
    return {cell: Measures(incidents=incident.weight, killed=incident.killed, injured=incident.injured)}


def cells_of_message(counted_at_id: int | None, counted_on: date | None, protect: str) -> dict[Cell, Measures]:
    """An incoming text counts in the all-categories cell only, and there only when it is about nothing protected."""
    if counted_at_id is None or counted_on is None or protect != "none":
        return {}
    return {Cell(counted_at_id, ALL, True, counted_on): Measures(messages=1)}  # noqa: FBT003  a named tuple's field


def change_rows(
    before: Mapping[Cell, Measures], after: Mapping[Cell, Measures], reporter_id: UUID | None = None, *, cause: str
) -> list[dict[str, Any]]:
    """Rows for tally_changes that take the cells from before to after."""
    rows = []
    for cell in before.keys() | after.keys():
        difference = after.get(cell, NOTHING).minus(before.get(cell, NOTHING))
        if any(difference):
            rows.append({**cell._asdict(), **difference._asdict(), "reporter_id": reporter_id, "cause": cause})
    return rows


def summed(parts: Iterable[Mapping[Cell, Measures]]) -> dict[Cell, Measures]:
    total: dict[Cell, Measures] = {}
    for part in parts:
        for cell, measures in part.items():
            total[cell] = total.get(cell, NOTHING).plus(measures)
    return total
