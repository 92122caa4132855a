"""Danger as people write it: hardly anything missed, few false alarms. Each number is what the test measures."""

import pytest

from intake.understand.values import Kind
from tests.intake.understand.danger_texts import CALM_EN, CALM_FR, DANGER_EN, DANGER_FR, FOUND_BY_REVIEW
from tests.intake.understand.danger_texts_es_sw import CALM_ES, CALM_SW, DANGER_ES, DANGER_SW
from tests.intake.understand.factories import read

HEARD = 0.95
FALSE_ALARMS = 0.1
DANGER = {"review": FOUND_BY_REVIEW, "fr": DANGER_FR, "en": DANGER_EN, "es": DANGER_ES, "sw": DANGER_SW}
CALM = {"fr": CALM_FR, "en": CALM_EN, "es": CALM_ES, "sw": CALM_SW}
OVER = {
    "hier des bandits étaient chez moi": "des bandits sont chez moi",
    "he beat her last year": "he beats her",
    "hier on a attaqué un commerçant": "on attaque un commerçant maintenant",
    "on dit qu'ils ont emmené un enfant le mois dernier": "ils ont emmené un enfant",
    "maintenant tout est calme après le viol": "maintenant le viol",
    "hier dehors il y avait du sang": "dehors il y a du sang",
    "le viol sera jugé": "le viol est en cours",
}
"""What is over or only heard, and nearly the same words while it happens."""


@pytest.mark.parametrize("texts", [pytest.param(texts, id=name) for name, texts in DANGER.items()])
def test_danger_now_is_heard(texts: dict[str, str]) -> None:
    """Measured 22 November 2026: review 10 of 10, fr 40 of 40, en 40 of 40, es 30 of 30, sw 29 of 30."""
    missed = [text for text in texts.values() if not read(text).danger]
    assert len(missed) <= (1 - HEARD) * len(texts), missed


@pytest.mark.parametrize("texts", [pytest.param(texts, id=name) for name, texts in DANGER.items()])
def test_who_is_in_danger_is_never_turned_away(texts: dict[str, str]) -> None:
    readings = {text: read(text) for text in texts.values()}
    assert [text for text, told in readings.items() if told.kind is not Kind.REPORT and told.review is None] == []


@pytest.mark.parametrize("texts", [pytest.param(texts, id=name) for name, texts in CALM.items()])
def test_few_calm_texts_raise_a_false_alarm(texts: dict[str, str]) -> None:
    """Measured 22 November 2026: fr 0 of 40, en 0 of 40, es 0 of 20, sw 1 of 20."""
    alarms = [text for text in texts.values() if read(text).danger]
    assert len(alarms) <= FALSE_ALARMS * len(texts), alarms


def test_what_is_over_or_only_heard_is_told_from_danger_now() -> None:
    """Measured 22 November 2026: 6 of 7 calm, 7 of 7 heard."""
    assert sum(read(text).danger for text in OVER) <= 1
    assert sum(read(text).danger for text in OVER.values()) >= len(OVER) - 1
