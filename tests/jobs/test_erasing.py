"""Erasing: nothing of a number or a word stays on disk; what was reported stays, as nobody's, and figures agree."""

import io
import sys
import threading
from collections.abc import Callable
from uuid import UUID

import pytest

import kibaro
from intake.gateways.contract import Status
from jobs import erasing
from jobs.erasing import Known, erase, known_of, wipe
from jobs.rebuild import rebuild
from jobs.send import Sender
from models.deliveries import Delivery
from models.events import Event
from models.faults import Refusal, Unavailable
from models.job_states import take_job
from models.messages import Message
from models.reporters import DataKeyRow, OptOut, Reporter
from models.reports import Report
from models.tallies import TallyChange
from models.vault import Vault
from tests.conftest import Store
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    CIRE,
    Sms,
    add_twilio,
    all_of,
    dispatch,
    events_of,
    fold,
    give_home,
    hand_in,
    message_of,
    one_of,
    report_of,
    write_down,
)
from tests.jobs.recount import disagreements, stored, stored_reporters
from tests.test_canary import everything_on_disk

NOBODY = Known(0, 0, 0, 0)


def erased(store: Store, number: str = AMINATA) -> Known:
    return erase(store.database, store.keeper, store.vault, store.settings, number, store.clock())


def reporter_of(store: Store, message_id: UUID) -> Reporter:
    return one_of(store, Reporter, Reporter.id == message_of(store, message_id).reporter_id)


def agree(store: Store) -> None:
    """Folded and rebuilt figures are those of a recount."""
    fold(store)
    assert not disagreements(store)
    rebuild(store.database)
    assert not disagreements(store)


# -- what is destroyed -------------------------------------------------------------------------------------------------


def sealed_of(store: Store, reporter: Reporter) -> list[bytes]:
    """Everything sealed or keyed that is theirs, as it stands in the store."""
    messages = all_of(store, Message, Message.reporter_id == reporter.id)
    found = [
        reporter.number,
        reporter.number_index,
        one_of(store, DataKeyRow, DataKeyRow.reporter_id == reporter.id).wrapped,
    ]
    found += [value for message in messages for value in (message.body, message.envelope)]
    return [bytes(value) for value in found if value]


def on_disk(store: Store, needles: list[bytes]) -> list[bytes]:
    """PostgreSQL's dump writes bytes in hex; 24 of them are enough to know a sealed value by."""
    disk = everything_on_disk(store)
    return [needle for needle in needles if needle[:24] in disk or needle[:24].hex().encode() in disk]


def test_nothing_sealed_of_an_erased_reporter_is_left_on_disk(store: Store) -> None:
    """Among many others, whose rows share its pages and are written before, between and after."""
    senders = [f"+2249200{number:05d}" for number in range(50, 90)]
    for round_ in range(3):
        write_down(
            store, *(Sms(f"Vol de moto hier à Matoto, numéro {round_}", sender) for sender in (*senders, AMINATA))
        )
        dispatch(store)
    theirs = message_of(store, hand_in(store, "On a volé ma moto hier à Dixinn. " * 280, sender=AMINATA))
    reporter = one_of(store, Reporter, Reporter.id == theirs.reporter_id)
    needles = sealed_of(store, reporter)
    assert len(needles) > 8
    assert on_disk(store, needles) == needles, "what the sweep looks for can be found"
    identifiers = [reporter.id.hex.encode(), str(reporter.id).encode()]
    assert any(each in everything_on_disk(store) for each in identifiers)

    assert erased(store) == Known(reporters=1, reports=4, texts=8, pending=0)
    fold(store)
    assert wipe(store.database)
    assert on_disk(store, needles) == []
    assert not any(each in everything_on_disk(store) for each in identifiers), "nor what stood for them"
    assert len(all_of(store, Reporter)) == len(senders)
    assert len(all_of(store, DataKeyRow)) == len(senders)


def test_reports_stay_and_are_nobodys(store: Store) -> None:
    message_id = hand_in(store, "vol à Dixinn")
    hand_in(store, "vol à Dixinn", sender=BOUBACAR)
    hand_in(store, "STOP")
    report = report_of(store, message_id)
    fold(store)
    before = stored(store)
    assert erased(store) == Known(reporters=1, reports=1, texts=4, pending=0)
    message = message_of(store, message_id)
    assert (message.reporter_id, message.body, message.envelope) == (None, None, None)
    assert (message.report_id, message.counted_on) == (report.id, store.clock().date())
    kept = one_of(store, Report, Report.id == report.id)
    assert (kept.reporter_id, kept.status, kept.revision) == (None, "open", 1)
    assert not all_of(store, OptOut)
    assert {event.reporter_id for event in all_of(store, Event) if event.subject in {report.id, message_id}} == {None}
    agree(store)
    assert stored(store) == before, "all that was counted is counted"


def test_distinct_reporters_fall_visibly(store: Store) -> None:
    day = store.clock().date()
    for text, sender in (("vol à Dixinn", AMINATA), ("vol à Dixinn", AMINATA), ("vol à Dixinn", BOUBACAR)):
        hand_in(store, text, sender=sender)
    hand_in(store, "mariage forcé à Dixinn", sender=AMINATA)
    fold(store)
    cells = [("GN-C", "day", day, code) for code in ("", "theft", "forced_marriage")]
    assert [stored_reporters(store).get(cell, 0) for cell in cells] == [2, 2, 1]
    erased(store)
    assert {change.cause for change in all_of(store, TallyChange)} == {"reporter.erased"}
    fold(store)
    assert [stored_reporters(store).get(cell, 0) for cell in cells] == [1, 1, 0]
    agree(store)


def test_erased_before_the_fold_nobody_was_ever_counted(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    erased(store)
    fold(store)
    assert stored_reporters(store) == {}
    agree(store)


def test_the_home_of_an_erased_reporter_is_nobodys_place_any_more(store: Store) -> None:
    channel = add_twilio(store, free_to_sender=True)
    give_home(store, hand_in(store, "bonjour"), "GN-C-MTT")
    waiting = report_of(store, hand_in(store, "vol de moto", channel=channel))
    assert waiting.status == "waiting"
    fold(store)
    assert any(measures.waiting for measures in stored(store).values())
    erased(store)
    agree(store)
    assert not any(measures.waiting for measures in stored(store).values())
    (told,) = events_of(store, "report.corrected")
    assert (told.payload["home"], told.reporter_id) == (None, None)


def test_the_fact_alone_is_kept(store: Store) -> None:
    reporter = reporter_of(store, hand_in(store, "vol à Dixinn"))
    erased(store)
    (event,) = events_of(store, "reporter.erased")
    assert (event.reporter_id, event.payload, event.actor) == (None, {}, "erasing")
    assert event.subject != reporter.id


# -- what may still be under way ---------------------------------------------------------------------------------------


def test_no_reply_goes_out_any_more(store: Store) -> None:
    message_id = hand_in(store, "vol à Dixinn", channel=add_twilio(store))
    reply = one_of(store, Message, Message.in_reply_to == message_id)
    assert reply.status == "queued"
    erased(store)
    reply = message_of(store, reply.id)
    assert (reply.status, reply.error_code, reply.body) == ("cancelled", "erased", None)
    sender = Sender(store.database, store.vault, store.keeper, store.settings, clock=store.clock)
    assert sender.run_once() == 0


def test_a_reply_that_was_under_way_is_not_sent_again(store: Store) -> None:
    message_id = hand_in(store, "vol à Dixinn", channel=add_twilio(store))
    reply = one_of(store, Message, Message.in_reply_to == message_id)
    with store.database.writing() as session:
        sending = session.get_one(Message, reply.id)
        sending.status, sending.attempts = "sending", 1
        sending.attempted_at, sending.leased_until = store.clock(), store.clock()
    erased(store)
    Sender(store.database, store.vault, store.keeper, store.settings, clock=store.clock).run_once()
    assert (message_of(store, reply.id).status, message_of(store, reply.id).error_code) == ("failed", "does-not-open")


def test_texts_not_yet_understood_go_too_and_those_of_others_stay(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    mine = [Sms("vol de moto à Dixinn"), Sms("incendie à Kamsar", "whatsapp:" + AMINATA, provider_id="W1")]
    status = ("terminal", Status("TT1", None, "read", None))
    write_down(store, *mine, Sms("vol à Dixinn", BOUBACAR), status)
    assert erased(store) == Known(reporters=1, reports=1, texts=2, pending=2)
    waiting = all_of(store, Delivery, Delivery.sealed.is_not(None))
    assert sorted(each.kind for each in waiting) == ["status", "text"]
    dispatch(store)
    assert {report.reporter_id is None for report in all_of(store, Report)} == {True, False}
    assert len(all_of(store, Report)) == 2
    agree(store)


def test_a_replay_changes_nothing_and_a_new_text_is_a_new_reporter(store: Store) -> None:
    first = Sms("vol à Dixinn")
    write_down(store, first)
    dispatch(store)
    before = one_of(store, Reporter).id
    erased(store)
    write_down(store, first)
    dispatch(store)
    assert not all_of(store, Reporter)
    assert len(all_of(store, Message, Message.direction == "in")) == 1
    after = reporter_of(store, hand_in(store, "vol de moto à Dixinn"))
    assert after.id != before
    assert {report.reporter_id for report in all_of(store, Report)} == {None, after.id}
    agree(store)


def test_erasing_waits_for_the_dispatcher_and_gives_up_in_the_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite the dispatcher's transaction keeps everybody out; on PostgreSQL its lock is looked at."""
    hand_in(store, "vol à Dixinn")
    monkeypatch.setattr(erasing, "PAUSE_S", 0.05)
    monkeypatch.setattr(erasing, "TRIES", 3)
    taken, go_on = threading.Event(), threading.Event()

    def dispatching() -> None:
        with store.database.writing() as session:
            take_job(session, "dispatch")
            taken.set()
            go_on.wait(20)

    thread = threading.Thread(target=dispatching)
    thread.start()
    taken.wait(20)
    if not store.database.is_sqlite:
        with pytest.raises(Unavailable):
            erased(store)
    assert all_of(store, Reporter)
    threading.Timer(0.2, go_on.set).start()
    monkeypatch.setattr(erasing, "TRIES", 200)
    assert erased(store).reporters == 1
    thread.join()


# -- who is meant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["+224 920 00 00 01", "00224920000001", "920000001", "tel:+224920000001", AMINATA + "\n"]
)
def test_a_number_is_known_however_it_is_written(store: Store, written: str) -> None:
    hand_in(store, "vol à Dixinn")
    hand_in(store, "vol à Dixinn", sender=BOUBACAR)
    assert known_of(store.database, store.vault, store.settings, written) == Known(1, 1, 2, 0)
    assert erased(store, written) == Known(1, 1, 2, 0)
    assert len(all_of(store, Reporter)) == 1


def test_a_number_indexed_under_an_older_key_is_found(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    roots = dict(store.vault._roots) | {2: b"2" * 32}  # noqa: SLF001  a key file after a rotation
    newer = Vault(roots, dict(store.vault._current) | {"index": 2})  # noqa: SLF001
    assert erase(store.database, store.keeper, newer, store.settings, AMINATA, store.clock()).reporters == 1


def test_nothing_happens_to_a_number_nobody_knows(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    assert erased(store, CIRE) == NOBODY
    assert not events_of(store, "reporter.erased")
    with pytest.raises(Refusal) as caught:
        erased(store, "INFO 12345")
    assert "12345" not in str(caught.value)


# -- the command -------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Ends with a code and says something."""

    def run_here(stdin: io.StringIO, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("KIBARO_DATABASE_URL", store.settings.database_url)
        monkeypatch.setenv("KIBARO_KEY_FILE", str(store.settings.key_file))
        monkeypatch.setattr(sys, "argv", ["kibaro", "erase", *words])
        monkeypatch.setattr(sys, "stdin", stdin)
        code: int | str | None = 0
        try:
            kibaro.main()
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return int(code or 0), said.out + said.err

    return run_here


def test_the_number_comes_from_standard_input(store: Store, run: Run) -> None:
    hand_in(store, "vol à Dixinn")
    code, said = run(io.StringIO(AMINATA + "\n"))
    assert code == 0, said
    assert "1 reports stay without a source" in said
    assert AMINATA[1:] not in said
    assert not all_of(store, Reporter)
    assert "Nothing is known" in run(io.StringIO(AMINATA + "\n"))[1]


@pytest.mark.parametrize(("answer", "left", "code"), [("y", 0, 0), ("n", 1, 1), ("", 1, 1)])
def test_on_a_terminal_it_asks_and_then_asks_again(store: Store, run: Run, answer: str, left: int, code: int) -> None:
    hand_in(store, "vol à Dixinn")
    ended, said = run(Terminal(f"{AMINATA}\n{answer}\n"))
    assert (ended, len(all_of(store, Reporter))) == (code, left), said
    assert "2 texts" in said


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_number_on_the_command_line_is_refused(store: Store, run: Run) -> None:
    hand_in(store, "vol à Dixinn")
    code, _ = run(io.StringIO(), AMINATA)
    assert code == 2
    assert all_of(store, Reporter)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_no_number_is_told_without_being_quoted(run: Run) -> None:
    code, said = run(io.StringIO("1234567x\n"))
    assert code == 2
    assert "no phone number" in said
    assert "1234567" not in said
