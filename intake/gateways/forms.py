"""A posted form, taken apart byte for byte for the gateways whose providers post forms. It knows no provider."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from intake.gateways.contract import Malformed, Request, TooManyFields, WrongContentType

FORM: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 200  # issue 2, "Bad input"; Twilio's longest forms have some 60

# Names as they stand on the wire, before any decoding: providers never escape them. With "&" between them the check is
# exact, because no name holds one, and takes 2 µs for twenty names instead of 8 for one match each.
_NAMES: Final = re.compile(rb"[A-Za-z][A-Za-z0-9]*(?:&[A-Za-z][A-Za-z0-9]*)*")
_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")

Fields = Mapping[bytes, bytes]


def media_type(request: Request) -> str:
    """The content type without its parameters, lower case; empty where there is none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def fields_of(request: Request) -> list[tuple[bytes, bytes]]:
    """Names and decoded values in the order they came, repeated names included.

    urllib's parse_qsl is not used: it decodes to text, which loses broken UTF-8, and drops empty and valueless pieces.
    Raises WrongContentType, TooManyFields, Malformed.
    """
    if media_type(request) != FORM:
        raise WrongContentType(f"send {FORM}")
    body = request.body
    if body.count(b"&") >= MAX_FIELDS:
        raise TooManyFields
    names: list[bytes] = []
    pairs: list[tuple[bytes, bytes]] = []
    for piece in body.split(b"&"):
        name, equals, value = piece.partition(b"=")
        if not equals:
            raise Malformed("a field has no value")
        names.append(name)
        pairs.append((name, _decoded(value)))
    if not _NAMES.fullmatch(b"&".join(names)):
        raise Malformed("a field name is not of the provider's form")
    return pairs


def single_values(pairs: list[tuple[bytes, bytes]]) -> Fields:
    """The fields by name. Raises Malformed where a name is repeated, even with the same value."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field is repeated")
    return fields


def _decoded(value: bytes) -> bytes:
    if b"+" in value:
        value = value.replace(b"+", b" ")
    if b"%" not in value:
        return value
    if _BROKEN_ESCAPE.search(value):
        raise Malformed("a field is not properly escaped")
    return unquote_to_bytes(value)
