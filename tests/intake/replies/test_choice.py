"""Which reply a text gets."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from intake.replies.choice import Grounds, choose
from intake.understand.values import Kind, Reading

THEFT = Reading(Kind.REPORT, category="theft", candidates=("theft",), locality="DIX", occurred_on=date(2026, 11, 22))
NO_PLACE = replace(THEFT, locality=None, missing=("locality",))
NO_DAY = replace(THEFT, occurred_on=None, missing=("day",), review="vague-day")
RAPE = replace(
    THEFT, category="sexual_violence", candidates=("sexual_violence",), protect="survivor", missing=("locality",)
)
UNSURE = replace(THEFT, category=None, candidates=("fire", "theft"), missing=("category",), review="several-categories")
FIRE_NOW = replace(NO_PLACE, category="fire", danger=True)
CRY = Reading(Kind.REPORT, danger=True, missing=("category", "locality"), review="no-category")
UNCLEAR = Reading(Kind.UNCLEAR)
RUMOUR = replace(UNCLEAR, candidates=("sexual_violence",), protect="survivor")


def make_grounds(reading: Reading, **changes: Any) -> Grounds:
    plain = Grounds(
        reading=reading,
        echo=True,
        protected=False,
        reference="K7M2",
        place_name="Dixinn",
        category_label="Vol",
        emergency_number="117",
        language="fr",
        late=False,
        free_to_sender=True,
        receipt_only=False,
        told_this_month=False,
        proves_sender=True,
    )
    return replace(plain, **changes)


def command(name: str) -> Reading:
    return Reading(Kind.COMMAND, command=name)


TWO_PLACES: dict[str, Any] = {"place_choices": ("Kindia (région)", "Kindia (préfecture)")}
TWO_KINDS: dict[str, Any] = {"category_choices": ("Vol", "Incendie")}
NEAR: dict[str, Any] = {"free_to_sender": False, "approximate": True}
HIDDEN: dict[str, Any] = {"echo": False, "protected": True}


@pytest.mark.parametrize(
    ("reading", "changes", "name"),
    [
        pytest.param(command("stop"), {}, "stopped", id="stop"),
        pytest.param(command("start"), {}, "started", id="start"),
        pytest.param(command("help"), {}, "help", id="help"),
        pytest.param(command("stop"), {"receipt_only": True}, "stopped", id="stop-where-only-receipts-are-sent"),
        pytest.param(command("stop"), {"proves_sender": False}, None, id="stop-by-somebody"),
        pytest.param(FIRE_NOW, {}, "danger", id="danger"),
        pytest.param(FIRE_NOW, {"receipt_only": True}, "danger-no-place", id="danger-where-only-receipts-are-sent"),
        pytest.param(FIRE_NOW, {"echo": False}, "danger-no-place", id="danger-not-to-be-named"),
        pytest.param(FIRE_NOW, {"protected": True}, "danger-no-place", id="danger-protected"),
        pytest.param(FIRE_NOW, {"proves_sender": False}, "danger-no-place", id="danger-by-somebody"),
        pytest.param(replace(FIRE_NOW, missing=(), locality="DIX"), {}, "danger-no-place", id="danger-place-known"),
        pytest.param(CRY, {}, "danger-no-place", id="danger-unsure-what"),
        pytest.param(replace(RAPE, danger=True), HIDDEN, "danger-no-place", id="danger-survivor"),
        pytest.param(FIRE_NOW, {"late": True, "place_name": None}, "receipt", id="danger-an-hour-ago"),
        pytest.param(CRY, {"late": True}, "receipt", id="danger-unsure-an-hour-ago"),
        pytest.param(THEFT, {}, "understood", id="understood"),
        pytest.param(THEFT, {"receipt_only": True}, "receipt", id="understood-where-only-receipts-are-sent"),
        pytest.param(THEFT, {"proves_sender": False}, "receipt", id="understood-by-somebody"),
        pytest.param(THEFT, {"place_name": None}, "receipt", id="understood-without-a-name-for-it"),
        pytest.param(RAPE, HIDDEN, "receipt", id="protected"),
        pytest.param(replace(RAPE, missing=()), HIDDEN, "receipt", id="protected-understood"),
        pytest.param(replace(THEFT, protect="survivor"), {}, "receipt", id="theft-that-may-be-more"),
        pytest.param(NO_PLACE, {"echo": False}, "receipt", id="not-to-be-named"),
        pytest.param(UNCLEAR, {"protected": True}, "receipt", id="unclear-but-protected"),
        pytest.param(UNSURE, {}, "receipt", id="unsure"),
        pytest.param(replace(UNSURE, missing=("category", "locality")), {}, "receipt", id="unsure-without-place"),
        pytest.param(NO_PLACE, {}, "ask-place", id="place-missing"),
        pytest.param(
            NO_PLACE, {"free_to_sender": False, "place_name": None}, "receipt", id="place-missing-where-texts-cost"
        ),
        pytest.param(NO_PLACE, {"asked": True, "place_name": None}, "receipt", id="place-missing-and-asked-before"),
        pytest.param(NO_PLACE, TWO_PLACES, "ask-which-place", id="several-places"),
        pytest.param(NO_PLACE, {"place_choices": ("Dixinn",)}, "confirm-place", id="perhaps-this-place"),
        pytest.param(NO_PLACE, NEAR, "understood-near", id="place-missing-where-texts-cost-and-an-area-is-known"),
        pytest.param(NO_PLACE, TWO_PLACES | {"free_to_sender": False, "place_name": None}, "receipt", id="costly"),
        pytest.param(UNSURE, TWO_KINDS, "ask-category", id="several-categories"),
        pytest.param(UNSURE, TWO_KINDS | {"free_to_sender": False}, "receipt", id="several-categories-costly"),
        pytest.param(UNSURE, TWO_KINDS | {"asked": True}, "receipt", id="several-categories-asked-before"),
        pytest.param(UNSURE, TWO_KINDS | {"receipt_only": True}, "receipt", id="several-categories-receipt-only"),
        pytest.param(UNSURE, TWO_KINDS | {"proves_sender": False}, "receipt", id="several-categories-by-somebody"),
        pytest.param(replace(UNSURE, protect="armed"), TWO_KINDS, "receipt", id="one-of-them-protected"),
        pytest.param(replace(UNSURE, danger=True), TWO_KINDS, "danger-no-place", id="several-categories-danger"),
        pytest.param(replace(UNSURE, danger=True), TWO_KINDS | {"late": True}, "receipt", id="danger-is-not-asked"),
        pytest.param(NO_DAY, {}, "receipt", id="day-missing"),
        pytest.param(UNCLEAR, {}, "not-a-report", id="unclear"),
        pytest.param(Reading(Kind.GREETING), {}, "not-a-report", id="greeting"),
        pytest.param(replace(UNCLEAR, review="advertisement"), {}, "not-a-report", id="an advertisement"),
        pytest.param(replace(UNCLEAR, review="no-category"), {}, "receipt", id="perhaps we only lack the words"),
        pytest.param(UNCLEAR, {"told_this_month": True}, None, id="unclear-again"),
        pytest.param(UNCLEAR, {"proves_sender": False}, None, id="unclear-by-somebody"),
        pytest.param(RUMOUR, {}, "receipt", id="rumour-about-a-protected-matter"),
        pytest.param(Reading(Kind.ANSWER, locality="DIX"), {}, "receipt", id="answer"),
    ],
)
def test_the_reply_follows_from_the_facts(reading: Reading, changes: dict[str, Any], name: str | None) -> None:
    reply = choose(make_grounds(reading, **changes))
    assert (reply.name if reply else None) == name


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("number", ["117", None])
@pytest.mark.parametrize("reading", [RAPE, replace(RAPE, danger=True), UNSURE, CRY, RUMOUR])
def test_a_finder_of_the_phone_learns_nothing(reading: Reading, number: str | None, language: str) -> None:
    grounds = make_grounds(reading, echo=False, protected=True, emergency_number=number, language=language)
    reply = choose(replace(grounds, category_label="Viol", place_name="Dixinn"))
    assert reply is not None
    for told in ("Viol", "Dixinn", "22/11", "lieu", "the place"):
        assert told not in reply.text


def test_understood_says_what_was_understood() -> None:
    reply = choose(make_grounds(THEFT))
    assert reply is not None
    assert reply.text == (
        "Noté: Vol, Dixinn, 22/11. Ref K7M2. Erreur? Envoyez NON et le mot juste. Votre numéro n'est pas montré."
    )


@pytest.mark.parametrize("late", [False, True])
def test_nobody_is_told_to_call_now_an_hour_later(late: bool) -> None:
    reply = choose(make_grounds(CRY, late=late))
    assert reply is not None
    assert ("maintenant" in reply.text) is not late
