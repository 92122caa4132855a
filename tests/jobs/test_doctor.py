"""The doctor: each ill is named with what to do about it, and a healthy store is left in peace."""

import re
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update

from jobs import dispatcher, leases, send
from jobs.doctor import examine
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.issuing import stop_channel
from models.channels import ChannelRow
from models.job_states import note_failure
from models.messages import Message
from tests.conftest import START, Store
from tests.intake.factories import Sms, add_twilio, dispatcher_of, fold, hand_in, write_down
from tests.jobs.recount import write_csv

SOON_S: Final = 20.0


def said(store: Store, grade: str | None = None) -> list[str]:
    with store.database.reading() as session:
        findings = examine(session, store.settings, store.clock())
    return [finding.says for finding in findings if grade in {None, finding.grade}]


def set_number(store: Store, folder: Path, tested_on: date | None) -> None:
    rows = [("GIN", "122", tested_on or "")]
    import_emergency_numbers(store.database, write_csv(folder / "e.csv", "locality,number,tested_on", rows))


@pytest.fixture
def healthy(store: Store, tmp_path: Path) -> Store:
    set_number(store, tmp_path, START.date())
    add_twilio(store)
    return store


def test_a_healthy_store_is_left_in_peace(healthy: Store) -> None:
    hand_in(healthy, "vol à Dixinn")
    fold(healthy)
    assert said(healthy, "wrong") == []


def test_texts_that_wait_are_named(healthy: Store) -> None:
    write_down(healthy, Sms("vol à Dixinn"), Sms("vol à Matoto"))
    healthy.clock.go_on(minutes=5)
    assert said(healthy, "wrong") == []
    healthy.clock.go_on(minutes=2)
    (line,) = said(healthy, "wrong")
    assert line.startswith("2 deliveries wait, the oldest for 7 minutes. They are safe.")


@pytest.mark.parametrize(
    ("status", "grade", "words"),
    [
        pytest.param("unknown", "wrong", "Of 1 replies of the last seven days nobody can tell", id="in doubt"),
        pytest.param("failed", "advice", "1 replies failed in the last 24 hours", id="failed"),
        pytest.param("undelivered", "advice", "1 replies failed in the last 24 hours", id="undelivered"),
    ],
)
def test_replies_that_went_wrong_are_named(healthy: Store, status: str, grade: str, words: str) -> None:
    hand_in(healthy, "vol à Dixinn")
    fold(healthy)
    with healthy.database.writing() as session:
        session.execute(update(Message).where(Message.direction == "out").values(status=status))
    assert [line for line in said(healthy, grade) if line.startswith(words)]


def test_replies_that_wait_are_named(healthy: Store) -> None:
    hand_in(healthy, "vol à Dixinn")
    fold(healthy)
    healthy.clock.go_on(minutes=5)
    assert said(healthy, "wrong") == []
    healthy.clock.go_on(minutes=2)
    (line,) = said(healthy, "wrong")
    assert line.startswith("1 replies wait to be sent, the oldest for 7 minutes.")


def test_replies_given_up_are_named_for_a_day(healthy: Store) -> None:
    hand_in(healthy, "vol à Dixinn")
    fold(healthy)
    with healthy.database.writing() as session:
        given_up = update(Message).where(Message.direction == "out")
        session.execute(given_up.values(status="cancelled", error_code="expired"))
    healthy.clock.go_on(hours=24 + 23)
    assert [line for line in said(healthy, "wrong") if line.startswith("1 replies of 2026-11-2")]
    healthy.clock.go_on(hours=2)
    assert said(healthy, "wrong") == []


def test_a_reply_in_doubt_is_named_for_a_week(healthy: Store) -> None:
    hand_in(healthy, "vol à Dixinn")
    fold(healthy)
    with healthy.database.writing() as session:
        session.execute(update(Message).where(Message.direction == "out").values(status="unknown"))
    healthy.clock.go_on(days=6)
    assert len(said(healthy, "wrong")) == 1
    healthy.clock.go_on(days=1, minutes=1)
    assert said(healthy, "wrong") == []


def test_a_channel_that_cannot_send_is_named(healthy: Store) -> None:
    with healthy.database.writing() as session:
        broken = update(ChannelRow).where(ChannelRow.name == "conakry")
        session.execute(broken.values(fault="20003", fault_at=START))
    (line,) = said(healthy, "wrong")
    assert line.startswith("Channel conakry cannot send (20003)")


def test_a_stopped_channel_is_told_of_and_its_fault_is_not(healthy: Store) -> None:
    with healthy.database.writing() as session:
        session.execute(update(ChannelRow).where(ChannelRow.name == "conakry").values(fault="20003", fault_at=START))
    stop_channel(healthy.database, "conakry", healthy.clock())
    assert said(healthy, "wrong") == []
    assert [line for line in said(healthy, "advice") if "kibaro channels start conakry" in line]


def test_a_store_without_channel_and_number_says_how_to_get_them(store: Store) -> None:
    lines = " ".join(said(store))
    assert "kibaro channels add" in lines
    assert "kibaro localities emergency FILE" in lines


@pytest.mark.parametrize(
    ("tested_on", "words"),
    [
        pytest.param(None, "Nobody has tried the emergency number of GIN ever", id="never"),
        pytest.param(START.date() - timedelta(days=31), "GIN since 2026-10-22", id="31 days ago"),
        pytest.param(START.date() - timedelta(days=30), None, id="30 days ago"),
    ],
)
def test_a_number_nobody_tried_is_named(
    store: Store, tmp_path: Path, tested_on: date | None, words: str | None
) -> None:
    set_number(store, tmp_path, tested_on)
    found = [line for line in said(store, "advice") if "emergency number" in line]
    assert len(found) == (words is not None)
    assert words is None or words in found[0]


def test_figures_that_do_not_follow_are_named(healthy: Store) -> None:
    hand_in(healthy, "vol à Dixinn")
    assert [line for line in said(healthy, "wrong") if "`kibaro jobs run tallies`" in line]
    fold(healthy)
    assert said(healthy, "wrong") == []
    hand_in(healthy, "vol à Dixinn")
    assert said(healthy, "wrong") == []  # the timetable is alive
    healthy.clock.go_on(minutes=6)
    assert [line for line in said(healthy, "wrong") if line.startswith("2 changes are not in the figures yet")]


def test_a_key_file_that_others_can_read_is_named(store: Store) -> None:
    path = store.settings.key_file
    path.chmod(0o644)
    try:
        assert [line for line in said(store, "advice") if "chmod 600" in line]
    finally:
        path.chmod(0o600)
    assert not [line for line in said(store, "advice") if "chmod 600" in line]


def test_a_job_that_fails_is_named_until_it_succeeds(healthy: Store) -> None:
    note_failure(healthy.database, "tallies", ValueError("vol à Dixinn"))
    (line,) = said(healthy, "wrong")
    assert line == "The job tallies failed 1 times (ValueError); the log says where."
    fold(healthy)
    assert said(healthy, "wrong") == []


def test_a_dispatcher_that_fails_is_named_until_it_succeeds(healthy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mended = threading.Event()

    def broken(*_: object) -> int:
        if not mended.is_set():
            raise ValueError("vol à Dixinn")
        return 0

    monkeypatch.setattr(dispatcher, "work_off_events", broken)
    monkeypatch.setattr(dispatcher, "POLL_S", 0.01)
    write_down(healthy, Sms("vol à Dixinn"))
    told = told_until_mended(healthy, dispatcher_of(healthy).run, mended)
    assert re.fullmatch(r"The job dispatch failed \d+ times \(ValueError\); the log says where\.", told)


def test_a_sender_that_fails_is_named_until_it_succeeds(healthy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mended, really = threading.Event(), leases.claim

    def broken(*values: Any) -> Any:
        if not mended.is_set():
            raise ValueError("vol à Dixinn")
        return really(*values)

    monkeypatch.setattr(send, "claim", broken)
    monkeypatch.setattr(send, "POLL_S", 0.01)
    hand_in(healthy, "vol à Dixinn")
    fold(healthy)
    sender = send.Sender(healthy.database, healthy.vault, healthy.keeper, healthy.settings, clock=healthy.clock)
    told = told_until_mended(healthy, sender.run, mended)
    assert re.fullmatch(r"The job send failed \d+ times \(ValueError\); the log says where\.", told)


def told_until_mended(store: Store, run: Callable[[threading.Event], None], mended: threading.Event) -> str:
    """What the doctor said of a job. Fails where it says nothing, or goes on saying it."""

    def jobs() -> list[str]:
        return [line for line in said(store, "wrong") if line.startswith("The job")]

    stopping = threading.Event()
    thread = threading.Thread(target=run, args=(stopping,))
    thread.start()
    try:
        until = time.monotonic() + SOON_S
        while not (told := jobs()):
            assert time.monotonic() < until, "nothing was said"
        mended.set()
        while jobs():
            assert time.monotonic() < until, "it is said still"
        return told[0]
    finally:
        mended.set()
        stopping.set()
        thread.join(SOON_S)
