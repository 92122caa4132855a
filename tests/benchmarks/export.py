"""A long CSV export: rows a second until the last byte is here, and what the serving process takes in memory."""

import http.client
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import select

from models.localities import Locality
from models.settings import Settings
from tests.benchmarks.filling import YEARS
from tests.benchmarks.processes import forget_peak, peak_mb, resident_mb
from tests.benchmarks.running import Server, Workshop, key_for, opened
from tests.benchmarks.table import Row, Table

WITHIN_S: Final = 300.0
CHUNK: Final = 1 << 18


def measure(workshop: Workshop, settings: Settings, table: Table, rounds: int) -> None:
    """settings: a filled store."""
    key = key_for(settings, "aggregates:read", "reports:read", "protected:read")
    path = _path(settings)
    with workshop.serving(settings, "sender") as server:
        before = resident_mb(server.pid)
        forget_peak(server.pid)
        taken = [_export(server, path, key) for _ in range(rounds)]
        peak = peak_mb(server.pid)
    table.add(
        Row("CSV export, rows a second", median(rows / seconds for rows, seconds in taken), 50_000, 150_000, "more")
    )
    table.add(Row("CSV export, most MB resident in the serving process", peak, 200, 150))
    rows, _ = taken[0]
    table.note(f"exports of {rows:,} rows in {median(s for _, s in taken):.1f} s; {before:.0f} MB resident before")


def _export(server: Server, path: str, key: str) -> tuple[int, float]:
    """Rows and seconds. Raises RuntimeError where the file is not what its header says."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WITHIN_S)
    started, lines = time.perf_counter(), 0
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    while chunk := answer.read(CHUNK):
        lines += chunk.count(b"\n")
    seconds = time.perf_counter() - started
    connection.close()
    rows = int(answer.getheader("Kibaro-Rows") or 0)
    if answer.status != http.HTTPStatus.OK or not rows or lines != rows + 2:  # a header and a line of HXL tags
        raise RuntimeError(f"the export answered {answer.status} with {lines} lines for {rows} rows")
    return rows, seconds


def _path(settings: Settings) -> str:
    """A country and its children, every day and category of all years."""
    with opened(settings) as store, store.database.reading() as session:
        code = session.scalar(select(Locality.code).where(Locality.level == 0).order_by(Locality.id).limit(1))
    today = datetime.now(UTC).date()
    first = today - timedelta(days=YEARS * 365)
    return (
        f"/v1/aggregates?locality={code}&depth=1&period=day&from={first}&to={today}"
        "&group_by=locality,category,period&format=csv"
    )
