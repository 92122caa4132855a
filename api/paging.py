"""Pages of a list: an opaque cursor, bound to the key and the query it was given for, and the Link header."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.dependencies import TheHouse
from api.formats.choice import Format, chosen_format
from api.security import SomeCaller
from models.faults import Invalid
from models.vault import Vault

MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Page:
    """limit: rows wanted. after: the sort values of the last row of the page before; None on the first."""

    limit: int
    after: list[Any] | None
    _request: Request
    _vault: Vault

    def answer(
        self,
        rows: Sequence[dict[str, Any]],
        last: Sequence[Any] | None,
        headers: dict[str, str],
        **extra: Any,
    ) -> Response:
        """last: the sort values to go on after; None when this is the last page."""
        if last is not None:
            query = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
            query.append(("cursor", _cursor(self._vault, _binding(self._request), list(last))))
            headers = headers | {"Link": f'<{self._request.url.path}?{urlencode(query)}>; rel="next"'}
        return JSONResponse({**extra, "rows": rows}, headers=headers)


async def _page(
    request: Request,
    house: TheHouse,
    _caller: SomeCaller,  # who asks comes first: what a stranger sends is not judged
    limit: Annotated[int, Query(ge=1, le=500, description="Rows a page.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=2000, description="From the Link header of the page before.")
    ] = None,
) -> Page:
    after = _read_cursor(house.vault, _binding(request), cursor) if cursor else None
    return Page(limit, after, request, house.vault)


ThePage = Annotated[Page, Depends(_page, scope="function")]


class Formats:
    """A dependency: the format that is wanted. A file comes whole: it takes neither limit nor cursor."""

    def __init__(self, *offered: Format) -> None:
        self.offered = offered

    async def __call__(
        self,
        request: Request,
        _caller: SomeCaller,
        wanted: Annotated[
            Format | None, Query(alias="format", description="Default: by the Accept header, else json.")
        ] = None,
    ) -> Format:
        chosen = chosen_format(wanted, ", ".join(request.headers.getlist("accept")) or None, self.offered)
        if chosen != "json" and request.query_params.keys() & {"limit", "cursor"}:
            raise Invalid("A file comes whole: leave limit and cursor out, or take format=json.")
        return chosen


def _binding(request: Request) -> str:
    """What a cursor belongs to: the key and the query, page size and position aside."""
    query = sorted((n, v) for n, v in request.query_params.multi_items() if n not in {"cursor", "limit"})
    return json.dumps([request.headers.get("authorization", ""), request.url.path, query])


def _cursor(vault: Vault, binding: str, after: list[Any]) -> str:
    packed = json.dumps(after, default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(vault, binding, packed) + packed).rstrip(b"=").decode()


def _read_cursor(vault: Vault, binding: str, cursor: str) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raw = b""
    mac, packed = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not packed or not compare_digest(mac, _mac(vault, binding, packed)):
        raise Invalid("This cursor belongs to another key or query: begin again without it.")
    after: list[Any] = json.loads(packed)
    return after


def _mac(vault: Vault, binding: str, packed: bytes) -> bytes:
    return vault.tag(0, f"cursor\0{binding}\0{packed.decode('latin-1')}")
