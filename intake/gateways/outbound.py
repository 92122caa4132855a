"""HTTP to providers: one client, its timeouts, and which faults prove that nothing was sent. It knows no provider."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from intake.gateways.contract import Rejected, Uncertain

TIMEOUT: Final = httpx.Timeout(10.0)  # to connect and to wait for each answer: a send blocks some 20 s at most
LONGEST_RETRY_AFTER_S: Final = 86_400.0  # a provider that asks for more than a day is not believed

# A connection that stands idle may be closed by the other side just as we write on it, and nobody can tell whether the
# text was taken. A fresh one costs two round trips more, on a path where a provider takes a few texts a second anyway.
_NO_IDLE_CONNECTIONS: Final = httpx.Limits(max_keepalive_connections=0)

# They print numbers, texts and addresses: twilio and httpx at INFO, httpcore and urllib3 at DEBUG.
_TALKATIVE: Final = ("httpx", "httpcore", "twilio", "urllib3")

# Raised before the first byte of the request is written; whatever else breaks may break after the last.
_BEFORE_SENDING: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def open_client() -> httpx.Client:
    """A client that follows no redirect, tries nothing twice, logs nothing. For all threads; nothing to close."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return httpx.Client(timeout=TIMEOUT, limits=_NO_IDLE_CONNECTIONS)


def result_of_fault(error: httpx.RequestError) -> Rejected | Uncertain:
    """What a request that brought no answer means for the text in it."""
    if isinstance(error, _BEFORE_SENDING):
        return Rejected(error_code="not-connected", retry=True)
    return Uncertain("timeout" if isinstance(error, httpx.TimeoutException) else "connection-broken")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds from now, whether given as seconds or as a date; None where absent or senseless."""
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return min(float(stated), LONGEST_RETRY_AFTER_S)
    try:
        wait_s = (parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):  # no date, or one without a zone
        return None
    return min(max(wait_s, 0.0), LONGEST_RETRY_AFTER_S)
