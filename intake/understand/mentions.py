"""Where a text names a place, how sure that is, and which places may be meant by the name.

A name that is spelt right and means nothing else needs no more. Every doubt must be outweighed: by a preposition, an
administrative word, standing alone, a capital, the sender's neighbourhood. Which place of that name it is: places.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from intake.understand.cues import ELSEWHERE, STRONG, THERE, Cues
from intake.understand.lexicon import PlaceWords
from intake.understand.names import Named, NameIndex
from intake.understand.spots import LONG_NAME, PART, SHORT_NAME, TINY_NAME, Spot, SpotFinder, TextRead
from intake.understand.steering import LevelSaid, Nearness, country_of, level_said, of_level
from intake.understand.values import Place

CERTAIN, POSSIBLE = 0.85, 0.77
"""From here on a place is believed; from here on it is asked about; below, it is no place. Chosen on labelled texts."""

_PART_ALONE = 0.84
"""Under CERTAIN: of a small place part of the name may be that of another: "Madina", and not Madina Oula."""
_SMALL = 3
"""The level from which a place is not known everywhere by part of its name, as Bobo(-Dioulasso) is."""
_WEAK = 0.55  # of a name spelt right: what another place around it may yet make sure

_LEVEL_BEFORE, _LEVEL_AFTER, _WHOLE, _ALONE, _LAST, _CAPITAL, _FIRST = 0.4, 0.3, 0.25, 0.15, 0.12, 0.06, 0.06
_FUNCTION_WORD, _ORDINARY, _COMMON_PHRASE, _PERSON, _FOREIGN = 0.5, 0.3, 0.5, 0.3, 0.2
_TORN = 0.1  # ordinary words that happen to make up a long name
_NO_CUE = 0.14  # a name written small with nothing around it is asked about, and believed near home
_NO_CAPITAL = 0.08  # in a text that has them within its sentences
_LONGER, _SLIP = 0.35, 0.08  # what a word more, and a slip less, is worth where two names overlap
_MOST_MENTIONS = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """tokens[start:end] may name one of these places. standing: how much the text says that it happened there."""

    start: int
    end: int
    places: tuple[Place, ...]
    surety: float
    standing: int


class MentionFinder:
    __slots__ = ("_cues", "_spots", "_words")

    def __init__(self, names: NameIndex, words: PlaceWords) -> None:
        self._words = words
        self._cues = Cues(words)
        self._spots = SpotFinder(names, words, self._cues)

    def find(self, text: TextRead) -> list[Mention]:
        """From left to right, none overlapping; those without places are names that the text says are others."""
        weighed = []
        for spot in self._spots.find(text):
            mention = self._weigh(spot, text)
            if mention is not None:
                weighed.append((spot, mention))
        return self._routes_told(_apart(weighed), text.words.tokens)

    def _weigh(self, spot: Spot, text: TextRead) -> Mention | None:
        start, end = spot.start, spot.end
        said = level_said(text.words, start, end, text.levels, self._words)
        single = text.spelt[start] if end - start == 1 else ""
        fits = said is not None and any(one.place.level in said.levels for one in spot.named)
        if self._is_function_word(single, text) and not fits and not text.typed.stands_alone(single):
            return None
        named = self._bearers(spot, text.near)
        if not named:
            return None
        places = tuple(dict.fromkeys(one.place for one in named))
        evidence, standing = self._evidence(spot, text, said)
        if evidence <= 0 and (spot.slips or spot.surety <= PART):
            return None
        doubt = self._doubt(spot, text) + (
            _NO_CUE if evidence <= 0 and text.typed.is_small(text.words.tokens[start]) else 0
        )
        surety = spot.surety + evidence + text.near.of_any(places, exact=not spot.slips) - doubt
        if surety < (POSSIBLE if spot.slips else _WEAK):
            return None
        is_known = any(one.whole or one.place.level < _SMALL for one in named) or text.near.are_near(places)
        most = 1.0 if is_known else _PART_ALONE
        return Mention(start, end, of_level(places, said, text.near), min(surety, most), standing)

    def _bearers(self, spot: Spot, near: Nearness) -> tuple[Named, ...]:
        """Who bears the whole name, and in the sender's neighbourhood who is only called so for short."""
        whole = [one for one in spot.named if one.whole]
        if not whole or len(whole) == len(spot.named):
            return spot.named
        neighbours = [one for one in spot.named if not one.whole and near.is_neighbour(one.place)]
        return tuple(neighbours if neighbours and not near.are_near(one.place for one in whole) else whole)

    def _evidence(self, spot: Spot, text: TextRead, said: LevelSaid | None) -> tuple[float, int]:
        start, end, tokens = spot.start, spot.end, text.words.tokens
        ahead = said is not None and not said.after
        cue = self._cues.before(tokens, said.start if said is not None and ahead else start)
        evidence, standing = cue.evidence + self._cues.after(tokens, end), cue.standing
        if said is not None:
            evidence += _LEVEL_BEFORE if ahead else _LEVEL_AFTER
        if start == 0 and end == len(tokens):
            return evidence + _WHOLE, THERE
        phrase = " ".join(tokens[start:end])
        if text.typed.stands_alone(phrase):
            evidence, standing = evidence + _ALONE, THERE
        elif end == len(tokens) and (len(text.spelt[start]) > SHORT_NAME or not spot.slips or cue.evidence >= STRONG):
            evidence += 0.0 if self._is_ordinary(text.spelt[start], text) else _LAST
        elif start == 0 or text.typed.begins_piece(tokens[start]):
            evidence += _FIRST
        if any(text.typed.has_capital(token) for token in tokens[start:end]):
            evidence += _CAPITAL
        return evidence, standing

    def _doubt(self, spot: Spot, text: TextRead) -> float:
        words, tokens = self._words, text.spelt
        pieces = tokens[spot.start : spot.end]
        doubt = _PERSON if spot.start and tokens[spot.start - 1] in words.titles else 0.0
        capital = any(text.typed.has_capital(token) for token in text.words.tokens[spot.start : spot.end])
        if spot.slips > 1 and text.typed.is_small(text.words.tokens[spot.start]) and text.typed.has_capitals():
            doubt += _NO_CAPITAL
        if (spot.slips or not capital) and not self._is_at_home(spot, text):
            doubt += _FOREIGN
        if len(pieces) == 1:
            token = pieces[0]
            if len(token) <= TINY_NAME:
                doubt += _ORDINARY if capital else _FUNCTION_WORD
            if self._is_function_word(token, text):
                doubt += _ORDINARY if text.typed.stands_alone(token) else _FUNCTION_WORD
            elif self._is_ordinary(token, text):
                doubt += _ORDINARY
        elif not capital and all(piece in words.function_words or self._is_ordinary(piece, text) for piece in pieces):
            torn = spot.slips and sum(map(len, pieces)) >= LONG_NAME
            doubt += _TORN if torn else _COMMON_PHRASE if pieces[0] in words.articles else _ORDINARY
        return doubt

    def _is_at_home(self, spot: Spot, text: TextRead) -> bool:
        """Whether the text is in a language of the country of the place, or its sender lives there."""
        spoken = {language for one in spot.named for language in self._words.spoken_in.get(country_of(one.place), ())}
        if not spoken or text.near.are_near(one.place for one in spot.named):
            return True
        return bool(spoken & text.read_in(self._words.ordinary))

    def _is_function_word(self, token: str, text: TextRead) -> bool:
        known = self._words.ordinary.get(token)
        spoken = known is None or bool(known & text.read_in(self._words.ordinary))
        return token in self._words.function_words and spoken

    def _is_ordinary(self, token: str, text: TextRead) -> bool:
        """In the languages of the text: "yako" is a word in Swahili and a town elsewhere."""
        known = self._words.ordinary.get(token)
        if known is None:
            return token in self._words.everyday_words
        return bool(known & text.read_in(self._words.ordinary))

    def _routes_told(self, mentions: list[Mention], tokens: Sequence[str]) -> list[Mention]:
        """Two ends of a road lie beside what happened, where the text names a place of its own."""
        ends: set[int] = set()
        for at, (one, other) in enumerate(pairwise(mentions)):
            gap = tokens[one.end : other.start]
            if (not gap or (len(gap) == 1 and gap[0] in self._words.between)) and not _related(one, other):
                ends |= {at, at + 1}
        return [replace(mention, standing=ELSEWHERE) if at in ends else mention for at, mention in enumerate(mentions)]


def _related(one: Mention, other: Mention) -> bool:
    return any(a.code == b.code or a.code in b.parents or b.code in a.parents for a in one.places for b in other.places)


def _apart(weighed: Iterable[tuple[Spot, Mention]]) -> list[Mention]:
    """Of overlapping ones the surest, and of nearly as sure ones the longest: "Mandera Est" is no county."""
    best = sorted(weighed, key=lambda one: (-_worth(*one), one[1].start, one[1].end))
    kept: list[Mention] = []
    for _, mention in best:
        if len(kept) < _MOST_MENTIONS and all(mention.end <= o.start or mention.start >= o.end for o in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _worth(spot: Spot, mention: Mention) -> float:
    length = mention.end - mention.start
    return mention.surety + _LONGER * (length - 1) - _SLIP * spot.slips


def supported(mention: Mention, surety: float) -> Mention:
    return replace(mention, surety=min(1.0, mention.surety + surety))
