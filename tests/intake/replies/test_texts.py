"""Every reply text, in every language and variant."""

import re

import pytest
from fluent.runtime import FluentResource
from fluent.syntax import ast
from gsm0338 import Codec  # type: ignore[import-untyped]  # the package carries no types
from hypothesis import given
from hypothesis import strategies as st

from intake.languages import languages, replies_source
from intake.replies.gsm import SEGMENT, fold, septets
from intake.replies.texts import LONGEST, render

WORST = {name: "é" * room for name, room in LONGEST.items()} | {
    "ref": "K7M2QX",
    "num": "+224920000000",
    "place": "é" * LONGEST["place"],
    "cat": "W" * LONGEST["cat"],
    "day": "22/11",
    "choices": "W" * LONGEST["choices"],
    "now": "100000",
    "before": "100000",
    "code": "4821",
}
FORBIDDEN = re.compile("[êîôûçÊÎÔÛ\u2018\u2019\u201c\u201d«»…\u2013]")


def _messages(language: str) -> dict[str, ast.Message]:
    entries = FluentResource(replies_source(language)).body
    return {entry.id.name: entry for entry in entries if isinstance(entry, ast.Message)}


EVERY_TEXT = [
    pytest.param(name, language, number, id=f"{language}-{name}-{'number' if number else 'no-number'}")
    for language in languages()
    for name in _messages(language)
    if not name.endswith("-no-number")
    for number in (WORST["num"], None)
]


@pytest.mark.parametrize(("name", "language", "number"), EVERY_TEXT)
def test_every_text_fits_one_segment_at_worst(name: str, language: str, number: str | None) -> None:
    text = render(name, language, **{**WORST, "num": number})
    assert septets(text) <= SEGMENT
    Codec().encode(text)
    assert not FORBIDDEN.search(text)
    assert "{" not in text


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_texts_with_the_same_values(language: str) -> None:
    def uses(code: str) -> dict[str, set[str]]:
        source = replies_source(code)
        blocks = re.findall(r"^([a-z-]+) = (.*)$", source, re.MULTILINE)
        return {name: set(re.findall(r"\$(\w+)", text)) for name, text in blocks}

    assert uses(language) == uses("fr")


@pytest.mark.parametrize("language", languages())
def test_a_text_that_names_the_number_has_a_variant_without_it(language: str) -> None:
    names = set(_messages(language))
    for name in names:
        if "{ $num }" in render_source(language, name):
            assert f"{name}-no-number" in names
            assert "$num" not in render_source(language, f"{name}-no-number")


def render_source(language: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)} = (.*)$", replies_source(language), re.MULTILINE)
    assert found is not None
    return found[1]


def test_inserted_names_are_folded_and_cut() -> None:
    text = render(
        "understood",
        "fr",
        ref="K7M2",
        cat="Enlèvement \u2019forcé\u2019 {x}",
        place="Nzérékoré\u2013Gbêlâ " + "x" * 40,
        day="22/11",
    )
    assert text.startswith("Noté: Enlèvement 'forcé' {x}, Nzérékoré-Gbela xxxxxxxx, 22/11.")
    assert septets(text) <= SEGMENT


def test_a_number_is_never_cut() -> None:
    assert "+224 920 00 00 00 12".replace(" ", "") in render("receipt", "fr", ref="K7M2", num="+224 920 00 00 00 12")


def test_an_unknown_language_is_answered_in_the_default_one() -> None:
    assert render("receipt", "xx", ref="K7M2") == render("receipt", "fr", ref="K7M2")


@pytest.mark.parametrize(("name", "values"), [("no-such-text", {}), ("receipt", {})], ids=["text", "value"])
def test_a_text_or_value_that_is_missing_is_a_fault(name: str, values: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        render(name, "fr", **values)


@given(st.text(), st.integers(0, 40))
def test_a_folded_name_fits_and_is_gsm7(name: str, most: int) -> None:
    folded = fold(name, most)
    assert septets(folded) <= most
    assert "\n" not in folded
    assert fold(folded, most) == folded


def test_a_character_outside_the_alphabet_is_told() -> None:
    with pytest.raises(ValueError, match="GSM-7"):
        septets("ça")


def test_extension_characters_count_twice() -> None:
    assert septets("€[a") == 5
