"""The client of the benchmarks, a process of its own: keep-alive connections, one request under way on each.

Requests come rendered and answers are only counted, so that on two cores it takes little from the server it measures.
"""

import pickle
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 64
_LENGTH: Final = b"content-length: "
_NO_BODY: Final = b"304"


@dataclass(frozen=True, slots=True)
class Job:
    port: int
    requests: Sequence[bytes]
    connections: int = CONNECTIONS


@dataclass(frozen=True, slots=True)
class Load:
    """What the client saw. latencies_s: of every request, ascending. cpu: share of a core the client itself took."""

    statuses: dict[int, int]
    seconds: float
    latencies_s: Sequence[float]
    cpu: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies_s) / self.seconds

    def percentile_s(self, percent: float) -> float:
        return self.latencies_s[min(int(len(self.latencies_s) * percent / 100), len(self.latencies_s) - 1)]


def drive(job: Job) -> Load:
    """Sends every request once, as fast as the connections answer."""
    waiting = iter(job.requests)
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    sent_at: dict[int, float] = {}
    received: dict[int, bytes] = {}
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    cpu, started = time.process_time(), time.perf_counter()
    for request in (request for _, request in zip(range(job.connections), waiting, strict=False)):
        connection = socket.create_connection(("127.0.0.1", job.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = connection.fileno()
        sockets[number], received[number], sent_at[number] = connection, b"", time.perf_counter()
        poll.register(number, select.EPOLLIN)
        connection.sendall(request)
    while sockets:
        for number, _ in poll.poll():
            part = sockets[number].recv(1 << 16)
            if not part:
                raise ConnectionError("the server closed a connection")
            answer = received[number] + part
            if not _is_whole(answer):
                received[number] = answer
                continue
            now = time.perf_counter()
            latencies.append(now - sent_at[number])
            statuses[int(answer[9:12])] += 1
            received[number] = b""
            request = next(waiting, b"")
            if request:
                sent_at[number] = now
                sockets[number].sendall(request)
            else:
                poll.unregister(number)
                sockets.pop(number).close()
    seconds = time.perf_counter() - started
    return Load(dict(statuses), seconds, sorted(latencies), (time.process_time() - cpu) / seconds)


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if answer[9:12] == _NO_BODY:
        return end >= 0
    at = answer.find(_LENGTH)
    if end < 0 or at < 0:
        return False
    return len(answer) - end - 4 >= int(answer[at + len(_LENGTH) : answer.index(b"\r", at)])


if __name__ == "__main__":
    job_file, load_file = map(Path, sys.argv[1:])
    given = pickle.loads(job_file.read_bytes())  # noqa: S301  written by our parent
    load_file.write_bytes(pickle.dumps(asdict(drive(Job(**given)))))
