"""Who suffered, where, by whom: None unless the text says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understand.normalise import words_of
from intake.understand.people import People, PeopleReader
from intake.understand.word_lists import load_lexicon
from tests.intake.understand.factories import read

LEXICON = load_lexicon()
PEOPLE = PeopleReader(LEXICON.people)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        pytest.param("vol de moto", People(), id="nothing-said"),
        pytest.param("mon mari a frappé ma fille à la maison", People("girl", "home", "family"), id="fr-family"),
        pytest.param("au barrage un gendarme demande 5000", People(None, "checkpoint", "uniform"), id="fr-uniform"),
        pytest.param("des hommes armés ont pris une femme", People("woman", None, "armed"), id="fr-armed"),
        pytest.param("il marche vers le fleuve", People(), id="fr-walks-is-no-market"),
        pytest.param("appelez la police", People(), id="fr-police-called"),
        pytest.param("masked men took the boy near the market", People("boy", "market", "unknown"), id="en-masked"),
        pytest.param("gunmen on the highway", People(None, "road", "armed"), id="en-armed"),
        pytest.param("send the police please", People(), id="en-police-called"),
        pytest.param("hombres armados en la carretera", People(None, "road", "armed"), id="es-armed"),
        pytest.param("el padrastro le pega a la niña", People("girl", None, "family"), id="es-family"),
        pytest.param("llamen a la policía", People(), id="es-police-called"),
        pytest.param("mume wangu amenipiga nyumbani", People(None, "home", "family"), id="sw-family"),
        pytest.param("polisi kwenye roadblock wanachukua 50", People(None, "checkpoint", "uniform"), id="sw-uniform"),
        pytest.param("watu wasiojulikana wameingia shuleni", People(None, "school", "unknown"), id="sw-unknown"),
    ],
)
def test_what_is_said_of_people_and_place_is_coded(text: str, people: People) -> None:
    assert PEOPLE.read(words_of(text)) == people


def test_more_than_one_hurt_are_several() -> None:
    assert PEOPLE.read(words_of("un homme et une femme tués"), hurt=2).victim == "several"


def test_a_reading_carries_them_and_the_part_of_the_day() -> None:
    reading = read("hier soir des hommes armés ont volé une femme au marché de Matoto")
    assert (reading.victim, reading.setting, reading.part_of_day, reading.by) == ("woman", "market", "evening", "armed")


@given(st.text(max_size=200), st.integers(0, 5))
def test_reading_people_never_raises(text: str, hurt: int) -> None:
    assert isinstance(PEOPLE.read(words_of(text), hurt), People)
