"""How close two spellings are."""

import pytest

from intake.understand.spelling import SpellingIndex, sound_of

NAMES = ("kerouane", "gueckedou", "maferinya", "nzerekore", "naivasha", "bobodioulasso", "quibdo", "watanka", "saba")
INDEX = SpellingIndex(NAMES)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        pytest.param("kerwane", "kerouane", id="ou-w"),
        pytest.param("gekedou", "gueckedou", id="gu-ck"),
        pytest.param("maferinia", "maferinya", id="y-i"),
        pytest.param("maferigna", "maferinya", id="gn-ny"),
        pytest.param("nzerekorre", "nzerekore", id="doubled"),
        pytest.param("kibdo", "quibdo", id="qu-k"),
    ],
)
def test_local_spelling_habits_are_no_slips(word: str, name: str) -> None:
    assert sound_of(word) == sound_of(name)
    assert [(alike.name, alike.slips) for alike in INDEX.alike(word)] == [(name, 0)]


@pytest.mark.parametrize(
    ("word", "name", "slips"),
    [
        pytest.param("naivsha", "naivasha", 1, id="lost"),
        pytest.param("naivahsa", "naivasha", 1, id="changed-places"),
        pytest.param("naiwasha", "naivasha", 1, id="wrong"),
        pytest.param("waanka", "watanka", 1, id="lost-between-two-alike"),
        pytest.param("bobodeolasso", "bobodioulasso", 2, id="two-vowels"),
    ],
)
def test_slips_are_counted(word: str, name: str, slips: int) -> None:
    assert [(alike.name, alike.slips) for alike in INDEX.alike(word)] == [(name, slips)]


@pytest.mark.parametrize("word", ["sebu", "nairobi", "", "x" * 200])
def test_other_words_are_like_none(word: str) -> None:
    assert INDEX.alike(word) == []
