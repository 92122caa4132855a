"""How many were killed and injured."""

import pytest

from tests.intake.understand.factories import read


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("accident, 3 morts et 5 blessés", 3, 5),
        ("accident: morts 3, blessés 5", 3, 5),
        ("trois personnes ont été gravement blessées", None, 3),
        ("une personne a été tuée", 1, None),
        ("un homme et une femme tués", 2, None),
        ("2 hommes et 3 enfants blessés", None, 5),
        ("a man was killed and two people were injured", 1, 2),
        ("gunmen killed 4 people", 4, None),
        ("ils ont tué deux bergers", 2, None),
        ("le 12 novembre 2 morts", 2, None),
        ("accident, aucun blessé", None, 0),
        ("accident, no one was hurt", None, 0),
        ("fire, nobody was killed or injured", 0, 0),
        ("incendie sans faire de victime", 0, 0),
        ("accident, aucun mort ni blessé", 0, 0),
        ("pas de mort mais 4 blessés", 0, 4),
        ("3 morts et blessés", 3, None),
        ("mort 3 jours après", None, None),
        ("mon frère a été tué", None, None),
        ("920000000 morts", None, None),
        ("vol de moto", None, None),
        ("blessé", None, None),
    ],
)
def test_casualties_are_counted_where_a_number_is_given(text: str, killed: int | None, injured: int | None) -> None:
    reading = read(text)
    assert (reading.killed, reading.injured) == (killed, injured)
