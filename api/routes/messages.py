"""GET /v1/messages: that texts came and went, never what they said or from whom."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import select, tuple_

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheReference
from api.formats.table import instant
from api.paging import ThePage
from api.security import Caller, Scoped
from intake.reference import Reference
from models.messages import Message

router = APIRouter(prefix="/v1", tags=["messages"], dependencies=[Strict])


@router.get("/messages")
def read_messages(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Annotated[Caller, Depends(Scoped("messages:read"))],
    direction: Annotated[Literal["in", "out"] | None, Query()] = None,
    report: Annotated[UUID | None, Query(description="Only the texts of this report.")] = None,
) -> Response:
    """Messages this key may see, oldest first; a locality-bound key sees those of reports in its subtree only."""
    query = select(Message).where(caller.sees_message())
    if direction:
        query = query.where(Message.direction == direction)
    if report:
        query = query.where(Message.report_id == report)
    if page.after is not None:
        after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
        query = query.where(tuple_(Message.created_at, Message.id) > tuple_(*after))
    found = session.scalars(query.order_by(Message.created_at, Message.id).limit(page.limit + 1)).all()
    rows = [_shown(reference, message) for message in found[: page.limit]]
    last = found[page.limit - 1] if len(found) > page.limit else None
    etag = etag_of("messages", rows, identity(caller), last is None)
    going_on = [last.created_at.isoformat(), last.id] if last else None
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


def _shown(reference: Reference, message: Message) -> dict[str, Any]:
    return {
        "id": str(message.id),
        "direction": message.direction,
        "channel": reference.channels_by_id[message.channel_id].name,
        "report": str(message.report_id) if message.report_id else None,
        "in_reply_to": str(message.in_reply_to) if message.in_reply_to else None,
        "kind": message.kind,
        "purpose": message.purpose,
        "status": message.status,
        "error_code": message.error_code,
        "language": message.language,
        "media": message.media_count,
        "late": message.late,
        "review": message.review,
        "created_at": instant(message.created_at),
        "sent_at": instant(message.sent_at) if message.sent_at else None,
    }
