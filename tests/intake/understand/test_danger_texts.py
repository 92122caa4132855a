"""Danger as people write it: nothing missed, few false alarms."""

import pytest

from intake.understand.values import Kind
from tests.intake.understand.danger_texts import CALM_EN, CALM_FR, DANGER_EN, DANGER_FR, FOUND_BY_REVIEW
from tests.intake.understand.factories import read

DANGER = {
    **{f"reviewer-{name}": text for name, text in FOUND_BY_REVIEW.items()},
    **{f"fr-{name}": text for name, text in DANGER_FR.items()},
    **{f"en-{name}": text for name, text in DANGER_EN.items()},
}
_MOST_FALSE_ALARMS = 3


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in DANGER.items()])
def test_danger_now_is_never_missed(text: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.danger) == (Kind.REPORT, True)


def test_few_calm_texts_raise_a_false_alarm() -> None:
    alarms = [text for text in (*CALM_FR.values(), *CALM_EN.values()) if read(text).danger]
    assert len(alarms) <= _MOST_FALSE_ALARMS, alarms


@pytest.mark.parametrize(
    ("over", "not_over"),
    [
        pytest.param("hier des bandits étaient chez moi", "des bandits sont chez moi", id="place-beside-a-day-over"),
        pytest.param("he beat her last year", "he beats her", id="same-word-for-past-and-present"),
        pytest.param("hier on a attaqué un commerçant", "on attaque un commerçant maintenant", id="open-category"),
        pytest.param("c'est vrai qu'ils ont emmené un enfant", "ils ont emmené un enfant", id="rumour"),
        pytest.param("maintenant tout est calme après le viol", "maintenant le viol", id="harmless-phrase"),
        pytest.param("hier dehors il y avait du sang", "dehors il y a du sang", id="place-before-the-violence"),
        pytest.param("le viol sera jugé", "le viol est en cours", id="no-moment"),
    ],
)
def test_what_is_over_or_only_heard_is_no_danger_now(over: str, not_over: str) -> None:
    assert (read(over).danger, read(not_over).danger) == (False, True)
