"""What happened: words and phrases lead to categories. Where they lead to several, a person decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intake.understand.lexicon import CategoryWords
from intake.understand.normalise import Words
from intake.understand.values import Category, Protect

NO_CATEGORY = "no-category"
SEVERAL_CATEGORIES = "several-categories"
MAYBE_PROTECTED = "maybe-protected"

_GUARD: Mapping[Protect, int] = {"none": 0, "armed": 1, "survivor": 2, "agent": 3}
"""Whom a doubt protects first: an agent's victim is also in danger from those who would handle the report."""

_PART_OF: Mapping[str, frozenset[str]] = {
    # What is also said when the graver thing is told: "cambriolage, ils ont volé la télé".
    "theft": frozenset({"robbery", "road_robbery", "burglary"}),
    "robbery": frozenset({"road_robbery"}),
    "assault": frozenset({"homicide", "domestic_violence", "sexual_violence"}),
}

_Term = tuple[int, tuple[str, ...]]

_SURE = 0.9
_FAIRLY_SURE = 0.75  # one single word


@dataclass(frozen=True, slots=True)
class CategoryFound:
    """candidates: surest first. protect: of the category, or the most protected of the candidates.

    guessed: codes of candidates that only open words speak for.
    """

    category: Category | None = None
    candidates: tuple[Category, ...] = ()
    protect: Protect = "none"
    confidence: float = 0.0
    review: str | None = None
    guessed: frozenset[str] = frozenset()


class CategoryReader:
    """Immutable. Codes that the taxonomy does not have are passed over."""

    __slots__ = ("_categories", "_words")

    def __init__(self, categories: Iterable[Category], words: CategoryWords) -> None:
        self._categories = {category.code: category for category in categories}
        self._words = words

    def read(self, words: Words) -> CategoryFound:
        sure, open_ = self._terms(words)
        weights = _weigh(sure or open_)
        codes = [code for code in weights if not self._is_part_of_another(code, weights)]
        if not codes:
            return CategoryFound(review=NO_CATEGORY)
        codes.sort(key=lambda code: (-weights[code], code))
        # "Vol... ils l'ont frappée" is a theft that may be more: what the surer word does not explain still protects.
        doubts = self._unexplained(open_, codes)
        protect = max((self._categories[code].protect for code in [*weights, *doubts]), key=_GUARD.__getitem__)
        guessed = frozenset(doubts if sure else codes)
        candidates = tuple(self._categories[code] for code in codes)
        if len(candidates) > 1:
            return CategoryFound(None, candidates, protect, 1 / len(candidates), SEVERAL_CATEGORIES, guessed)
        confidence = _SURE if weights[codes[0]] > 1 else _FAIRLY_SURE
        if _GUARD[protect] > _GUARD[candidates[0].protect]:
            candidates += tuple(self._categories[code] for code in doubts)
            return CategoryFound(None, candidates, protect, confidence / len(candidates), MAYBE_PROTECTED, guessed)
        return CategoryFound(candidates[0], candidates, protect, confidence, guessed=guessed)

    def _unexplained(self, open_: Sequence[_Term], codes: Sequence[str]) -> list[str]:
        """What open words may mean beside the categories found; a part that its graver whole has beaten explains none.

        "Meurtre, tabassée, frappée": that she was beaten up is part of the murder, that it may be rape is not.
        """
        explained = {*codes, *(self._categories[code].parent for code in codes)}
        doubts = [code for _, meant in open_ if explained.isdisjoint(meant) for code in meant]
        return list(dict.fromkeys(doubts))

    def _terms(self, words: Words) -> tuple[list[_Term], list[_Term]]:
        """Terms found, as (number of words, codes): those that are sure and those that leave several open."""
        sure: list[_Term] = []
        open_: list[_Term] = []
        for match in self._words.terms.find(words.stems):
            if not self._words.negators.stand_before(words.tokens, match.start):
                known = tuple(code for code in match.value.codes if code in self._categories)
                (sure if match.value.sure else open_).append((match.end - match.start, known))
        sure += [
            (2, (pair.value,))
            for pair in self._words.pairs.find(words.stems)
            if pair.value in self._categories and not self._words.negators.stand_before(words.tokens, pair.start)
        ]
        return sure, open_

    def _is_part_of_another(self, code: str, found: Mapping[str, int]) -> bool:
        """A child beats its own parent, the graver its part."""
        graver = _PART_OF.get(code, frozenset())
        return any(other in graver or self._categories[other].parent == code for other in found if other != code)


def _weigh(terms: Sequence[_Term]) -> dict[str, int]:
    """How many words speak for each code."""
    weights: dict[str, int] = {}
    for words, codes in terms:
        for code in codes:
            weights[code] = weights.get(code, 0) + words
    return weights
