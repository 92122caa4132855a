"""Someone may be in danger now: what rules make certain. How much of what people write is heard: test_danger_texts."""

import pytest

from tests.intake.understand.factories import read


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AU SECOURS", id="cry"),
        pytest.param("ils sont là", id="they-are-here"),
        pytest.param("they are here help us", id="they-are-here-en"),
        pytest.param("auxilio por favor", id="cry-es"),
        pytest.param("tusaidieni jamani", id="cry-sw"),
        pytest.param("je veux mourir", id="self-harm"),
        pytest.param("un enfant a été kidnappé", id="always-dangerous"),
        pytest.param("au secours, viol", id="cry-and-a-category"),
        pytest.param("est-ce vrai ? ils nous attaquent", id="cry-in-a-question"),
        pytest.param("promo au secours", id="cry-in-an-advertisement"),
        pytest.param("bonjour, au secours", id="cry-after-a-greeting"),
        pytest.param("des bandits armés sont chez moi", id="violence-nearby"),
        pytest.param("STOP ils nous attaquent", id="cry-after-a-command"),
    ],
)
def test_a_short_call_for_help_is_a_report_of_danger_whatever_the_model_says(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.danger) == ("report", True)


@pytest.mark.parametrize("text", ["au secours", "AU SECOURS à Dixinn", "auxilio", "help us"])
def test_of_what_somebody_cries_for_help_is_not_guessed(text: str) -> None:
    reading = read(text)
    assert (reading.category, reading.review, reading.missing[0]) == (None, "no-category", "category")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("vol de moto hier à Matoto", id="theft"),
        pytest.param("coupure de courant en cours", id="never-dangerous"),
        pytest.param("il a cassé la porte à l'aide d'une barre", id="not-now-phrase"),
        pytest.param("bonjour", id="greeting"),
        pytest.param("RAS, tout est calme à Dixinn", id="all-calm"),
        pytest.param("est-ce vrai qu'il y a eu un enlèvement ?", id="rumour-of-what-is-always-dangerous"),
    ],
)
def test_where_nobody_is_in_danger_none_is_seen(text: str) -> None:
    assert not read(text).danger
