"""Twilio: SMS, MMS and WhatsApp in, and what became of those we sent. Sending itself is in twilio_api.py.

Nothing here interprets a text or keeps it.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from intake.gateways.contract import (
    Answer,
    Channel,
    LookUpResult,
    Malformed,
    Media,
    NotOurs,
    NotSigned,
    Outgoing,
    Progress,
    Request,
    SendResult,
    Status,
    Text,
)
from intake.gateways.forms import Fields, fields_of, single_values

if TYPE_CHECKING:
    from intake.gateways.twilio_api import TwilioApi

WHATSAPP: Final = "whatsapp:"

_MESSAGE_SID: Final = re.compile(rb"(?:SM|MM)[0-9a-f]{32}")
# E.164, WhatsApp, a short code, or a name of up to 11 characters with at least one letter.
_SENDER: Final = re.compile(
    rb"(?:whatsapp:)?\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9 &+._'-]{1,11}"
)
_STATUS_WORD: Final = re.compile(rb"[a-z_-]{1,32}")
_ERROR_CODE: Final = re.compile(rb"[0-9]{1,8}")
_MEDIA_COUNT: Final = re.compile(rb"[0-9]|10")  # Twilio carries at most ten
_MEDIA_URL: Final = re.compile(rb"https?://[\x21-\x7e]{1,2000}")
_CONTENT_TYPE: Final = re.compile(rb"[\x20-\x7e]{1,200}")

# What Twilio sends with nearly every text or status, and all we read. A captured request can be cut anew between a name
# and its value, because both are signed in one string: FromCity=Conakry fits as FromCityC=onakry. The name cut up is
# then missing. (A value can also swallow the fields that follow it. Of those we read only a WhatsApp button's Body has
# room for that; its MessageSid is still the same, and counts once.)
_KNOWN: Final = frozenset(
    b"AccountSid ApiVersion Body ButtonPayload ButtonText ErrorCode From FromCity FromCountry FromState FromZip "
    b"MessageSid MessageStatus MessagingServiceSid NumMedia NumSegments ProfileName SmsMessageSid SmsSid SmsStatus "
    b"To ToCity ToCountry ToState ToZip WaId".split()
) | {b"%s%d" % (name, n) for name in (b"MediaUrl", b"MediaContentType") for n in range(10)}

# queued, accepted, scheduled, sending and words of the future say nothing we could act on.
_PROGRESS: Final = {
    "sent": Progress.SENT,
    "delivered": Progress.DELIVERED,
    "read": Progress.DELIVERED,
    "undelivered": Progress.UNDELIVERED,
    "failed": Progress.FAILED,
    "canceled": Progress.FAILED,
}

_EMPTY_TWIML: Final = Answer("text/xml", b'<?xml version="1.0" encoding="UTF-8"?><Response/>')

# Without it Twilio tries once more and only when it cannot connect. Three more tries after any failure; repeats do no
# harm here. All tries together end after 15 s (its own limit), so each gets 3 s to connect and 5 s for the answer.
# Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides. The fragment is neither sent nor signed.
RETRY_OVERRIDE: Final = "#rc=3&rp=all&ct=3000&rt=5000"


class TwilioGateway:
    provider: ClassVar[str] = "twilio"
    secret_names: ClassVar[Sequence[str]] = ("account_sid", "auth_token")
    optional_secret_names: ClassVar[Sequence[str]] = ("api_url",)
    needs_address: ClassVar[bool] = True
    authenticates: ClassVar[bool] = True
    can_send: ClassVar[bool] = True
    largest_body: ClassVar[int] = 64 * 1024
    settle_s: ClassVar[float] = 60.0  # our own request may still be under way for 20 s, Twilio's list lags by seconds

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._address = channel.address or ""
        self._number = self._address.removeprefix(WHATSAPP).encode()
        self._account_sid = channel.secrets["account_sid"].encode()
        self._auth_token = channel.secrets["auth_token"].encode()

    @cached_property
    def _api(self) -> "TwilioApi":
        from intake.gateways.twilio_api import TwilioApi  # noqa: PLC0415 - half a second to load, needed only to send

        secrets = self._channel.secrets
        return TwilioApi(secrets["account_sid"], secrets["auth_token"], secrets.get("api_url"))

    def receive(self, request: Request) -> Sequence[Text]:
        fields = self._authenticated(request)
        provider_id = _matching(fields, b"MessageSid", _MESSAGE_SID)
        if _bare(fields.get(b"To", b"")) != self._number:
            raise NotOurs
        sender = _bare(_matching(fields, b"From", _SENDER))
        if b"Body" not in fields:
            raise Malformed("Body is missing")
        return (
            Text(
                provider_id=provider_id.decode(),
                sender=sender.decode(),
                recipient=self._number.decode(),
                # A WhatsApp button: its Body is what the template's author called it, ButtonText what the sender saw.
                body=fields.get(b"ButtonText") or fields[b"Body"],
                media=_media(fields),
            ),
        )

    def receive_status(self, request: Request) -> Sequence[Status]:
        fields = self._authenticated(request)
        provider_id = _matching(fields, b"MessageSid", _MESSAGE_SID)
        if _bare(fields.get(b"From", self._number)) != self._number:
            raise NotOurs
        stated = _matching(fields, b"MessageStatus", _STATUS_WORD).decode()
        error_code = _matching(fields, b"ErrorCode", _ERROR_CODE).decode() if fields.get(b"ErrorCode") else None
        return (Status(provider_id.decode(), _PROGRESS.get(stated), stated, error_code),)

    def answer(self) -> Answer:
        return _EMPTY_TWIML

    def send(self, text: Outgoing) -> SendResult:
        return self._api.hand_over(self._address, self._addressed(text.recipient), text.body, text.callback_url)

    def look_up(self, text: Outgoing, attempted_at: datetime) -> LookUpResult:
        return self._api.find(self._address, self._addressed(text.recipient), text.body, attempted_at)

    def set_up(self, intake_url: str) -> str:
        return (
            f"At Twilio, for {self._address or 'the number'} (HTTP POST everywhere):\n"
            f"  A message comes in:     {intake_url}{RETRY_OVERRIDE}\n"
            f"  Primary handler fails:  {intake_url}{RETRY_OVERRIDE}\n"
            f"  Status callback:        {intake_url}/status{RETRY_OVERRIDE}\n"
            "The part from # on makes Twilio try again; it is not sent and not signed. The second line gives it\n"
            "another 15 seconds; the same text twice counts once. After that Twilio gives up.\n"
            "Twilio signs these addresses: they must be written exactly so, and KIBARO_PUBLIC_URL must stay the same."
        )

    def _addressed(self, recipient: str) -> str:
        if not self._address.startswith(WHATSAPP):
            return recipient
        return WHATSAPP + recipient.removeprefix(WHATSAPP)

    def _authenticated(self, request: Request) -> Fields:
        """The fields of a request that Twilio signed for our account, each name once."""
        pairs = fields_of(request)
        if not self._is_signed(request, pairs):
            raise NotSigned
        # Repeats are folded in the signature, so that they are refused only here.
        fields = single_values(pairs)
        if _is_cut_anew(fields):
            raise Malformed("a field name is cut differently from how it was signed")
        if fields.get(b"AccountSid") != self._account_sid:
            raise NotOurs
        return fields

    def _is_signed(self, request: Request, pairs: list[tuple[bytes, bytes]]) -> bool:
        stated = request.headers.get("x-twilio-signature", "").encode(errors="replace")
        # set: Twilio signs a value that is repeated under one name once
        signed = b"".join([name + value for name, value in sorted(set(pairs))])
        return any(
            hmac.compare_digest(
                b64encode(hmac.digest(self._auth_token, url.encode(errors="replace") + signed, "sha1")), stated
            )
            for url in _spellings(request.url)
        )


def _spellings(url: str) -> Iterator[str]:
    """The configured url, then with the default port written out, then without any: Twilio is not consistent."""
    yield url
    parts = urlsplit(url)
    host, colon, port = parts.netloc.rpartition(":")
    if colon and port.isdigit():
        yield parts._replace(netloc=host).geturl()
    else:
        yield parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}").geturl()


def _is_cut_anew(fields: Fields) -> bool:
    """A name we do not know begins, with its value, like a name we miss: the boundary between the two was moved."""
    unknown = fields.keys() - _KNOWN
    if not unknown:
        return False
    missing = tuple(_KNOWN - fields.keys())
    return any((name + fields[name]).startswith(missing) for name in unknown)


def _matching(fields: Fields, name: bytes, form: re.Pattern[bytes]) -> bytes:
    value = fields.get(name)
    if value is None or not form.fullmatch(value):
        raise Malformed(f"{name.decode()} is missing or not of Twilio's form")
    return value


def _bare(address: bytes) -> bytes:
    return address.removeprefix(b"whatsapp:")


def _media(fields: Fields) -> tuple[Media, ...]:
    if not fields.get(b"NumMedia"):
        return ()
    count = int(_matching(fields, b"NumMedia", _MEDIA_COUNT))
    return tuple(
        Media(
            url=_matching(fields, b"MediaUrl%d" % n, _MEDIA_URL).decode(),
            content_type=_matching(fields, b"MediaContentType%d" % n, _CONTENT_TYPE).decode(),
        )
        for n in range(count)
    )
