"""What it costs to learn that nothing changed: a 304 against its 200, of a question that has some hundred rows."""

from datetime import UTC, datetime
from http.client import HTTPConnection
from statistics import median

from sqlalchemy import select

from models.localities import Locality
from models.settings import Settings
from tests.benchmarks.load import Load
from tests.benchmarks.material import rendered_get
from tests.benchmarks.reading import CONNECTIONS, REQUESTS
from tests.benchmarks.running import Server, Workshop, key_for, opened
from tests.benchmarks.table import Row, Table


def measure(workshop: Workshop, settings: Settings, table: Table, rounds: int) -> None:
    """settings: a filled store."""
    key, path = key_for(settings, "aggregates:read"), _path(settings)
    loads: dict[int, list[Load]] = {200: [], 304: []}
    with workshop.serving(settings, "jobs") as server:
        etag, size = _etag(server, path, key)
        requests = {200: rendered_get(path, key), 304: rendered_get(path, key, f"If-None-Match: {etag}\r\n")}
        for turn in range(rounds + 1):
            for status, request in requests.items():
                load = workshop.load(server, [request] * REQUESTS, CONNECTIONS)
                if set(load.statuses) != {status}:
                    raise RuntimeError(f"wanted {status}, the server answered {load.statuses}")
                if turn:
                    loads[status].append(load)
    ratios = [held.percentile_s(50) / whole.percentile_s(50) for whole, held in zip(*loads.values(), strict=True)]
    table.add(Row("a 304 / its 200, regions of a country by category", median(ratios), 0.3, 0.1))
    whole, held = (median(load.percentile_s(50) for load in taken) * 1000 for taken in loads.values())
    table.note(f"p50: 304 {held:.1f} ms, 200 {whole:.1f} ms with {size / 1000:.0f} kB")


def _etag(server: Server, path: str, key: str) -> tuple[str, int]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return answer.headers["ETag"], size


def _path(settings: Settings) -> str:
    month = datetime.now(UTC).date().replace(day=1)
    with opened(settings) as store, store.database.reading() as session:
        code = session.scalar(select(Locality.code).where(Locality.level == 0).order_by(Locality.id).limit(1))
    return (
        f"/v1/aggregates?locality={code}&depth=1&period=month&from={month}&to={month}"
        "&group_by=locality,category&limit=500"
    )
