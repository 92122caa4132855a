"""GET /v1/observations: what trained reporters said with their codes. Never free text: its message is opened."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.orm import aliased

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheReference
from api.formats.table import instant
from api.moments import Day, Moment
from api.paging import ThePage
from api.routes.places import seen_spot
from api.security import Caller, Scoped
from intake.forms.merging import Said
from intake.reference import Reference
from models.localities import LocalityAncestor
from models.observations import Observation
from models.reports import Report

router = APIRouter(prefix="/v1", tags=["forms"], dependencies=[Strict])


@router.get("/observations")
def read_observations(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
    form: Annotated[str | None, Query(description="Its code.")] = None,
    status: Annotated[Literal["complete", "partial", "contradiction"] | None, Query()] = None,
    locality: Annotated[str | None, Query(description="A code; what lies below it is included.")] = None,
    first: Annotated[Day | None, Query(alias="from", description="First day, inclusive.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, inclusive.")] = None,
    changed_since: Annotated[Moment | None, Query(description="Changed at or after this time.")] = None,
) -> Response:
    """Observations this key may see, the longest unchanged first. No free text, number or reporter."""
    wanted = [_seen(reference, caller)]
    if form is not None:
        wanted.append(Observation.form_id.in_(reference.forms.ids_of(form)))
    if status is not None:
        wanted.append(Observation.status == status)
    if locality is not None:
        wanted.append(_below(seen_spot(reference, caller, locality).id))
    if first is not None:
        wanted.append(Observation.day >= first)
    if last is not None:
        wanted.append(Observation.day <= last)
    if changed_since is not None:
        wanted.append(Observation.changed_at >= changed_since)
    if page.after is not None:
        after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
        wanted.append(tuple_(Observation.changed_at, Observation.id) > tuple_(*after))
    query = select(Observation).where(*wanted).order_by(Observation.changed_at, Observation.id)
    found = list(session.scalars(query.limit(page.limit + 1)))
    rows = [_shown(reference, each) for each in found[: page.limit]]
    more = len(found) > page.limit
    going_on = [found[page.limit - 1].changed_at.isoformat(), found[page.limit - 1].id] if more else None
    etag = etag_of("observations", rows, identity(caller), more)
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


def _seen(reference: Reference, caller: Caller) -> ColumnElement[bool]:
    """Inside the key's subtree; and what means a report as that report, else as whatever its form may come to mean."""
    open_forms = [
        each.id
        for each in reference.forms.by_id.values()
        if {reference.categories[code].protect for code in each.form.categories()} <= caller.shown_protections
    ]
    of_report = select(Report.id).where(Report.id == Observation.report_id, caller.sees_report()).exists()
    of_none = and_(Observation.report_id.is_(None), Observation.form_id.in_(open_forms))
    seen = and_(Observation.protect.in_(sorted(caller.shown_protections)), or_(of_report, of_none))
    return seen if caller.root_id is None else and_(seen, _below(caller.root_id))


def _below(locality_id: int) -> ColumnElement[bool]:
    """Placed in this subtree on its day."""
    up = aliased(LocalityAncestor)
    below = select(up.locality_id).where(
        up.locality_id == Observation.locality_id,
        up.ancestor_id == locality_id,
        up.from_day <= Observation.day,
        Observation.day < up.until_day,
    )
    return below.exists()


def _shown(reference: Reference, each: Observation) -> dict[str, Any]:
    kept = reference.forms.by_id.get(each.form_id)
    said = Said(each.said_values, each.problems)
    worded = {field.tag for field in kept.form.fields if field.type == "text"} if kept else set()
    return {
        "id": str(each.id),
        "form": kept.form.code if kept else None,
        "version": kept.version if kept else None,
        "number": each.number,
        "status": each.status,
        "values": each.said_values,
        "problems": each.problems,
        "missing": [tag for tag in said.missing(kept.form) if tag not in worded] if kept else [],
        "locality": reference.code_of(each.locality_id),
        "day": each.day.isoformat(),
        "source": each.source,
        "on_behalf": each.on_behalf,
        "protect": each.protect,
        "report": str(each.report_id) if each.report_id else None,
        "message": str(each.message_id),
        "opened_at": instant(each.opened_at),
        "changed_at": instant(each.changed_at),
        "revision": each.revision,
    }
