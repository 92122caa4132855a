"""Two `kibaro work` on one PostgreSQL: when the one that dispatches dies or stalls, the other goes on."""

import signal
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from models.database import Database
from models.deliveries import Delivery
from models.settings import Settings
from tests.fakes.twilio_server import TwilioServer
from tests.faults.arriving import journal_texts
from tests.faults.ledger import insist_that_all_is_well, wait_until_settled
from tests.faults.processes import WORK_IMPATIENTLY, Kibaro
from tests.faults.provider import CHANNEL, connect_channel

COUNT = 3_000
CAUGHT_WITHIN_S = 30.0
_HOLDER = text("""
    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.relation = 'job_states'::regclass AND l.mode = 'RowShareLock' AND a.datname = current_database()
      AND a.state = 'idle in transaction' AND a.xact_start < clock_timestamp() - interval '20 milliseconds'
      AND EXISTS (SELECT FROM pg_locks w WHERE w.pid = a.pid AND w.relation = 'deliveries'::regclass)
""")


@pytest.mark.xdist_group("kills-postgresql")
@pytest.mark.parametrize("engine", ["postgresql"])
@pytest.mark.parametrize("blow", [signal.SIGSTOP, signal.SIGKILL], ids=["stalled", "killed"])
def test_a_second_process_takes_over_and_nothing_happens_twice(
    engine: str, blow: signal.Signals, settings: Settings, twilio: TwilioServer, tmp_path: Path
) -> None:
    connect_channel(settings, twilio)
    with closing(Database(settings.database_url)) as database:
        sids = journal_texts(database, settings, COUNT)
        log = tmp_path / "work.log"
        workers = {name: Kibaro(settings, WORK_IMPATIENTLY, log, PGAPPNAME=name) for name in ("one", "two")}
        try:
            struck = strike_the_holder(database, workers, blow)
            left = waiting(database)
            assert left, "all was done before the blow"
            wait_until_settled(database)
            assert all(worker.lives for name, worker in workers.items() if name != struck)
            if blow is signal.SIGSTOP:
                workers[struck].tell(signal.SIGCONT)
                time.sleep(3)  # it wakes up in the middle of a transaction that is no more
                assert workers[struck].lives
        finally:
            for worker in workers.values():
                worker.kill()
    insist_that_all_is_well(settings, CHANNEL, sids, twilio)


def strike_the_holder(database: Database, workers: dict[str, Kibaro], blow: signal.Signals) -> str:
    """Stops a process, makes sure that it is in the middle of a batch, then strikes. Returns its name."""
    until = time.monotonic() + CAUGHT_WITHIN_S
    while time.monotonic() < until:
        name = holder(database)
        if name is None:
            continue
        workers[name].tell(signal.SIGSTOP)
        time.sleep(0.1)
        if holder(database) == name:
            if blow is not signal.SIGSTOP:
                workers[name].tell(blow)
            return name
        workers[name].tell(signal.SIGCONT)
    raise TimeoutError("no process was caught in the middle of a batch")


def holder(database: Database) -> str | None:
    with database.reading() as session:
        name: str | None = session.scalar(_HOLDER)
    return name


def waiting(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Delivery.sealed.is_not(None))) or 0
