"""POST /v1/review/{id}/example: a copy of a text for training, made by a person who has read it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import or_, select

from api.dependencies import Strict, TheHouse, WriteSession
from api.editing import Editor, JsonBody, json_request
from intake.opening import LONGEST_REASON, open_body
from intake.scrubbing import LONGEST, keep_copy, scrub
from models.faults import NotFound
from models.messages import Message
from models.readings import ReadingRow

router = APIRouter(prefix="/v1", tags=["review"], dependencies=[Strict])


class ExampleIn(BaseModel):
    """reason: why the text is opened, read by others. text: the copy to keep; without it nothing is kept and the answer
    proposes one.
    """

    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    text: str | None = Field(None, max_length=LONGEST)


@router.post(
    "/review/{item_id}/example",
    openapi_extra=json_request(
        ExampleIn,
        proposed={"reason": "For training"},
        kept={"reason": "For training", "text": "vol de moto chez <name> a Dixinn, appelez <number>"},
    ),
)
def make_example(
    item_id: UUID,
    caller: Editor,
    wanted: Annotated[ExampleIn, Depends(JsonBody(ExampleIn), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> JSONResponse:
    """Of a report, or a text that opened none, that was decided on. Ask without `text` first: the answer is the text
    with numbers, addresses, links and references masked. Names of persons cannot be told by a program: mask them
    yourself, then send what is to be kept as `text`. The copy outlives the text, also when its sender is erased, and
    nothing in it leads back to them. Each call opens the text and is recorded as that. Needs `reports:read`,
    `reports:write` and `bodies:read`.
    """
    caller.insist_on("bodies:read")
    opened = select(ReadingRow.message_id).where(ReadingRow.report_id == item_id)
    found = select(Message).where(or_(Message.id == item_id, Message.id.in_(opened)), Message.direction == "in")
    message = session.scalar(found.where(caller.sees_message()).order_by(Message.created_at).limit(1))
    if message is None:
        raise NotFound
    now = house.clock()
    body = open_body(session, house.vault, message, wanted.reason, caller.actor, now)
    if wanted.text is None:
        kept, text = False, scrub(session, body)
    else:
        kept, text = True, keep_copy(session, house.vault, message.id, wanted.text, message.language, now)
    return JSONResponse({"id": str(item_id), "kept": kept, "text": text}, headers={"Cache-Control": "no-store"})
