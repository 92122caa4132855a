"""The example texts, and that the model is learned from them the same way each time."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from intake.languages import languages, texts_source
from intake.understand.training import Example, examples_of, train
from intake.understand.wishes import WISHES
from intake.understand.word_lists import load_lexicon
from tests.intake.understand.factories import taxonomy

NOTHING = {"_question", "_rumour", "_advert", "_greeting", "_wrong", "_none"} | set(WISHES)
FEWEST = 15
CODES = {category.code for category in taxonomy()}


@cache
def _examples(language: str) -> tuple[Example, ...]:
    return tuple(examples_of(language, texts_source(language)))


def test_marks_and_second_categories_are_read() -> None:
    source = "= theft\non a volé mon sac\n! ils volent || robbery\n!*+ un mort, un blessé\n\n= _question\n? où aller\n"
    assert list(examples_of("fr", source)) == [
        Example("on a volé mon sac", "fr", "theft", danger=False),
        Example("ils volent", "fr", "theft", danger=True, also="robbery"),
        Example("un mort, un blessé", "fr", "theft", danger=True, dead=True, hurt=True),
        Example("où aller", "fr", "_question", danger=None),
    ]


def test_a_line_before_the_first_section_is_refused_by_its_number() -> None:
    with pytest.raises(ValueError, match=r"texts\.txt of fr, line 2"):
        list(examples_of("fr", "\non a volé mon sac\n= theft\n"))


@pytest.mark.parametrize("language", languages())
def test_texts_stand_under_known_sections(language: str) -> None:
    assert {each.section for each in _examples(language)} - CODES - NOTHING == set()
    assert {each.also for each in _examples(language) if each.also} - CODES - NOTHING == set()
    assert [each for each in _examples(language) if not each.text] == []


@pytest.mark.parametrize("language", languages())
def test_every_category_and_kind_of_nothing_has_enough_texts(language: str) -> None:
    counts = Counter(each.section for each in _examples(language))
    assert {code: counts[code] for code in CODES | NOTHING - {"_none"} if counts[code] < FEWEST} == {}


@pytest.mark.parametrize("language", languages())
def test_no_text_of_a_language_stands_twice(language: str) -> None:
    counts = Counter(each.text for each in _examples(language))
    assert [text for text, count in counts.items() if count > 1] == []


def test_training_twice_gives_the_same_bytes() -> None:
    few = [each for section in (0, 1500, 3000) for each in _examples("fr")[section : section + 10]]
    few += [each for each in _examples("en") if each.danger][:10]
    few += [each for each in _examples("en") if each.section.startswith("_")][:20]
    few += [next(each for each in _examples("fr") if each.section == "_stop")]
    few += [next(each for each in _examples("fr") if each.dead), next(each for each in _examples("fr") if each.hurt)]
    assert len(few) == 63
    one, other = (train(few, load_lexicon()) for _ in range(2))
    assert one.keys() == other.keys()
    assert [name for name in one if np.asarray(one[name]).tobytes() != np.asarray(other[name]).tobytes()] == []
