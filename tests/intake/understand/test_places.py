"""Where it happened."""

import pytest

from tests.intake.understand.factories import read


@pytest.mark.parametrize(
    ("text", "locality"),
    [
        pytest.param("vol à Dixinn", "DIX", id="name"),
        pytest.param("VOL A DIXINN.", "DIX", id="capitals"),
        pytest.param("vol matoto marche", "MAT", id="alias"),
        pytest.param("vol à Kindia", "KIN-C", id="same-name-down-the-tree-is-the-innermost"),
        pytest.param("vol préfecture de Kindia", "KIN-P", id="prefecture"),
        pytest.param("vol dans la région de Kindia", "KIN-R", id="region"),
        pytest.param("theft in Kindia region", "KIN-R", id="level-after-the-name"),
        pytest.param("vol Kindia, Coyah", "COY", id="two-places-one-in-the-other"),
        pytest.param("vol à Missira, Labé", "MIS-L", id="homonym-told-by-another-place"),
        pytest.param("vol à Manéah, Coyah, région de Kindia", "MAN-COY", id="three-nested"),
        pytest.param("vol à Mali", "MALI", id="everyday-name-with-preposition"),
        pytest.param("vol par des gens du Mali", None, id="the-country-next-door"),
        pytest.param("incendie dans centre de santé", None, id="common-word-even-with-preposition"),
        pytest.param("incendie dans la région du Centre", "CEN", id="common-word-with-level"),
        pytest.param("vol à po", None, id="two-letters"),
        pytest.param("vol au quartier Hafia", None, id="level-below-the-only-place-of-that-name"),
        pytest.param("vol au quartier Hafia, Dixinn", "DIX", id="unknown-quarter-in-known-commune"),
        pytest.param("vol", None, id="none"),
    ],
)
def test_a_place_is_found_by_its_exact_name(text: str, locality: str | None) -> None:
    reading = read(text)
    assert reading.locality == locality
    assert ("locality" in reading.missing) == (locality is None)


@pytest.mark.parametrize("text", ["vol à Missira", "vol sur la route Dixinn Labé", "vol entre Coyah et Matoto"])
def test_unrelated_places_are_never_guessed(text: str) -> None:
    reading = read(text)
    assert (reading.locality, reading.review) == (None, "several-places")


@pytest.mark.parametrize(
    ("situation", "locality"),
    [({"home": "COY"}, "MIS-K"), ({"home": "KIN-C"}, "MIS-K"), ({"area": "MALI"}, "MIS-L"), ({"home": "gone"}, None)],
    ids=["home", "home-in-the-same-region", "area", "unknown-home"],
)
def test_homonyms_are_told_apart_by_where_the_sender_is(situation: dict[str, str], locality: str | None) -> None:
    assert read("vol à Missira", **situation).locality == locality


def test_home_never_stands_for_a_place_that_was_not_said() -> None:
    assert read("vol de moto hier", home="DIX").locality is None


def test_a_quarter_named_like_a_commune_is_believed_near_the_sender() -> None:
    assert read("vol au quartier Hafia", home="HAF").locality == "HAF"
