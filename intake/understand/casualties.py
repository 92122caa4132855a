"""How many were killed and injured, where the text gives a number. "Nobody" is 0, silence and vagueness are None."""

from collections.abc import Mapping
from dataclasses import dataclass

from intake.understand.lexicon import CasualtyWord, CasualtyWords
from intake.understand.normalise import Words
from intake.understand.phrases import Match

_MOST = 999
"""A larger number in a text is a year, a price or a telephone number; staff enter larger tolls."""


@dataclass(frozen=True, slots=True)
class Casualties:
    killed: int | None = None
    injured: int | None = None


class CasualtyReader:
    """Immutable."""

    __slots__ = ("_numbers", "_words")

    def __init__(self, words: CasualtyWords, numbers: Mapping[str, int]) -> None:
        self._words = words
        self._numbers = numbers

    def read(self, words: Words) -> Casualties:
        """Of several numbers for one measure the highest: a text names a part after the whole."""
        said: dict[CasualtyWord, set[int]] = {"killed": set(), "injured": set()}
        for nobody in self._words.nobody.find(words.stems):
            for measure in nobody.value:
                said[measure].add(0)
        mentions = self._words.terms.find(words.stems)
        number_first = self._number_stands_first(words.tokens, mentions)
        denied_until = -1
        for mention in mentions:
            alternative = words.tokens[mention.start - 1] in self._words.alternatives
            if self._words.none_openers.stand_before(words.tokens, mention.start) or (
                denied_until == mention.start - 1 and alternative
            ):
                said[mention.value].add(0)
                denied_until = mention.end
                continue
            count = self._count(words.tokens, mention, number_first=number_first)
            if count is not None:
                said[mention.value].add(count)
        return Casualties(max(said["killed"], default=None), max(said["injured"], default=None))

    def _number_stands_first(self, tokens: tuple[str, ...], mentions: list[Match[CasualtyWord]]) -> bool:
        """As in "3 morts 5 blessés", not in "morts 3 blessés 5": the first of all tells for the rest."""
        return bool(mentions) and self._before(tokens, mentions[0].start) is not None

    def _count(self, tokens: tuple[str, ...], mention: Match[CasualtyWord], *, number_first: bool) -> int | None:
        before, after = self._before(tokens, mention.start), self._after(tokens, mention.end)
        return before if before is not None and number_first else after if after is not None else before

    def _before(self, tokens: tuple[str, ...], start: int) -> int | None:
        """Three of "trois personnes ont été tuées", two of "un homme et une femme tués"."""
        total: int | None = None
        position = start - 1
        while position >= 0:
            token = tokens[position]
            number = self._number(token)
            if number is not None:
                if total is not None and tokens[position + 1] not in self._words.carriers | self._words.joints:
                    break  # "12 novembre 2 morts", "Nov 12 3 killed"
                total = number + (total or 0)
            elif self._is_article(tokens, position):
                total = 1 + (total or 0)
            elif token in self._words.joints:
                if total is None:
                    return None  # "3 morts et blessés": how many of which is not said
            elif token not in self._words.carriers:
                break
            position -= 1
        return total

    def _after(self, tokens: tuple[str, ...], end: int) -> int | None:
        """Three of "killed 3 people" and "morts: 3", none of "mort 3 jours après"."""
        if end >= len(tokens):
            return None
        number = 1 if self._is_article(tokens, end) else self._number(tokens[end])
        if end + 1 < len(tokens) and tokens[end + 1] in self._words.units:
            return None
        return number

    def _is_article(self, tokens: tuple[str, ...], position: int) -> bool:
        """One of "a man", none of the French "une personne a été tuée"."""
        following = tokens[position + 1 : position + 2]
        return tokens[position] in self._words.articles and not self._words.after_article.isdisjoint(following)

    def _number(self, token: str) -> int | None:
        if token.isdigit():
            return int(token) if len(token) <= len(str(_MOST)) else None
        return self._numbers.get(token)
