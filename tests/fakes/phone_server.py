"""A stand-in for the android-sms-gateway app's own server, and its webhooks signed as the app signs them."""

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

from intake.gateways.contract import Request
from tests.fakes.served import FakeHandler, FakeServer

SIGNING_KEY = "oqsFtqbb"
USERNAME = "sms"
PASSWORD = "gateway-password"
PHONE = "+12025550150"

_MESSAGE = re.compile(r"/messages?/([^/]+)")


class _Handler(FakeHandler):
    def answer(self, body: bytes) -> tuple[int, bytes]:
        expected = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if self.headers.get("authorization") != expected:
            return 401, b""
        if self.command == "POST" and self.path in {"/message", "/messages"}:
            return self._enqueue(json.loads(body))
        found = _MESSAGE.fullmatch(self.path)
        if self.command == "GET" and found and found.group(1) in self.fake.messages:
            return 200, json.dumps(_state(self.fake.messages[found.group(1)])).encode()
        return 404, b""

    def _enqueue(self, message: dict[str, Any]) -> tuple[int, bytes]:
        if not message.get("phoneNumbers") or not message.get("textMessage", {}).get("text"):
            return 400, b'{"message": "Text message is empty"}'
        # As MessagesService.enqueueMessage: an id it has already is answered the same and not sent again
        self.fake.messages.setdefault(message["id"], message)
        return 202, json.dumps(_state(message)).encode()


def _state(message: dict[str, Any]) -> dict[str, Any]:
    recipients = [{"phoneNumber": number, "state": "Pending", "error": None} for number in message["phoneNumbers"]]
    return {"id": message["id"], "state": "Pending", "recipients": recipients, "isEncrypted": False, "states": {}}


class PhoneServer(FakeServer):
    """messages: what was taken, by our id. faults: what the next requests meet instead."""

    handler = _Handler

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, dict[str, Any]] = {}


def event(kind: str, event_id: str = "Ey6ECgOkVVFjz3CL48B8C", **payload: object) -> dict[str, Any]:
    return {
        "deviceId": "ffffffffceb0b1db0000018e937c815b",
        "event": kind,
        "id": event_id,
        "payload": payload,
        "webhookId": "LreFUt-Z3sSq0JufY9uWB",
    }


def received(message: str, event_id: str = "Ey6ECgOkVVFjz3CL48B8C", /, **changes: object) -> dict[str, Any]:
    payload: dict[str, object] = {
        "messageId": "abc123",
        "sender": "+12025550123",
        "recipient": PHONE,
        "simNumber": 1,
        "phoneNumber": "+12025550123",
        "message": message,
        "receivedAt": "2026-11-22T09:46:11.000+02:00",
    }
    return event("sms:received", event_id, **(payload | changes))


def signed(url: str, body: dict[str, Any] | bytes, at: float | None = None, key: str = SIGNING_KEY) -> Request:
    """The webhook request for an event (or for raw bytes), signed at `at` (Unix seconds, default now)."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    timestamp = str(int(time.time() if at is None else at))
    mac = hmac.new(key.encode(), raw + timestamp.encode(), hashlib.sha256)
    headers = {"content-type": "application/json", "x-timestamp": timestamp, "x-signature": mac.hexdigest()}
    return Request(method="POST", url=url, headers=headers, body=raw)
