"""Twilio's REST API through its own library: hand a text over, look one up. What Twilio posts to us is in twilio.py.

Import it late: the library takes half a second to load, and only what sends needs it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
from twilio.base.exceptions import TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from intake.gateways.contract import Accepted, LookUpResult, Rejected, SendResult, Uncertain, Unknown
from intake.gateways.outbound import open_client, result_of_fault, retry_after_s

API_URL: Final = "https://api.twilio.com"

OPTED_OUT: Final = 21610
# Twilio's own queue or limit is full (too many requests, queue of the number, throttled WhatsApp sender).
_LATER: Final = frozenset({20429, 14107, 21611, 30001, 63018})
# Not authorised, account not active, suspended or without credit; number or WhatsApp sender not ours.
_CHANNEL: Final = frozenset({20003, 20005, 10001, 30002, 21212, 21603, 21606, 21659, 21660, 63007})

TRIAL_PREFIX: Final = (
    "Sent from your Twilio trial account - "  # put before every text of an account that has not paid yet
)

PAGE: Final = 100  # texts to one recipient looked through; newest come first
CLOCK_MARGIN: Final = timedelta(seconds=5)
"""By how much Twilio's clock may be behind ours. More would mistake an earlier reply in the same words for this one."""


class TooManyRequests(Exception):
    """HTTP 429, caught before the library drops the header that says when to come back."""

    def __init__(self, wait_s: float | None) -> None:
        super().__init__()
        self.wait_s = wait_s


class QuietHttpClient(HttpClient):  # type: ignore[misc]
    """The library's way out: its own prints addresses and numbers and cannot be pointed at another host."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url.rstrip("/")
        self._http = open_client()

    def request(  # noqa: PLR0913 - the library's signature
        self,
        method: str,
        uri: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours holds
        allow_redirects: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> Response:
        url = self._api_url + uri.removeprefix(API_URL)
        answer = self._http.request(method, url, params=params, data=data, headers=headers, auth=auth)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise TooManyRequests(retry_after_s(answer.headers))
        return Response(answer.status_code, answer.text, answer.headers)


class TwilioApi:
    """One account at Twilio, or at what stands in for it. Safe for several threads."""

    def __init__(self, account_sid: str, auth_token: str, api_url: str | None) -> None:
        # A non-empty environment keeps TWILIO_EDGE and the like of the process out.
        self._client = Client(
            account_sid, auth_token, http_client=QuietHttpClient(api_url or API_URL), environment={"TWILIO_EDGE": ""}
        )

    def hand_over(self, sender: str, recipient: str, body: str, callback_url: str | None) -> SendResult:
        callback = {} if callback_url is None else {"status_callback": callback_url}
        try:
            message = self._client.messages.create(to=recipient, from_=sender, body=body, **callback)
        except TooManyRequests as refusal:
            return Rejected(error_code="429", retry=True, retry_after_s=refusal.wait_s)
        except httpx.RequestError as error:
            return result_of_fault(error)
        except (TwilioRestException, TwilioServiceException) as error:
            return _result_of_refusal(error.status, error.code)
        except httpx.InvalidURL:
            return Rejected(error_code="bad-api-url", retry=True, channel_down=True)
        except Exception:
            return Uncertain("unreadable-answer")
        return Accepted(message.sid) if message.sid else Uncertain("unreadable-answer")

    def find(self, sender: str, recipient: str, body: str, since: datetime) -> LookUpResult:
        """The one text of ours to recipient, in these words, that Twilio made at `since` or later."""
        try:
            # Not narrowed by DateSent, the only date Twilio filters on: a text still queued has none
            found = self._client.messages.list(to=recipient, from_=sender, limit=PAGE, page_size=PAGE)
            recent = [message for message in found if _as_utc(message.date_created) >= since - CLOCK_MARGIN]
            same = [message.sid for message in recent if message.body in {body, TRIAL_PREFIX + body}]
        except Exception as error:
            return Unknown(type(error).__name__)
        if len(same) > 1:
            return Unknown("several texts in the same words")
        if len(recent) == PAGE:
            return Unknown("too many texts to look through")
        return Accepted(same[0]) if same else None


def _result_of_refusal(status: int, code: int | None) -> SendResult:
    error_code = str(code or status)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        return Uncertain(error_code)
    if code == OPTED_OUT:
        return Rejected(error_code, retry=False, opted_out=True)
    # 404: there is no such account. 3xx: whatever answered, it is not Twilio.
    if code in _CHANNEL or status in {401, 403, 404} or status < httpx.codes.BAD_REQUEST:
        return Rejected(error_code, retry=True, channel_down=True)
    return Rejected(error_code, retry=code in _LATER)


def _as_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
