"""Stands in for Twilio during the demonstration: signs what citizens write, takes the answers. Needs no network."""

import base64
import hmac
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode

from demo.composition import DemoText

OUR_NUMBER = "+224900000000"
"""Invalid by plan, like all numbers of the demonstration."""


@dataclass(frozen=True, slots=True)
class Account:
    """sid and token are made anew each time."""

    sid: str = field(default_factory=lambda: f"AC{secrets.token_hex(16)}")
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def request(self, url: str, text: DemoText) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the webhook for one text, spoilt where the text says so."""
        form = {
            "AccountSid": f"AC{'0' * 32}" if text.damage == "account" else self.sid,
            "ApiVersion": "2010-04-01",
            "Body": text.text,
            "From": text.number,
            "MessageSid": text.provider_id,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsMessageSid": text.provider_id,
            "SmsSid": text.provider_id,
            "SmsStatus": "received",
            "To": OUR_NUMBER,
        }
        signed = url + "".join(name + value for name, value in sorted(form.items()))
        token = "forged" if text.damage == "signature" else self.token
        signature = base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        return urlencode(form).encode(), headers


@dataclass(frozen=True, slots=True)
class Answered:
    number: str
    text: str


class Provider:
    """Takes POST …/Messages.json as Twilio would and remembers the texts; start() before use."""

    def __init__(self, account: Account) -> None:
        self.answers: list[Answered] = []
        self._account = account
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True, name="provider")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answers, account = self.answers, self._account

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # the standard library's name
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                answers.append(Answered(form["To"][0], form["Body"][0]))
                sid = f"SM{secrets.token_hex(16)}"
                body = json.dumps({"sid": sid, "status": "queued", "account_sid": account.sid}).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler
