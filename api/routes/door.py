"""The door: what gateways post. Authenticate, write down, answer. Nothing is interpreted and nothing waits but the
commit.
"""

import asyncio
import time
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from api.dependencies import House
from intake.gateways.contract import Channel, Delivered, Gateway, Refused
from intake.gateways.contract import Request as Handed
from intake.journal import Receipt
from intake.reference import Reference
from models.faults import Fault, NotFound, Unavailable

BODY_WITHIN_S: Final = 10.0
LOOK_AGAIN_S: Final = 1.0
"""An unknown channel makes the door read the channels again, but not more often than this."""

router = APIRouter(prefix="/intake", tags=["intake"])


class TooLarge(Fault):
    """The body is larger than anything this provider sends."""

    code = "too-large"
    status = 413


class TooSlow(Fault):
    """The body took too long to come."""

    code = "too-slow"
    status = 408


class Door:
    """The channels as the door knows them; it asks the store only for a name it has not heard of."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._looked_at = float("-inf")

    async def channel(self, name: str) -> tuple[Channel, Gateway]:
        held = self._house.keeper.held
        if held is None or name not in held.channels:
            held = await self._look_again(held)
        channel = held.channels.get(name)
        if channel is None:
            raise NotFound("There is no such channel.")
        return channel, held.gateways[channel.id]

    async def _look_again(self, held: Reference | None) -> Reference:
        now = time.monotonic()
        if held is not None and now - self._looked_at < LOOK_AGAIN_S:
            return held
        found = await asyncio.to_thread(self._read)
        self._looked_at = now  # only now: while the store is down a name is not unknown, it cannot be looked up
        return found

    def _read(self) -> Reference:
        with self._house.database.reading() as session:
            return self._house.keeper.current(session)

    async def write_down(self, channel: Channel, delivered: list[Delivered]) -> list[Receipt]:
        append = self._house.journal.append
        if len(delivered) == 1:
            return [await append(channel, delivered[0])]
        return list(await asyncio.gather(*(append(channel, each) for each in delivered)))


@router.post("/{channel_name}")
async def receive(channel_name: str, request: Request) -> Response:
    """Where a provider posts a text. Its own form in, its own answer out; no 2xx before the text is durably stored."""
    return await _take(channel_name, request, status_only=False)


@router.post("/{channel_name}/status")
async def receive_status(channel_name: str, request: Request) -> Response:
    """Where a provider posts what became of a text we sent."""
    return await _take(channel_name, request, status_only=True)


async def _take(channel_name: str, request: Request, *, status_only: bool) -> Response:
    house: House = request.app.state.house
    door: Door = request.app.state.door
    channel, gateway = await door.channel(channel_name)
    if not gateway.authenticates:
        raise NotFound("There is no such channel.")  # web reports come through POST /v1/reports, with a key
    handed = Handed(
        method=request.method,
        url=_public_url(house.settings.public_url, request),
        headers=_headers(request),
        body=await read_body(request, gateway.largest_body),
    )
    delivered = (gateway.receive_status if status_only else gateway.receive)(handed)
    await door.write_down(channel, list(delivered))
    answer = gateway.answer()
    return Response(answer.body, media_type=answer.content_type)


def _public_url(public_url: str, request: Request) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return f"{public_url}{request.scope['path']}" + (f"?{query}" if query else "")


def _headers(request: Request) -> dict[str, str]:
    """Raises Refused where a header is repeated: a signature must not be one of several."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]]
    headers = dict(pairs)
    if len(headers) < len(pairs):
        names = [name for name, _ in pairs]
        if any(names.count(name) > 1 for name in names if name.startswith(("x-", "content-", "authorization"))):
            raise Refused("A header is given twice.")
    return headers


async def read_body(request: Request, largest: int) -> bytes:
    """Raises TooLarge, TooSlow or Unavailable."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > largest:
        raise TooLarge
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await _read_body(request, largest)
    except TimeoutError:
        raise TooSlow from None


async def _read_body(request: Request, largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > largest:
                raise TooLarge
            parts.append(part)
    except ClientDisconnect:
        raise Unavailable("The request ended before it was whole.") from None
    return b"".join(parts)
