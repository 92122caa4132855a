"""Finds words and phrases in a text by plain dictionary look-ups. The words themselves are the languages' data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from intake.understand.normalise import normalise, stem_of

Value = TypeVar("Value")

PAIR_DISTANCE = 6
"""How many words apart the halves of a pair may stand: in "ont volé hier soir à Matam la moto" there are five."""


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """tokens[start:end] of the text mean value."""

    start: int
    end: int
    value: Value


def split_phrase(phrase: str, *, stemmed: bool) -> tuple[str, ...]:
    tokens = normalise(phrase).split()
    return tuple(stem_of(token) for token in tokens) if stemmed else tuple(tokens)


class PhraseBook(Generic[Value]):
    """Phrases with a meaning each. Immutable once built.

    stemmed: look up the stems of a text, so that a phrase is also found in the plural.
    """

    __slots__ = ("_lengths", "_values")

    def __init__(self, phrases: Mapping[str, Value], *, stemmed: bool = False) -> None:
        self._values = {split_phrase(phrase, stemmed=stemmed): value for phrase, value in phrases.items()}
        lengths: dict[str, set[int]] = {}
        for words in self._values:
            if words:
                lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}

    def find(self, words: Sequence[str]) -> list[Match[Value]]:
        """Every phrase of the text from left to right, the longest where several begin, none overlapping."""
        found: list[Match[Value]] = []
        free = 0
        for start, word in enumerate(words):
            if start < free or word not in self._lengths:
                continue
            match = self._longest_at(words, start)
            if match is not None:
                found.append(match)
                free = match.end
        return found

    def holds_any(self, words: Sequence[str]) -> bool:
        return any(
            word in self._lengths and self._longest_at(words, start) is not None for start, word in enumerate(words)
        )

    def whole(self, words: Sequence[str]) -> Value | None:
        """What the text means if it is one phrase and nothing else."""
        return self._values.get(tuple(words))

    def _longest_at(self, words: Sequence[str], start: int) -> Match[Value] | None:
        for length in self._lengths[words[start]]:
            key = tuple(words[start : start + length])
            if key in self._values:
                return Match(start, start + len(key), self._values[key])
        return None


class PairBook(Generic[Value]):
    """Two words that mean something together, near each other in any order. Immutable once built, always stemmed."""

    __slots__ = ("_partners",)

    def __init__(self, pairs: Iterable[tuple[str, str, Value]]) -> None:
        partners: dict[str, list[tuple[str, Value]]] = {}
        for one, other, value in pairs:
            partners.setdefault(stem_of(normalise(one)), []).append((stem_of(normalise(other)), value))
        self._partners = {word: tuple(found) for word, found in partners.items()}

    def find(self, stems: Sequence[str]) -> list[Match[Value]]:
        """Each pair once per place of its first word, which is what the match points at."""
        found: list[Match[Value]] = []
        for start, stem in enumerate(stems):
            if stem not in self._partners:
                continue
            near = stems[max(0, start - PAIR_DISTANCE) : start + PAIR_DISTANCE + 1]
            found += [Match(start, start + 1, value) for other, value in self._partners[stem] if other in near]
        return found


class Openers:
    """Phrases that matter only right before something else: "pas de" before a crime, "le" before a date."""

    __slots__ = ("_longest", "_phrases")

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = frozenset(split_phrase(phrase, stemmed=False) for phrase in phrases)
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)

    def stand_before(self, tokens: Sequence[str], position: int) -> bool:
        return any(
            tuple(tokens[position - length : position]) in self._phrases
            for length in range(1, min(self._longest, position) + 1)
        )
