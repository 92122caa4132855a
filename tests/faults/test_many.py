"""`kibaro serve --workers 2` and one `kibaro work` on one PostgreSQL: a journey through several processes."""

import random
import signal
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from jobs.issuing import create_key
from models.database import Database
from models.settings import Settings
from tests.fakes.twilio_server import TwilioServer
from tests.faults.ledger import insist_that_all_is_well, wait_until_settled
from tests.faults.processes import SERVE, WORK, Kibaro, free_port
from tests.faults.provider import CHANNEL, Provider, connect_channel

TEXTS_FOR_S: Final = 2.5


@pytest.mark.xdist_group("kills-postgresql")
@pytest.mark.parametrize("engine", ["postgresql"])
def test_several_processes_on_one_store_do_everything_once(
    engine: str, settings: Settings, twilio: TwilioServer, tmp_path: Path
) -> None:
    connect_channel(settings, twilio)
    port, log = free_port(), tmp_path / "many.log"
    provider = Provider(settings, port, random.Random(1))
    with closing(Database(settings.database_url)) as database:
        key = create_key(
            database, "a partner", ["aggregates:read", "events:read", "protected:read"], "", "other", now()
        )
        server, worker = Kibaro(settings, (*SERVE, str(port), "--workers", "2"), log), Kibaro(settings, WORK, log)
        try:
            server.wait_until_ready(port)
            with provider.posting():
                time.sleep(TEXTS_FOR_S)
            provider.retry_unacknowledged()
            wait_until_settled(database)
            insist_on_the_same_over_http(port, key, len(provider.posted))
            assert server.processes >= 3, "a server and its two workers"
            assert worker.end() == 0
            assert server.end() in {0, -signal.SIGTERM}
        finally:
            server.kill()
            worker.kill()
    insist_that_all_is_well(settings, CHANNEL, provider.posted, twilio)
    assert " met " not in log.read_text()


def now() -> datetime:
    return datetime.now(UTC)


def insist_on_the_same_over_http(port: int, key: str, texts: int) -> None:
    """As many reports in the figures and in the feed as there were texts, whichever process answers."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}) as http:
        rows = http.get("/v1/aggregates", params={"group_by": "category"}).raise_for_status().json()["rows"]
        assert sum(row["reports"] for row in rows) == texts
        events = feed(http)
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    for name in ("message.received", "report.opened"):
        assert sum(event["name"] == name for event in events) == texts


def feed(http: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    address = "/v1/events?limit=500"
    while True:
        answer = http.get(address).raise_for_status()
        found += answer.json()["rows"]
        if "next" not in answer.links:
            return found
        address = answer.links["next"]["url"]
