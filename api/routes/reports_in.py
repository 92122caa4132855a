"""POST /v1/reports: the web's way in."""

import asyncio
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel

from api.dependencies import House, Strict, TheHouse
from api.routes.door import Door, read_body
from api.routes.places import seen_spot
from api.security import Caller, Credentials, caller_of
from intake.gateways.contract import Gateway, Text
from intake.gateways.contract import Request as Handed
from intake.gateways.web import COUNTRY_HEADER, KEY_ID_HEADER
from intake.reference import Reference
from models.channels import WEB
from models.faults import NoSuchCategory

router = APIRouter(prefix="/v1", tags=["reports"], dependencies=[Strict])


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
