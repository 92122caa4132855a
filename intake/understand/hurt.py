"""Words that tell of dead and hurt, and where they stand: "tués", "shot dead", "bras cassé", "taken to hospital"."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from intake.understand.lexicon import CasualtyWord, CasualtyWords, HurtPair
from intake.understand.normalise import Words

_THREAT_DISTANCE = 3  # words: "he says he will come and break my head"
_HARMS_READ = 40
"""Of a text of the longest kind no person reads more."""
_PAIRS_READ = 4
_YIELDING = frozenset({"loss", "body"})
"""Roles of words that tell less than a circumstance around them: "a perdu un pied", "taken to hospital"."""


class Harm(NamedTuple):
    """tokens[start:end] tell it of measures. role, one: as of a CasualtyTerm. told: in other words than "injured"."""

    start: int
    end: int
    measures: tuple[CasualtyWord, ...]
    role: str
    one: bool
    told: bool = False
    inner: bool = False

    def covers(self) -> Iterable[int]:
        """Who stands between the halves of a pair is told: "hit my brother with a rod"."""
        return (self.start, self.end - 1) if self.inner else range(self.start, self.end)


class HarmReader:
    """Immutable."""

    __slots__ = ("_persons", "_words")

    def __init__(self, words: CasualtyWords) -> None:
        self._words = words
        self._persons = frozenset(
            word for word, kind in words.nouns.items() if kind in {"person", "people", "either", "pair"}
        )

    def read(self, words: Words) -> list[Harm]:
        """From left to right, none overlapping."""
        terms = self._words.terms.find(words.stems)
        harms = [
            Harm(start, end, term.measures, term.role, term.one)
            for start, end, term in terms[:_HARMS_READ]
            if term.role != "void"
        ]
        if self._may_tell(words) and not self._is_about_animals(words.tokens):
            taken = {at for start, end, term in terms if term.role not in _YIELDING for at in range(start, end)}
            for harm in (*self._phrases(words), *self._pairs(words)):
                if taken.isdisjoint(span := harm.covers()):
                    harms.append(harm)
                    taken.update(span)
            harms = [harm for harm in harms if harm.role not in _YIELDING or taken.isdisjoint(harm.covers())]
        return sorted(harms)

    def _may_tell(self, words: Words) -> bool:
        """False at little cost, as of most texts."""
        return not self._words.hurt_marks.isdisjoint(words.stems) or any(
            not (pair.second.keys().isdisjoint(words.stems) or pair.first.keys().isdisjoint(words.stems))
            for pair in self._words.hurt_pairs
        )

    def _phrases(self, words: Words) -> Iterator[Harm]:
        for start, end, role in self._words.hurts.find(words.stems)[:_HARMS_READ]:
            if self._is_threatened(words.tokens, start) or self._is_of_animal(words.tokens, start, end):
                continue
            if role == "act":
                near = words.tokens[end : end + 3]
                if not self._persons.isdisjoint(near) or self._is_bite(words.tokens, start, end):
                    yield Harm(start, end, ("injured",), "act", one=True, told=True)
            else:
                yield Harm(start, end, ("injured",), role, one=True, told=True)

    def _pairs(self, words: Words) -> Iterator[Harm]:
        for pair in self._words.hurt_pairs:
            if not pair.second.keys().isdisjoint(words.stems) and not pair.first.keys().isdisjoint(words.stems):
                for _, harm in zip(range(_PAIRS_READ), self._met(pair, words), strict=False):
                    yield harm

    def _met(self, pair: HurtPair, words: Words) -> Iterator[Harm]:
        tokens, stems = words.tokens, words.stems
        for position, stem in enumerate(stems):
            languages = pair.second.get(stem)
            if languages is None:
                continue
            start = max(0, position - pair.within)
            end = position if pair.ordered else position + pair.within + 1
            for at, near in enumerate(stems[start:end], start):
                harm = pair.first.get(near)
                if harm is None or at == position or harm.isdisjoint(languages):
                    continue
                low, high = min(at, position), max(at, position) + 1
                if self._is_threatened(tokens, at) or self._is_threatened(tokens, low):
                    continue
                if self._is_of_animal(tokens, low, high):
                    continue
                is_many = low == position > 0 and tokens[low - 1] in self._words.many
                role = "many" if is_many else "blow" if pair.ordered else "break" if low == at else "state"
                yield Harm(low, high, ("injured",), role, one=True, told=True, inner=True)
                break

    def _is_threatened(self, tokens: tuple[str, ...], start: int) -> bool:
        """Denied or only threatened."""
        words = self._words
        return (
            words.none_openers.stand_before(tokens, start)
            or words.unreal_openers.stand_before(tokens, start)
            or not words.threats.isdisjoint(tokens[max(0, start - _THREAT_DISTANCE) : start])
        )

    def _is_about_animals(self, tokens: tuple[str, ...]) -> bool:
        """Animals suffer, nobody else is told, and it is nothing that animals do: "11 chèvres oreille fendue"."""
        words = self._words
        return (
            not words.animals.isdisjoint(tokens) and self._persons.isdisjoint(tokens) and words.bites.isdisjoint(tokens)
        )

    def _is_of_animal(self, tokens: tuple[str, ...], start: int, end: int) -> bool:
        return not self._words.animals.isdisjoint(tokens[max(0, start - 2) : end + 1]) and self._words.bites.isdisjoint(
            tokens[start:end]
        )

    def _is_bite(self, tokens: tuple[str, ...], start: int, end: int) -> bool:
        """An animal does it: it needs no word for whom."""
        return not (self._words.bites.isdisjoint(tokens[start:end]) or self._words.animals.isdisjoint(tokens[:start]))
