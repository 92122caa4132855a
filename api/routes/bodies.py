"""POST /v1/messages/{id}/open: the words of one message, for whoever may and says why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.dependencies import Strict, TheHouse, WriteSession
from api.security import Caller, Scoped
from intake.opening import LONGEST_REASON, open_body
from intake.readings import fragments_of
from models.faults import NotFound
from models.messages import Message

router = APIRouter(prefix="/v1", tags=["messages"], dependencies=[Strict])


class Opening(BaseModel):
    """reason: kept with who opened what and when, and read by others."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Place unclear, the desk must find it"}]}
    )

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


@router.post("/messages/{message_id}/open")
def open_message(
    message_id: UUID,
    opening: Opening,
    house: TheHouse,
    caller: Annotated[Caller, Depends(Scoped("bodies:read"))],
    session: WriteSession,
) -> JSONResponse:
    """The body of a message this key may see, with the words that decided how it was understood. Each opening is
    recorded for ever; no cache may keep the answer.
    """
    message = session.scalar(select(Message).where(Message.id == message_id, caller.sees_message()))
    if message is None:
        raise NotFound
    body = open_body(session, house.vault, message, opening.reason, caller.actor, house.clock())
    words = fragments_of(session, house.vault, message)
    return JSONResponse({"id": str(message.id), "body": body, **words}, headers={"Cache-Control": "no-store"})
