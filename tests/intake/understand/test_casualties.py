"""How many were killed and injured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understand.casualties import Casualties, CasualtyReader, completed
from intake.understand.model import Scores
from intake.understand.normalise import words_of
from intake.understand.numbers import NumberReader
from intake.understand.word_lists import load_lexicon
from tests.intake.understand.factories import read

LEXICON = load_lexicon()
NUMBERS = NumberReader(LEXICON.numbers)
CASUALTIES = CasualtyReader(LEXICON.casualties, NUMBERS)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        # French
        ("accident, 3 morts et 5 blessés", 3, 5),
        ("accident: morts 3, blessés 5", 3, 5),
        ("trois personnes ont été gravement blessées", None, 3),
        ("une personne a été tuée", 1, None),
        ("un homme et une femme tués", 2, None),
        ("2 hommes et 3 enfants blessés", None, 5),
        ("ils ont tué deux bergers", 2, None),
        ("le 12 novembre 2 morts", 2, None),
        ("accident, aucun blessé", None, 0),
        ("personne n'est blessé", None, 0),
        ("vitres cassées, personne touché", None, 0),
        ("incendie sans faire de victime", 0, 0),
        ("Ni mort ni blessé", 0, 0),
        ("accident, aucun mort ni blessé", 0, 0),
        ("pas de mort mais 4 blessés", 0, 4),
        ("3 morts et blessés", 3, None),
        ("mort 3 jours après", None, None),
        ("920000000 morts", None, None),
        ("vol de moto", None, None),
        ("blessé", None, None),
        ("mon frère a été tué", 1, None),
        ("il a tué sa femme et ses deux enfants", 3, None),
        ("deux policiers ont tué un jeune", 1, None),
        ("le chauffeur et l'apprenti sont morts", 2, None),
        ("une vingtaine de morts", 20, None),
        ("vingt et un blessés", None, 21),
        ("17 blessés dont 4 graves, zéro décès", 0, 17),
        ("plusieurs morts", None, None),
        ("des blessés", None, None),
        ("un homme de 40 ans tué", 1, None),
        ("bras cassé par 3 gars", None, 1),
        ("coup de daba au dos, le sang coule", None, 1),
        ("ils nous ont tués 3-0", None, None),
        ("3 boeufs tués", None, None),
        ("ils ont tué mes 3 moutons", None, None),
        ("menaces de mort", None, None),
        ("après la mort de mon mari", None, None),
        ("il a failli être tué", None, None),
        ("on a trouvé un corps", 1, None),
        # English
        ("a man was killed and two people were injured", 1, 2),
        ("gunmen killed 4 people", 4, None),
        ("3 bandits killed 2 people", 2, None),
        ("2 dead three hurt", 2, 3),
        ("accident, no one was hurt", None, 0),
        ("fire, nobody was killed or injured", 0, 0),
        ("no deaths but 3 injured", 0, 3),
        ("three people get wound, nobody die thank God", 0, 3),
        ("all people out safe", 0, 0),
        ("a man was shot dead", 1, None),
        ("many injured", None, None),
        ("a dozen people were injured", None, 12),
        ("male adult 41 fatally stabbed", None, 1),
        ("mate was shot in hand", None, 1),
        ("my phone died", None, None),
        ("chickens died", None, None),
        ("he will kill me", None, None),
        ("6 stitches", None, 1),
        # Spanish
        ("van dos muertos y siete golpeados", 2, 7),
        ("sin heridos", None, 0),
        ("ni un herido", None, 0),
        ("conductor ileso", None, 0),
        ("sin víctimas", 0, 0),
        ("lo mataron en la esquina", 1, None),
        ("mataron a mi hermano", 1, None),
        ("veintiún heridos", None, 21),
        ("treinta y dos muertos", 32, None),
        ("varios heridos", None, None),
        ("me rompieron la boca", None, 1),
        ("nos mataron 4-0", None, None),
        ("amenaza de muerte", None, None),
        # Swahili
        ("hakuna aliyeumia", None, 0),
        ("watu watatu wamekufa", 3, None),
        ("wawili wameumia", None, 2),
        ("watu kumi na wawili wamejeruhiwa", None, 12),
        ("watu ishirini na watatu wameuawa", 23, None),
        ("mlinzi ameuawa", 1, None),
        ("wamechinja mwalimu na mkewe", 2, None),
        ("mwanaume wa miaka 34 ameuawa", 1, None),
        ("kwa shilingi mia mbili, akafa", 1, None),
        ("watu wengi wamejeruhiwa", None, None),
        ("mbuzi 3 wamekufa", None, None),
        ("mkono umevunjika", None, 1),
        ("wote walitoka salama", 0, 0),
        ("matatu imepinduka", None, None),
    ],
)
def test_casualties_are_counted_where_they_are_told(text: str, killed: int | None, injured: int | None) -> None:
    found = CASUALTIES.read(words_of(text))
    assert (found.killed, found.injured) == (killed, injured)


def test_a_reading_carries_them() -> None:
    reading = read("accident, 3 morts et 5 blessés")
    assert (reading.killed, reading.injured) == (3, 5)


@pytest.mark.parametrize(
    ("text", "injured"),
    [
        ("le chauffeur est à l'hôpital", 1),
        ("trois passagers emmenés à l'hôpital", 3),
        ("plusieurs personnes sont à l'hôpital", None),
        ("l'hôpital n'a plus de médicaments", None),
        ("un chien a mordu une fillette", 1),
        ("le chien n'a mordu personne", None),
        ("il va me casser la tête", None),
        ("un pied cassé", 1),
        ("plusieurs bras cassés", None),
        ("la pompe à pied est cassée", None),
        ("two labourers taken to hospital", 2),
        ("girl of nine limping", 1),
        ("he hit my brother with an iron rod", 1),
        ("a stone hit the car", None),
        ("officer kicked the basin", None),
        ("my dog was hit and broke its leg", None),
        ("traders will break our legs", None),
        ("e wound am for leg", 1),
        ("le dieron con un palo al vigilante", 1),
        ("la culebra picó a un cortador", 1),
        ("van a cortarle la mano", None),
        ("dos trabajadores internados por la explosión", 2),
        ("anatoka damu", 1),
        ("wafanyakazi wawili wamepelekwa hospitali", 2),
        ("mbwa wangu akavunjika mguu", None),
        ("wanataka kuvunja mkono", None),
        ("hospitali haina dawa", None),
        ("2 morts, le chauffeur est à l'hôpital", None),
        ("plusieurs blessés, transportés à l'hôpital", None),
        ("aucun blessé, la porte a été frappée avec un bâton", 0),
    ],
)
def test_who_is_told_bodily_hurt_in_other_words_is_injured(text: str, injured: int | None) -> None:
    assert CASUALTIES.read(words_of(text)).injured == injured


@pytest.mark.parametrize(
    "text",
    ["n'a pas survécu", "she didn't make it", "akazikwa", "la enterramos", "a body was found", "mwili umepatikana"],
)
def test_who_is_told_dead_in_other_words_is_killed(text: str) -> None:
    assert CASUALTIES.read(words_of(text)).killed == 1


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("trois personnes ensevelies, deux sont mortes et la troisième est blessée", 2, 1),
        ("le papa, la maman et le bébé, tous les trois sont morts asphyxiés par le groupe électrogène", 3, None),
        ("attaque contre un convoi : 4 militaires et 3 vdp tués, 3 civils blessés", 7, 3),
        ("le nombre de morts est passé de 8 à 11 après le naufrage", 11, None),
        ("quatre corps sans vie repêchés a Taouyah", 4, None),
        ("6 morts sur place et 2 autres décédés à l'hôpital", 8, None),
        ("quatre tués dont un enfant et deux blessés", 4, 2),
        ("on a perdu deux vdp dans l'embuscade de Foube", 2, None),
        ("deux enfants de 4 et 6 ans sont morts noyés vers 15h", 2, None),
        ("un gendarme tué, deux autres blessés à Sebba", 1, 2),
        ("la grand-mère et le bébé ont péri dans les flammes", 2, None),
        ("tous les élèves sont sains et saufs après l'incendie", 0, 0),
        ("2 x officers KIA, 9 x wounded, vehicle burnt", 2, 9),
        ("casualties: 0 dead, 8 injured, all stable", 0, 8),
        ("my grandmother, my aunt and her baby died in the fire", 3, None),
        ("a nursing mother and her 3 month old baby were swept away and died", 2, None),
        ("husband and wife found dead in their house in Kasoa", 2, None),
        ("five people were shot, one of them has died", 1, 4),
        ("4 police officers and 5 civilians killed, 2 soldiers wounded", 9, 2),
        ("3 died at the scene and 2 died later in hospital", 5, None),
        ("the twins drowned in an open pit at Kasoa", 2, None),
        ("we lost two boys in the river yesterday", 2, None),
        ("we lost two phones in the river", None, None),
        ("mother and daughter dead, four neighbours hurt when the tank exploded", 2, 4),
        ("murieron el conductor, el ayudante y una pasajera", 3, None),
        ("una pareja de esposos apareció muerta en su casa", 2, None),
        ("mataron al papá y al niño lo hirieron en una mano", 1, 1),
        ("cuatro jóvenes baleados, uno de ellos murió", 1, 3),
        ("ambos policías resultaron heridos", None, 2),
        ("ascienden a 4 los muertos por la mina, eran 2", 4, None),
        ("seis muertos, entre ellos dos menores", 6, None),
        ("hieren a cuatro personas en una riña", None, 4),
        ("de 7 ocupantes de la avioneta 5 murieron y 2 están graves", 5, 2),
        ("no hay muertos, solo tres heridos leves", 0, 3),
        ("mwalimu, mke wake na mtoto wao wameuawa usiku", 3, None),
        ("polisi wanne na raia wawili wameuawa, wanajeshi 2 wamejeruhiwa", 6, 2),
        ("waliokufa wamefika 9 kutoka 6 jana", 9, None),
        ("watu wanne walipigwa risasi, mmoja wao amekufa", 1, 3),
        ("mapacha wamefariki hospitalini", 2, None),
        ("watu wawili wamepoteza maisha huku sita wakijeruhiwa", 2, 6),
        ("mlinzi ameuawa na wengine wawili wamepigwa risasi miguuni", 1, 2),
        ("mbwa 3 wamekufa kwa sumu", None, None),
        ("nyumba imeungua lakini hakuna aliyeumia wala kufa", 0, 0),
        ("vifo 8 majeruhi 20 mkasa wa moto Endarasha", 8, 20),
        ("mama wa miaka 58 na binti yake wameumia", None, 2),
        ("Awa et Moussa sont morts dans l'accident de Mamou", 2, None),
        ("He has killed the old man and he is still here with the panga", 1, None),
        ("moi et ma femme on est blessés, la maison est tombée sur nous", None, 2),
        ("police shot 2 boys dead in Mathare", 2, None),
        ("one of the two injured men has died, the other is still in coma", 1, 1),
        ("boda hit a donkey, rider is dead and the passenger is in theatre, both legs broken", 1, 1),
        ("she went to sleep and did not wake up, gas fumes", 1, None),
        ("house burnt, dead: 2. Injured: none. Goats saved", 2, 0),
        ("dos motociclistas arrollados por una mula, ambos muertos", 2, None),
        ("siete personas, cuatro de ellas mujeres, perdieron la vida", 7, None),
        ("vibarua watano walikuwa kwa lori, wote wameumia", None, 5),
        ("MCA na bodyguard wake wamepigwa risasi wakafa Embakasi", 2, None),
        ("wafu 4 majeruhi 17 basi na lori zimegongana", 4, 17),
        ("Total 17 blessés (11 hommes 4 femmes 2 enfants), aucun décès", 0, 17),
        ("le taximan poignardé hier soir a succombé ce matin", 1, None),
    ],
)
def test_who_is_told_is_bound_to_what_befell_them(text: str, killed: int | None, injured: int | None) -> None:
    found = CASUALTIES.read(words_of(text))
    assert (found.killed, found.injured) == (killed, injured)


@pytest.mark.parametrize(("said", "killed"), [(Casualties(), 1), (Casualties(animals=True), None), (Casualties(0), 0)])
def test_the_model_completes_and_never_contradicts(said: Casualties, killed: int | None) -> None:
    scores = Scores({}, {}, 0, 0, 0, 0.2, -1, {}, np.zeros((1, 1), np.float32))
    assert completed(said, scores, ()).killed == killed


def test_one_whom_words_tell_hurt_is_not_lightly_told_dead() -> None:
    scores = Scores({}, {}, 0, 0, 0, 0.2, -1, {}, np.zeros((1, 1), np.float32))
    assert completed(Casualties(injured=1), scores, ()) == Casualties(injured=1)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("quatre-vingt-dix-sept", 97),
        ("soixante-dix", 70),
        ("soixante et onze", 71),
        ("quatre vingts", 80),
        ("dix-sept", 17),
        ("cent", 100),
        ("ninety nine", 99),
        ("two dozen", 24),
        ("noventa y nueve", 99),
        ("cien", 100),
        ("ciento veinte", 120),
        ("tisini na tisa", 99),
        ("kumi na moja", 11),
        ("mia mbili", 200),
        ("mia na mbili", 102),
        ("12 000", 12000),
        ("au dos", None),
        ("at once", None),
    ],
)
def test_numbers_are_read_in_words(words: str, number: int | None) -> None:
    found = [match.value for match in NUMBERS.find(words_of(words).tokens)]
    assert found == ([] if number is None else [number])


_SAID = sorted(LEXICON.casualties.terms.phrases())
_HURT = sorted(LEXICON.casualties.hurts.phrases())
_BESIDE = ["et", "3", "deux", "personnes", "homme", "de", "ans", "no", "hakuna", "mia", "40", "bœufs", "bras", "cassé"]


@given(
    st.lists(
        st.one_of(st.sampled_from(_SAID), st.sampled_from(_HURT), st.sampled_from(_BESIDE), st.text(max_size=5)),
        max_size=40,
    )
)
def test_counting_never_raises_and_never_counts_below_zero(words: list[str]) -> None:
    found = CASUALTIES.read(words_of(" ".join(words)))
    assert all(count is None or count >= 0 for count in (found.killed, found.injured))
