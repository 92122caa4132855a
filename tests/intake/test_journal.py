"""The journal: one row whatever is repeated, no receipt before the commit, and no neighbour pays for a bad row."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from intake import journal as journal_module
from intake import parcel
from intake.gateways.contract import Channel, Progress, Status, Text
from intake.journal import Journal, JournalFault, KeyReused, Receipt
from models.deliveries import Delivery
from models.faults import Unavailable
from models.vault import PURPOSES, Sealed, Vault
from tests.conftest import Store

pytestmark = pytest.mark.anyio

WITHIN_S = 3.0
FOREIGN_CHANNEL = 9999  # its rows break a foreign key


def make_text(provider_id: str | None = None, **changes: object) -> Text:
    values = {"sender": "+12025550123", "recipient": "+12025550100", "body": b"Vol de moto"} | changes
    return Text(provider_id or f"SM{uuid4().hex}", **values)  # type: ignore[arg-type]  # a plain factory


@contextmanager
def journal_over(store: Store, vault: Vault | None = None, **changes: object) -> Iterator[Journal]:
    journal = Journal(store.database, vault or store.vault, clock=store.clock, **changes)  # type: ignore[arg-type]
    journal.start()
    try:
        yield journal
    finally:
        journal.stop()


def channel_of(store: Store, name: str = "terminal") -> Channel:
    with store.database.reading() as session:
        return store.keeper.current(session).channels[name]


def rows_of(store: Store) -> list[Delivery]:
    with store.database.reading() as session:
        rows = list(session.scalars(select(Delivery).order_by(Delivery.sequence)))
        session.expunge_all()
        return rows


async def outcomes(*calls: Awaitable[Receipt]) -> list[Receipt | BaseException]:
    return await asyncio.gather(*calls, return_exceptions=True)


# -- once --------------------------------------------------------------------------------------------------------------


async def test_sixty_four_copies_at_once_are_one_row_and_one_receipt(store: Store) -> None:
    channel, text = channel_of(store), make_text()
    with journal_over(store) as journal:
        receipts = await asyncio.gather(*(journal.append(channel, text) for _ in range(64)))
    (row,) = rows_of(store)
    assert {(each.message_id, each.reference) for each in receipts} == {(row.id, row.reference)}
    assert sorted(each.repeated for each in receipts) == [False] + [True] * 63


async def test_copies_in_two_journals_at_once_are_one_row_and_one_receipt(store: Store) -> None:
    channel, texts = channel_of(store), [make_text() for _ in range(20)]
    with journal_over(store) as first, journal_over(store) as second:
        receipts = await asyncio.gather(*(j.append(channel, text) for text in texts for j in (first, second)))
    assert len(rows_of(store)) == 20
    assert len({each.message_id for each in receipts}) == 20


async def test_a_repeat_long_after_gets_the_first_receipt(store: Store) -> None:
    channel, text = channel_of(store), make_text()
    with journal_over(store) as journal:
        first = await journal.append(channel, text)
        store.clock.go_on(days=400)
        again = await journal.append(channel, text)
    assert again == replace(first, repeated=True)
    assert len(rows_of(store)) == 1


async def test_a_repeat_after_the_tag_key_changed_is_still_a_repeat(store: Store) -> None:
    """For a web report too: its content is compared under the version it was kept under."""
    roots = {1: bytes(32), 2: bytes([2]) * 32}
    before = Vault({1: roots[1]}, dict.fromkeys(PURPOSES, 1))
    after = Vault(roots, dict.fromkeys(PURPOSES, 2))
    plain, web = make_text(), make_text("key:1")
    with journal_over(store, before) as journal:
        firsts = [await journal.append(channel_of(store), plain), await journal.append(channel_of(store, "web"), web)]
    with journal_over(store, after) as journal:
        agains = [await journal.append(channel_of(store), plain), await journal.append(channel_of(store, "web"), web)]
        with pytest.raises(KeyReused):
            await journal.append(channel_of(store, "web"), replace(web, body=b"something else"))
    assert [each.message_id for each in agains] == [each.message_id for each in firsts]
    assert len(rows_of(store)) == 2


async def test_the_same_id_on_another_channel_is_another_text(store: Store) -> None:
    text = make_text()
    with journal_over(store) as journal:
        await journal.append(channel_of(store, "terminal"), text)
        await journal.append(channel_of(store, "web"), text)
    assert len(rows_of(store)) == 2


async def test_each_status_of_a_text_counts_once(store: Store) -> None:
    channel = channel_of(store)
    stated = [("sent", Progress.SENT), ("delivered", Progress.DELIVERED), ("sent", Progress.SENT), ("queued", None)]
    with journal_over(store) as journal:
        for word, progress in stated:
            await journal.append(channel, Status("SM1", progress, word))
    rows = rows_of(store)
    assert [row.kind for row in rows] == ["status"] * 3
    assert [row.reference for row in rows] == [None] * 3


# -- idempotency keys of the web ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"body": b"Vol de velo"}, id="another text"),
        pytest.param({"sender": "+12025550199"}, id="another contact"),
        pytest.param({"body": b"", "coded": {"category": "theft", "locality": "GIN"}}, id="codes"),
    ],
)
async def test_an_idempotency_key_used_for_another_report_is_refused(store: Store, changes: dict[str, object]) -> None:
    channel, text = channel_of(store, "web"), make_text("key:1")
    with journal_over(store) as journal:
        first = await journal.append(channel, text)
        with pytest.raises(KeyReused):
            await journal.append(channel, make_text("key:1", **changes))
        assert await journal.append(channel, text) == replace(first, repeated=True)
    assert len(rows_of(store)) == 1


async def test_two_reports_under_one_key_at_once_are_one_report_and_one_refusal(store: Store) -> None:
    channel = channel_of(store, "web")
    with journal_over(store) as journal:
        found = await outcomes(*(journal.append(channel, make_text("key:1", body=body)) for body in (b"a", b"b")))
    assert sorted(type(each).__name__ for each in found) == ["KeyReused", "Receipt"]


async def test_a_provider_that_sends_an_id_again_with_other_words_is_answered_with_the_first_receipt(
    store: Store,
) -> None:
    channel, text = channel_of(store), make_text()
    with journal_over(store) as journal:
        first = await journal.append(channel, text)
        assert await journal.append(channel, replace(text, body=b"re-cut")) == replace(first, repeated=True)


# -- what is kept ------------------------------------------------------------------------------------------------------


async def test_a_row_holds_nothing_of_a_text_in_clear_and_all_of_it_sealed(store: Store) -> None:
    text = make_text("SM" + "ab" * 16, body="ߒߞߏ 🔥\0".encode() + b"\xff", sent_at=store.clock())
    with journal_over(store) as journal:
        await journal.append(channel_of(store), text)
    (row,) = rows_of(store)
    kept = {column.key: getattr(row, column.key) for column in Delivery.__table__.columns}
    assert text.sender not in str(kept)
    assert text.provider_id not in str(kept)
    assert text.body not in (row.sealed or b"")
    assert parcel.unseal(store.vault, row.id, Sealed(row.inbox_version or 0, row.sealed or b"")) == text
    assert (row.received_at, row.due_at, row.attempts) == (store.clock(), store.clock(), 0)


async def test_texts_of_one_sender_carry_the_same_mark_and_others_another(store: Store) -> None:
    channel = channel_of(store)
    with journal_over(store) as journal:
        for sender in ("+12025550123", "+12025550123", "+12025550124"):
            await journal.append(channel, make_text(sender=sender))
    first, second, third = (row.sender_tag for row in rows_of(store))
    assert first == second != third


async def test_texts_keep_the_order_they_came_in(store: Store) -> None:
    channel, texts = channel_of(store), [make_text(body=str(n).encode()) for n in range(50)]
    with journal_over(store) as journal:
        receipts = await asyncio.gather(*(journal.append(channel, text) for text in texts))
    assert [row.id for row in rows_of(store)] == [each.message_id for each in receipts]


# -- faults ------------------------------------------------------------------------------------------------------------


async def test_a_bad_row_does_not_fail_its_neighbours(store: Store) -> None:
    channel = channel_of(store)
    bad = replace(channel, id=FOREIGN_CHANNEL)
    with journal_over(store) as journal:
        found = await outcomes(*(journal.append(bad if n in {3, 17} else channel, make_text()) for n in range(40)))
    assert [n for n, each in enumerate(found) if isinstance(each, JournalFault)] == [3, 17]
    assert sum(isinstance(each, Receipt) for each in found) == 38
    assert len(rows_of(store)) == 38


async def test_a_reference_that_is_taken_is_minted_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    minted = iter(["AAAA22", "AAAA22", "AAAA22", "BBBB33", "AAAA22", "CCCC44"])
    monkeypatch.setattr(journal_module, "mint_reference", lambda: next(minted))
    channel = channel_of(store)
    with journal_over(store) as journal:
        receipts = await asyncio.gather(*(journal.append(channel, make_text()) for _ in range(3)))
    assert sorted(each.reference for each in receipts) == ["AAAA22", "BBBB33", "CCCC44"]
    assert sorted(row.reference or "" for row in rows_of(store)) == ["AAAA22", "BBBB33", "CCCC44"]


async def test_references_that_clash_for_ever_are_a_fault_and_not_a_loop(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "mint_reference", lambda: "AAAA22")
    channel = channel_of(store)
    with journal_over(store) as journal:
        await journal.append(channel, make_text())
        with pytest.raises(JournalFault):
            await journal.append(channel, make_text())


async def test_there_is_no_receipt_before_the_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement succeeds and the commit does not: nobody is told that the text is safe."""
    real = store.database.appending

    @contextmanager
    def failing() -> Iterator[object]:
        with real() as connection:
            yield connection
            connection.rollback()
            raise Unavailable

    channel, woken = channel_of(store), []
    with journal_over(store, on_commit=lambda: woken.append(True)) as journal:
        monkeypatch.setattr(store.database, "appending", failing)
        if store.database.is_sqlite:  # on PostgreSQL the statement is its own commit
            with pytest.raises(Unavailable):
                await journal.append(channel, make_text())
            assert rows_of(store) == []
            assert woken == []
        monkeypatch.undo()
        receipt = await journal.append(channel, make_text())
    assert [row.id for row in rows_of(store)] == [receipt.message_id]
    assert woken == [True]


async def test_a_surprise_is_a_fault_for_its_texts_and_the_journal_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def surprised(*_: object) -> None:
        raise LookupError("+12025550123")  # an error's own words may quote what was sent

    channel = channel_of(store)
    with journal_over(store) as journal:
        monkeypatch.setattr(journal_module, "insert_new", surprised)
        with pytest.raises(JournalFault):
            await journal.append(channel, make_text())
        monkeypatch.undo()
        await journal.append(channel, make_text())
    assert "LookupError" in caplog.text
    assert "+12025550123" not in caplog.text


async def test_whoever_was_told_to_come_again_is_not_taken_in_behind_their_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web report without a key would else become two: one that was refused, and its repeat."""
    monkeypatch.setattr(journal_module, "PATIENCE_S", 0.2)
    channel = channel_of(store, "web")
    journal = Journal(store.database, store.vault, clock=store.clock)  # not started: a writer that is held up
    with pytest.raises(Unavailable):
        await journal.append(channel, make_text())
    journal.start()
    await asyncio.to_thread(journal.stop)
    assert rows_of(store) == []


async def test_a_journal_that_stops_writes_what_waits(store: Store) -> None:
    channel = channel_of(store)
    journal = Journal(store.database, store.vault, clock=store.clock)
    waiting = [asyncio.ensure_future(journal.append(channel, make_text())) for _ in range(5)]
    await asyncio.sleep(0.05)
    journal.start()
    await asyncio.to_thread(journal.stop)
    assert len({receipt.message_id for receipt in await asyncio.gather(*waiting)}) == 5


@contextmanager
def store_down(store: Store) -> Iterator[None]:
    """PostgreSQL: nobody gets in and who is in is thrown out. SQLite: another process holds the only write lock."""
    if store.database.is_sqlite:
        other = sqlite3.connect(Path(store.database.url.database or ""), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    maintenance, _, name = store.settings.database_url.rpartition("/")
    with psycopg.connect(f"{maintenance}/postgres", autocommit=True) as server:
        database = sql.Identifier(name)
        server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(database))
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(database))


async def test_without_the_store_the_journal_says_so_within_three_seconds_and_recovers_by_itself(store: Store) -> None:
    channel, text = channel_of(store), make_text()
    with journal_over(store) as journal:
        await journal.append(channel, make_text())
        with store_down(store):
            began = time.monotonic()
            found = await outcomes(*(journal.append(channel, text) for _ in range(8)))
            assert time.monotonic() - began < WITHIN_S
            assert [type(each) for each in found] == [Unavailable] * 8
        await journal.append(channel, text)
    assert len(rows_of(store)) == 2
