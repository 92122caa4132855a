"""Fakes over real HTTP: a small server in a thread on 127.0.0.1, and the faults it can be told to show next."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Fault:
    """What happens to one request instead of the usual answer.

    status, body, headers: answered with these. works_first: does what was asked before that, else nothing is done.
    hang_s: waits so long first. drop: closes the connection without an answer.
    """

    status: int = 500
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    works_first: bool = False
    hang_s: float = 0.0
    drop: bool = False


class FakeServer:
    """Base of the fakes: `with TwilioServer() as twilio: ... twilio.url`. Subclasses give `handler`."""

    handler: type[BaseHTTPRequestHandler]

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self._server.daemon_threads = True
        self._server.fake = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, seconds: float) -> None:
        """Hang, but not beyond the end of the test."""
        self._stopping.wait(seconds)


class FakeHandler(BaseHTTPRequestHandler):
    """Takes the next fault if there is one, else calls answer(). Keeps what was asked in fake.requests."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives it
        """Nothing: tests look for leaks in logs."""

    @property
    def fake(self) -> Any:
        return self.server.fake  # type: ignore[attr-defined]

    def answer(self, body: bytes) -> tuple[int, bytes]:
        raise NotImplementedError

    def _serve(self) -> None:
        announced = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(announced)
        if len(body) < announced:
            self.close_connection = True  # its sender died in the middle of it: no request, for a real server either
            return
        with self.fake.lock:
            self.fake.requests.append((self.command, self.path, dict(self.headers.items()), body))
            fault = self.fake.faults.popleft() if self.fake.faults else None
            usual = self.answer(body) if fault is None or fault.works_first else (0, b"")
        if fault is None:
            self._send(*usual, {})
            return
        self.fake.wait(fault.hang_s)
        if fault.drop:
            self.close_connection = True
            return
        self._send(fault.status, fault.body, fault.headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client went away, as it may after a hang
