"""Several `kibaro work` on one PostgreSQL while texts arrive: the one that publishes and the one that folds are struck
in the midst of it, and another goes on.
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import TextClause, func, insert, select, text
from sqlalchemy.orm import Session

from models import database as models_database
from models.database import Database
from models.events import Event, event_row
from models.faults import Unavailable
from models.job_states import JobState, take_job
from models.settings import Settings
from tests.conftest import START
from tests.fakes.twilio_server import TwilioServer
from tests.faults.arriving import Arrival
from tests.faults.follower import Follower
from tests.faults.ledger import insist_that_all_is_well, wait_until_settled
from tests.faults.processes import WORK_IMPATIENTLY, Kibaro
from tests.faults.provider import CHANNEL, connect_channel

pytestmark = [pytest.mark.xdist_group("kills-postgresql"), pytest.mark.parametrize("engine", ["postgresql"])]

CAUGHT_WITHIN_S: Final = 30.0
AN_EVENT: Final = text("SELECT FROM events WHERE name = 'test.held' FOR UPDATE")
"""Who publishes must wait for it, and nobody else changes it."""
THE_FIGURES: Final = text("LOCK TABLE tallies IN SHARE MODE")
"""Who folds must wait for them, and nobody else writes them."""
WAITING: Final = text("""
    SELECT application_name FROM pg_stat_activity
    WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
""")
Workers = Mapping[str, Kibaro]


@pytest.mark.parametrize("blow", [signal.SIGSTOP, signal.SIGKILL], ids=["stalled", "killed"])
def test_when_who_publishes_and_who_folds_are_struck_others_go_on_and_nothing_happens_twice(
    engine: str, blow: signal.Signals, settings: Settings, twilio: TwilioServer, tmp_path: Path
) -> None:
    """Three processes; one is struck while it publishes, another while it folds, the third is left."""
    connect_channel(settings, twilio)
    log = tmp_path / "work.log"
    with closing(Database(settings.database_url)) as database:
        hold_an_event(database)
        follower, arrival = Follower(database), Arrival(database, settings)
        with at_work(settings, log) as workers, arrival.open(), follower.following():
            with arrival.going_on():
                publishing = strike(database, AN_EVENT, workers, blow)
                goes_on(lambda: follower.position)
                folding = strike(database, THE_FIGURES, workers, blow)
                assert folding != publishing
                goes_on(lambda: folded(database))
                (left,) = workers.keys() - {publishing, folding}
                if blow is signal.SIGSTOP:
                    wake((workers[publishing], workers[folding]))
            wait_until_settled(database)
            assert workers[left].lives
        follower.insist_on_every_event_once()
    insist_that_all_is_well(settings, CHANNEL, arrival.sids, twilio)
    for part in ("the publisher", "tallies"):
        assert f"{part} met " not in log.read_text(), "it was surprised by what a blow had left behind"


def hold_an_event(database: Database) -> None:
    with database.writing() as session:
        row = event_row("test.held", uuid4(), {}, recorded_at=START, actor="system")
        session.execute(insert(Event), [row])


@contextmanager
def at_work(settings: Settings, log: Path) -> Iterator[Workers]:
    workers = {name: Kibaro(settings, WORK_IMPATIENTLY, log, PGAPPNAME=name) for name in ("one", "two", "three")}
    try:
        yield workers
    finally:
        for worker in workers.values():
            worker.kill()


def strike(database: Database, obstacle: TextClause, workers: Workers, blow: signal.Signals) -> str:
    """Strikes the process that waits for the obstacle in the midst of its transaction; its name."""
    with database.writing() as session:
        session.execute(obstacle)
        name = waiting(session)
        workers[name].tell(blow)
        time.sleep(0.2)
        assert waiting(session) == name, "it was not struck in the midst of its work"
    return name


def waiting(session: Session) -> str:
    until = time.monotonic() + CAUGHT_WITHIN_S
    while time.monotonic() < until:
        session.execute(text("SELECT pg_stat_clear_snapshot()"))  # or a transaction would see the same all along
        names = session.scalars(WAITING).all()
        if names:
            (name,) = names
            return str(name)
        time.sleep(0.02)
    raise TimeoutError("nobody came to the obstacle")


def goes_on(measured: Callable[[], int]) -> None:
    """Another process has taken over."""
    before, until = measured(), time.monotonic() + CAUGHT_WITHIN_S
    while measured() <= before:
        assert time.monotonic() < until, "nobody took over"
        time.sleep(0.05)


def folded(database: Database) -> int:
    """When the last slot was completed, in seconds."""
    with database.reading() as session:
        slot = session.scalar(select(JobState.slot).where(JobState.name == "tallies"))
    return int(slot.timestamp()) if slot else 0


def wake(struck: tuple[Kibaro, ...]) -> None:
    """They go on in the middle of transactions that are no more."""
    for worker in struck:
        worker.tell(signal.SIGCONT)
    time.sleep(3)
    assert all(worker.lives for worker in struck)


# -- the lock of one that hangs or is gone -----------------------------------------------------------------------------


def test_who_holds_a_job_is_watched_by_the_server_over_tcp(engine: str, settings: Settings) -> None:
    """Keepalives end the session of a machine that is gone, the other limit that of a process that hangs."""
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
    with closing(Database(settings.database_url)) as database, database.writing() as session:
        assert take_job(session, "publish") is not None
        assert session.scalar(text("SELECT inet_server_addr() IS NOT NULL")), "not over TCP: this shows nothing"
        assert [session.scalar(text(f"SHOW {name}")) for name in names] == ["10", "5", "3"]
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "30s"


def test_a_job_is_free_again_when_its_holder_hangs(
    engine: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models_database, "STALLED_TRANSACTION_MS", 300)

    def hang(hanging: Database, waiting: Database) -> None:
        with hanging.writing() as session:
            assert take_job(session, "publish") is not None
            with waiting.writing() as other:
                assert take_job(other, "publish") is None, "two hold the job"
            time.sleep(1)
            with waiting.writing() as other:
                assert take_job(other, "publish") is not None
            session.scalar(select(func.count()).select_from(Event))

    with closing(Database(settings.database_url)) as one, closing(Database(settings.database_url)) as other:
        with one.writing() as session:
            take_job(session, "publish")  # its row is there from now on
        with pytest.raises(Unavailable):
            hang(one, other)
