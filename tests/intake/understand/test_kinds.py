"""Reports, commands, and what is neither."""

import pytest

from tests.intake.understand.factories import read


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STOP", "stop"),
        (" stop!! ", "stop"),
        ("Arrêtez les SMS", "stop"),
        ("Unsubscribe", "stop"),
        ("Start", "start"),
        ("AIDE", "help"),
        ("Help?", "help"),
        ("stop s'il vous plaît", "stop"),
    ],
)
def test_a_command_is_the_whole_text(text: str, command: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.command) == ("command", command)


@pytest.mark.parametrize(
    "text",
    ["STOP attaque en cours", "please help armed men at Dixinn", "arrêtez ce voleur", "aidez-nous", "stop the thief"],
)
def test_a_report_that_begins_like_a_command_is_a_report(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.command) == ("report", None)


@pytest.mark.parametrize("text", ["STOP", "START", "aide"])
def test_a_sender_who_is_not_proven_never_commands(text: str) -> None:
    assert read(text, proves_sender=False).kind == "unclear"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bonjour", "greeting"),
        ("bjr ça va ?", "unclear"),
        ("Bonsoir monsieur, comment allez-vous", "greeting"),
        ("thank you very much", "greeting"),
        ("Promo ! Gagnez 5000 GNF de crédit, composez *123#", "unclear"),
        ("c'est qui", "unclear"),
        ("wrong number sorry", "unclear"),
        ("est-ce vrai qu'on a enlevé un enfant à Labé ?", "unclear"),
        ("I heard that there was a robbery in Coyah", "unclear"),
        ("RAS à Dixinn", "unclear"),
        ("combien coûte un sac de riz", "unclear"),
        ("", "unclear"),
        ("🔥🔥🔥", "unclear"),
        ("asdf qwer", "unclear"),
        ("quartier Hamdallaye, Dixinn", "answer"),
        ("Il y a eu un problème grave à Dixinn", "report"),
        ("3 morts", "report"),
        ("vol à Dixinn", "report"),
    ],
)
def test_reports_are_told_from_everything_else(text: str, kind: str) -> None:
    assert read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "review"),
    [
        pytest.param("promo motos volées, recharge gratuite", "advertisement", id="ad-fr"),
        pytest.param("special offer: no more stolen cars", "advertisement", id="ad-en"),
        pytest.param("est-ce que le vol de moto est puni ?", "question", id="question-fr"),
        pytest.param("what is the punishment for theft?", "question", id="question-en"),
        pytest.param("y a-t-il eu un vol à Dixinn ?", "question", id="question-about-a-place"),
        pytest.param("Vol de moto à Dixinn ?", "question", id="question-mark-alone"),
        pytest.param("rappelle-moi pour le vol", "wrong-number", id="wrong-number"),
        pytest.param("est-ce vrai le vol de moto", "rumour", id="rumour"),
    ],
)
def test_what_only_mentions_a_category_is_unclear_and_keeps_what_it_may_be(text: str, review: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.category, reading.review) == ("unclear", None, review)
    assert reading.candidates
    assert (reading.danger, reading.missing) == (False, ())


def test_a_question_about_a_protected_matter_stays_protected() -> None:
    reading = read("est-ce que le viol est puni ?")
    assert (reading.kind, reading.protect, reading.review) == ("unclear", "survivor", "question")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("est-ce que le commerçant kidnappé est de Labé ?", id="always-dangerous"),
        pytest.param("promo inondation en cours", id="under-way"),
    ],
)
def test_danger_in_a_question_or_an_ad_is_a_report_and_looked_at(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.danger, reading.category) == ("report", True, None)
    assert reading.review in {"question", "advertisement"}


@pytest.mark.parametrize("text", ["Vol de moto hier à Dixinn, que faire ?", "Il y a eu un vol à Dixinn, que faire ?"])
def test_a_report_that_ends_in_a_question_mark_is_left_to_a_person(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.category, reading.review) == ("report", None, "question")
    assert reading.candidates


@pytest.mark.parametrize(
    ("text", "review"),
    [
        pytest.param("égorger", "no-category", id="violence-in-one-word"),
        pytest.param("to stab", "no-category", id="violence-en"),
        pytest.param("rappelle-moi, ils ont tué mon frère", "no-category", id="violence-to-a-wrong-number"),
        pytest.param("qui est armé ?", "armed", id="violence-protected"),
        pytest.param("mba nanfulen kafamma sonkoya fanyi", "no-category", id="five-words"),
        pytest.param("rien à signaler à Dixinn", "no-category", id="five-calm-words"),
        pytest.param("combien coûte un sac de riz", "question", id="five-words-that-ask"),
        pytest.param("mba nanfulen kafamma", None, id="three-words"),
        pytest.param("c'est qui", None, id="short-wrong-number"),
    ],
)
def test_an_unclear_text_of_violence_or_five_words_is_looked_at(text: str, review: str | None) -> None:
    reading = read(text)
    assert reading.kind == "unclear"
    assert review in {reading.review, reading.protect}


def test_violence_at_a_place_is_no_answer() -> None:
    reading = read("égorger Dixinn")
    assert (reading.kind, reading.review) == ("report", "no-category")


def test_a_rumour_about_a_protected_matter_stays_protected() -> None:
    reading = read("est-ce vrai qu'une fille a été violée ?")
    assert (reading.kind, reading.protect, reading.review) == ("unclear", "survivor", "rumour")


def test_a_text_without_any_known_word_is_left_to_a_person() -> None:
    assert read("mba nanfulen kafamma sonkoya fanyi ra").review == "no-category"


@pytest.mark.parametrize(
    ("text", "language"),
    [("ils ont volé ma moto hier", "fr"), ("they stole my bike yesterday", "en"), ("STOP", None), ("", None)],
)
def test_the_language_is_that_of_most_known_words(text: str, language: str | None) -> None:
    assert read(text).language == language


def test_what_is_no_report_misses_nothing_and_has_no_day() -> None:
    reading = read("bonjour")
    assert (reading.missing, reading.occurred_on) == ((), None)


def test_what_is_missing_comes_in_the_order_it_is_asked() -> None:
    assert read("au secours demain").missing == ("category", "locality", "day")
