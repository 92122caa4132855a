"""kill -9 at random moments under load, on each engine: nothing that was acknowledged is lost, nothing counts twice."""

import random
import signal
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from models.database import Database
from models.settings import Settings
from tests.fakes.twilio_server import TwilioServer
from tests.faults.ledger import insist_that_all_is_well, wait_until_settled
from tests.faults.processes import SERVE, Kibaro, free_port
from tests.faults.provider import CHANNEL, Provider, connect_channel

KILLS: Final = {"sqlite": 100, "postgresql": 100}
SHARE_KILLED_STARTING: Final = 0.15
LIFE_S: Final = (0.0, 0.8)  # from the first connection taken until the kill
START_S: Final = (0.1, 1.5)  # from the start of a process until a kill that does not wait for readiness
SEED: Final = 20261122


@pytest.mark.parametrize(
    "engine",
    [pytest.param(name, marks=pytest.mark.xdist_group(f"kills-{name}")) for name in ("sqlite", "postgresql")],
)
def test_kills_at_random_moments_lose_and_double_nothing(
    engine: str, settings: Settings, twilio: TwilioServer, tmp_path: Path
) -> None:
    connect_channel(settings, twilio)
    dice = random.Random(SEED)
    port, log = free_port(), tmp_path / "serve.log"
    provider = Provider(settings, port, random.Random(SEED))
    starting = 0
    with provider.posting():
        for _ in range(KILLS[engine]):
            server = Kibaro(settings, (*SERVE, str(port)), log)
            try:
                if dice.random() < SHARE_KILLED_STARTING:
                    starting += 1
                    time.sleep(dice.uniform(*START_S))
                else:
                    server.wait_until_ready(port)
                    time.sleep(dice.uniform(*LIFE_S))
                assert server.lives, log.read_text()[-2000:]
            finally:
                server.kill()
    settle(settings, provider, log)
    posts = insist_that_all_is_well(settings, CHANNEL, provider.posted, twilio)
    assert " met " not in log.read_text(), "a part was surprised by what a kill had left behind"
    print(  # noqa: T201  for those who run it with -s
        f"\n{engine}, seed {SEED}: {KILLS[engine]} kills, {starting} of them while starting; "
        f"{len(provider.posted)} texts, {provider.repeats} posted again, {provider.cut_off} cut off under way; "
        f"{posts} replies handed over"
    )
    assert provider.cut_off > KILLS[engine] / 2, "few kills hit a text under way: this proved little"


def settle(settings: Settings, provider: Provider, log: Path) -> None:
    """A last life, undisturbed: what nobody confirmed is sent again, and everything is understood and counted."""
    server = Kibaro(settings, (*SERVE, str(provider.port)), log)
    try:
        server.wait_until_ready(provider.port)
        provider.retry_unacknowledged()
        with closing(Database(settings.database_url)) as database:
            wait_until_settled(database)
        assert server.end() in {0, -signal.SIGTERM}  # uvicorn, having ended in order, ends by the signal itself
    finally:
        server.kill()
