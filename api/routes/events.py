"""GET /v1/events: what happened, in the order in which it became known here, without holes. A reader goes on from where
it was.
"""

from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheReference
from api.formats.table import instant
from api.security import Caller, Scoped
from intake.reference import Reference
from models.categories import PROTECTIONS
from models.events import UPCASTS, Event, upcast
from models.faults import Fault, Invalid
from models.incidents import Incident
from models.messages import Message
from models.reports import Report

LONGEST_POSITION: Final = 18  # digits; what the store can hold and more than it will
STRETCH: Final = 250  # events looked at together for a key that may not see all
Place = Row[int, int | None, UUID]
"""Sequence, position and id of an event."""

router = APIRouter(prefix="/v1", tags=["events"], dependencies=[Strict])


class KeyBound(Fault):
    """The events of one locality cannot be told apart from the others': ask with a key that is bound to no locality."""

    code = "key-bound"
    status = 403


@router.get("/events")
def read_events(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    caller: Annotated[Caller, Depends(Scoped("events:read"))],
    after: Annotated[
        str | None, Query(max_length=40, description="The position, or the id, of the last event you have.")
    ] = None,
    name: Annotated[
        str | None, Query(pattern=r"^[a-z]+\.[a-z_]+$", max_length=40, description="Only these, as report.opened.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Rows a page.")] = 100,
) -> Response:
    """Recorded facts, oldest first. Each comes once, and none ever comes up behind one you have seen.

    Begin without `after` and follow the Link header (`rel="next"`) from page to page. Every page with rows has one, the
    last too: keep it, and ask there again later. A page without rows has none: you have everything; ask the same
    address again, with `If-None-Match` for a 304 until something has happened.

    Keys that may not see everything (no `protected:read`; police and administration) are told of reports, incidents
    and incoming texts that were not protected from them when it was recorded and are not now. They get no positions,
    whose gaps would tell how much is hidden: for them `after` is the id of an event, which stays a place to go on from.
    """
    if caller.root_id is not None:
        raise KeyBound
    start = _position(session, caller, after)
    if _sees_all(caller):
        page = list(session.execute(_following(start, name).limit(limit)))
    else:
        page = _seen_after(session, caller, reference, start, name, limit)
    etag = etag_of("events", [place.id for place in page], identity(caller), after, name, limit, sorted(UPCASTS))
    if held := unchanged(request, etag):
        return held
    found = select(Event).where(Event.sequence.in_([place.sequence for place in page])).order_by(Event.position)
    rows = [_shown(caller, event) for event in session.scalars(found)]
    headers = headers_of(etag)
    if rows:
        going_on = rows[-1]["position"] or rows[-1]["id"]
        given = [(key, value) for key, value in request.query_params.multi_items() if key != "after"]
        headers["Link"] = f'<{request.url.path}?{urlencode([*given, ("after", going_on)])}>; rel="next"'
    return JSONResponse({"rows": rows}, headers=headers)


def _sees_all(caller: Caller) -> bool:
    return caller.shown_protections >= set(PROTECTIONS)


def _position(session: Session, caller: Caller, after: str | None) -> int:
    """Where to go on. Any published event is a place, also one whose subject this key may not see any more: who has its
    id has seen it, and must not be sent back to the beginning because a report turned out to be protected.
    """
    if after is None:
        return 0
    if after.isascii() and after.isdecimal() and len(after) <= LONGEST_POSITION:
        if not _sees_all(caller):
            raise Invalid("This key goes on from an event's id: give the id of the last event you have as `after`.")
        return int(after)
    try:
        event_id = UUID(after)
    except ValueError:
        raise Invalid("`after` is the position or the id of an event; leave it out to begin.") from None
    position = session.scalar(select(Event.position).where(Event.id == event_id, Event.position.is_not(None)))
    if position is None:
        raise Invalid("There is no event with the id given as `after`; leave it out to begin.")
    return position


def _following(position: int, name: str | None) -> Select[int, int | None, UUID]:
    query = select(Event.sequence, Event.position, Event.id).where(Event.position.is_not(None))
    if name is None:
        return query.where(Event.position > position).order_by(Event.position)
    # In these words only the index by name gives the order: looked for by position, a rare name could be years away.
    here = tuple_(Event.name, Event.position) > tuple_(name, position)
    return query.where(here, Event.name <= name).order_by(Event.name, Event.position)


def _seen_after(  # noqa: PLR0913  the caller and the question
    session: Session, caller: Caller, reference: Reference, position: int, name: str | None, limit: int
) -> list[Place]:
    """A page of what this caller may see. Looked for stretch by stretch: in one statement the databases, which cannot
    guess how much is hidden, would rather join everything there is.
    """
    page: list[Place] = []
    while len(page) < limit and (stretch := session.execute(_following(position, name).limit(STRETCH)).all()):
        seen = (
            select(Event.sequence, Event.position, Event.id)
            .outerjoin(Message, Message.id == Event.subject)
            .outerjoin(Incident, Incident.id == Event.subject)
            .outerjoin(Report, Report.id == func.coalesce(Message.report_id, Event.subject))
            .where(Event.sequence.in_([place.sequence for place in stretch]), _unprotected(caller, reference))
        )
        page += session.execute(seen.order_by(Event.position).limit(limit - len(page))).all()
        position = stretch[-1].position or position
    return page


def _unprotected(caller: Caller, reference: Reference) -> ColumnElement[bool]:
    """A condition on events with what they are about: of what this caller may know, then and now.

    It names what is shown, so that kinds of events that come later are hidden until they are named here.
    """
    shown = sorted(caller.shown_protections)
    codes = [code for code, category in reference.categories.items() if category.protect in shown]
    category_ids = [reference.category_ids[code] for code in codes]
    category = Event.payload["category"].as_string()
    return and_(
        or_(
            and_(Event.name.startswith("report."), Report.id.is_not(None)),
            and_(Event.name.startswith("incident."), Incident.category_id.in_(category_ids)),
            and_(Event.name.startswith("message."), Message.protect.in_(shown)),
        ),
        or_(Report.id.is_(None), Report.protect.in_(shown)),
        Event.payload["protect"].as_string().in_(shown),
        or_(category.is_(None), category.in_(codes)),
    )


def _shown(caller: Caller, event: Event) -> dict[str, Any]:
    version, payload = upcast(event.name, event.version, event.payload)
    if not _sees_all(caller):
        payload.pop("home", None)  # where the reporter lives: needed to count anew, but only by who may see all
    return {
        "id": str(event.id),
        "position": event.position if _sees_all(caller) else None,
        "name": event.name,
        "version": version,
        "subject": str(event.subject),
        "actor": event.actor,
        "recorded_at": instant(event.recorded_at),
        "payload": payload,
    }
