"""Corrections: what staff may change of a report or an incident, and what must stay. What follows is in cases.py.

Everything here takes a case that holds the report or incident, changes it, and records the change; a change that cannot
be is a Conflict that says what can. Who may change what they see is the API's business.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from intake.cases import Case
from intake.reference import Reference
from models.faults import Conflict, Invalid
from models.incidents import Incident
from models.reports import CLOSE_REASONS, Report

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": ("open", "closed"),
    "open": ("referred", "resolved", "closed"),
    "referred": ("open", "resolved", "closed"),
    "resolved": ("open",),
    "closed": ("open",),
}
"""From which status a report can go where."""
_EVENTS: Final = {
    "open": "report.reopened",
    "referred": "report.referred",
    "resolved": "report.resolved",
    "closed": "report.closed",
}
EARLIEST: Final = date(1900, 1, 1)
"""An earlier day is a slip, and the rebuild counts by a calendar from the first day on."""
SETTLES: Final[Mapping[str, frozenset[str]]] = {
    "category_id": frozenset({"no-category", "several-categories", "maybe-protected"}),
    "locality_id": frozenset({"no-locality", "several-places", "place-unsure"}),
    "occurred_on": frozenset({"no-day", "future-day", "old-day", "vague-day", "several-days", "unclear-day"}),
}
"""The reasons to look at a report that stating this of it settles."""


class ReportChanges(TypedDict, total=False):
    """What of a report becomes what; review can only become None. incident_id None: an incident of its own."""

    category_id: int | None
    locality_id: int | None
    occurred_on: date | None
    killed: int | None
    injured: int | None
    credibility: str
    review: None
    incident_id: UUID | None


class IncidentChanges(TypedDict, total=False):
    """What staff state of an incident; None takes it back, and its reports decide again."""

    category_id: int | None
    locality_id: int | None
    occurred_on: date | None
    killed: int | None
    injured: int | None


def move_report(case: Case, report: Report, to: str, *, reason: str | None = None, desk: str | None = None) -> None:
    """Takes the report to another status. reason: with closed, one of CLOSE_REASONS. desk: with referred; default the
    desk of its category. Raises Conflict or Invalid.
    """
    if to == "closed" and reason is None:
        raise Invalid(f"to=closed needs a reason, one of {', '.join(CLOSE_REASONS)}.")
    if to != "closed" and reason is not None:
        raise Invalid("Only to=closed takes a reason.")
    if to != "referred" and desk is not None:
        raise Invalid("Only to=referred takes a desk.")
    if to not in (possible := WAYS[report.status]):
        raise Conflict(f"This report is {report.status}: it can become {_listed(possible)}.")
    if to == "referred":
        report.desk = _desk_for(case, report, desk)
    elif to == "open":
        report.desk = None
    was_waiting = report.status == "waiting"
    report.status, report.close_reason = to, reason
    case.record("report.accepted" if was_waiting and to == "open" else _EVENTS[to])


def _desk_for(case: Case, report: Report, desk: str | None) -> str:
    """A protected report goes to the desk of its category and to no other."""
    rules = case.reference.rules
    own = rules[report.category_id].desk_kind if report.category_id else None
    if desk is not None and desk not in (kinds := sorted({rule.desk_kind for rule in rules.values()})):
        raise Invalid(f"There is no such desk; there is {', '.join(kinds)}.")
    if own is None and (desk is None or report.protect != "none"):
        raise Conflict("This report has no category, so nobody knows whose it is: give it one first.")
    if desk not in {None, own} and report.protect != "none":
        raise Conflict("A protected report goes to the desk of its category and to no other: leave desk out.")
    return desk or own or ""


def correct_report(case: Case, report: Report, changes: ReportChanges, timezone: str) -> bool:
    """timezone: of places that have none. False when it was all so already. Raises Conflict or Invalid."""
    state_of_report(case, report, changes, timezone)
    moved_only = changes.keys() == {"incident_id"}
    return case.record("report.moved" if moved_only else "report.corrected")


def state_of_report(case: Case, report: Report, changes: ReportChanges, timezone: str) -> None:
    """Without recording it."""
    into = changes.get("incident_id")
    joins = into is not None and into != report.incident_id
    if joins or ("incident_id" in changes and into is None and case.members(report.incident_id) != [report]):
        report.incident_id = into
    for name in ("locality_id", "killed", "injured", "credibility"):
        if name in changes:
            setattr(report, name, changes[name])
    if "locality_id" in changes:
        report.place_basis = "said" if report.locality_id else None
    if "category_id" in changes:
        report.category_id = changes["category_id"]
        report.confidence = 100 if report.category_id else None
        report.protect = case.protection_of(report)
    if "occurred_on" in changes:
        insist_on_day(case.reference, changes["occurred_on"], report.locality_id, case.now, timezone)
        report.occurred_on = changes["occurred_on"]
        report.day_basis = "said" if report.occurred_on else None
    if report.credibility == "false" and report.protect != "none":
        raise Conflict("A protected report is never false: close it instead, or give it another credibility.")
    report.review = _review_after(report, changes)
    if joins:
        _insist_that_it_fits(case, report)


def _review_after(report: Report, changes: ReportChanges) -> str | None:
    """A person has looked at what they state; what is still missing comes next."""
    if "review" in changes:
        return None
    settled = {reason for name, reasons in SETTLES.items() if changes.get(name) is not None for reason in reasons}
    return still_missing(report) if report.review in settled else report.review


def still_missing(report: Report) -> str | None:
    """As the reason to look at it."""
    lacks = {"no-category": report.category_id, "no-locality": report.locality_id, "no-day": report.occurred_on}
    return next((reason for reason, value in lacks.items() if value is None), None)


def _insist_that_it_fits(case: Case, report: Report) -> None:
    others = [other for other in case.members(report.incident_id) if other is not report]
    if not others:
        raise Conflict("No report belongs to that incident any more: it was merged into another.")
    if {case.protection_of(other) for other in others} != {case.protection_of(report)}:
        raise Conflict("Reports that are not protected alike cannot belong to one incident.")


def insist_on_day(
    reference: Reference, day: date | None, locality_id: int | None, now: datetime, timezone: str
) -> None:
    """Raises Invalid for a day that cannot be, by the locality's own calendar."""
    spot = reference.spots.get(locality_id) if locality_id else None
    today = now.astimezone(spot.timezone if spot and spot.timezone else ZoneInfo(timezone)).date()
    if day is not None and not EARLIEST <= day <= today:
        raise Invalid(f"occurred_on is a day from {EARLIEST} to today.")


def correct_incident(case: Case, incident: Incident, changes: IncidentChanges, timezone: str) -> bool:
    """What staff state of the incident itself; its reports stay as they are. False when it was all so already. Raises
    Conflict or Invalid.
    """
    members = case.members(incident.id)
    if not members:
        raise Conflict("No report belongs to this incident any more: it was merged into another.")
    if "category_id" in changes:
        incident.stated_category_id = changes["category_id"]
        stated = case.reference.rules.get(changes["category_id"] or 0)
        if stated is not None and {case.protection_of(report) for report in members} != {stated.protect}:
            raise Conflict("Its reports are not protected as that category is: correct their categories first.")
    if "locality_id" in changes:
        incident.stated_locality_id = changes["locality_id"]
    if "occurred_on" in changes:
        place = incident.stated_locality_id or incident.locality_id
        insist_on_day(case.reference, changes["occurred_on"], place, case.now, timezone)
        incident.stated_on = changes["occurred_on"]
    if "killed" in changes:
        incident.killed_stated = changes["killed"]
    if "injured" in changes:
        incident.injured_stated = changes["injured"]
    return case.record("incident.corrected")


def merge_incidents(case: Case, incident: Incident, into: Incident) -> None:
    """All reports of the one belong to the other from now on; the one, left without any, stops counting."""
    if incident is into:
        raise Conflict("An incident cannot be merged into itself.")
    moving, staying = case.members(incident.id), case.members(into.id)
    if not moving or not staying:
        raise Conflict("No report belongs to one of these incidents any more: it was merged before.")
    if len({case.protection_of(report) for report in (*moving, *staying)}) > 1:
        raise Conflict("Incidents that are not protected alike cannot become one.")
    for report in moving:
        report.incident_id = into.id
    case.record("incident.merged")


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
