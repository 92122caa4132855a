"""A stateful stand-in for Twilio's Messages API: create, list with its filters, fetch, delete. It sends nothing."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.served import FakeHandler, FakeServer, Fault

_PATH = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages(?:/((?:SM|MM)[0-9a-f]{32}))?\.json")


@dataclass
class Message:
    """As Twilio keeps it. sent_at is None while it is queued, and then no DateSent filter finds it."""

    sid: str
    account_sid: str
    sender: str
    recipient: str
    body: str
    status_callback: str | None
    created_at: datetime
    sent_at: datetime | None = None
    status: str = "queued"

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "from": self.sender,
            "to": self.recipient,
            "body": self.body,
            "status": self.status,
            "direction": "outbound-api",
            "date_created": format_datetime(self.created_at),
            "date_updated": format_datetime(self.created_at),
            "date_sent": format_datetime(self.sent_at) if self.sent_at else None,
            "error_code": None,
            "error_message": None,
            "num_media": "0",
            "num_segments": "1",
        }


def error(status: int, code: int, message: str = "refused", **headers: str) -> Fault:
    """A refusal in Twilio's form."""
    problem = {"code": code, "message": message, "status": status, "more_info": ""}
    return Fault(
        status, json.dumps(problem).encode(), {name.replace("_", "-"): value for name, value in headers.items()}
    )


class _Handler(FakeHandler):
    def answer(self, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self.path)
        found = _PATH.fullmatch(parts.path)
        if found is None:
            return 404, b'{"code": 20404, "message": "not found", "status": 404}'
        account_sid, sid = found.groups()
        if sid is not None:
            return self._one(sid)
        if self.command == "POST":
            return self._create(account_sid, parse_qs(body.decode(), keep_blank_values=True))
        return self._list(parse_qs(parts.query))

    def _one(self, sid: str) -> tuple[int, bytes]:
        message = self.fake.messages.get(sid)
        if message is None:
            return 404, b'{"code": 20404, "message": "not found", "status": 404}'
        if self.command == "DELETE":
            del self.fake.messages[sid]
            return 204, b""
        return 200, json.dumps(message.as_json()).encode()

    def _create(self, account_sid: str, form: dict[str, list[str]]) -> tuple[int, bytes]:
        fields = {name: values[0] for name, values in form.items()}
        if not fields.get("To") or not fields.get("From") or not fields.get("Body"):
            return 400, b'{"code": 21604, "message": "a field is missing", "status": 400}'
        message = Message(
            sid="SM" + secrets.token_hex(16),
            account_sid=account_sid,
            sender=fields["From"],
            recipient=fields["To"],
            body=fields["Body"],
            status_callback=fields.get("StatusCallback"),
            created_at=datetime.now(UTC).replace(microsecond=0),  # Twilio keeps whole seconds
        )
        self.fake.messages[message.sid] = message
        return 201, json.dumps(message.as_json()).encode()

    def _list(self, query: dict[str, list[str]]) -> tuple[int, bytes]:
        asked = {name: values[0] for name, values in query.items()}
        newest_first = sorted(self.fake.messages.values(), key=lambda message: message.created_at, reverse=True)
        found = [message.as_json() for message in newest_first if _fits(message, asked)]
        page = found[: int(asked.get("PageSize", 50))]
        return 200, json.dumps({"messages": page, "page": 0, "page_size": len(page), "next_page_uri": None}).encode()


def _fits(message: Message, asked: dict[str, str]) -> bool:
    if message.recipient != asked.get("To", message.recipient) or message.sender != asked.get("From", message.sender):
        return False
    day = message.sent_at.date().isoformat() if message.sent_at else None
    return all(
        day is not None and ok(day, asked[name][:10])
        for name, ok in (("DateSent", str.__eq__), ("DateSent<", str.__le__), ("DateSent>", str.__ge__))
        if name in asked
    )


class TwilioServer(FakeServer):
    """messages: what was taken, by sid. faults: what the next requests meet instead."""

    handler = _Handler

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, Message] = {}
