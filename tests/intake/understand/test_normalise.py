"""The normal form of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understand.normalise import READ_CHARACTERS, normalise, stem_of, words_of


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        pytest.param("Mañ Éèà ÔÇ", "man eea oc", id="accents-and-capitals"),
        pytest.param("aujourd\u2019hui l'eau", "aujourd hui l eau", id="both-apostrophes"),
        pytest.param("le 12/11/2026, à 12:30...", "le 12/11/2026 a 12:30", id="separators-between-digits-stay"),
        pytest.param("a/b - c.d", "a b c d", id="separators-between-words-go"),
        pytest.param("١٢ ߁߂ १२ \uff11\uff12", "12 12 12 12", id="digits-of-other-scripts"),
        pytest.param("at\x00ta\u200bque\nici", "attaque ici", id="nul-and-invisible"),
        pytest.param("STRASSE Straße ÀŒUF", "strasse strasse aoeuf", id="case-and-ligatures"),
        pytest.param("feu 🔥 !!", "feu", id="emoji"),
        pytest.param("e\u0301cole", "ecole", id="combining-accent"),
        pytest.param("\ud800", "", id="lone-surrogate"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_text_is_written_in_the_normal_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_the_normal_form_is_plain_ascii(text: str) -> None:
    assert set(normalise(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 /.:-")


@pytest.mark.parametrize(
    ("word", "stem"), [("morts", "mort"), ("eaux", "eau"), ("pas", "pas"), ("stress", "stress"), ("mort", "mort")]
)
def test_a_stem_is_the_word_without_its_plural(word: str, stem: str) -> None:
    assert stem_of(word) == stem


def test_broken_utf8_is_read_as_far_as_it_goes() -> None:
    assert words_of(b"vol \xff\xfe moto \xc3").tokens == ("vol", "moto")


def test_the_rest_of_an_endless_text_is_not_read() -> None:
    assert len(words_of("a " * READ_CHARACTERS).tokens) == READ_CHARACTERS // 2
