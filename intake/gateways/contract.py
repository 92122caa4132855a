"""What a gateway takes and gives, the same for every provider. One provider is one file beside this one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from models.faults import Fault


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured way in and out, with its secrets opened. Never logged: repr leaves the secrets out."""

    id: int
    name: str
    provider: str
    address: str | None
    secrets: Mapping[str, str]
    area: str | None = None
    language: str | None = None
    free_to_sender: bool = False
    receipt_only: bool = False
    stopped: bool = False

    def __repr__(self) -> str:
        return f"Channel({self.name!r}, {self.provider!r})"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as it came, bytes untouched.

    url: the configured public URL of the channel plus the query string as received (what the provider signed).
    headers: lower-case names.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Media:
    """Something that came with a text. url: where it can be fetched; empty where the provider names no place."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text in, not interpreted.

    provider_id: the same for every repeat of this text, and for nothing else on this channel.
    sender, recipient: a number as the provider writes it (no "whatsapp:"), a short code or a name; sender may be empty.
    body: exactly the bytes received (UTF-8 if the sender kept to it).
    sent_at: UTC, when the provider says so.
    coded: category, locality and occurred_on (ISO day) of a web report given in codes; the body is then empty.
    """

    provider_id: str
    sender: str
    recipient: str
    body: bytes
    sent_at: datetime | None = None
    media: tuple[Media, ...] = ()
    coded: Mapping[str, str] | None = None


class Progress(StrEnum):
    """What became of a text we sent, in the order it can only move forward in."""

    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Status:
    """A provider's word on a text we sent.

    provider_id: of that text. stated: the provider's own status word.
    progress: None while the text is only on its way, and for a word we do not know.
    """

    provider_id: str
    progress: Progress | None
    stated: str
    error_code: str | None = None


Delivered = Text | Status


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider wants to hear for a request that was taken in."""

    content_type: str
    body: bytes


class Refused(Fault):
    """The request cannot be taken in as it stands."""

    code = "refused"
    status = 403


class NotSigned(Refused):
    """The signature is missing or does not match: check the channel's secret and KIBARO_PUBLIC_URL."""

    code = "not-signed"


class NotOurs(Refused):
    """The request names an account or a number that is not this channel's."""

    code = "not-ours"


class Malformed(Refused):
    """A field is repeated, missing or not of the provider's form."""

    code = "malformed"


class WrongContentType(Refused):
    """The content type is not the one this provider sends."""

    code = "wrong-content-type"
    status = 415


class TooManyFields(Refused):
    """More fields than any provider sends."""

    code = "too-large"
    status = 413


class Unusable(Refused):
    """A report from a known caller is not of the form it must have: the detail says what to change."""

    code = "invalid"
    status = 422


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to hand over. id: our message id, a UUID in text form; callback_url: where statuses are to be posted."""

    id: str
    recipient: str
    body: str
    callback_url: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    provider_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider has definitely not taken the text.

    retry: trying again later may help. retry_after_s: the provider's own wish, else None.
    opted_out: the recipient told the provider to stop (Twilio 21610).
    channel_down: the fault is the channel's (wrong credentials, no credit), not this text's.
    """

    error_code: str
    retry: bool
    retry_after_s: float | None = None
    opted_out: bool = False
    channel_down: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """No clear answer (a timeout, a broken connection, a 5xx): look the text up before anything else."""

    error_code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The provider cannot tell whether it has the text."""

    reason: str


SendResult = Accepted | Rejected | Uncertain
LookUpResult = Accepted | Unknown | None
"""Accepted: the provider has it. None: it certainly does not. Unknown: cannot tell (or cannot be asked now)."""


class Gateway(Protocol):
    """One provider's wire format, in and out, for one channel.

    secret_names: what `kibaro channels add` must be given with --secret; optional_secret_names: what it may be given.
    authenticates: receive proves by itself who sent the request. Where it does not, only a route that has already
        authenticated the caller may use it, and /intake/{channel} must answer 404.
    can_send: False where there is no way out; send and look_up then refuse everything.
    largest_body: bytes of the largest request that is read.
    settle_s: how long after a crashed attempt a look-up can be believed when it finds nothing.
    Making one is cheap and opens nothing. Keep one per channel: what sending needs is loaded on its first use.
    """

    provider: ClassVar[str]
    secret_names: ClassVar[Sequence[str]]
    optional_secret_names: ClassVar[Sequence[str]]
    needs_address: ClassVar[bool]
    authenticates: ClassVar[bool]
    can_send: ClassVar[bool]
    largest_body: ClassVar[int]
    settle_s: ClassVar[float]

    def __init__(self, channel: Channel) -> None: ...

    def receive(self, request: Request) -> Sequence[Delivered]:
        """Authenticate, check every field, return what it holds. Raises Refused. Interprets nothing."""
        ...

    def receive_status(self, request: Request) -> Sequence[Delivered]:
        """The same for the provider's status callback address."""
        ...

    def answer(self) -> Answer: ...

    def send(self, text: Outgoing) -> SendResult:
        """Hand one text over; blocks, at most some 20 s. Never raises for what the provider or network does."""
        ...

    def look_up(self, text: Outgoing, attempted_at: datetime) -> LookUpResult:
        """Does the provider have this text, handed over at attempted_at (UTC) or later?"""
        ...

    def set_up(self, intake_url: str) -> str:
        """What the operator must do at the provider, with the addresses to paste, in a few lines."""
        ...
