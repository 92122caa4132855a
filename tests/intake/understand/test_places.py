"""Where it happened."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understand.normalise import normalise, words_of
from intake.understand.places import MOST_OPTIONS, PlaceFound, PlaceIndex
from intake.understand.unknown_names import LONGEST_NAME, MOST_NAMES
from intake.understand.values import Kind, Place, Situation
from intake.understand.word_lists import load_lexicon
from tests.intake.understand.factories import PLACES, read
from tests.quality.haiti import read_gazetteer

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = load_lexicon().places


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
    if reading.kind is Kind.REPORT:
        assert ("locality" in reading.missing) == (locality is None)


def test_part_of_the_name_of_a_small_place_is_asked_about() -> None:
    """The best known Madina is another; Bobo-Dioulasso, a city, is known by its first word everywhere."""
    small = Place("MO", 3, "Madina Oula", (), ("KIN-P", "KIN-R", "GIN"))
    city = Place("BD", 2, "Bobo-Dioulasso", (), ("HBS", "BFA"))
    index = PlaceIndex([*PLACES, small, city], WORDS)
    found = index.find(words_of("incendie à Madina"), Situation(NOW))
    assert (found.place, found.options) == (None, ("MO",))
    assert index.find(words_of("incendie à Madina Oula"), Situation(NOW)).place == small
    assert index.find(words_of("incendie à Madina"), Situation(NOW, home="MO")).place == small
    assert index.find(words_of("incendie à Bobo"), Situation(NOW)).place == city


@pytest.mark.parametrize("text", ["vol à Missira", "vol sur la route Dixinn Labé", "vol entre Coyah et Matoto"])
def test_unrelated_places_are_never_guessed(text: str) -> None:
    found = PlaceIndex(PLACES, WORDS).find(words_of(text), Situation(NOW))
    assert (found.place, found.review) == (None, "several-places")


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


# -- a gazetteer with names of four languages -------------------------------------------------------------------------


def _child(code: str, level: int, name: str, *parents: str) -> Place:
    return Place(code, level, name, (), parents)


GAZETTEER = (
    Place("GIN", 0, "Guinée"),
    _child("GN4", 1, "Kankan", "GIN"),
    _child("GN41", 2, "Kankan", "GN4", "GIN"),
    _child("GN411", 3, "Kankan Ctre", "GN41", "GN4", "GIN"),
    _child("GN412", 3, "Kerouane Ctre", "GN41", "GN4", "GIN"),
    _child("GN8", 1, "Nzérékoré", "GIN"),
    _child("GN81", 2, "Guéckédou", "GN8", "GIN"),
    _child("GN811", 3, "Nongoa", "GN81", "GN8", "GIN"),
    _child("GN812", 3, "Koba", "GN81", "GN8", "GIN"),
    _child("GN413", 3, "Koba Tatema", "GN41", "GN4", "GIN"),
    Place("BFA", 0, "Burkina Faso"),
    _child("BF1", 1, "Centre", "BFA"),
    _child("BF11", 2, "Ouagadougou", "BF1", "BFA"),
    _child("BF2", 1, "Hauts-Bassins", "BFA"),
    _child("BF21", 2, "Bobo-Dioulasso", "BF2", "BFA"),
    _child("BF22", 2, "Yako", "BF2", "BFA"),
    Place("KEN", 0, "Kenya"),
    _child("KE1", 1, "Turkana", "KEN"),
    _child("KE11", 2, "Turkana West", "KE1", "KEN"),
    _child("KE12", 2, "Naivasha", "KE1", "KEN"),
    _child("KE13", 2, "Kitui East", "KE1", "KEN"),
    _child("KE2", 1, "Bomet", "KEN"),
    _child("KE21", 2, "Kuria East", "KE2", "KEN"),
    _child("KE22", 2, "Kuria West", "KE2", "KEN"),
    Place("COL", 0, "Colombia"),
    _child("CO1", 1, "Cauca", "COL"),
    _child("CO11", 2, "Suárez", "CO1", "COL"),
    _child("CO12", 2, "San Francisco", "CO1", "COL"),
    _child("CO13", 2, "Puerto Asís", "CO1", "COL"),
    _child("CO2", 1, "Nariño", "COL"),
    _child("CO21", 2, "San Andrés de Tumaco", "CO2", "COL"),
    _child("CO22", 2, "La Plata", "CO2", "COL"),
    _child("CO23", 2, "San Francisco", "CO2", "COL"),
    _child("CO24", 2, "Pelaya", "CO2", "COL"),
    _child("CO25", 2, "Pailitas", "CO2", "COL"),
    _child("CO26", 2, "El Charco", "CO2", "COL"),
)
INDEX = PlaceIndex(GAZETTEER, WORDS)


def find(text: str, *, home: str | None = None) -> PlaceFound:
    return INDEX.find(words_of(text), Situation(NOW, home=home))


def code_of(text: str, home: str | None) -> str | None:
    place = find(text, home=home).place
    return place.code if place else None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("mon mari est parti à Ouaga dougou hier", "BF11", id="torn"),
        pytest.param("incendie a Bobodioulasso", "BF21", id="joined"),
        pytest.param("le karamoko de Bobo: 15 dans une chambre", "BF21", id="first-word-of-a-long-name"),
        pytest.param("vol de moto vers Ouaga", "BF11", id="start-of-a-name"),
        pytest.param("un monsieur ramasse les filles a Gékédou", "GN81", id="sound"),
        pytest.param("pas de gants. kerwané hopital", "GN412", id="sound-before-a-landmark"),
        pytest.param("devant la mosquée de n zerekore vendredi", "GN8", id="lost-apostrophe"),
        pytest.param("à N'Zérékoré hier", "GN8", id="apostrophe"),
        pytest.param("à l'hôpital de Kankan", "GN411", id="most-specific-of-one-name"),
        pytest.param("stats préfecture de kankan", "GN41", id="level-before"),
        pytest.param("head iko na stitches saba. Naivsha stage", "KE12", id="missing-letter"),
        pytest.param("at Naivahsa market", "KE12", id="letters-changed-places"),
        pytest.param("ration card blocked, Turkana Wst camp", "KE11", id="short-form-of-a-direction"),
        pytest.param("ngamia wako hapa Kitui mashariki", "KE13", id="direction-in-another-language"),
        pytest.param("huduma centre ya Bomet kaunti", "KE2", id="county"),
        pytest.param("hay hombres armados en la casa cural de Suarez Cauca", "CO11", id="its-department-after-it"),
        pytest.param("hubo robo en San Francisco, Nariño", "CO23", id="homonym-told-by-its-department"),
        pytest.param("Tumaco otra vez plomo", "CO21", id="last-word-of-a-long-name"),
        pytest.param("se robaron el motocarro en pto asis", "CO13", id="short-form"),
        pytest.param("vereda La Playa de elcharco", "CO26", id="article-joined"),
        pytest.param("Mon panneau était sur le toit. Yako secteur 3", "BF22", id="a-word-in-another-language"),
    ],
)
def test_a_place_is_found_as_people_write_it(text: str, code: str) -> None:
    found = find(text)
    assert found.place is not None, found
    assert found.place.code == code


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("recoge la plata y se va", id="money"),
        pytest.param("simu yako imezimwa", id="pronoun"),
        pytest.param("les habits au centre de la chambre", id="centre"),
        pytest.param("Dapoya, trois blessés", id="no-name-of-ours"),
        pytest.param("la escuela del charco", id="pond"),
        pytest.param("le cercueil a indiqué ma mère", id="nothing"),
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert find(text) == PlaceFound(unknown=find(text).unknown)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param("la mula de cerveza entre Pelaya y Pailitas", ("CO24", "CO25"), id="route"),
        pytest.param("Wasichana wamekeketwa huko Kuria", ("KE21", "KE22"), id="half-a-name"),
        pytest.param("robo en San Francisco", ("CO12", "CO23"), id="homonyms"),
        pytest.param("villa blanche, Nongo", ("GN811",), id="perhaps-another-village"),
    ],
)
def test_what_cannot_be_told_is_asked_with_options(text: str, options: tuple[str, ...]) -> None:
    found = find(text)
    assert (found.place, set(found.options)) == (None, set(options))
    assert found.review in {"several-places", "place-unsure"}


def test_a_name_that_is_a_word_elsewhere_is_an_answer_of_somebody_who_lives_there() -> None:
    assert find("yako").place is None
    assert find("yako", home="BF2").place is not None


def test_homonyms_in_the_senders_own_department_need_no_question() -> None:
    assert [code_of("robo en San Francisco", home) for home in ("CO11", "CO21")] == ["CO12", "CO23"]


def test_a_part_of_a_name_is_believed_beside_the_senders_home_though_another_place_bears_it_whole() -> None:
    assert [code_of("riz de Koba", home) for home in (None, "GN41")] == ["GN812", "GN413"]


def test_where_people_came_from_yields_to_where_they_are() -> None:
    found = find("60 ménages venus de Yako sont installés à Kankan")
    assert found.place is not None
    assert found.place.code == "GN411"


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        pytest.param("vol au quartier Bambéto hier", ("Bambéto",), id="after-an-administrative-word"),
        pytest.param("vereda Siativa", ("Siativa",), id="vereda"),
        pytest.param("niko huku Mtwapa", ("Mtwapa",), id="preposition-and-capital"),
        pytest.param("chez elhadj Sowlo", (), id="person"),
        pytest.param("vol à Kankan", (), id="known"),
    ],
)
def test_names_of_no_gazetteer_are_kept_as_typed(text: str, unknown: tuple[str, ...]) -> None:
    assert find(text).unknown == unknown


# -- laws -------------------------------------------------------------------------------------------------------------

HAITI, _ = read_gazetteer()
HAITI_INDEX = PlaceIndex(HAITI, WORDS)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _names(places: list[Place]) -> list[tuple[Place, str]]:
    return [(place, name) for place in places if place.level for name in (place.name, *place.aliases)]


# departments are named by the points of the compass, which need the word "department" beside them
LONG_NAMES = [
    (place, name) for place, name in _names(HAITI) if place.level > 1 and len(normalise(name).replace(" ", "")) >= 6
]


def test_nearly_any_one_slip_of_a_long_name_still_finds_it_or_asks() -> None:
    dice = Random(5)
    lost = []
    for _ in range(1_000):
        place, name = dice.choice(LONG_NAMES)
        slipped = _slip(normalise(name), dice)
        if not _makes_a_word(slipped, name):
            found = HAITI_INDEX.find(words_of(f"vol à {slipped}"), Situation(NOW))
            meant = {found.place.code} if found.place else set(found.options)
            if not meant & _related(place, slipped):
                lost.append((name, slipped, found.place and found.place.code))
    assert len(lost) <= 20, lost  # two in a hundred


def _makes_a_word(slipped: str, name: str) -> bool:
    """The slip turned it into an ordinary word, which is read as one."""
    return any(
        word in WORDS.ordinary or word in WORDS.function_words
        for word in set(slipped.split()) - set(normalise(name).split())
    )


def _related(place: Place, slipped: str) -> set[str]:
    """The place, what lies around it and in it, and those whose own name the slip made."""
    inside = {other.code for other in HAITI if place.code in other.parents}
    named = {other.code for other, its in _names(HAITI) if normalise(its).replace(" ", "") == slipped.replace(" ", "")}
    return {place.code, *place.parents} | inside | named


def _slip(name: str, dice: Random) -> str:
    at = dice.choice([at for at, char in enumerate(name) if char.isalpha()])
    letter = dice.choice(_LETTERS)
    return dice.choice(
        [name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :]]
    )


@given(st.text(max_size=300))
def test_finding_never_raises_and_keeps_its_bounds(text: str) -> None:
    found = find(text)
    assert len(found.options) <= MOST_OPTIONS
    assert len(found.unknown) <= MOST_NAMES
    assert all(len(name) <= LONGEST_NAME for name in found.unknown)
    assert 0 <= found.confidence <= 1
    assert (found.place is None) or (found.review is None and not found.options)


@given(
    st.permutations(GAZETTEER), st.sampled_from(["robo en San Francisco", "huko Kuria", "à Kanka", "Bobo", "vers Koba"])
)
def test_the_order_of_the_gazetteer_does_not_matter(places: list[Place], text: str) -> None:
    assert PlaceIndex(places, WORDS).find(words_of(text), Situation(NOW)) == find(text)
