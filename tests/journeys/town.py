"""The system as the outside world meets it: a server on a port with its jobs running, Twilio's stand-in behind."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import uvicorn

from jobs.issuing import WantedChannel, add_channel, create_key
from kibaro import create_app
from models.clock import now_utc
from models.database import Database
from models.settings import Settings
from models.vault import Vault
from tests.fakes import twilio_signer
from tests.fakes.twilio_server import Message, TwilioServer

Seen = TypeVar("Seen")
PATIENCE_S = 20.0


def wait_for(look: Callable[[], Seen], what: str) -> Seen:
    """Looks until there is something to see."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if seen := look():
            return seen
        time.sleep(0.05)
    raise AssertionError(f"waited {PATIENCE_S:.0f} s in vain for {what}")


@dataclass
class Town:
    url: str
    twilio: TwilioServer
    http: httpx.Client
    make_key: Callable[..., str]
    _told: set[str] = field(default_factory=set)

    def text(self, words: str, sender: str, sid: str = "") -> str:
        """A person texts, and Twilio posts it; its MessageSid."""
        sid = sid or f"SM{uuid4().hex}"
        form = twilio_signer.sms_form(words, From=sender, MessageSid=sid)
        answer = self._post("/intake/conakry", form)
        assert (answer.status_code, answer.text) == (200, '<?xml version="1.0" encoding="UTF-8"?><Response/>')
        return sid

    def tell_delivered(self, message: Message) -> None:
        """Twilio posts that a text of ours has arrived."""
        form = twilio_signer.status_form("delivered", MessageSid=message.sid, To=message.recipient)
        assert self._post("/intake/conakry/status", form).status_code == 200

    def _post(self, path: str, form: dict[str, str]) -> httpx.Response:
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": twilio_signer.signature(self.url + path, form),
        }
        return self.http.post(path, content=twilio_signer.encoded(form), headers=headers)

    def inbox(self, number: str) -> list[str]:
        """What this person's phone has received from us, oldest first."""
        return [message.body for message in list(self.twilio.messages.values()) if message.recipient == number]

    def get(self, path: str, key: str, **query: Any) -> httpx.Response:
        return self.http.get(path, params=query, headers={"Authorization": f"Bearer {key}"})

    def rows(self, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(path, key, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["rows"]
        return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def town(url: str, settings: Settings) -> Iterator[Town]:
    """settings: of a founded store; it is served until the block ends."""
    port = _free_port()
    public_url = f"http://127.0.0.1:{port}"
    changes = {"public_url": public_url, "tallies_every_s": 1, "log_level": "ERROR", "database_url": url}
    settings = Settings.model_validate(settings.model_dump() | changes)
    database, vault = Database(url), Vault.read(settings.key_file)
    with TwilioServer() as twilio:
        secrets = (
            f"account_sid={twilio_signer.ACCOUNT_SID}",
            f"auth_token={twilio_signer.AUTH_TOKEN}",
            f"api_url={twilio.url}",
        )
        wanted = WantedChannel("conakry", "twilio", twilio_signer.NUMBER, secrets)
        add_channel(database, vault, settings, wanted, now_utc())

        def make_key(*scopes: str, locality: str = "") -> str:
            return create_key(database, uuid4().hex, scopes, locality, "other", now_utc())

        config = uvicorn.Config(create_app(settings), port=port, log_level="error", access_log=False, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            wait_for(lambda: server.started, "the server")
            with httpx.Client(base_url=public_url, timeout=10) as http:
                yield Town(public_url, twilio, http, make_key)
        finally:
            server.should_exit = True
            thread.join(30)
            database.close()
