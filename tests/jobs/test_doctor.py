"""The doctor: each ill is named with what to do about it, and a healthy store is left in peace."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from jobs.doctor import examine
from jobs.imports.emergency_numbers import import_emergency_numbers
from models.channels import ChannelRow
from models.job_states import note_failure
from models.messages import Message
from tests.conftest import START, Store
from tests.intake.factories import Sms, add_twilio, fold, hand_in, write_down
from tests.jobs.recount import write_csv


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
        pytest.param("unknown", "wrong", "Of 1 replies nobody can tell", id="in doubt"),
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


def test_a_channel_that_cannot_send_is_named(healthy: Store) -> None:
    with healthy.database.writing() as session:
        broken = update(ChannelRow).where(ChannelRow.name == "conakry")
        session.execute(broken.values(fault="20003", fault_at=START))
    (line,) = said(healthy, "wrong")
    assert line.startswith("Channel conakry cannot send (20003)")


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
