"""/v1/reports: what was reported, for those who work on it; and the web's way in."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import select, tuple_

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import House, ReadSession, Strict, TheHouse, TheReference
from api.paging import ThePage
from api.routes.door import Door, read_body
from api.routes.places import seen_spot
from api.security import Caller, Credentials, Scoped, caller_of, happened_below
from intake.gateways.contract import Gateway, Text
from intake.gateways.contract import Request as Handed
from intake.gateways.web import COUNTRY_HEADER, KEY_ID_HEADER
from intake.reference import Reference
from models.channels import WEB
from models.faults import NoSuchCategory, NotFound
from models.reports import Report

router = APIRouter(prefix="/v1", tags=["reports"], dependencies=[Strict])

Status = Literal["waiting", "open", "referred", "resolved", "closed"]


class ReportIn(BaseModel):
    """Either text, or category, locality and occurred_on. contact: a phone number; it proves nothing and gets no answer
    here.
    """

    text: str | None = None
    category: str | None = None
    locality: str | None = None
    occurred_on: date | None = None
    contact: str | None = None


class Taken(BaseModel):
    """reference: what the reporter may quote."""

    message: UUID
    reference: str


@router.post(
    "/reports",
    status_code=202,
    response_model=Taken,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": ReportIn.model_json_schema(),
                    "examples": {
                        "text": {"value": {"text": "Vol de moto à Dixinn hier soir"}},
                        "codes": {
                            "value": {"category": "vehicle_theft", "locality": "GN-C-DIX", "occurred_on": "2026-11-21"}
                        },
                    },
                }
            },
        }
    },
)
async def take_report(
    request: Request,
    house: TheHouse,
    credentials: Credentials,
    idempotency_key: Annotated[
        str | None, Header(description="The same key again gets the same answer and makes no second report.")
    ] = None,
) -> Response:
    """Durably stored when the answer comes; understood a moment later."""
    del idempotency_key  # read by the gateway from the headers, documented here
    door: Door = request.app.state.door
    channel, gateway = await door.channel(WEB)
    body = await read_body(request, gateway.largest_body)
    caller = await asyncio.to_thread(_writer, house, credentials)
    (text,) = _received(gateway, request, caller, body, house.settings.country)
    if text.coded is not None:
        _insist_on_codes(house.keeper.held, caller, text)
    (receipt,) = await door.write_down(channel, [text])
    return JSONResponse({"message": str(receipt.message_id), "reference": receipt.reference}, status_code=202)


def _writer(house: House, credentials: HTTPAuthorizationCredentials | None) -> Caller:
    """In a session of its own, so that none is held while a body trickles in or a commit is awaited."""
    with house.database.reading() as session:
        caller = caller_of(credentials, session)
    caller.insist_on("reports:write")
    return caller


def _received(gateway: Gateway, request: Request, caller: Caller, body: bytes, country: str) -> list[Text]:
    headers = {name: value for name, value in request.headers.items() if not name.startswith("x-kibaro")}
    headers |= {KEY_ID_HEADER: str(caller.key_id), COUNTRY_HEADER: country}
    delivered = gateway.receive(Handed(request.method, str(request.url), headers, body))
    return [each for each in delivered if isinstance(each, Text)]


def _insist_on_codes(reference: Reference | None, caller: Caller, text: Text) -> None:
    coded = text.coded or {}
    if reference is None or coded["category"] not in reference.categories:
        raise NoSuchCategory
    seen_spot(reference, caller, coded["locality"])


@router.get("/reports")
def read_reports(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
    status: Annotated[Status | None, Query()] = None,
    category: Annotated[str | None, Query()] = None,
    locality: Annotated[str | None, Query(description="A code; what lies below it is included.")] = None,
    first: Annotated[date | None, Query(alias="from", description="First day it happened, inclusive.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Last day it happened, inclusive.")] = None,
    changed_since: Annotated[AwareDatetime | None, Query(description="Changed at or after this time.")] = None,
    review: Annotated[bool | None, Query(description="true: a person must look at it.")] = None,
) -> Response:
    """Reports this key may see, the longest unchanged first. No body, number or reporter."""
    query = select(Report).where(caller.sees_report())
    if status:
        query = query.where(Report.status == status)
    if category:
        if category not in reference.categories:
            raise NoSuchCategory
        query = query.where(Report.category_id == reference.category_ids[category])
    if locality:
        query = query.where(happened_below(seen_spot(reference, caller, locality).id))
    if first:
        query = query.where(Report.occurred_on >= first)
    if last:
        query = query.where(Report.occurred_on <= last)
    if changed_since:
        query = query.where(Report.changed_at >= changed_since)
    if review is not None:
        query = query.where(Report.review.is_not(None) if review else Report.review.is_(None))
    if page.after is not None:
        after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
        query = query.where(tuple_(Report.changed_at, Report.id) > tuple_(*after))
    found = session.scalars(query.order_by(Report.changed_at, Report.id).limit(page.limit + 1)).all()
    rows = [_shown(reference, report) for report in found[: page.limit]]
    last_row = found[page.limit - 1] if len(found) > page.limit else None
    etag = etag_of("reports", rows, identity(caller), last_row is None)
    going_on = [last_row.changed_at.isoformat(), last_row.id] if last_row else None
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


@router.get("/reports/{report_id}")
def read_report(
    request: Request,
    report_id: UUID,
    session: ReadSession,
    reference: TheReference,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
) -> Response:
    """One report, as far as this key may see it. No body, number or reporter."""
    report = session.scalar(select(Report).where(Report.id == report_id, caller.sees_report()))
    if report is None:
        raise NotFound
    etag = etag_of("report", report.id, report.revision, reference.version)
    return unchanged(request, etag) or JSONResponse(_shown(reference, report), headers=headers_of(etag))


def _shown(reference: Reference, report: Report) -> dict[str, Any]:
    channel = reference.channels_by_id.get(report.channel_id or 0)
    return {
        "id": str(report.id),
        "reference": report.reference,
        "status": report.status,
        "close_reason": report.close_reason,
        "credibility": report.credibility,
        "category": reference.category_codes.get(report.category_id or 0),
        "protect": report.protect,
        "confidence": report.confidence,
        "locality": reference.code_of(report.locality_id),
        "occurred_on": report.occurred_on.isoformat() if report.occurred_on else None,
        "day_basis": report.day_basis,
        "killed": report.killed,
        "injured": report.injured,
        "danger": report.danger,
        "weight": report.weight,
        "incident": str(report.incident_id) if report.incident_id else None,
        "review": report.review,
        "source": report.source,
        "channel": channel.name if channel else None,
        "recorded_at": report.recorded_at.isoformat(),
        "changed_at": report.changed_at.isoformat(),
        "revision": report.revision,
    }
