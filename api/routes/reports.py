"""GET /v1/reports: what was reported, for those who work on it; and what is gone since somebody looked."""

from collections.abc import Iterable
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheReference
from api.editing import strong_etag_of
from api.formats.table import instant
from api.moments import Day, Moment
from api.paging import Page, ThePage
from api.routes.places import seen_spot
from api.security import Caller, Scoped, happened_below
from intake.reference import Reference
from models.faults import NoSuchCategory, NotFound
from models.reports import CIRCUMSTANCES, Report, ReportDeparture, departed, no_longer_wanted

router = APIRouter(prefix="/v1", tags=["reports"], dependencies=[Strict])

Status = Literal["waiting", "open", "referred", "resolved", "closed"]
Order = tuple[datetime, UUID]
"""When it changed, then its id."""


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
    first: Annotated[Day | None, Query(alias="from", description="First day it happened, inclusive.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day it happened, inclusive.")] = None,
    changed_since: Annotated[Moment | None, Query(description="Changed at or after this time.")] = None,
    review: Annotated[bool | None, Query(description="true: a person must look at it.")] = None,
) -> Response:
    """Reports this key may see, the longest unchanged first. No body, number or reporter.

    With `changed_since` the list says also what went: `{"id", "deleted": true, "changed_at"}` stands for a report that
    this key saw and sees no more, or that was corrected and is not what the other filters ask for. Whoever keeps a copy
    drops those; one that was never in the copy means nothing. Ask again with the last `changed_at`, less a minute for
    what was being written then.
    """
    wanted: list[ColumnElement[bool]] = []
    if status:
        wanted.append(Report.status == status)
    if category:
        if category not in reference.categories:
            raise NoSuchCategory
        wanted.append(Report.category_id == reference.category_ids[category])
    if locality:
        wanted.append(happened_below(seen_spot(reference, caller, locality).id))
    if first:
        wanted.append(Report.occurred_on >= first)
    if last:
        wanted.append(Report.occurred_on <= last)
    if review is not None:
        wanted.append(Report.review.is_not(None) if review else Report.review.is_(None))
    found = _page_of(session, caller, wanted, changed_since, page)
    rows = [_row(reference, each) for each in found[: page.limit]]
    last_row = found[page.limit - 1] if len(found) > page.limit else None
    etag = etag_of("reports", rows, identity(caller), last_row is None)
    going_on = [_order(last_row)[0].isoformat(), _order(last_row)[1]] if last_row else None
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


def _page_of(
    session: Session, caller: Caller, wanted: list[ColumnElement[bool]], since: datetime | None, page: Page
) -> list[Report | Order]:
    """Up to one row more than the page has. What is gone is told by its order alone."""
    seen = caller.sees_report()
    changed = Report.changed_at >= since if since else None
    there = select(Report).where(seen, *wanted, *([changed] if changed is not None else []))
    found: list[Iterable[Report | Order]] = [session.scalars(_after(there, page, Report.changed_at, Report.id))]
    if since is not None:
        gone = [departed(caller.sees_report(ReportDeparture), seen, since)]
        gone += [no_longer_wanted(seen, wanted, since)] if wanted else []
        for query in gone:
            rows = session.execute(_after(query, page, *query.selected_columns))
            found.append((changed_at, report_id) for changed_at, report_id in rows)
    return list(islice(merge(*found, key=_order), page.limit + 1))


def _after(query: Select[*tuple[Any, ...]], page: Page, changed_at: Any, identifier: Any) -> Select[*tuple[Any, ...]]:
    if page.after is not None:
        after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
        query = query.where(tuple_(changed_at, identifier) > tuple_(*after))
    return query.order_by(changed_at, identifier).limit(page.limit + 1)


def _order(each: Report | Order) -> Order:
    return (each.changed_at, each.id) if isinstance(each, Report) else each


def _row(reference: Reference, each: Report | Order) -> dict[str, Any]:
    if isinstance(each, Report):
        return shown_report(reference, each)
    changed_at, report_id = each
    return {"id": str(report_id), "deleted": True, "changed_at": instant(changed_at)}


@router.get("/reports/{report_id}")
def read_report(
    request: Request,
    report_id: UUID,
    session: ReadSession,
    reference: TheReference,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
) -> Response:
    """One report, as far as this key may see it. No body, number or reporter. Its ETag is what a change sends as
    If-Match.
    """
    report = session.scalar(select(Report).where(Report.id == report_id, caller.sees_report()))
    if report is None:
        raise NotFound
    etag = etag_of_report(reference, report)
    return unchanged(request, etag) or JSONResponse(shown_report(reference, report), headers=headers_of(etag))


def etag_of_report(reference: Reference, report: Report) -> str:
    return strong_etag_of("report", report.id, report.revision, reference.version)


def shown_report(reference: Reference, report: Report) -> dict[str, Any]:
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
        "place_basis": report.place_basis,
        "day_basis": report.day_basis,
        "killed": report.killed,
        "injured": report.injured,
        **{name: getattr(report, name) for name in CIRCUMSTANCES},
        "danger": report.danger,
        "weight": report.weight,
        "incident": str(report.incident_id) if report.incident_id else None,
        "desk": report.desk,
        "review": report.review,
        "source": report.source,
        "channel": channel.name if channel else None,
        "recorded_at": instant(report.recorded_at),
        "changed_at": instant(report.changed_at),
        "revision": report.revision,
    }
