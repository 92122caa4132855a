"""A 304 for one statement: a client that polls sends the same request again, and this process still knows what the
answer it gave hung on. Only what it answered itself is remembered; all else takes the long way and loses nothing.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy import select, true
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.caching import held_by, unchanged
from api.dependencies import House, a_turn, today_of
from api.security import Caller, caller_from
from models.keys import Key
from models.reference import ReferenceVersion
from models.tallies import TallyVersion
from models.vault import digest_of_secret

MOST: Final = 4_096
"""Answers remembered by a process, some 500 bytes each."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an answer hung on. versions: of the figures its reader may see, in the order of their protections."""

    caller: Caller
    reference_version: int
    versions: Sequence[int]
    today: date


class Remembered:
    """Of requests answered lately: the ETag and the standing. Safe in threads."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[str, ...], tuple[str, Standing]] = OrderedDict()
        self._turn = threading.Lock()

    def keep(self, request: Request, etag: str, standing: Standing) -> None:
        with self._turn:
            self._answers[_asked(request)] = etag, standing
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)

    def of(self, request: Request) -> tuple[str, Standing] | None:
        with self._turn:
            return self._answers.get(_asked(request))


class RememberingRoute(APIRoute):
    """Answers 304 without building the question again, where the client holds what this process last answered and
    nothing that it hung on has changed.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_or_304(request: Request) -> Response:
            return await _still_held(request) or await answer(request)

        return answer_or_304


async def _still_held(request: Request) -> Response | None:
    remembered: Remembered = request.app.state.remembered
    known = remembered.of(request) if "if-none-match" in request.headers else None
    if known is None or not held_by(request, known[0]):
        return None
    async with a_turn(request.app):
        standing = await run_in_threadpool(_standing_now, request.app.state.house, request)
    return unchanged(request, known[0]) if standing == known[1] else None


def _standing_now(house: House, request: Request) -> Standing | None:
    """None where the key is no key any more."""
    _, secret = get_authorization_scheme_param(request.headers.get("authorization"))
    reference_version = select(ReferenceVersion.version).scalar_subquery()
    with house.database.reading() as session:
        rows = session.execute(
            select(Key, reference_version, TallyVersion.protect, TallyVersion.version)
            .join(TallyVersion, true(), isouter=True)
            .where(Key.digest == digest_of_secret(secret), Key.revoked_at.is_(None))
            .order_by(TallyVersion.protect)
        ).all()
        caller = caller_from(rows[0][0]) if rows else None
    if caller is None:
        return None
    seen = [version for _, _, protect, version in rows if protect in caller.shown_protections]
    return Standing(caller, rows[0][1] or 0, seen, today_of(house))


def versions_of(session: Session, caller: Caller) -> list[int]:
    """What changes whenever this caller's figures may."""
    seen = TallyVersion.protect.in_(sorted(caller.shown_protections))
    return list(session.scalars(select(TallyVersion.version).where(seen).order_by(TallyVersion.protect)))


def _asked(request: Request) -> tuple[str, ...]:
    names = ("authorization", "accept")
    return request.url.path, request.url.query, *(", ".join(request.headers.getlist(name)) for name in names)
