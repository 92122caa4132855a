"""From a delivery to what it means: message, reporter, report, incident, reply, events and tally changes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from intake.gateways.contract import Progress, Status, Text
from intake.sources import number_of
from intake.statuses import provider_tag
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.localities import import_localities
from models.channels import ChannelRow
from models.incidents import Incident
from models.localities import Locality
from models.messages import Message
from models.reference import count_reference_change
from models.reporters import DataKeyRow, OptOut, Reporter
from models.reports import Report
from models.tallies import TallyChange
from models.vault import Sealed
from tests.conftest import START, Store
from tests.intake.enrolled import ROAD, define, enrol_as, suspend
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    OUR_NUMBER,
    Sms,
    add_phone,
    add_twilio,
    all_of,
    channel_id,
    dispatch,
    events_of,
    figure,
    fold,
    give_home,
    hand_in,
    locality_id,
    message_of,
    one_of,
    opened,
    replies_to,
    reply_to,
    report_of,
    with_settings,
    withheld,
    write_down,
)
from tests.jobs.recount import write_csv

TODAY = date(2026, 11, 22)
YESTERDAY = date(2026, 11, 21)


# -- one text ----------------------------------------------------------------------------------------------------------


def test_a_text_becomes_message_report_incident_and_reply(store: Store) -> None:
    message = message_of(store, hand_in(store, "Vol de moto hier à Dixinn"))
    report = report_of(store, message.id)
    incident = one_of(store, Incident)
    reply = reply_to(store, message.id)

    assert (message.direction, message.kind, message.late, message.review) == ("in", "report", False, None)
    assert (report.status, report.protect, report.day_basis, report.occurred_on) == ("open", "none", "said", YESTERDAY)
    assert report.locality_id == locality_id(store, "GN-C-DIX")
    assert (report.incident_id, report.reporter_id) == (incident.id, message.reporter_id)
    assert (incident.category_id, incident.locality_id) == (report.category_id, report.locality_id)
    assert (incident.occurred_on, incident.weight, incident.counts) == (YESTERDAY, 1, True)
    assert (reply.direction, reply.purpose, reply.status) == ("out", "understood", "queued")
    assert (reply.reporter_id, reply.report_id) == (message.reporter_id, report.id)
    assert str(report.reference) in opened(store, reply).decode()


def test_a_text_leaves_its_events_and_they_hold_no_words(store: Store) -> None:
    hand_in(store, "Vol de moto hier à Dixinn")
    events = {name: events_of(store, name) for name in ("incident.opened", "report.opened", "message.received")}
    assert [len(found) for found in events.values()] == [1, 1, 1]
    payload = events["report.opened"][0].payload
    assert (payload["category"], payload["locality"], payload["day"]) == ("vehicle_theft", "GN-C-DIX", "2026-11-21")
    written = " ".join(str(event.payload) for (event,) in events.values())
    assert "moto" not in written
    assert AMINATA.lstrip("+") not in written


def test_a_text_becomes_figures(store: Store) -> None:
    hand_in(store, "accident à Dixinn 2 morts et 3 blessés")
    fold(store)
    own = figure(store, "GN-C-DIX", "road_crash", "day", TODAY)
    assert (own.reports, own.incidents, own.killed, own.injured, own.messages) == (1, 1, 2, 3, 0)
    assert figure(store, "GIN", None, "year", date(2026, 1, 1)) == own._replace(messages=1)


def test_the_delivery_is_emptied_once_understood_but_its_tag_stays(store: Store) -> None:
    text = Sms("vol à Dixinn")
    write_down(store, text)
    dispatch(store)
    write_down(store, text)
    dispatch(store)
    assert len(all_of(store, Message, Message.direction == "in")) == 1
    assert len(all_of(store, Report)) == 1
    assert len(all_of(store, Message, Message.direction == "out")) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"vol \x00 Dixinn", id="NUL"),
        pytest.param(b"vol \xff\xfe\xc3 Dixinn", id="broken UTF-8"),
        pytest.param("ߒߞߏ 𞤀𞤣𞤤𞤢𞤥 🔥".encode(), id="N'Ko, Adlam, emoji"),
        pytest.param("\ud83d".encode("utf-8", "surrogatepass"), id="half a surrogate pair"),
        pytest.param(("é" * 670).encode(), id="ten parts of UCS-2"),
        pytest.param(b"vol\r\n\tDixinn  ", id="line ends and blanks"),
    ],
)
def test_a_body_is_kept_byte_for_byte(store: Store, body: bytes) -> None:
    message = message_of(store, hand_in(store, body))
    assert opened(store, message) == body


def test_a_body_is_nowhere_in_clear(store: Store) -> None:
    message = message_of(store, hand_in(store, "vol de moto à Dixinn"))
    assert b"moto" not in (message.body or b"")
    assert b"moto" not in (message.envelope or b"")


# -- who wrote ---------------------------------------------------------------------------------------------------------


def test_one_number_is_one_reporter_on_every_channel(store: Store) -> None:
    sms, whatsapp = add_twilio(store), add_twilio(store, "whatsapp", address="whatsapp:" + OUR_NUMBER)
    phone = add_phone(store)
    ids = [
        hand_in(store, "vol à Dixinn", sender="+224920000001", channel=sms),
        hand_in(store, "vol à Dixinn", sender="whatsapp:+224920000001", channel=whatsapp),
        hand_in(store, "vol à Dixinn", sender="920 00 00 01", channel=phone),
        hand_in(store, "vol à Dixinn", sender="+224920000001", channel="web"),
    ]
    assert len({message_of(store, each).reporter_id for each in ids}) == 1
    assert len(all_of(store, Reporter)) == len(all_of(store, DataKeyRow)) == 1


def test_what_is_sealed_of_a_number_can_be_written_to_on_any_channel(store: Store) -> None:
    """A phone hands over a national number; the reply may go out through Twilio, which takes only +224…."""
    hand_in(store, "vol à Dixinn", sender="920 00 00 01", channel=add_phone(store))
    reporter, row = one_of(store, Reporter), one_of(store, DataKeyRow)
    key = store.vault.data_key(reporter.id, Sealed(row.wrapping_version, row.wrapped))
    assert number_of(key, reporter) == "+224920000001"


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("8080", id="short code"),
        pytest.param("ORANGE", id="name"),
        pytest.param("224INFOLINE", id="name that begins like our country"),
        pytest.param("620ORANGE", id="name that begins like a number"),
    ],
)
def test_what_is_no_number_gets_a_reporter_without_index_and_no_reply(store: Store, sender: str) -> None:
    first = hand_in(store, "vol à Dixinn", sender=sender)
    second = hand_in(store, "vol à Dixinn", sender=sender)
    assert [reporter.number_index for reporter in all_of(store, Reporter)] == [None, None]
    assert len(all_of(store, DataKeyRow)) == 2
    assert report_of(store, first).id != report_of(store, second).id
    assert not replies_to(store, first)
    assert withheld(store) == ["no-number", "no-number"]


def test_a_web_report_without_contact_has_a_reporter_that_cannot_be_found_again(store: Store) -> None:
    hand_in(store, "vol à Dixinn", sender="", channel="web")
    reporter = one_of(store, Reporter)
    assert (reporter.number_index, reporter.number) == (None, None)


# -- do no harm by answering -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "protect"),
    [
        pytest.param("mariage forcé à Matoto", "survivor", id="survivor"),
        pytest.param("racket au barrage à Coyah", "agent", id="agent"),
        pytest.param("trafic de drogue à Kaloum", "armed", id="armed"),
        pytest.param("mariage forcé", "survivor", id="survivor, no place, and none is asked for"),
    ],
)
def test_what_is_protected_gets_the_neutral_receipt_only(store: Store, text: str, protect: str) -> None:
    channel = add_twilio(store, free_to_sender=True)
    message_id = hand_in(store, text, channel=channel)
    report, reply = report_of(store, message_id), reply_to(store, message_id)
    assert (report.protect, report.status) == (protect, "open")
    assert reply.purpose == "receipt"
    words = opened(store, reply).decode().lower()
    assert not [word for word in ("mariage", "racket", "drogue", "matoto", "coyah", "kaloum") if word in words]


def test_the_place_is_asked_for_where_answering_is_free(store: Store) -> None:
    message_id = hand_in(store, "vol de moto", channel=add_twilio(store, free_to_sender=True))
    assert replies_to(store, message_id) == ["ask-place"]
    report = report_of(store, message_id)
    assert (report.status, report.review, report.incident_id) == ("waiting", "no-locality", None)


def test_nothing_is_asked_where_the_answer_costs(store: Store) -> None:
    message_id = hand_in(store, "vol de moto", channel=add_twilio(store))
    assert replies_to(store, message_id) == ["receipt"]
    report = report_of(store, message_id)
    assert (report.status, report.review) == ("open", "no-locality")


def test_a_question_that_may_not_be_sent_leaves_nobody_waiting(store: Store) -> None:
    channel = add_twilio(store, free_to_sender=True)
    hand_in(store, "STOP", channel=channel)
    report = report_of(store, hand_in(store, "vol de moto", channel=channel))
    assert (report.status, report.review) == ("open", "no-locality")


def test_danger_is_answered_before_anything_else(store: Store) -> None:
    message_id = hand_in(store, "au secours", channel=add_twilio(store, free_to_sender=True))
    assert replies_to(store, message_id) == ["danger-no-place"]
    assert report_of(store, message_id).danger
    assert [event.payload for event in events_of(store, "danger.seen")] == [{"late": False}]


@pytest.mark.parametrize(
    ("age", "late", "reply"),
    [
        pytest.param(timedelta(hours=1), False, "danger-no-place", id="an hour"),
        pytest.param(timedelta(hours=1, seconds=1), True, "receipt", id="more than an hour"),
        pytest.param(timedelta(days=-1), False, "danger-no-place", id="a phone whose clock runs ahead"),
    ],
)
def test_a_late_text_gets_no_call_now(store: Store, age: timedelta, late: bool, reply: str) -> None:
    message_id = hand_in(store, "au secours", sent_at=store.clock() - age)
    assert (message_of(store, message_id).late, replies_to(store, message_id)) == (late, [reply])


def test_a_text_that_waited_inside_is_late_too(store: Store) -> None:
    (message_id,) = write_down(store, Sms("au secours"))
    store.clock.go_on(hours=2)
    dispatch(store)
    assert message_of(store, message_id).late
    assert replies_to(store, message_id) == ["receipt"]
    assert [event.payload for event in events_of(store, "danger.seen")] == [{"late": True}]


# -- the answer to our question ----------------------------------------------------------------------------------------


@pytest.fixture
def free(store: Store) -> str:
    return add_twilio(store, free_to_sender=True)


def test_the_place_opens_the_report_and_its_day_stays(store: Store, free: str) -> None:
    question = hand_in(store, "vol de moto", channel=free)
    store.clock.go_on(hours=20)  # the next day by now
    answer = hand_in(store, "Dixinn", channel=free)
    report = report_of(store, question)
    assert report_of(store, answer).id == report.id
    assert (report.status, report.occurred_on, report.day_basis) == ("open", TODAY, "assumed")
    assert report.locality_id == locality_id(store, "GN-C-DIX")
    assert one_of(store, Incident).id == report.incident_id
    assert message_of(store, answer).kind == "answer"
    assert str(report.reference) in opened(store, reply_to(store, answer)).decode()


def test_the_texts_of_a_placed_report_count_where_it_happened(store: Store, free: str) -> None:
    question = hand_in(store, "bonjour", channel=free)
    give_home(store, question, "GN-C-MTT")
    question = hand_in(store, "vol de moto", channel=free)
    fold(store)
    assert figure(store, "GN-C-MTT", None, "day", TODAY)[-2:] == (1, 1)  # waiting, messages
    hand_in(store, "Dixinn", channel=free)
    fold(store)
    assert figure(store, "GN-C-MTT", None, "day", TODAY)[-2:] == (0, 0)
    there = figure(store, "GN-C-DIX", None, "day", TODAY)
    assert (there.reports, there.incidents, there.waiting, there.messages) == (1, 1, 0, 2)
    assert message_of(store, question).counted_at_id == locality_id(store, "GN-C-DIX")


def test_a_place_after_a_day_is_no_answer_any_more(store: Store, free: str) -> None:
    question = hand_in(store, "vol de moto", channel=free)
    store.clock.go_on(hours=25)
    late = message_of(store, hand_in(store, "Dixinn", channel=free))
    assert report_of(store, question).status == "waiting"
    assert (late.report_id, late.review) == (None, "no-question")


def test_a_place_from_the_web_answers_nothing(store: Store, free: str) -> None:
    question = hand_in(store, "vol de moto", channel=free)
    hand_in(store, "Dixinn", channel="web", sender=AMINATA)
    assert report_of(store, question).status == "waiting"


def test_somebody_elses_place_answers_nothing(store: Store, free: str) -> None:
    question = hand_in(store, "vol de moto", channel=free)
    hand_in(store, "Dixinn", channel=free, sender=BOUBACAR)
    assert report_of(store, question).status == "waiting"


def test_a_new_report_is_no_answer(store: Store, free: str) -> None:
    question = hand_in(store, "vol de moto", channel=free)
    second = hand_in(store, "incendie à Kaloum", channel=free)
    assert report_of(store, question).status == "waiting"
    assert report_of(store, second).locality_id == locality_id(store, "GN-C-KAL")


def test_a_place_completes_a_call_for_help_that_was_not_asked_about(store: Store) -> None:
    cry = hand_in(store, "au secours")
    hand_in(store, "Dixinn")
    report = report_of(store, cry)
    assert (report.locality_id, report.review) == (locality_id(store, "GN-C-DIX"), "no-category")


def test_a_place_in_the_same_batch_completes_the_report_before_it(store: Store, free: str) -> None:
    """What becomes of two texts must not depend on how fast the dispatcher was."""
    question, answer = write_down(store, Sms("vol de moto", channel=free), Sms("Dixinn", channel=free))
    dispatch(store)
    report = report_of(store, question)
    assert report.id == report_of(store, answer).id
    assert (report.status, report.locality_id) == ("open", locality_id(store, "GN-C-DIX"))


def test_a_withheld_answer_to_a_placed_report_is_noted(store: Store, free: str) -> None:
    hand_in(store, "vol de moto", channel=free)
    hand_in(store, "STOP", channel=free)
    hand_in(store, "Dixinn", channel=free)
    assert withheld(store) == ["opted-out"]


# -- budgets and guards ------------------------------------------------------------------------------------------------


def test_the_hourly_budget_of_one_sender_is_kept_and_danger_has_its_own(store: Store) -> None:
    small = with_settings(store, replies_per_hour=2)
    got = [replies_to(store, hand_in(small, "vol à Dixinn")) for _ in range(3)]
    assert got == [["understood"], ["understood"], []]
    assert withheld(store) == ["budget"]
    assert replies_to(store, hand_in(small, "au secours")) == ["danger-no-place"]
    assert replies_to(store, hand_in(small, "vol à Dixinn", sender=BOUBACAR)) == ["understood"]
    store.clock.go_on(hours=1)
    assert replies_to(store, hand_in(small, "vol à Dixinn")) == ["understood"]


def test_who_is_enrolled_has_a_larger_budget_unless_suspended(store: Store) -> None:
    define(store, ROAD)
    reporter_id = enrol_as(store, AMINATA)
    small = with_settings(store, replies_per_hour=2, replies_per_enrolled_hour=4)
    got = [replies_to(store, hand_in(small, f"OB {number} K1 A99")) for number in range(101, 106)]
    assert got == [["form-wrong"]] * 4 + [[]]
    store.clock.go_on(hours=1)
    suspend(store, reporter_id)
    got = [replies_to(store, hand_in(small, "vol à Dixinn")) for _ in range(3)]
    assert got == [["understood"], ["understood"], []]


def test_the_hourly_budget_holds_within_one_batch(store: Store) -> None:
    ids = write_down(store, *(Sms("vol à Dixinn") for _ in range(4)))
    dispatch(with_settings(store, replies_per_hour=2))
    assert [len(replies_to(store, each)) for each in ids] == [1, 1, 0, 0]


def test_the_daily_budget_of_one_sender_is_kept(store: Store) -> None:
    small = with_settings(store, replies_per_sender_day=3)
    for _ in range(4):
        last = hand_in(small, "vol à Dixinn")
        store.clock.go_on(hours=2)
    assert not replies_to(store, last)
    store.clock.go_on(hours=20)
    assert replies_to(store, hand_in(small, "vol à Dixinn")) == ["understood"]


def test_only_allowed_prefixes_are_answered(store: Store) -> None:
    local = with_settings(store, reply_prefixes="+224, +226")
    assert replies_to(store, hand_in(local, "vol à Dixinn"))
    foreign = hand_in(local, "vol à Dixinn", sender="+882160000001")
    assert not replies_to(store, foreign)
    assert withheld(store) == ["prefix-not-allowed"]
    assert report_of(store, foreign).status == "open"


@pytest.mark.parametrize("spelling", [OUR_NUMBER, "whatsapp:" + OUR_NUMBER, "001 202 555 0100"])
def test_our_own_numbers_are_never_answered(store: Store, spelling: str) -> None:
    add_twilio(store)
    assert not replies_to(store, hand_in(store, "vol à Dixinn", sender=spelling))
    assert withheld(store) == ["our-own-number"]


def test_a_channel_without_a_way_out_answers_nobody(store: Store) -> None:
    assert not replies_to(store, hand_in(store, "vol à Dixinn", channel="web"))
    assert withheld(store) == ["no-way-out"]


def test_what_is_no_report_is_said_once_a_month(store: Store) -> None:
    assert replies_to(store, hand_in(store, "blabla")) == ["not-a-report"]
    assert not replies_to(store, hand_in(store, "bonjour"))
    store.clock.go_on(days=29)
    assert not replies_to(store, hand_in(store, "blabla"))
    store.clock.go_on(days=1)
    assert replies_to(store, hand_in(store, "blabla")) == ["not-a-report"]


def test_what_is_no_report_is_said_once_in_a_batch(store: Store) -> None:
    ids = write_down(store, Sms("blabla"), Sms("blabla"))
    dispatch(store)
    assert [len(replies_to(store, each)) for each in ids] == [1, 0]


# -- the web -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_a_web_text_is_never_a_command(store: Store, word: str) -> None:
    hand_in(store, "vol à Dixinn")
    message = message_of(store, hand_in(store, word, channel="web", sender=AMINATA))
    assert message.kind != "command"
    assert not all_of(store, OptOut)
    assert not events_of(store, "reporter.stopped")


def coded(**changes: str) -> dict[str, str]:
    return {"category": "burglary", "locality": "GN-C-DIX", "occurred_on": "2026-11-20"} | changes


def test_a_coded_web_report_counts_as_it_says(store: Store) -> None:
    report = report_of(store, hand_in(store, b"", channel="web", sender="", coded=coded()))
    assert (report.status, report.day_basis, report.review, report.confidence) == ("open", "said", None, 100)
    assert report.reference
    fold(store)
    assert figure(store, "GN-C", "burglary", "day", date(2026, 11, 20)).reports == 1


@pytest.mark.parametrize(
    ("changes", "review"),
    [
        pytest.param({"category": "unknown"}, "no-category", id="category"),
        pytest.param({"locality": "XX"}, "no-locality", id="locality"),
        pytest.param({"occurred_on": "2026-11-23"}, "future-day", id="tomorrow"),
        pytest.param({"occurred_on": "2024-11-22"}, "old-day", id="two years ago"),
    ],
)
def test_a_code_that_cannot_be_is_looked_at_and_not_counted(store: Store, changes: dict[str, str], review: str) -> None:
    report = report_of(store, hand_in(store, b"", channel="web", sender="", coded=coded(**changes)))
    assert (report.status, report.review, report.incident_id) == ("open", review, None)
    fold(store)
    assert figure(store, "GIN", None, "year", date(2026, 1, 1)).reports == 0


def test_a_coded_report_of_a_protected_category_is_protected(store: Store) -> None:
    report = report_of(store, hand_in(store, b"", channel="web", sender="", coded=coded(category="fgm")))
    assert report.protect == "survivor"


# -- days --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "at", "day"),
    [
        pytest.param("vol", "Africa/Conakry", datetime(2026, 11, 22, 23, 30, tzinfo=UTC), TODAY, id="Conakry is UTC"),
        pytest.param(
            "vol",
            "Africa/Nairobi",
            datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
            date(2026, 11, 23),
            id="Nairobi is ahead",
        ),
        pytest.param(
            "vol", "America/Bogota", datetime(2026, 11, 22, 3, 0, tzinfo=UTC), YESTERDAY, id="Bogota is behind"
        ),
        pytest.param(
            "vol hier", "Africa/Nairobi", datetime(2026, 11, 22, 23, 30, tzinfo=UTC), TODAY, id="yesterday in Nairobi"
        ),
    ],
)
def test_a_day_is_the_localitys_day(store: Store, text: str, zone: str, at: datetime, day: date) -> None:
    with store.database.writing() as session:
        session.scalars(select(Locality).where(Locality.code == "GN-C")).one().timezone = zone
        count_reference_change(session)
    store.clock.now = at
    message_id = hand_in(store, f"{text} à Dixinn")
    assert report_of(store, message_id).occurred_on == day
    local = day if text == "vol" else date(2026, 11, 23)
    assert message_of(store, message_id).counted_on == local


def test_no_day_said_means_the_day_of_sending(store: Store) -> None:
    sent_at = store.clock() - timedelta(days=2)
    report = report_of(store, hand_in(store, "vol à Dixinn", sent_at=sent_at))
    assert (report.occurred_on, report.day_basis) == (date(2026, 11, 20), "assumed")


# -- what a provider says became of our texts --------------------------------------------------------------------------


def sent_reply(store: Store, channel: str, provider_id: str) -> Message:
    """A reply that was handed over under this id."""
    message_id = hand_in(store, "vol à Dixinn", channel=channel)
    reply = reply_to(store, message_id)
    with store.database.writing() as session:
        row = session.get_one(Message, reply.id)
        row.status, row.provider_tag = "sent", provider_tag(store.vault, channel_id(store, channel), provider_id)
    return reply


def status(word: str, provider_id: str = "SM1", error_code: str | None = None) -> Status:
    progress = Progress(word) if word in set(Progress) else None
    return Status(provider_id, progress, word, error_code)


@pytest.mark.parametrize(
    ("words", "final"),
    [
        pytest.param(["queued", "sent", "delivered"], "delivered", id="in order"),
        pytest.param(["delivered", "sent", "queued"], "delivered", id="backwards"),
        pytest.param(["failed", "sent"], "failed", id="failed, then an older word"),
        pytest.param(["failed", "delivered"], "delivered", id="delivered is the last word"),
        pytest.param(["delivered", "undelivered"], "delivered", id="and stays it"),
        pytest.param(["shiny-new-word"], "sent", id="a word of the future"),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
def test_a_status_never_goes_backwards(store: Store, words: list[str], final: str, together: bool) -> None:
    channel = add_twilio(store)
    reply = sent_reply(store, channel, "SM1")
    for batch in [words] if together else [[word] for word in words]:
        write_down(store, *((channel, status(word)) for word in batch))
        dispatch(store)
    assert message_of(store, reply.id).status == final
    assert [event.payload["stated"] for event in events_of(store, "status.received")] == words


def test_an_error_code_is_kept(store: Store) -> None:
    channel = add_twilio(store)
    reply = sent_reply(store, channel, "SM1")
    write_down(store, (channel, status("undelivered", error_code="30003")))
    dispatch(store)
    assert message_of(store, reply.id).error_code == "30003"


def test_a_status_waits_for_the_id_of_its_text(store: Store) -> None:
    channel = add_twilio(store)
    write_down(store, (channel, status("delivered")))
    dispatch(store)
    assert not events_of(store, "status.received")
    reply = sent_reply(store, channel, "SM1")
    store.clock.go_on(seconds=5)
    dispatch(store)
    assert message_of(store, reply.id).status == "delivered"


def test_a_status_of_no_text_of_ours_is_kept_as_an_event_after_an_hour(store: Store) -> None:
    channel = add_twilio(store)
    write_down(store, (channel, status("delivered", "SM-foreign")))
    dispatch(store)
    store.clock.go_on(hours=1, seconds=1)
    dispatch(store)
    (event,) = events_of(store, "status.received")
    assert event.payload["known"] is False


def test_a_status_belongs_to_its_channel(store: Store) -> None:
    channel, other = add_twilio(store), add_twilio(store, "other", address="+12025550101")
    reply = sent_reply(store, channel, "SM1")
    write_down(store, (other, status("failed")))
    dispatch(store)
    assert message_of(store, reply.id).status == "sent"


def test_nothing_is_folded_twice_for_one_text(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    assert fold(store) == 2  # the report with its incident, and the message
    assert fold(store) == 0
    assert not all_of(store, TallyChange)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param("3 morts à Matam ce matin", id="another event"),
        pytest.param("vous avez un bureau à Matam ?", id="a question"),
    ],
)
def test_a_text_that_says_more_than_a_place_is_no_answer(store: Store, free: str, second: str) -> None:
    question = hand_in(store, "vol de moto", channel=free)
    hand_in(store, second, channel=free)
    assert report_of(store, question).locality_id is None


def test_what_else_is_doubtful_stays_for_review_when_the_place_comes(store: Store, free: str) -> None:
    question = hand_in(store, "vol de moto la semaine dernière", channel=free)
    hand_in(store, "Dixinn", channel=free)
    report = report_of(store, question)
    assert (report.occurred_on, report.incident_id, report.review) == (None, None, "vague-day")


def test_a_web_reports_contact_gets_no_text_and_answers_for_nobody_else(store: Store, free: str) -> None:
    (posted,) = write_down(store, ("web", Text(uuid4().hex, AMINATA, "", b"cambriolage ce matin")))
    dispatch(store)
    place = hand_in(store, "Kaloum", channel=free, sender=AMINATA)
    assert report_of(store, posted).locality_id is None
    assert replies_to(store, place) in (["receipt"], [])


def test_the_answer_comes_in_the_language_of_the_report(store: Store, free: str) -> None:
    hand_in(store, "someone stole my motorbike yesterday", channel=free)
    answer = hand_in(store, "Matam", channel=free)
    assert opened(store, reply_to(store, answer)).decode().startswith("Noted:")


def test_without_a_place_the_number_is_that_of_the_programmes_country(store: Store, tmp_path: Path) -> None:
    header, kenya = "code,name,parent,level,population,lat,lon,aliases", [("KEN", "Kenya", "", 0, "", "", "", "")]
    import_localities(store.database, write_csv(tmp_path / "ken.csv", header, kenya), START.date())
    numbers = [("GIN", "117", ""), ("KEN", "999", "")]
    import_emergency_numbers(store.database, write_csv(tmp_path / "e.csv", "locality,number,tested_on", numbers))
    message_id = hand_in(store, "vol de moto hier")
    assert "117" in opened(store, reply_to(store, message_id)).decode()


def test_a_channel_whose_secrets_do_not_open_leaves_the_others_alone(store: Store) -> None:
    add_twilio(store, "broken")
    with store.database.writing() as session:
        session.execute(update(ChannelRow).where(ChannelRow.name == "broken").values(secrets=b"x" * 40))
        count_reference_change(session)
    assert replies_to(store, hand_in(store, "vol de moto hier à Dixinn")) == ["understood"]


def test_an_unclear_text_keeps_what_it_may_be_about_to_those_who_may_see_it(store: Store) -> None:
    message_id = hand_in(store, "il paraît qu'une femme a été violée")
    message = message_of(store, message_id)
    assert (message.report_id, message.protect) == (None, "survivor")
    assert reply_to(store, message_id).protect == "survivor"
