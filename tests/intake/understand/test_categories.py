"""What happened."""

import tomllib

import pytest

from intake.languages import languages, words_source
from intake.understand.understand import Understanding
from intake.understand.values import Situation
from tests.intake.understand.factories import SUNDAY, read, taxonomy


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("vol de téléphone à Matoto", "theft"),
        ("ils ont volé la moto de mon frère", "vehicle_theft"),
        ("stole two cows", "livestock_theft"),
        ("cambriolage, ils ont volé la télé", "burglary"),
        ("coupeurs de route, braquage d'un car", "road_robbery"),
        ("INCENDIES", "fire"),
        ("pas d'eau depuis hier", "service_outage"),
        ("accident, trois tués", "road_crash"),
        ("deux personnes tuées", "homicide"),
        ("excision d'une fille", "fgm"),
        ("the husband beats her", "domestic_violence"),
        ("racket des policiers, argent au barrage", "checkpoint_racket"),
        ("well done to the police of Dixinn", "officer_commended"),
    ],
)
def test_words_lead_to_one_category(text: str, category: str) -> None:
    reading = read(text)
    assert (reading.category, reading.kind) == (category, "report")
    assert 0 < reading.confidence <= 1


@pytest.mark.parametrize(
    ("text", "protect"),
    [
        pytest.param("vol de moto et incendie", "none", id="both-open"),
        pytest.param("incendie, viol d'une fille", "survivor", id="one-protected"),
        pytest.param("viol par des hommes armés", "survivor", id="survivor-before-armed"),
        pytest.param("viol, corruption", "agent", id="agent-before-survivor"),
        pytest.param("ils ont attaqué", "armed", id="one-open-word"),
    ],
)
def test_several_categories_are_left_to_a_person_and_protected(text: str, protect: str) -> None:
    reading = read(text)
    assert (reading.category, reading.review, reading.protect) == (None, "several-categories", protect)
    assert reading.missing[0] == "category"
    assert len(reading.candidates) > 1


@pytest.mark.parametrize(
    ("text", "first", "protect"),
    [
        pytest.param("vol à Dixinn hier, ils l'ont frappée", "theft", "survivor", id="theft-that-may-be-rape"),
        pytest.param("vol à Matoto hier par des bandits", "theft", "armed", id="theft-that-may-be-an-armed-group"),
        pytest.param("accident à Matoto, un jeune arrêté", "road_crash", "agent", id="crash-that-may-be-detention"),
        pytest.param("meurtre, tabassée et frappée à Coyah", "homicide", "survivor", id="part-beaten-by-the-graver"),
    ],
)
def test_a_category_that_may_be_a_more_protected_one_is_not_certain(text: str, first: str, protect: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.category, reading.candidates[0]) == ("report", None, first)
    assert (reading.missing[0], reading.review, reading.protect) == ("category", "maybe-protected", protect)
    assert len(reading.candidates) > 1


def test_an_open_word_that_the_category_explains_is_no_doubt() -> None:
    reading = read("tabassé et frappé hier à Matoto")
    assert (reading.category, reading.protect, reading.review) == ("assault", "none", None)


def test_a_doubt_no_more_protected_than_the_category_leaves_it_certain() -> None:
    reading = read("viol à Matoto hier, ils l'ont frappée")
    assert (reading.category, reading.candidates, reading.review) == ("sexual_violence", ("sexual_violence",), None)


@pytest.mark.parametrize("text", ["aucun vol à Matoto", "there was no accident in Kindia", "sans incendie"])
def test_a_denied_word_is_no_news(text: str) -> None:
    assert read(text).candidates == ()


@pytest.mark.parametrize("language", languages())
def test_a_language_has_words_for_every_category_and_for_no_other(language: str) -> None:
    lists = tomllib.loads(words_source(language))
    codes = {category.code for category in taxonomy()}
    assert set(lists["categories"]) == codes
    assert all(lists["categories"].values())
    assert {code for open_codes in lists["hints"].values() for code in open_codes} <= codes


def test_a_category_the_taxonomy_lacks_is_passed_over() -> None:
    few = Understanding((), [category for category in taxonomy() if category.code == "theft"])
    assert few.read("vol, incendie", Situation(SUNDAY)).category == "theft"
