"""What happened: the model's probabilities and the operator's own words, weighed. Where they leave it open, a person
decides; where it may be protected, it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from intake.understand.model import Scores
from intake.understand.normalise import Words
from intake.understand.phrases import PhraseBook
from intake.understand.values import Category, Protect

NO_CATEGORY = "no-category"
SEVERAL_CATEGORIES = "several-categories"
MAYBE_PROTECTED = "maybe-protected"

SURE = 0.47
"""From this probability the first category is taken. `make quality` shows what share of reports is above, and right."""
SURE_OF_SEVERAL = 0.95
"""The same where sure words of the lists also name another category: "vol et incendie"."""
PROTECTED = 0.4
"""From this probability of all protected categories together a text is protected, whatever the first category is."""
_OWN_WORDS = 0.95
"""What the operator's own words for a category leave to all that the model says."""
_ALTERNATIVES = 5
_ALL = 0.999

_GUARD: Mapping[Protect, int] = {"none": 0, "armed": 1, "survivor": 2, "agent": 3}
"""Of two that are as likely, whom a doubt protects: an agent's victim is also in danger from those who would handle
the report.
"""


@dataclass(frozen=True, slots=True)
class CategoryFound:
    """category: None where it is not sure enough. candidates: likeliest first. protect: of the category, or the doubt.

    scores: candidates with their probabilities. review: why a person must look.
    """

    category: Category | None
    candidates: tuple[Category, ...]
    protect: Protect
    confidence: float
    scores: tuple[tuple[str, float], ...]
    review: str | None = None


class CategoryReader:
    """Immutable. Codes that the taxonomy does not have are passed over."""

    __slots__ = ("_by_protect", "_categories", "_labels", "_own")

    def __init__(self, categories: Iterable[Category], own: Mapping[str, str]) -> None:
        """own: the operator's words and phrases, with the code of the category each means."""
        self._categories = {category.code: category for category in sorted(categories, key=lambda each: each.code)}
        self._by_protect: dict[Protect, list[str]] = {}
        for code, category in self._categories.items():
            self._by_protect.setdefault(category.protect, []).append(code)
        known = {phrase: code for phrase, code in own.items() if code in self._categories}
        self._own = PhraseBook(known, stemmed=True)
        labels = {label: category.code for category in self._categories.values() for label in category.labels.values()}
        self._labels = PhraseBook(labels, stemmed=True)

    def labelled(self, words: Words) -> frozenset[str]:
        """The category whose label in some language is the whole text."""
        code = self._labels.whole(words.stems)
        return frozenset() if code is None else frozenset({code})

    def read(self, words: Words, scores: Scores, named: frozenset[str]) -> CategoryFound:
        """named: codes that sure words of the lists name."""
        likely = self._weighed(words, scores)
        if not likely:
            return CategoryFound(None, (), "none", 0.0, (), NO_CATEGORY)
        ranked = sorted(likely.items(), key=itemgetter(1), reverse=True)[:_ALTERNATIVES]
        candidates = tuple(self._categories[code] for code, _ in ranked)
        kept = tuple((code, round(probability, 3)) for code, probability in ranked)
        first, confidence = candidates[0], ranked[0][1]
        heard = [self._categories[code] for code in named & likely.keys()]
        others = [category for category in heard if not _are_kin(category, first)]
        guards: list[Protect] = ["none", *(other.protect for other in others)]
        guarded = max(guards, key=lambda protect: _GUARD[protect])
        if _GUARD[guarded] > _GUARD[first.protect]:
            return CategoryFound(None, candidates, guarded, confidence, kept, MAYBE_PROTECTED)
        doubt = self._doubt(likely)
        if doubt != "none" and first.protect == "none":
            return CategoryFound(None, candidates, doubt, confidence, kept, MAYBE_PROTECTED)
        if confidence < SURE or (others and first.code in named and confidence < SURE_OF_SEVERAL):
            return CategoryFound(None, candidates, doubt, confidence, kept, SEVERAL_CATEGORIES)
        return CategoryFound(first, candidates, first.protect, confidence, kept)

    def is_always_danger(self, named: Iterable[str]) -> bool:
        return any(self._categories[code].danger == "always" for code in named if code in self._categories)

    def _weighed(self, words: Words, scores: Scores) -> dict[str, float]:
        likely = {code: scores.categories.get(code, 0.0) for code in self._categories}
        if (total := sum(likely.values())) < _ALL:  # an operator's taxonomy lacks some
            likely = {code: probability / (total or 1.0) for code, probability in likely.items()}
        own = [match.value for match in self._own.find(words.stems)] or list(self.labelled(words))
        if own:
            likely = {code: probability * (1 - _OWN_WORDS) for code, probability in likely.items()}
            for code in own:
                likely[code] += _OWN_WORDS / len(own)
        return likely

    def _doubt(self, likely: Mapping[str, float]) -> Protect:
        """The likeliest protection, where protected categories together are likely enough."""
        shares = {protect: sum([likely[code] for code in codes]) for protect, codes in self._by_protect.items()}
        if 1 - shares.pop("none", 0.0) < PROTECTED:
            return "none"
        return max(shares, key=lambda protect: (shares[protect], _GUARD[protect]), default="none")


def _are_kin(one: Category, other: Category) -> bool:
    return one.code in {other.code, other.parent} or other.code == one.parent
