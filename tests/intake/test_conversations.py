"""Conversations: one question about what is missing, its answer, and corrections of what we understood."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models.conversations import Question
from models.events import Event
from models.messages import Message
from models.reports import Report
from tests.conftest import Store
from tests.intake.conversing import expire, restarted, words
from tests.intake.factories import (
    BOUBACAR,
    Sms,
    add_twilio,
    all_of,
    dispatch,
    events_of,
    figure,
    fold,
    give_home,
    hand_in,
    locality_id,
    message_of,
    one_of,
    replies_to,
    report_of,
    write_down,
)
from tests.jobs.recount import disagreements


@pytest.fixture
def free(store: Store) -> str:
    return add_twilio(store, free_to_sender=True)


# -- which of several places -------------------------------------------------------------------------------------------


def kindia(store: Store, free: str) -> UUID:
    """A report at a name that several places have; their codes in the order of the numbers."""
    message_id = hand_in(store, "vol de moto hier", channel=free)
    with store.database.writing() as session:
        question = session.scalars(select(Question)).one()
        question.options = ["GN-D", "GN-C-DIX"]
    return message_id


@pytest.mark.parametrize(
    ("answer", "place"),
    [("2", "GN-C-DIX"), ("le 2 svp", "GN-C-DIX"), ("1", "GN-D"), ("Dixinn", "GN-C-DIX"), ("Matoto", "GN-C-MTT")],
)
def test_a_choice_is_answered_by_number_or_by_name(store: Store, free: str, answer: str, place: str) -> None:
    question = kindia(store, free)
    answered = hand_in(store, answer, channel=free)
    report = report_of(store, question)
    assert (report.locality_id, report.place_basis, report.status) == (locality_id(store, place), "said", "open")
    assert (message_of(store, answered).kind, message_of(store, answered).report_id) == ("answer", report.id)
    assert replies_to(store, answered) == ["understood"]
    assert one_of(store, Question).ended_at is not None


@pytest.mark.parametrize("answer", ["3", "9", "oui"])
def test_what_was_not_offered_cannot_be_chosen(store: Store, free: str, answer: str) -> None:
    question = kindia(store, free)
    answered = message_of(store, hand_in(store, answer, channel=free))
    assert report_of(store, question).status == "waiting"
    assert (answered.report_id, answered.review) == (None, "no-question")


def test_yes_takes_the_only_choice(store: Store, free: str) -> None:
    question = kindia(store, free)
    with store.database.writing() as session:
        session.scalars(select(Question)).one().options = ["GN-C-DIX"]
    hand_in(store, "OUI", channel=free)
    assert report_of(store, question).locality_id == locality_id(store, "GN-C-DIX")


def test_an_answer_after_a_restart_finds_its_question(store: Store, free: str) -> None:
    question = kindia(store, free)
    again = restarted(store)
    hand_in(again, "2", channel=free)
    assert report_of(again, question).locality_id == locality_id(again, "GN-C-DIX")
    again.database.close()


def test_a_repeated_answer_answers_once(store: Store, free: str) -> None:
    kindia(store, free)
    text = Sms("2", channel=free)
    write_down(store, text, text)
    dispatch(store)
    write_down(store, text)
    dispatch(store)
    assert len(events_of(store, "report.placed")) == 1
    assert len(all_of(store, Message, Message.purpose == "understood")) == 1


def test_a_number_that_nobody_asked_for_changes_nothing(store: Store, free: str) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn", channel=free)
    answered = message_of(store, hand_in(store, "2", channel=free))
    assert (answered.report_id, answered.review) == (None, "no-question")
    assert report_of(store, first).revision == 1


def test_a_new_report_in_the_middle_of_a_question_is_a_new_report(store: Store, free: str) -> None:
    question = kindia(store, free)
    second = hand_in(store, "on a cambriolé la boutique à Kaloum ce matin", channel=free)
    assert report_of(store, second).id != report_of(store, question).id
    assert report_of(store, question).status == "waiting"
    hand_in(store, "2", channel=free)
    assert report_of(store, question).locality_id == locality_id(store, "GN-C-DIX")


def test_nobody_is_asked_twice_about_a_report(store: Store, free: str) -> None:
    question = kindia(store, free)
    for text in ("7", "oui", "le 5", "2"):
        hand_in(store, text, channel=free)
    asked = all_of(store, Message, Message.purpose.in_(["ask-place", "ask-which-place", "confirm-place"]))
    assert [message.report_id for message in asked] == [report_of(store, question).id]


def test_no_text_gets_two_replies(store: Store, free: str) -> None:
    texts = ["vol de moto", "2", "Dixinn", "NON incendie", "STATS DIXINN", "statut", "FUTA", "4821", "STOP", "START"]
    write_down(store, *(Sms(text, channel=free) for text in texts * 2))
    dispatch(store)
    with store.database.reading() as session:
        query = select(func.count()).where(Message.direction == "out").group_by(Message.in_reply_to)
        assert set(session.scalars(query)) == {1}


def test_a_question_nobody_answers_expires_into_the_review_list(store: Store, free: str) -> None:
    question = hand_in(store, "on m'a volé ma moto hier soir", channel=free)
    give_home(store, question, "GN-C-MTT")
    store.clock.go_on(hours=23)
    assert expire(store) == 0
    store.clock.go_on(hours=1)
    assert expire(store) == 1
    report = report_of(store, question)
    assert (report.status, report.review, report.incident_id) == ("open", "no-locality", None)
    assert expire(store) == 0
    fold(store)
    assert not disagreements(store)


@pytest.mark.parametrize("answer", ["devant la station total de Taouyah", "je sais pas le nom"])
def test_an_answer_that_is_not_understood_is_for_a_person(store: Store, free: str, answer: str) -> None:
    question = hand_in(store, "on m'a volé ma moto hier soir", channel=free)
    answered = hand_in(store, answer, channel=free)
    report = report_of(store, question)
    assert message_of(store, answered).report_id == report.id
    assert (report.status, report.review, report.locality_id) == ("open", "place-unsure", None)
    assert replies_to(store, answered) == ["receipt"]
    hand_in(store, "Dixinn", channel=free)
    assert (report_of(store, question).locality_id, report_of(store, question).review) == (
        locality_id(store, "GN-C-DIX"),
        None,
    )


@pytest.mark.parametrize("cry", ["aide urgente Matoto", "venez vite ils attaquent Matoto", "au secours Matoto"])
def test_a_cry_with_a_place_is_no_answer(store: Store, free: str, cry: str) -> None:
    question = hand_in(store, "on m'a volé ma moto hier soir", channel=free)
    cried = hand_in(store, cry, channel=free)
    assert report_of(store, question).status == "waiting"
    assert report_of(store, cried).danger
    assert report_of(store, cried).id != report_of(store, question).id
    assert replies_to(store, cried)[0].startswith("danger")


# -- a place nobody said -----------------------------------------------------------------------------------------------


def test_where_a_text_costs_the_place_is_the_channels_area(store: Store) -> None:
    message_id = hand_in(store, "vol de moto hier", channel=add_twilio(store, area="GN-C"))
    report = report_of(store, message_id)
    assert (report.locality_id, report.place_basis) == (locality_id(store, "GN-C"), "approximate")
    assert (report.status, report.review) == ("open", None)
    assert replies_to(store, message_id) == ["understood-near"]


def test_the_senders_home_is_nearer_than_the_area(store: Store) -> None:
    channel = add_twilio(store, area="GN-C")
    give_home(store, hand_in(store, "bonjour", channel=channel), "GN-C-MTT")
    report = report_of(store, hand_in(store, "vol de moto hier", channel=channel))
    assert (report.locality_id, report.place_basis) == (locality_id(store, "GN-C-MTT"), "approximate")


def test_a_place_said_later_takes_the_place_of_the_guess(store: Store) -> None:
    channel = add_twilio(store, area="GN-C")
    first = hand_in(store, "vol de moto hier", channel=channel)
    hand_in(store, "Dixinn", channel=channel)
    report = report_of(store, first)
    assert (report.locality_id, report.place_basis) == (locality_id(store, "GN-C-DIX"), "said")
    fold(store)
    assert figure(store, "GN-C", "vehicle_theft", "day", date(2026, 11, 21)).reports == 1
    assert not disagreements(store)


# -- what we understood wrong ------------------------------------------------------------------------------------------


def test_no_and_the_right_place_correct_the_newest_report(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    correction = hand_in(store, "NON Matoto")
    report = report_of(store, first)
    assert report.locality_id == locality_id(store, "GN-C-MTT")
    assert message_of(store, correction).report_id == report.id
    assert "Matoto" in words(store, correction)
    assert str(report.reference) in words(store, correction)
    fold(store)
    assert figure(store, "GN-C-DIX", "vehicle_theft", "day", date(2026, 11, 21)).reports == 0
    assert not disagreements(store)


def test_no_and_the_right_word_correct_the_category(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    hand_in(store, "NON incendie")
    assert events_of(store, "report.corrected")[-1].payload["category"] == "fire"
    assert len(all_of(store, Report)) == 1
    assert report_of(store, first).confidence == 100


def test_a_correction_to_something_protected_is_answered_neutrally(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    correction = hand_in(store, "NON mariage forcé")
    assert report_of(store, first).protect == "survivor"
    assert replies_to(store, correction) == ["receipt"]


@pytest.mark.parametrize("correction", ["NON vol", "NON Dixinn", "NON", "NON 3 morts"])
def test_a_protected_report_is_not_opened_up_by_a_no(store: Store, correction: str) -> None:
    first = hand_in(store, "ma fille a été mariée de force à Matoto")
    second = hand_in(store, correction)
    report = one_of(store, Report)
    assert (report.protect, report.locality_id) == ("survivor", locality_id(store, "GN-C-MTT"))
    assert (report.id, report.review) == (message_of(store, second).report_id, "said-wrong")
    assert message_of(store, second).protect == "survivor"
    assert replies_to(store, second) == replies_to(store, first) == ["receipt"]


@pytest.mark.parametrize(
    "correction", ["NON 3 morts", "NON 3 morts et 2 blessés", "NON Taouyah", "NON c'était à Matoto"]
)
def test_a_no_that_corrects_nothing_is_for_a_person_and_opens_nothing(store: Store, correction: str) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    second = hand_in(store, correction)
    report = one_of(store, Report)
    assert (report.killed, report.locality_id, report.review) == (None, locality_id(store, "GN-C-DIX"), "said-wrong")
    assert message_of(store, second).report_id == report.id
    assert replies_to(store, second) == ["correct-how"]


@pytest.mark.parametrize("correction", ["NON vol", "NON Matoto", "NON 3 morts", "NON"])
def test_a_no_with_nothing_before_it_is_for_a_person_and_opens_nothing(store: Store, correction: str) -> None:
    text = message_of(store, hand_in(store, correction))
    assert (text.report_id, text.kind, text.review) == (None, "answer", "no-question")
    assert replies_to(store, text.id) == ["receipt"]
    assert not all_of(store, Report)


@pytest.mark.parametrize(
    ("correction", "place", "category", "day"),
    [
        pytest.param("NON c'est à Matoto svp", "GN-C-MTT", "vehicle_theft", 21, id="words around a place"),
        pytest.param("NON la commune de Matoto", "GN-C-MTT", "vehicle_theft", 21, id="a commune"),
        pytest.param("NON il y a 3 jours", "GN-C-DIX", "vehicle_theft", 19, id="days ago"),
        pytest.param("NON samedi dernier", "GN-C-DIX", "vehicle_theft", 21, id="weekday"),
        pytest.param("NON le 12 novembre", "GN-C-DIX", "vehicle_theft", 12, id="date"),
        pytest.param("no, it is Matoto", "GN-C-MTT", "vehicle_theft", 21, id="English"),
        pytest.param("hapana ni Matoto", "GN-C-MTT", "vehicle_theft", 21, id="Swahili"),
        pytest.param("NON incendie à Matoto", "GN-C-MTT", "fire", 21, id="category and place"),
        pytest.param("NO hurto", "GN-C-DIX", "theft", 21, id="as a category is called"),
        pytest.param("NON Matoto hier", "GN-C-MTT", "vehicle_theft", 21, id="place and day"),
    ],
)
def test_what_is_right_may_be_said_in_a_few_words(
    store: Store, correction: str, place: str, category: str, day: int
) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    hand_in(store, correction)
    report = one_of(store, Report)
    assert (report.locality_id, report.occurred_on) == (locality_id(store, place), date(2026, 11, day))
    assert events_of(store, "report.opened")[0].payload["category"] == "vehicle_theft"
    assert _category_of(store) == category


def _category_of(store: Store) -> str:
    reports = [event for event in all_of(store, Event) if event.name.startswith("report.")]
    return str(max(reports, key=lambda event: event.sequence).payload["category"])


@pytest.mark.parametrize(
    "text",
    [
        "no dejan pasar en Matam",
        "NON il m'a touchée à Matoto",
        "No police at Coyah checkpoint yesterday",
        "no food kids dying Matam",
        "no water in Matam",
        "NON au secours Matoto",
        "NON kidnapping Matoto",
    ],
)
def test_a_sentence_that_begins_with_no_is_not_lost_in_the_report_before(store: Store, text: str) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    second = message_of(store, hand_in(store, text))
    report = report_of(store, first)
    assert (report.locality_id, report.occurred_on) == (locality_id(store, "GN-C-DIX"), date(2026, 11, 21))
    assert (report.review, report.revision) == (None, 1)
    assert second.report_id != report.id
    assert second.review is not None or report_of(store, second.id).id != report.id


def test_what_may_be_protected_stays_so_behind_a_no(store: Store) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    text = hand_in(store, "NON il m'a touchée à Matoto")
    assert report_of(store, text).protect == message_of(store, text).protect == "survivor"
    assert report_of(store, text).review == "maybe-protected"
    assert replies_to(store, text) == ["receipt"]


def test_a_report_that_begins_with_no_soon_after_another_is_compared_by_a_person(store: Store) -> None:
    hand_in(store, "vol de moto hier à Dixinn")
    second = hand_in(store, "NON vol de sac à Matoto hier")
    assert report_of(store, second).review == "said-wrong"
    assert report_of(store, hand_in(store, "NON vol de sac à Matoto hier", sender=BOUBACAR)).review is None


def test_no_alone_is_told_how_and_a_person_looks(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    assert replies_to(store, hand_in(store, "NON")) == ["correct-how"]
    assert report_of(store, first).review == "said-wrong"


def test_after_a_day_a_no_corrects_nothing(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    store.clock.go_on(hours=25)
    hand_in(store, "NON Matoto")
    assert report_of(store, first).locality_id == locality_id(store, "GN-C-DIX")


def test_somebody_else_corrects_nothing(store: Store) -> None:
    first = hand_in(store, "vol de moto hier à Dixinn")
    hand_in(store, "NON Matoto", sender=BOUBACAR)
    assert report_of(store, first).locality_id == locality_id(store, "GN-C-DIX")
