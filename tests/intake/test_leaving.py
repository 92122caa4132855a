"""Leaving for good: who asks for it by text, confirms it by a code, and is nowhere any more."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from intake.reference import ReferenceKeeper
from jobs import dispatcher as dispatcher_module
from jobs.leases import claim
from models.conversations import ErasureRequest, LastAnswer
from models.messages import Message
from models.reporters import DataKeyRow, Reporter
from models.reports import Report
from models.vault import Vault
from tests.conftest import Store
from tests.intake.conversing import code_for, expire, other_than
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    Sms,
    all_of,
    dispatch,
    dispatcher_of,
    fold,
    hand_in,
    message_of,
    one_of,
    replies_to,
    reply_to,
    report_of,
    with_settings,
    withheld,
    write_down,
)
from tests.jobs.recount import disagreements
from tests.test_canary import everything_on_disk


def test_the_code_confirms_and_everything_is_gone_but_the_last_word(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    code = code_for(store)
    report_id = report_of(store, first).id
    confirmed = hand_in(store, code)
    assert not all_of(store, Reporter)
    assert not all_of(store, DataKeyRow)
    assert one_of(store, Report, Report.id == report_id).reporter_id is None
    assert not all_of(store, Message, Message.body.is_not(None))
    last = reply_to(store, confirmed)
    assert (last.purpose, last.status, last.reporter_id) == ("erased", "queued", None)
    with store.database.writing() as session:
        (task,), _ = claim(session, store.vault, store.settings, store.clock())
    assert task.outgoing.recipient == AMINATA
    assert task.outgoing.body.startswith("Fait: votre numéro et vos messages sont effacés chez nous.")
    fold(store)
    assert not disagreements(store)


def sealed_of(store: Store) -> list[bytes]:
    """What stands sealed of the only reporter, as it is on disk."""
    reporter, key = one_of(store, Reporter), one_of(store, DataKeyRow)
    return [bytes(value) for value in (reporter.number, reporter.number_index, key.wrapped) if value]


def on_disk(store: Store, needles: list[bytes]) -> list[bytes]:
    disk = everything_on_disk(store)
    return [each for each in needles if each[:24] in disk or each[:24].hex().encode() in disk]


def test_nothing_of_who_left_is_on_disk_and_the_last_word_goes_after_a_week(store: Store) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    code, needles = code_for(store), sealed_of(store)
    assert on_disk(store, needles) == needles, "what the sweep looks for can be found"
    hand_in(store, code)
    assert on_disk(store, needles) == []
    assert AMINATA.lstrip("+").encode() not in everything_on_disk(store)
    assert len(all_of(store, LastAnswer)) == 1
    store.clock.go_on(days=7)
    expire(store)
    assert not all_of(store, LastAnswer)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_a_reader_kept_in_the_log_is_wiped_when_he_has_gone(store: Store) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    code, needles = code_for(store), sealed_of(store)
    dispatcher = dispatcher_of(store)
    dispatcher.run_once()
    with store.database.reading() as session:
        session.scalars(select(Reporter)).all()
        write_down(store, Sms(code))
        dispatcher.run_once()
        assert on_disk(store, needles)
    dispatcher.run_once()
    assert on_disk(store, needles) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_a_process_that_died_left_in_the_log_is_wiped_by_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, needles = code_for(store), sealed_of(store)
    with monkeypatch.context() as dead:
        dead.setattr(dispatcher_module, "empty_log", lambda _database, _patience_ms: False)
        hand_in(store, code)
    assert on_disk(store, needles)
    dispatcher_of(store).run_once()
    assert on_disk(store, needles) == []


def test_who_was_known_under_an_older_key_too_leaves_altogether(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    roots = dict(store.vault._roots) | {2: b"2" * 32}  # noqa: SLF001  a key file after a rotation
    newer = Vault(roots, dict(store.vault._current) | {"index": 2})  # noqa: SLF001
    rotated = replace(store, vault=newer, keeper=ReferenceKeeper(newer))
    hand_in(rotated, code_for(rotated))
    assert not all_of(store, Reporter)
    assert message_of(store, first).body is None


def test_who_left_and_writes_again_in_the_same_moment_is_somebody_new(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    gone = message_of(store, first).reporter_id
    code = code_for(store)
    _, after = write_down(store, Sms(code), Sms("on a cambriolé la boutique à Kaloum"))
    dispatch(store)
    assert one_of(store, Reporter).id == message_of(store, after).reporter_id != gone


def test_three_wrong_codes_cancel_it(store: Store) -> None:
    code = code_for(store)
    told = [replies_to(store, hand_in(store, other_than(code))) for _ in range(3)]
    assert told == [["delete-wrong"], ["delete-wrong"], ["delete-cancelled"]]
    assert replies_to(store, hand_in(store, code)) == []
    assert replies_to(store, hand_in(store, "SUPPRIMER")) == ["delete-cancelled"]
    assert replies_to(store, hand_in(store, code)) == []
    assert len(all_of(store, Reporter)) == 1
    store.clock.go_on(hours=24, seconds=1)
    hand_in(store, code_for(store))
    assert not all_of(store, Reporter)


def test_asking_again_gives_the_same_code_and_forgives_no_wrong_one(store: Store) -> None:
    code = code_for(store)
    told = []
    for _ in range(3):
        told += replies_to(store, hand_in(store, other_than(code)))
        store.clock.go_on(hours=1)
        assert told[-1] == "delete-cancelled" or code_for(store) == code
    assert told == ["delete-wrong", "delete-wrong", "delete-cancelled"]


def test_no_code_is_made_that_cannot_be_sent(store: Store) -> None:
    local = with_settings(store, reply_prefixes="+226")
    assert replies_to(store, hand_in(local, "SUPPRIMER")) == []
    assert withheld(store) == ["prefix-not-allowed"]
    assert not all_of(store, ErasureRequest)


def test_who_has_no_replies_left_can_still_leave(store: Store) -> None:
    small = with_settings(store, replies_per_hour=2)
    for _ in range(3):
        last = hand_in(small, "vol de moto hier à Dixinn")
    assert replies_to(store, last) == []
    assert replies_to(store, hand_in(small, code_for(small))) == ["erased"]


def test_the_code_holds_for_a_day(store: Store) -> None:
    code = code_for(store)
    store.clock.go_on(hours=24, seconds=1)
    assert replies_to(store, hand_in(store, code)) == []
    assert len(all_of(store, Reporter)) == 1


def test_somebody_elses_code_erases_nobody(store: Store) -> None:
    code = code_for(store)
    hand_in(store, code, sender=BOUBACAR)
    assert len(all_of(store, Reporter)) == 2


def test_who_stopped_can_still_leave(store: Store) -> None:
    hand_in(store, "STOP")
    confirmed = hand_in(store, code_for(store))
    assert not all_of(store, Reporter)
    assert replies_to(store, confirmed) == ["erased"]


def test_a_replay_after_leaving_changes_nothing(store: Store) -> None:
    text = Sms("vol de moto hier à Dixinn")
    write_down(store, text)
    dispatch(store)
    hand_in(store, code_for(store))
    write_down(store, text)
    dispatch(store)
    assert not all_of(store, Reporter)
    assert len(all_of(store, Report)) == 1
