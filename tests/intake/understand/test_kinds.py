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


@pytest.mark.parametrize("text", ["y a-t-il eu un vol à Dixinn ?", "Vol de moto à Dixinn, que faire ?"])
def test_a_report_that_may_be_a_question_is_left_to_a_person(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.category, reading.review) == ("report", None, "question")
    assert reading.candidates


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
