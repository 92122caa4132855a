"""The model's file and what is read with it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from math import isclose
from random import Random

import pytest

from intake.languages import languages, texts_source
from intake.understand.features import SIGN, unrepeated
from intake.understand.model import FILE, Model, Scores, read_model, shipped_model
from intake.understand.normalise import words_of
from tests.intake.understand.factories import read, taxonomy

_TEXTS = [line[:200] for language in languages() for line in texts_source(language).splitlines()[::40] if line]


def _fresh() -> Model:
    return read_model(files("intake.understand").joinpath(FILE).read_bytes())


def _told(scores: Scores) -> Iterator[tuple[str, float]]:
    yield from scores.categories.items()
    yield from scores.nothing.items()
    yield from scores.language.items()
    yield from {"report": scores.report, "danger": scores.danger}.items()


def _agree(one: Scores, other: Scores) -> bool:
    pairs = zip(_told(one), _told(other), strict=True)
    return all(name == again and isclose(a, b, rel_tol=1e-3, abs_tol=1e-3) for (name, a), (again, b) in pairs)


def test_the_shipped_model_knows_every_category_language_and_kind_of_nothing() -> None:
    scores = shipped_model().read(("vol",), ())
    assert set(scores.categories) == {category.code for category in taxonomy()}
    assert set(scores.language) == set(languages())
    assert {"_question", "_rumour", "_advert", "_greeting", "_wrong"} <= set(scores.nothing)


@pytest.mark.parametrize("text", ["", "vol de moto", "zzxqj wvkkq", "a " * 400, "9", "vol " * 50])
def test_probabilities_sum_to_one(text: str) -> None:
    scores = shipped_model().read(words_of(text).tokens, ())
    for shares in (scores.categories, scores.nothing):
        assert isclose(sum(shares.values()), 1, abs_tol=1e-4)
        assert all(0 <= share <= 1 for share in shares.values())


def test_a_text_reads_the_same_whatever_was_read_before() -> None:
    used = _fresh()
    for text in _TEXTS:
        used.read(words_of(text).tokens, ())
    for text in _TEXTS[::20]:
        tokens = words_of(text).tokens
        first, again = used.read(tokens, ()), used.read(tokens, ())
        assert _agree(first, again)
        assert _agree(first, _fresh().read(tokens, ()))


def test_a_memory_that_is_full_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [words_of(text).tokens for text in _TEXTS[::40]]
    expected = [shipped_model().read(tokens, ()) for tokens in some]
    monkeypatch.setattr("intake.understand.model.WORDS_REMEMBERED", 3)
    full = _fresh()
    assert all(_agree(full.read(tokens, ()), scores) for tokens, scores in zip(some, expected, strict=True))


def test_threads_that_read_at_once_agree() -> None:
    model, alone = _fresh(), _fresh()
    texts = [words_of(text).tokens for text in _TEXTS]
    Random(7).shuffle(texts)
    with ThreadPoolExecutor(4) as pool:
        read_at_once = list(pool.map(lambda tokens: model.read(tokens, ()), texts * 2))
    expected = [alone.read(tokens, ()) for tokens in texts] * 2
    assert all(_agree(one, other) for one, other in zip(read_at_once, expected, strict=True))


@pytest.mark.parametrize("tokens", [(), ("qxzjwv", "kkqzzx"), ("",), ("x" * 3_000,), ("9" * 50,)])
def test_words_never_seen_and_signs_never_heard_raise_nothing(tokens: tuple[str, ...]) -> None:
    scores = _fresh().read(tokens, (f"{SIGN}no such sign",))
    assert all(value == value for _, value in _told(scores)), "no number is missing"  # noqa: PLR0124  nan is not itself


@pytest.mark.parametrize(
    "text", ["des coupeurs de route ont braqué un car hier", "the river took three houses", "wameiba ng'ombe watatu"]
)
def test_what_spoke_for_a_category_are_words_of_the_text(text: str) -> None:
    reading = read(text)
    assert reading.kind == "report"
    assert reading.because
    assert set(reading.because) <= set(words_of(text).tokens)
    assert len(reading.because) == len(set(reading.because)) <= 5


def test_who_repeats_a_word_says_no_more() -> None:
    once, often = (unrepeated(words_of("on a tiré " * times).tokens) for times in (2, 300))
    assert once == often
    assert unrepeated(("a", "b", "c"), 2) == ("a", "b")
