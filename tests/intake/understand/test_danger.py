"""Someone may be in danger now."""

import pytest

from tests.intake.understand.factories import read


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AU SECOURS", id="cry"),
        pytest.param("ils sont là", id="they-are-here"),
        pytest.param("they are here help us", id="they-are-here-en"),
        pytest.param("ils retiennent un enfant dans une maison à Coyah", id="child-held"),
        pytest.param("je veux mourir", id="self-harm"),
        pytest.param("un enfant a été kidnappé", id="always"),
        pytest.param("incendie en cours au marché", id="if-now-and-under-way"),
        pytest.param("help armed men at Dixinn", id="help-in-a-report"),
        pytest.param("STOP attaque en cours", id="one-candidate-suffices"),
        pytest.param("est-ce vrai ? ils nous attaquent", id="cry-in-a-question"),
        pytest.param("promo au secours", id="cry-in-an-advertisement"),
    ],
)
def test_danger_is_seen(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.danger) == ("report", True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("vol de moto hier à Matoto", id="theft"),
        pytest.param("incendie hier à Matoto", id="past"),
        pytest.param("coupure de courant en cours", id="never-dangerous"),
        pytest.param("il a cassé la porte à l'aide d'une barre", id="with-the-help-of"),
        pytest.param("bonjour", id="greeting"),
        pytest.param("est-ce vrai qu'il y a eu un enlèvement ?", id="rumour"),
    ],
)
def test_where_nobody_is_in_danger_none_is_seen(text: str) -> None:
    assert not read(text).danger
