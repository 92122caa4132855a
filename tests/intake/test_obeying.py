"""Commands: what they do, and what is told to whom."""

import re
from uuid import UUID

import pytest

from jobs.leases import claim
from models.conversations import ErasureRequest
from models.messages import Message
from models.reporters import OptOut, Reporter
from models.reports import Report
from tests.conftest import Store
from tests.intake.conversing import restarted, words
from tests.intake.enrolled import enrol_as
from tests.intake.factories import (
    AMINATA,
    BOUBACAR,
    OUR_NUMBER,
    Sms,
    add_twilio,
    all_of,
    dispatch,
    events_of,
    fold,
    hand_in,
    locality_id,
    message_of,
    one_of,
    replies_to,
    reply_to,
    report_of,
    withheld,
    write_down,
)

UNCLEAR = "2"
"""An answer that nothing was asked for: kept for a person, and given a reference."""


def test_stop_holds_for_its_channel_only(store: Store) -> None:
    sms, whatsapp = add_twilio(store), add_twilio(store, "whatsapp", address="whatsapp:" + OUR_NUMBER)
    stopped = hand_in(store, "STOP", channel=sms)
    assert replies_to(store, stopped) == ["stopped"]
    assert not replies_to(store, hand_in(store, "vol à Dixinn", channel=sms))
    assert replies_to(store, hand_in(store, "vol à Dixinn", channel=whatsapp)) == ["understood"]
    assert withheld(store) == ["opted-out"]


def test_a_stopped_number_is_still_heard(store: Store) -> None:
    hand_in(store, "STOP")
    message_id = hand_in(store, "vol à Dixinn")
    assert report_of(store, message_id).status == "open"


def test_stop_cancels_what_waits_but_not_its_own_confirmation(store: Store) -> None:
    first = hand_in(store, "vol à Dixinn")
    stop = hand_in(store, "STOP")
    assert reply_to(store, first).status == "cancelled"
    assert reply_to(store, stop).status == "queued"


def test_start_lets_replies_through_again(store: Store) -> None:
    hand_in(store, "STOP")
    assert replies_to(store, hand_in(store, "START")) == ["started"]
    assert replies_to(store, hand_in(store, "vol à Dixinn")) == ["understood"]
    assert not all_of(store, OptOut)


@pytest.mark.parametrize(
    ("words", "stopped"),
    [
        pytest.param(["STOP", "START"], False, id="stop start"),
        pytest.param(["START", "STOP"], True, id="start stop"),
        pytest.param(["STOP", "START", "STOP"], True, id="stop start stop"),
        pytest.param(["START", "START", "STOP", "START"], False, id="start start stop start"),
    ],
)
def test_within_one_batch_the_last_word_stays(store: Store, words: list[str], stopped: bool) -> None:
    ids = write_down(store, *(Sms(word) for word in words))
    dispatch(store)
    assert bool(all_of(store, OptOut)) == stopped
    last = reply_to(store, ids[-1])
    assert (last.purpose, last.status) == ("stopped" if stopped else "started", "queued")


def test_an_answer_after_start_survives_a_stop_of_the_same_batch(store: Store) -> None:
    *_, third = write_down(store, Sms("STOP"), Sms("START"), Sms("vol à Dixinn"))
    dispatch(store)
    assert reply_to(store, third).status == "queued"


@pytest.mark.parametrize("again", ["STOP", "stop svp"])
def test_stop_said_again_is_obeyed_in_silence(store: Store, again: str) -> None:
    hand_in(store, "STOP")
    assert not replies_to(store, hand_in(store, again))
    assert len(all_of(store, OptOut)) == 1


def test_who_stopped_and_writes_of_danger_is_answered(store: Store) -> None:
    channel = add_twilio(store)
    hand_in(store, "STOP", channel=channel)
    cried = hand_in(store, "au secours ils nous attaquent à Matoto", channel=channel)
    assert [name.startswith("danger") for name in replies_to(store, cried)] == [True]
    with store.database.writing() as session:
        tasks, dropped = claim(session, store.vault, store.settings, store.clock())
    assert (reply_to(store, cried).id in {task.message_id for task in tasks}, dropped) == (True, 0)


def test_stop_cancels_no_danger_reply(store: Store) -> None:
    cried = hand_in(store, "au secours ils nous attaquent à Matoto")
    hand_in(store, "STOP")
    assert reply_to(store, cried).status == "queued"


# -- what is told -----------------------------------------------------------------------------------------------------


def reference_of(store: Store, message_id: UUID) -> str:
    return report_of(store, message_id).reference or ""


def test_status_is_told_to_the_number_that_sent_it(store: Store) -> None:
    reference = reference_of(store, hand_in(store, "vol de moto hier à Dixinn"))
    asked = hand_in(store, f"bonjour, statut {reference} svp")
    assert replies_to(store, asked) == ["status-open"]
    assert reference in words(store, asked)


def test_a_stranger_hears_the_same_as_of_a_reference_that_never_was(store: Store) -> None:
    reference = reference_of(store, hand_in(store, "ma fille a été mariée de force à Matoto"))
    strangers = words(store, hand_in(store, f"statut {reference}", sender=BOUBACAR))
    nobodys = words(store, hand_in(store, "statut K7M2QX", sender=BOUBACAR))
    assert strangers.replace(reference, "") == nobodys.replace("K7M2QX", "")


def test_the_status_of_a_protected_report_says_no_more_than_that_of_any_other(store: Store) -> None:
    references = [
        reference_of(store, hand_in(store, text))
        for text in ("ma fille a été mariée de force à Matoto", "vol de moto hier à Dixinn")
    ]
    told = [words(store, hand_in(store, f"statut {each}")).replace(each, "") for each in references]
    assert told[0] == told[1]


@pytest.mark.parametrize(("right", "wrong"), [("B", "8"), ("S", "5"), ("Z", "2"), ("D", "0")])
def test_a_reference_read_wrongly_is_found_among_ones_own(store: Store, right: str, wrong: str) -> None:
    message_id = hand_in(store, "vol de moto hier à Dixinn")
    with store.database.writing() as session:
        session.get_one(Report, report_of(store, message_id).id).reference = f"K7M{right}QX"
    asked = hand_in(store, f"statut K7M{wrong}QX")
    assert replies_to(store, asked) == ["status-open"]
    assert f"K7M{right}QX" in words(store, asked)


def given_reference(store: Store, message_id: UUID) -> str:
    found = re.search(r"Ref (\w{6})", words(store, message_id))
    assert found is not None
    return found[1]


def test_the_reference_of_a_text_that_is_no_report_yet_is_known(store: Store) -> None:
    unclear = hand_in(store, UNCLEAR)
    reference = given_reference(store, unclear)
    assert message_of(store, unclear).report_id is None
    asked = hand_in(store, f"statut {reference}")
    assert replies_to(store, asked) == ["status-open"]
    assert reference in words(store, asked)
    with store.database.writing() as session:
        session.get_one(Message, unclear).review = None  # as when a person has left it
    assert replies_to(store, hand_in(store, f"statut {reference}")) == ["status-no_action"]
    assert replies_to(store, hand_in(store, f"statut {reference}", sender=BOUBACAR)) == ["status-unknown"]


def test_stats_tell_this_month_against_last_without_what_is_protected(store: Store) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    hand_in(store, "ma fille a été mariée de force hier à Dixinn")
    hand_in(store, "incendie d'une boutique le 12 octobre à Dixinn")
    fold(store)
    assert words(store, hand_in(store, "STATS DIXINN")).startswith(
        "Dixinn. Signalements ce mois: 1, le mois dernier: 1."
    )


def test_a_language_is_chosen_once_and_kept(store: Store) -> None:
    assert words(store, hand_in(store, "english please")).startswith("Done: we answer you in English")
    again = restarted(store)
    assert words(again, hand_in(again, "vol de moto hier à Dixinn")).startswith("Noted:")
    again.database.close()


def test_joining_a_locality_makes_it_home(store: Store) -> None:
    joined = hand_in(store, "rejoindre Matoto")
    assert replies_to(store, joined) == ["joined"]
    assert one_of(store, Reporter).home_id == locality_id(store, "GN-C-MTT")


def test_who_is_enrolled_does_not_move_by_a_text(store: Store) -> None:
    reporter_id = enrol_as(store, AMINATA, locality="GN-C-DIX")
    asked = hand_in(store, "rejoindre Matoto")
    assert replies_to(store, asked) == ["join-enrolled"]
    assert "inscrit" in words(store, asked)
    assert one_of(store, Reporter, Reporter.id == reporter_id).home_id == locality_id(store, "GN-C-DIX")
    assert not events_of(store, "reporter.joined")


@pytest.mark.parametrize(
    "text", ["statut K7M2QX", "SUPPRIMER", "english please", "rejoindre Matoto", "STATS DIXINN", "4821"]
)
def test_a_contact_typed_into_a_web_form_commands_nothing(store: Store, text: str) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    hand_in(store, text, channel="web", sender=AMINATA)
    assert not all_of(store, ErasureRequest)
    reporter = one_of(store, Reporter)
    assert (reporter.language, reporter.home_id) == (None, None)
