"""The web: a report posted as JSON to POST /v1/reports. Checks its shape; who may post it, the API has already settled.

There is no way out: nobody can be answered here. Whether a category or a place exists is not known here either.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import uuid4

import phonenumbers

from intake.gateways.contract import (
    Answer,
    Channel,
    LookUpResult,
    Outgoing,
    Rejected,
    Request,
    SendResult,
    Status,
    Text,
    Unusable,
    WrongContentType,
)
from intake.gateways.forms import media_type
from intake.gateways.json_bodies import JSON, NotJson, exact_bytes, object_of

KEY_ID_HEADER: Final = "x-kibaro-key-id"
"""Set by the API from the bearer key, never taken over from the caller: two callers' idempotency keys must not meet."""
COUNTRY_HEADER: Final = "x-kibaro-country"
"""Set by the API from KIBARO_COUNTRY: the region of a contact written without a country code. Optional."""

MAX_CHARACTERS: Final = 10_000
_CODED: Final = ("category", "locality", "occurred_on")
_FIELDS: Final = frozenset({"text", "contact", *_CODED})
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTACT: Final = re.compile(r"[+0-9][0-9 ()./-]{4,30}")  # phonenumbers would also find a number inside a sentence
_IDEMPOTENCY_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")


class WebGateway:
    provider: ClassVar[str] = "web"
    secret_names: ClassVar[Sequence[str]] = ()
    optional_secret_names: ClassVar[Sequence[str]] = ()
    needs_address: ClassVar[bool] = False
    authenticates: ClassVar[bool] = False
    can_send: ClassVar[bool] = False
    largest_body: ClassVar[int] = 64 * 1024
    settle_s: ClassVar[float] = 0.0

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def receive(self, request: Request) -> Sequence[Text]:
        if media_type(request) != JSON:
            raise WrongContentType(f"send {JSON}")
        provider_id = _provider_id(request.headers)
        try:
            report = object_of(request.body)
        except NotJson:
            raise Unusable("the body must be one JSON object with each name once") from None
        if unknown := report.keys() - _FIELDS:
            raise Unusable(f"{len(unknown)} unknown field(s); known are {', '.join(sorted(_FIELDS))}")
        coded = _coded(report)
        return (
            Text(
                provider_id=provider_id,
                sender=_contact(report, request.headers.get(COUNTRY_HEADER)),
                recipient=self._channel.address or "",
                body=b"" if coded else _body(report),
                coded=coded,
            ),
        )

    def receive_status(self, request: Request) -> Sequence[Status]:  # noqa: ARG002 - the shape of every gateway
        raise Unusable("a web channel sends nothing, so there is no status to report")

    def answer(self) -> Answer:
        return Answer(JSON, b"{}")  # POST /v1/reports answers with the reference instead, which is minted at the door

    def send(self, text: Outgoing) -> SendResult:  # noqa: ARG002
        return Rejected("no-way-out", retry=False)

    def look_up(self, text: Outgoing, attempted_at: datetime) -> LookUpResult:  # noqa: ARG002
        return None

    def set_up(self, intake_url: str) -> str:
        origin = intake_url.partition("/intake/")[0]
        return (
            f"POST {origin}/v1/reports with a bearer key and Content-Type: {JSON}:\n"
            '  {"text": "..."}  or  {"category": "...", "locality": "...", "occurred_on": "YYYY-MM-DD"}\n'
            'and if wished "contact": "+...".\n'
            "Send an Idempotency-Key: the same key again gets the first answer and counts once."
        )


def _provider_id(headers: Mapping[str, str]) -> str:
    idempotency_key = headers.get("idempotency-key")
    if idempotency_key is None:
        return str(uuid4())
    if not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise Unusable("Idempotency-Key must be 1 to 255 ASCII characters")
    return f"{headers[KEY_ID_HEADER]}:{idempotency_key}"


def _coded(report: Mapping[str, object]) -> Mapping[str, str] | None:
    """Category, locality and day, or None for a report in words."""
    given = [name for name in _CODED if report.get(name) is not None]
    in_words = report.get("text") is not None
    if in_words and given:
        raise Unusable(f"give either text, or {', '.join(_CODED)}; not both")
    if in_words:
        return None
    if len(given) < len(_CODED):
        absent = ", ".join(name for name in _CODED if name not in given)
        raise Unusable(
            f"give text, or all of {', '.join(_CODED)}; missing: {absent}" if given else "give text, or codes"
        )
    return {name: _code(report, name) for name in ("category", "locality")} | {"occurred_on": _day(report)}


def _body(report: Mapping[str, object]) -> bytes:
    text = report["text"]
    if not isinstance(text, str) or not text.strip():
        raise Unusable("text must be a string that says something")
    if len(text) > MAX_CHARACTERS:
        raise Unusable(f"text has {len(text)} characters; at most {MAX_CHARACTERS} are taken")
    return exact_bytes(text)


def _code(report: Mapping[str, object], name: str) -> str:
    value = report[name]
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise Unusable(f"{name} must be a code as listed, of letters, digits, dot, dash and underscore")
    return value


def _day(report: Mapping[str, object]) -> str:
    value = report["occurred_on"]
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise Unusable("occurred_on must be a day of the calendar, as YYYY-MM-DD")


def _contact(report: Mapping[str, object], country: str | None) -> str:
    """The contact in E.164, or nothing. It proves nothing: anyone can type a number."""
    value = report.get("contact")
    if value is None:
        return ""
    try:
        if isinstance(value, str) and _CONTACT.fullmatch(value):
            number = phonenumbers.parse(value, country)
            if phonenumbers.is_possible_number(number):  # plans change; a number of the right length is good enough
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    raise Unusable("contact must be a phone number in international form, such as +224 and the number")
