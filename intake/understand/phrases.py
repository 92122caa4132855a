"""Finds words and phrases in a text by plain dictionary look-ups. The words themselves are the languages' data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Generic, NamedTuple, TypeVar

from intake.understand.normalise import normalise, stem_of

Value = TypeVar("Value")

PAIR_DISTANCE = 6
"""How many words apart the halves of a pair may stand: in "ont volé hier soir à Matam la moto" there are five."""


class Match(NamedTuple, Generic[Value]):
    """tokens[start:end] of the text mean value."""

    start: int
    end: int
    value: Value


@cache
def words_of_phrase(phrase: str) -> tuple[str, ...]:
    """Remembered, because the lists are gone through several times while they are read: clear it when they are."""
    return tuple(normalise(phrase).split())


def split_phrase(phrase: str, *, stemmed: bool) -> tuple[str, ...]:
    tokens = words_of_phrase(phrase)
    return tuple(map(stem_of, tokens)) if stemmed else tokens


class _Branch(Generic[Value]):
    """Where the words read so far lead: to the words that may follow, and to a meaning if a phrase ends here."""

    __slots__ = ("ends", "following", "value")

    def __init__(self) -> None:
        self.following: dict[str, _Branch[Value]] = {}
        self.ends = False
        self.value: Value | None = None


class PhraseBook(Generic[Value]):
    """Phrases with a meaning each, as a tree of words. Immutable once built.

    stemmed: look up the stems of a text, so that a phrase is also found in the plural.
    """

    __slots__ = ("_first", "first_words")

    def __init__(self, phrases: Mapping[str, Value], *, stemmed: bool = False) -> None:
        root = _Branch[Value]()
        for phrase, value in phrases.items():
            if words := split_phrase(phrase, stemmed=stemmed):
                branch = root
                for word in words:
                    branch = branch.following.setdefault(word, _Branch())
                branch.ends, branch.value = True, value
        self._first = root.following
        self.first_words = frozenset(root.following)

    def find(self, words: Sequence[str]) -> list[Match[Value]]:
        """Every phrase of the text from left to right, the longest where several begin, none overlapping."""
        found: list[Match[Value]] = []
        if self.first_words.isdisjoint(words):  # as most are
            return found
        free, count = 0, len(words)
        for start, begun in enumerate(map(self._first.get, words)):
            if begun is None or start < free:
                continue
            branch, position = begun, start + 1
            longest = (branch, position) if branch.ends else None
            while branch.following and position < count:
                further = branch.following.get(words[position])
                if further is None:
                    break
                branch, position = further, position + 1
                if branch.ends:
                    longest = (branch, position)
            if longest is not None:
                branch, free = longest
                found.append(Match(start, free, branch.value))  # type: ignore[arg-type]  # it ends: its value is one
        return found

    def phrases(self) -> Iterator[str]:
        """All of them, in the normal form."""
        branches = list(self._first.items())
        for phrase, branch in branches:  # grows on the way
            branches += [(f"{phrase} {word}", further) for word, further in branch.following.items()]
            if branch.ends:
                yield phrase

    def holds_any(self, words: Sequence[str]) -> bool:
        return bool(self.find(words))

    def whole(self, words: Sequence[str]) -> Value | None:
        """What the text means if it is one phrase and nothing else."""
        following, branch = self._first, None
        for word in words:
            branch = following.get(word)
            if branch is None:
                return None
            following = branch.following
        return branch.value if branch is not None else None


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
        if self._partners.keys().isdisjoint(stems):
            return found
        for start, stem in enumerate(stems):
            if stem not in self._partners:
                continue
            near = stems[max(0, start - PAIR_DISTANCE) : start + PAIR_DISTANCE + 1]
            found += [Match(start, start + 1, value) for other, value in self._partners[stem] if other in near]
        return found


class Openers:
    """Phrases that matter only right before something else: "pas de" before a crime, "le" before a date."""

    __slots__ = ("_last_words", "_longest", "_phrases")

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = frozenset(split_phrase(phrase, stemmed=False) for phrase in phrases)
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)
        self._last_words = frozenset(phrase[-1] for phrase in self._phrases if phrase)

    def stand_before(self, tokens: Sequence[str], position: int) -> bool:
        return (
            position > 0
            and tokens[position - 1] in self._last_words
            and any(
                tuple(tokens[position - length : position]) in self._phrases
                for length in range(1, min(self._longest, position) + 1)
            )
        )
