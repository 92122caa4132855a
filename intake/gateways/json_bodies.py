"""A posted JSON object, read strictly and without losing a byte of its texts. It knows no provider."""

import json
from collections.abc import Mapping
from typing import Final, NoReturn

JSON: Final = "application/json"


class NotJson(ValueError):
    """The body is not one JSON object with each name once."""


def object_of(body: bytes) -> Mapping[str, object]:
    """The object in body. Raises NotJson, also for repeated names, NaN, and nesting deeper than Python follows."""
    try:
        # surrogateescape keeps bytes that are no UTF-8, so that exact_bytes can give them back
        found = json.loads(
            body.decode("utf-8", "surrogateescape"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except NotJson:
        raise
    except (ValueError, RecursionError):
        raise NotJson from None  # the cause would quote the body
    if not isinstance(found, dict):
        raise NotJson
    return found


def exact_bytes(text: str) -> bytes:
    """The bytes a text of object_of had on the wire; half a surrogate pair written as an escape becomes three bytes."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson
    return found


def _no_constant(_: str) -> NoReturn:
    raise NotJson
