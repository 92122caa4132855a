"""The terminal: `kibaro text` writes as a citizen would, and its answers are read there. Nothing comes over the
network.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from intake.gateways.contract import (
    Accepted,
    Answer,
    Channel,
    LookUpResult,
    Outgoing,
    Request,
    SendResult,
    Status,
    Text,
    Unusable,
)


class TerminalGateway:
    provider: ClassVar[str] = "terminal"
    secret_names: ClassVar[Sequence[str]] = ()
    optional_secret_names: ClassVar[Sequence[str]] = ()
    needs_address: ClassVar[bool] = False
    authenticates: ClassVar[bool] = False
    can_send: ClassVar[bool] = True
    largest_body: ClassVar[int] = 0
    settle_s: ClassVar[float] = 0.0

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def receive(self, request: Request) -> Sequence[Text]:
        del request
        raise Unusable("nothing can be posted to the terminal; use `kibaro text`")

    def receive_status(self, request: Request) -> Sequence[Status]:
        del request
        raise Unusable("the terminal reports no statuses")

    def answer(self) -> Answer:
        return Answer("text/plain", b"")

    def send(self, text: Outgoing) -> SendResult:
        """The text is in the store already, where the terminal reads it."""
        return Accepted(text.id)

    def look_up(self, text: Outgoing, attempted_at: datetime) -> LookUpResult:
        del attempted_at
        return Accepted(text.id)

    def set_up(self, intake_url: str) -> str:
        del intake_url
        return "Nothing to set up: `kibaro text` writes to it."
