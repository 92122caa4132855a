"""/v1/unknown-places: names that texts use and the gazetteer does not know, until staff say which place each is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, WriteSession
from api.editing import Editor, JsonBody, json_request, place_for
from api.formats.table import instant
from api.paging import Page, ThePage
from api.security import Caller, ScopeMissing
from intake.naming import dismiss_place, name_place
from intake.opening import LONGEST_REASON, reason_in
from intake.readings import keys_of, name_in
from intake.reference import Reference
from intake.rows import Rows
from models.faults import NotFound
from models.messages import Message
from models.reporters import Reporter
from models.reports import Report
from models.unknown_places import UnknownPlace, UnknownPlaceMention
from models.vault import Vault

router = APIRouter(prefix="/v1", tags=["review"], dependencies=[Strict])

MOST_NEAR: Final = 3
SHARED_BY: Final = 2
"""A name that so many numbers have written is no longer the words of one text. Texts from the web have no number: one
person may have sent them all.
"""

Counted = tuple[UUID, int, int, datetime, datetime]
"""Id, how many texts named it and from how many numbers, when first and when last."""


class NamingIn(BaseModel):
    """locality: code of the place that goes by this name too."""

    locality: str


@router.get("/unknown-places")
def read_unknown_places(  # noqa: PLR0913  who asks, and what with
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Editor,
    reason: Annotated[
        str | None, Query(max_length=LONGEST_REASON, description="Why names are opened that stand in one text only.")
    ] = None,
) -> Response:
    """Names of places that nobody knows, those that most texts name first; of texts that this key may see. `near` is
    where those texts seem to come from. Needs the scopes `reports:read` and `reports:write`.

    A name that fewer than two numbers have written is words of a body: null, unless a `reason` is given, which needs
    `bodies:read` too. Each page so opened is recorded for ever with its reason; no cache may keep it.
    """
    why = _reason(caller, reason)
    found = _page_of(session, caller, page)
    shown = found[: page.limit]
    ids = [place_id for place_id, *_ in shown]
    fragments = [place_id for place_id, _, numbers, *_ in shown if numbers < SHARED_BY]
    names = _names(session, house.vault, caller, ids if why else [each for each in ids if each not in fragments])
    near = _near(session, reference, caller, ids)
    rows = [_row(each, names, near) for each in shown]
    going_on = [-shown[-1][1], shown[-1][0]] if len(found) > page.limit else None
    if why and fragments:
        session.rollback()  # what was read is read: who writes must not wait for it
        with house.database.writing() as writing:
            _record_opening(writing, caller, fragments, why, house.clock())
        return page.answer(rows, going_on, {"Cache-Control": "no-store"})
    etag = etag_of("unknown-places", rows, identity(caller), going_on)
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


@router.post("/unknown-places/{place_id}", openapi_extra=json_request(NamingIn, alias={"locality": "GN-C-DIX"}))
def name(
    place_id: UUID,
    caller: Editor,
    wanted: Annotated[NamingIn, Depends(JsonBody(NamingIn), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> JSONResponse:
    """Makes the name another name of that place, for all texts to come. Open reports that named it and have no place,
    or one that only stood for it, are placed there; `placed` counts those that this key sees. Needs `bodies:read` too
    where fewer than two numbers have written the name: everybody may read it from then on.
    """
    reference = house.keeper.current(session)
    unknown, numbers = _unknown(session, caller, place_id)
    if numbers < SHARED_BY:
        caller.insist_on("bodies:read")
    spot = reference.spots[place_for(reference, caller, wanted.locality, None) or 0]
    known_as = _names(session, house.vault, caller, [place_id])[place_id]
    placed = name_place(session, reference, unknown, known_as, spot, house.clock(), caller.actor)
    session.flush()
    seen = select(func.count()).select_from(Report).where(Report.id.in_(placed), caller.sees_report())
    answer = {"id": str(place_id), "name": known_as, "locality": spot.code, "placed": session.scalar(seen) or 0}
    return JSONResponse(answer)


@router.delete("/unknown-places/{place_id}", status_code=204)
def dismiss(place_id: UUID, caller: Editor, house: TheHouse, session: WriteSession) -> Response:
    """It is no place: nobody is shown it again. Keys bound to a locality cannot: elsewhere it may be one."""
    if caller.root_id is not None:
        raise ScopeMissing("What is no place here may be one elsewhere: ask with a key that is bound to none.")
    unknown, _ = _unknown(session, caller, place_id)
    dismiss_place(session, unknown, house.clock(), caller.actor)
    return Response(status_code=204)


def _reason(caller: Caller, given: str | None) -> str | None:
    """Raises ScopeMissing, Invalid."""
    if given is None:
        return None
    caller.insist_on("bodies:read")
    return reason_in(given)


def _record_opening(session: Session, caller: Caller, ids: Sequence[UUID], reason: str, now: datetime) -> None:
    rows = Rows()
    payload = {"places": [str(each) for each in ids], "reason": reason}
    rows.record("place.opened", uuid4(), payload, at=now, actor=caller.actor)
    rows.write(session)


def _counted(caller: Caller) -> Select[UUID, int, int, datetime, datetime]:
    """Only texts that this key may see are counted, and a name that no such text holds is not there."""
    return (
        select(
            UnknownPlaceMention.place_id,
            func.count().label("texts"),
            func.count(Reporter.number_index.distinct()).label("numbers"),
            func.min(Message.created_at).label("first_at"),
            func.max(Message.created_at).label("last_at"),
        )
        .join(UnknownPlace, UnknownPlace.id == UnknownPlaceMention.place_id)
        .join(Message, Message.id == UnknownPlaceMention.message_id)
        .outerjoin(Reporter, Reporter.id == Message.reporter_id)
        .where(UnknownPlace.dismissed_at.is_(None), caller.sees_message())
        .group_by(UnknownPlaceMention.place_id)
    )


def _page_of(session: Session, caller: Caller, page: Page) -> Sequence[Counted]:
    counted = _counted(caller).subquery()
    order = ((-counted.c.texts).label("rank"), counted.c.place_id)
    query = select(counted)
    if page.after is not None:
        query = query.where(tuple_(*order) > tuple_(page.after[0], UUID(page.after[1])))
    found = session.execute(query.order_by(*order).limit(page.limit + 1))
    return [(place_id, texts, numbers, first_at, last_at) for place_id, texts, numbers, first_at, last_at in found]


def _unknown(session: Session, caller: Caller, place_id: UUID) -> tuple[UnknownPlace, int]:
    """And how many numbers have written its name. Locked until this transaction ends. Raises NotFound."""
    counted = session.execute(_counted(caller).where(UnknownPlace.id == place_id)).first()
    if counted is None:
        raise NotFound
    return session.get_one(UnknownPlace, place_id, with_for_update=True), counted.numbers


def _names(session: Session, vault: Vault, caller: Caller, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """As the newest text that this key may see spells each."""
    newest = _counted(caller).where(UnknownPlace.id.in_(ids)).subquery()
    query = (
        select(UnknownPlaceMention, Message.reporter_id)
        .join(Message, Message.id == UnknownPlaceMention.message_id)
        .join(newest, and_(newest.c.place_id == UnknownPlaceMention.place_id, newest.c.last_at == Message.created_at))
        .where(caller.sees_message())
        .order_by(UnknownPlaceMention.message_id)
    )
    found = session.execute(query).all()
    keys = keys_of(session, vault, [reporter_id for _, reporter_id in found])
    return {mention.place_id: " ".join(name_in(mention, keys[reporter_id]).split()) for mention, reporter_id in found}


def _near(session: Session, reference: Reference, caller: Caller, ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """Codes of places that this key sees, the most frequent first."""
    query = (
        select(UnknownPlaceMention.place_id, UnknownPlaceMention.near_id, func.count().label("texts"))
        .join(Message, Message.id == UnknownPlaceMention.message_id)
        .where(UnknownPlaceMention.place_id.in_(ids), UnknownPlaceMention.near_id.is_not(None), caller.sees_message())
        .group_by(UnknownPlaceMention.place_id, UnknownPlaceMention.near_id)
        .order_by(func.count().desc(), UnknownPlaceMention.near_id)
    )
    found: dict[UUID, list[str]] = {}
    for place_id, near_id, _ in session.execute(query):
        spot = reference.spots.get(near_id or 0)
        if spot is not None and caller.sees_place(spot):
            found.setdefault(place_id, []).append(spot.code)
    return found


def _row(each: Counted, names: Mapping[UUID, str], near: Mapping[UUID, list[str]]) -> dict[str, Any]:
    place_id, texts, _, first_at, last_at = each
    return {
        "id": str(place_id),
        "name": names.get(place_id),
        "texts": texts,
        "near": near.get(place_id, [])[:MOST_NEAR],
        "first_at": instant(first_at),
        "last_at": instant(last_at),
    }
