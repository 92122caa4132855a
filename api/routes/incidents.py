"""/v1/incidents: the things that happened, as their reports and staff tell them; stating, and merging."""

from datetime import date, datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.orm import Session

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, WriteSession
from api.editing import (
    Casualties,
    Editor,
    JsonBody,
    MayMatch,
    MustMatch,
    category_for,
    insist_on_sight,
    json_request,
    place_for,
    strong_etag_of,
)
from api.formats.table import instant
from api.moments import Day, Moment
from api.paging import ThePage
from api.routes.places import seen_spot
from api.security import Caller, Scoped, happened_below
from intake.cases import Case
from intake.corrections import IncidentChanges, correct_incident, merge_incidents
from intake.records import STATED
from intake.reference import Reference
from intake.rows import Rows
from models.faults import NoSuchCategory, NotFound
from models.incidents import Incident
from models.reports import Report

router = APIRouter(prefix="/v1", tags=["incidents"], dependencies=[Strict])


class IncidentPatch(BaseModel):
    """What staff state of it. Only what is sent is changed; null takes the statement back, and its reports decide."""

    category: str | None = None
    locality: str | None = None
    occurred_on: Day | None = None
    killed: Casualties | None = None
    injured: Casualties | None = None


class MergeIn(BaseModel):
    """into: the incident that all its reports belong to from then on."""

    into: UUID


@router.get("/incidents")
def read_incidents(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
    category: Annotated[str | None, Query()] = None,
    locality: Annotated[str | None, Query(description="A code; what lies below it is included.")] = None,
    first: Annotated[Day | None, Query(alias="from", description="First day it happened, inclusive.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day it happened, inclusive.")] = None,
    changed_since: Annotated[Moment | None, Query(description="Changed at or after this time.")] = None,
) -> Response:
    """Incidents this key may see, the longest unchanged first. One that stopped counting, because it was merged into
    another or none of its reports counts, stays in the list with `counts: false`.
    """
    query = select(Incident).where(sees_incident(reference, caller))
    if category:
        if category not in reference.category_ids:
            raise NoSuchCategory
        query = query.where(Incident.category_id == reference.category_ids[category])
    if locality:
        query = query.where(happened_below(seen_spot(reference, caller, locality).id, Incident))
    if first:
        query = query.where(Incident.occurred_on >= first)
    if last:
        query = query.where(Incident.occurred_on <= last)
    if changed_since:
        query = query.where(Incident.changed_at >= changed_since)
    if page.after is not None:
        after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
        query = query.where(tuple_(Incident.changed_at, Incident.id) > tuple_(*after))
    found = session.scalars(query.order_by(Incident.changed_at, Incident.id).limit(page.limit + 1)).all()
    rows = [_shown(reference, incident) for incident in found[: page.limit]]
    last_row = found[page.limit - 1] if len(found) > page.limit else None
    etag = etag_of("incidents", rows, identity(caller), last_row is None)
    going_on = [last_row.changed_at.isoformat(), last_row.id] if last_row else None
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


@router.get("/incidents/{incident_id}")
def read_incident(
    request: Request,
    incident_id: UUID,
    session: ReadSession,
    reference: TheReference,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
) -> Response:
    """One incident, with the reports of it that this key may see, the first first."""
    incident = seen_incident(session, reference, caller, incident_id)
    reports = _reports_of(session, caller, incident)
    etag = _etag(reference, incident, reports)
    return unchanged(request, etag) or _answer(reference, incident, reports, etag)


@router.patch(
    "/incidents/{incident_id}",
    openapi_extra=json_request(IncidentPatch, stated={"killed": 2, "injured": 5}, taken_back={"killed": None}),
)
def state(  # noqa: PLR0913  who, what, since when, and where it is written
    incident_id: UUID,
    caller: Editor,
    held: MustMatch,
    wanted: Annotated[IncidentPatch, Depends(JsonBody(IncidentPatch), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> Response:
    """What staff state of the incident counts before what its reports say; the reports stay as they are. If-Match must
    hold the ETag of the incident as it was read.
    """
    reference = house.keeper.current(session)
    rows = Rows()
    case = Case(session, reference, rows, house.clock(), actor=caller.actor).take([], [incident_id])
    incident = seen_incident(session, reference, caller, incident_id)
    held.insist_on(_etag(reference, incident, _reports_of(session, caller, incident)))
    correct_incident(case, incident, _changes(reference, caller, incident, wanted), house.settings.timezone)
    insist_on_sight(session, Incident, incident.id, sees_incident(reference, caller))
    rows.write(session)
    reports = _reports_of(session, caller, incident)
    return _answer(reference, incident, reports, _etag(reference, incident, reports))


@router.post(
    "/incidents/{incident_id}/merge",
    openapi_extra=json_request(MergeIn, merged={"into": "0b0b7a3e-52c9-4d3a-9d0e-6a1f1f5a6c11"}),
)
def merge(  # noqa: PLR0913  who, what, since when, and where it is written
    incident_id: UUID,
    caller: Editor,
    held: MayMatch,
    wanted: Annotated[MergeIn, Depends(JsonBody(MergeIn), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> Response:
    """All reports of this incident, those outside this key's locality too, belong to the other one from then on; this
    one stops counting. Answers with the other one.
    """
    reference = house.keeper.current(session)
    moving = select(Report).where(Report.incident_id == incident_id).order_by(Report.id).with_for_update()
    rows = Rows()
    case = Case(session, reference, rows, house.clock(), actor=caller.actor)
    case.take(session.scalars(moving).all(), [incident_id, wanted.into])
    incident = seen_incident(session, reference, caller, incident_id)
    into = seen_incident(session, reference, caller, wanted.into)
    held.insist_on(_etag(reference, incident, _reports_of(session, caller, incident)))
    merge_incidents(case, incident, into)
    rows.write(session)
    reports = _reports_of(session, caller, into)
    return _answer(reference, into, reports, _etag(reference, into, reports))


def sees_incident(reference: Reference, caller: Caller) -> ColumnElement[bool]:
    """A condition on incidents: inside the caller's subtree on the day it happened, of a category that is shown them
    whatever it counts as.
    """
    shown = [
        category_id
        for category_id, rule in sorted(reference.rules.items())
        if {rule.protect, reference.rules[reference.counted_as(category_id, date.max)].protect}
        <= caller.shown_protections
    ]
    return and_(caller.sees_there(Incident), Incident.category_id.in_(shown))


def seen_incident(session: Session, reference: Reference, caller: Caller, incident_id: UUID) -> Incident:
    """Raises NotFound."""
    query = select(Incident).where(Incident.id == incident_id, sees_incident(reference, caller))
    incident = session.scalar(query)
    if incident is None:
        raise NotFound
    return incident


def _reports_of(session: Session, caller: Caller, incident: Incident) -> list[UUID]:
    query = select(Report.id).where(Report.incident_id == incident.id, caller.sees_report())
    return list(session.scalars(query.order_by(Report.recorded_at, Report.id)))


def _changes(reference: Reference, caller: Caller, incident: Incident, wanted: IncidentPatch) -> IncidentChanges:
    """Codes become ids. Raises NotFound, NoSuchCategory or Conflict."""
    given: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    if "category" in given:
        given["category_id"] = category_for(reference, caller, given.pop("category"))
    if "locality" in given:
        day = given.get("occurred_on") or incident.occurred_on
        given["locality_id"] = place_for(reference, caller, given.pop("locality"), day)
    return cast("IncidentChanges", given)


def _etag(reference: Reference, incident: Incident, reports: list[UUID]) -> str:
    """A report that joins need not change the incident itself, but it changes what is shown of it."""
    return strong_etag_of("incident", incident.id, incident.revision, reference.version, reports)


def _answer(reference: Reference, incident: Incident, reports: list[UUID], etag: str) -> Response:
    shown = _shown(reference, incident) | {"reports": [str(report_id) for report_id in reports]}
    return JSONResponse(shown, headers=headers_of(etag))


def _shown(reference: Reference, incident: Incident) -> dict[str, Any]:
    stated = [name for name, column in STATED.items() if getattr(incident, column) is not None]
    return {
        "id": str(incident.id),
        "category": reference.category_codes[incident.category_id],
        "locality": reference.code_of(incident.locality_id),
        "occurred_on": incident.occurred_on.isoformat(),
        "killed": incident.killed,
        "injured": incident.injured,
        "weight": incident.weight,
        "counts": incident.counts,
        "stated": [name.removesuffix("_id") for name in stated],
        "changed_at": instant(incident.changed_at),
        "revision": incident.revision,
    }
