"""A phone with the open-source android-sms-gateway app (capcom6): its webhooks in, its HTTP API out.

Works with the app's own server ("local") and its cloud or private server. Nothing here interprets or keeps a text.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final
from urllib.parse import quote

import httpx

from intake.gateways.android_events import items_of
from intake.gateways.contract import (
    Accepted,
    Answer,
    Channel,
    Delivered,
    LookUpResult,
    Malformed,
    NotSigned,
    Outgoing,
    Rejected,
    Request,
    SendResult,
    Uncertain,
    Unknown,
    WrongContentType,
)
from intake.gateways.forms import media_type
from intake.gateways.json_bodies import JSON, NotJson, object_of
from intake.gateways.outbound import open_client, result_of_fault, retry_after_s

CLOCK_WINDOW_S: Final = 900
"""How far the phone's clock may be from ours.

The app signs each attempt anew (modules/webhooks/plugins/PayloadSingingPlugin.kt), so a retry two days later carries
a fresh time and the window need not cover retries. Its documentation suggests 5 minutes; 15 spare a phone that keeps
its own time. A replay inside the window changes nothing, because an event's id counts once for ever; a refused phone
tries again for two days, so that nothing is lost once its clock is set.
"""

# Exactly ten digits: the time is signed right behind the body, and no other cut between the two fits.
_TIMESTAMP: Final = re.compile(r"[0-9]{10}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")


class AndroidGateway:
    provider: ClassVar[str] = "android-sms-gateway"
    secret_names: ClassVar[Sequence[str]] = ("signing_key", "url", "username", "password")
    optional_secret_names: ClassVar[Sequence[str]] = ()
    needs_address: ClassVar[bool] = True
    authenticates: ClassVar[bool] = True
    can_send: ClassVar[bool] = True
    largest_body: ClassVar[int] = 2 * 1024 * 1024  # mms:downloaded brings its pictures along
    settle_s: ClassVar[float] = (
        30.0  # our own request may still be under way for 20 s; the phone answers from its store
    )

    def __init__(self, channel: Channel, clock: Callable[[], float] = time.time) -> None:
        self._channel = channel
        self._signing_key = channel.secrets["signing_key"].encode()
        self._clock = clock

    @cached_property
    def _http(self) -> httpx.Client:
        return open_client()

    def receive(self, request: Request) -> Sequence[Delivered]:
        if media_type(request) != JSON:
            raise WrongContentType(f"send {JSON}")
        self._authenticate(request)
        try:
            event = object_of(request.body)
        except NotJson:
            raise Malformed("the body is not one JSON object with each name once") from None
        return items_of(event, self._channel.address or "")

    def receive_status(self, request: Request) -> Sequence[Delivered]:
        return self.receive(request)  # one webhook address carries all events

    def answer(self) -> Answer:
        return Answer(JSON, b"{}")

    def send(self, text: Outgoing) -> SendResult:
        message = {
            # Ours: a phone that has it already answers 202 again and a server 409, so that this sends once.
            "id": text.id,
            "textMessage": {"text": text.body},
            "phoneNumbers": [text.recipient],
            "withDeliveryReport": True,
        }
        try:
            answer = self._asked("POST", "/messages", message)
        except httpx.RequestError as error:
            return result_of_fault(error)
        except httpx.InvalidURL:
            return Rejected("bad-url", retry=True, channel_down=True)
        return _result_of_answer(answer, text.id)

    def look_up(self, text: Outgoing, attempted_at: datetime) -> LookUpResult:  # noqa: ARG002 - our id says it all
        try:
            answer = self._asked("GET", f"/messages/{quote(text.id, safe='')}")
        except (httpx.RequestError, httpx.InvalidURL) as error:
            return Unknown(type(error).__name__)
        if answer.status_code == httpx.codes.OK and _is_about(answer, text.id):
            return Accepted(text.id)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return Unknown(f"http-{answer.status_code}")

    def set_up(self, intake_url: str) -> str:
        url = self._channel.secrets["url"].rstrip("/")
        events = "sms:received sms:data-received mms:downloaded sms:sent sms:delivered sms:failed"
        return (
            "On the phone: switch on Local server (or Cloud server) and automatic date and time, switch off battery\n"
            "saving for the app. Settings, Webhooks, Signing key: the signing_key of this channel. Then, each once:\n"
            f"  for e in {events}; do\n"
            f"    curl -u USERNAME:PASSWORD -H 'Content-Type: {JSON}' \\\n"
            f"""      -d '{{"url":"{intake_url}","event":"'$e'"}}' {url}/webhooks\n"""
            "  done\n"
            "The app posts to https addresses only. The phone itself keeps every number and text in clear."
        )

    def _authenticate(self, request: Request) -> None:
        timestamp = request.headers.get("x-timestamp", "")
        stated = request.headers.get("x-signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(stated):
            raise NotSigned
        signed = hmac.new(self._signing_key, request.body + timestamp.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, stated):
            raise NotSigned
        off_s = int(timestamp) - self._clock()
        if abs(off_s) > CLOCK_WINDOW_S:
            raise NotSigned(
                f"signed {abs(off_s) / 60:.0f} minutes {'ahead' if off_s > 0 else 'ago'}: set the phone's clock"
            )

    def _asked(self, method: str, path: str, message: Mapping[str, Any] | None = None) -> httpx.Response:
        secrets = self._channel.secrets
        url = secrets["url"].rstrip("/") + path
        return self._http.request(method, url, json=message, auth=(secrets["username"], secrets["password"]))


def _result_of_answer(answer: httpx.Response, text_id: str) -> SendResult:
    status = answer.status_code
    error_code = f"http-{status}"
    if answer.is_success:
        # A captive portal or a foreign server also answers 200.
        return Accepted(text_id) if _is_about(answer, text_id) else Uncertain("unreadable-answer")
    if status == httpx.codes.CONFLICT:
        return Accepted(text_id)  # handed over before
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Rejected(error_code, retry=True, retry_after_s=retry_after_s(answer.headers))
    if answer.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        return Uncertain(error_code)
    # 404, 405 and 3xx: the address is not the app's. The other two: the name or password is not.
    if status in {401, 403, 404, 405} or not answer.is_client_error:
        return Rejected(error_code, retry=True, channel_down=True)
    return Rejected(error_code, retry=False)


def _is_about(answer: httpx.Response, text_id: str) -> bool:
    try:
        return object_of(answer.content).get("id") == text_id
    except NotJson:
        return False
