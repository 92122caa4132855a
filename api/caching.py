"""ETags: what a client holds is still right, told without making the answer again."""

import hashlib
import re
from typing import Any

from fastapi import Request, Response

from api.security import Caller

_HELD = re.compile(r'(?:W/)?"[^"]*"')


def etag_of(*parts: Any) -> str:
    """Weak: the same meaning, not the same bytes (as_of moves on while figures stay)."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def headers_of(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept"}


def unchanged(request: Request, etag: str) -> Response | None:
    """A 304 where the client holds this already."""
    return Response(status_code=304, headers=headers_of(etag)) if held_by(request, etag) else None


def held_by(request: Request, etag: str) -> bool:
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in _HELD.findall(held)}


def identity(caller: Caller) -> tuple[Any, ...]:
    """What of a caller changes an answer."""
    return sorted(caller.scopes), caller.root_id, caller.body
