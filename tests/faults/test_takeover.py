"""Two `kibaro work` on one PostgreSQL: when the one that dispatches dies or stalls, the other goes on."""

import asyncio
import random
import signal
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from intake.gateways.contract import Text
from intake.journal import Journal
from intake.reference import ReferenceKeeper
from models.database import Database
from models.deliveries import Delivery
from models.settings import Settings
from models.vault import Vault
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_signer import NUMBER
from tests.faults.ledger import insist_that_all_is_well, wait_until_settled
from tests.faults.processes import WORK_IMPATIENTLY, Kibaro
from tests.faults.provider import CHANNEL, TEXTS, connect_channel

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
        sids = journal_texts(database, settings)
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


def journal_texts(database: Database, settings: Settings) -> list[str]:
    """Texts for the dispatcher, written down as the door does it; returns their MessageSids."""
    vault = Vault.read(settings.key_file)
    with database.reading() as session:
        channel = ReferenceKeeper(vault).current(session).channels[CHANNEL]
    sids = ["SM" + uuid4().hex for _ in range(COUNT)]
    dice = random.Random(len(sids))
    texts = [Text(sid, f"+2246{dice.randrange(500):08d}", NUMBER, dice.choice(TEXTS).encode()) for sid in sids]
    journal = Journal(database, vault)

    async def append_all() -> None:
        for start in range(0, COUNT, 200):
            await asyncio.gather(*(journal.append(channel, each) for each in texts[start : start + 200]))

    journal.start()
    asyncio.run(append_all())
    journal.stop()
    return sids


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
