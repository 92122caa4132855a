"""Short writing in word lists."""

import pytest

from intake.languages import languages, words_source
from intake.languages.alternatives import alternatives_of, written_out
from intake.understand.normalise import normalise


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        pytest.param("au secours", ["au secours"], id="none"),
        pytest.param("matar{me,nos}", ["matarme", "matarnos"], id="endings"),
        pytest.param("{a,wa}na{ni,}piga", ["ananipiga", "anapiga", "wananipiga", "wanapiga"], id="prefixes-one-empty"),
        pytest.param("{ana,wana} panga", ["ana panga", "wana panga"], id="whole-words"),
        pytest.param("a} b {c", ["a} b {c"], id="unpaired-braces-stay"),
    ],
)
def test_braces_stand_for_each_of_their_alternatives(phrase: str, words: list[str]) -> None:
    assert list(alternatives_of(phrase)) == words


def test_lists_keys_and_nested_lists_are_written_out_and_numbers_stay() -> None:
    source = {
        "hints": {"{a,b}c": ["d{e,f}"]},
        "chains": [{"first": ["{g,h}"], "within": 2}],
        "common": "a b",
        "months": [["x"]],
    }
    assert written_out(source) == {
        "hints": {"ac": ["de", "df"], "bc": ["de", "df"]},
        "chains": [{"first": ["g", "h"], "within": 2}],
        "common": "a b",
        "months": [["x"]],
    }


@pytest.mark.parametrize("language", languages())
def test_each_half_of_a_pair_is_one_word(language: str) -> None:
    pairs = [phrase for phrases in words_source(language)["categories"].values() for phrase in phrases if "+" in phrase]
    assert [pair for pair in pairs if [len(normalise(half).split()) for half in pair.split("+")] != [1, 1]] == []
