"""The provider of the fault tests: posts signed texts, and keeps outside the server which were acknowledged."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Final
from uuid import uuid4

from jobs.issuing import WantedChannel, add_channel
from models.database import Database
from models.settings import Settings
from models.vault import Vault
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_signer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, signed, sms_form

CHANNEL: Final = "killed"
CONNECTIONS: Final = 6
REST_S: Final = 0.1  # after a text that nobody answered
SHARE_LEFT_FOR_LATER: Final = 0.05  # of the texts without an answer; the others are tried again at once
PAUSE_S: Final = 0.01  # between the texts of one connection: load enough, and what comes in can be worked off
SENDERS: Final = 300
TEXTS: Final = (
    "Vol de moto hier à Matoto",
    "accident de la route a Dixinn ce matin, 2 blesses",
    "incendie à Ratoma hier soir",
    "burglary at Kaloum yesterday",
    "viol hier à Matam",  # a protected category
    "cambriolage à Kindia lundi",
    "robbery in Labe yesterday, 1 injured",
)


def connect_channel(settings: Settings, twilio: TwilioServer) -> None:
    database = Database(settings.database_url)
    secrets = (f"account_sid={ACCOUNT_SID}", f"auth_token={AUTH_TOKEN}", f"api_url={twilio.url}")
    wanted = WantedChannel(CHANNEL, "twilio", NUMBER, secrets)
    add_channel(database, Vault.read(settings.key_file), settings, wanted, datetime.now(UTC))
    database.close()


@dataclass
class Provider:
    """posted: text by MessageSid of everything ever sent. acknowledged: those answered with 2xx.

    repeats: posts of a sid again on purpose. cut_off: posts that a kill left without an answer, taken or not.
    """

    settings: Settings
    port: int
    dice: random.Random
    posted: dict[str, str] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    refusals: dict[int, int] = field(default_factory=dict)
    repeats: int = 0
    cut_off: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Texts come all the time while the block runs, whether or not somebody listens."""
        threads = [threading.Thread(target=self._post_for_ever) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join(30)

    def retry_unacknowledged(self) -> None:
        """Until there is none left. Raises ConnectionError when the server does not take them."""
        line = _Line(self.port)
        for _ in range(20):
            left = sorted(self.posted.keys() - self.acknowledged)
            if not left:
                line.close()
                return
            for sid in left:
                self._post(line, sid)
        raise ConnectionError(f"{len(left)} texts were not taken: {self.refusals}")

    def _post_for_ever(self) -> None:
        line = _Line(self.port)
        sid, answered = self._next(), True
        while not self._stopping.wait(PAUSE_S if answered else REST_S):
            answered = self._post(line, sid)
            if answered or self.dice.random() < SHARE_LEFT_FOR_LATER:
                sid = self._next()
        line.close()

    def _next(self) -> str:
        """Mostly a new text; now and then one again that was acknowledged, or that was not."""
        with self._lock:
            chance = self.dice.random()
            if chance < 0.1 and self.posted:
                self.repeats += 1
                return self.dice.choice(list(self.posted)[-200:])
            if chance < 0.3 and (left := [sid for sid in list(self.posted)[-200:] if sid not in self.acknowledged]):
                self.repeats += 1
                return self.dice.choice(left)
            sid = "SM" + uuid4().hex
            self.posted[sid] = self.dice.choice(TEXTS)
            return sid

    def _post(self, line: "_Line", sid: str) -> bool:
        """Whether there was an answer at all."""
        sender = f"+2246{int(sid[2:10], 16) % SENDERS:08d}"
        form = sms_form(self.posted[sid], MessageSid=sid, From=sender)
        request = signed(f"{self.settings.public_url}/intake/{CHANNEL}", form)
        heard = line.is_open
        status = line.post(f"/intake/{CHANNEL}", request.body, dict(request.headers))
        with self._lock:
            if status is not None and 200 <= status < 300:
                self.acknowledged.add(sid)
            elif status is None:
                self.cut_off += heard
            else:
                self.refusals[status] = self.refusals.get(status, 0) + 1
        return status is not None


class _Line:
    """One keep-alive connection, made anew when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: HTTPConnection | None = None

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> int | None:
        """The status; None where there was no whole answer: then nobody knows whether the text was taken."""
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self._port, timeout=15)
            self._connection.request("POST", path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            self.close()
            return None
        return answer.status

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
