"""What a figure costs against a row: a locality's month by category, and a report by its id, through the same stack."""

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Final

from sqlalchemy import select

from models.localities import Locality
from models.reports import Report
from models.settings import Settings
from tests.benchmarks.load import Load
from tests.benchmarks.material import rendered_get
from tests.benchmarks.running import Workshop, key_for, opened
from tests.benchmarks.table import Row, Table

REQUESTS: Final = 400
CONNECTIONS: Final = 4  # the row compares latencies, not the queue before them


def measure(workshop: Workshop, settings: Settings, table: Table, rounds: int) -> None:
    """settings: a filled store."""
    key = key_for(settings, "aggregates:read", "reports:read", "protected:read")
    figure, report = (rendered_get(path, key) for path in _paths(settings))
    loads: dict[bytes, list[Load]] = {figure: [], report: []}
    with workshop.serving(settings, "jobs") as server:
        for turn in range(rounds + 1):
            for request, taken in loads.items():
                load = workshop.load(server, [request] * REQUESTS, CONNECTIONS)
                if turn:
                    taken.append(load)
    ratios = [a.percentile_s(50) / b.percentile_s(50) for a, b in zip(*loads.values(), strict=True)]
    table.add(Row("one locality, one month, by category / one report by id", median(ratios), 4, 2))
    table.note(f"p50: figures {_p50_ms(loads[figure]):.1f} ms, report {_p50_ms(loads[report]):.1f} ms")


def _p50_ms(loads: Sequence[Load]) -> float:
    return median(load.percentile_s(50) for load in loads) * 1000


def _paths(settings: Settings) -> tuple[str, str]:
    """A place in the middle of those that have much to count, and some report."""
    month = datetime.now(UTC).date().replace(day=1)
    with opened(settings) as store, store.database.reading() as session:
        code = session.scalar(select(Locality.code).where(Locality.level == 2).order_by(Locality.id).limit(1))
        report = session.scalar(select(Report.id).where(Report.protect == "none").limit(1))
    return (
        f"/v1/aggregates?locality={code}&period=month&from={month}&to={month}&group_by=category",
        f"/v1/reports/{report}",
    )
