"""Where it happened: gazetteer names in a text, and which of several places of that name is meant.

Exact normalised names and aliases only: misspellings are not repaired here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.understand.lexicon import PlaceWords
from intake.understand.normalise import Words, normalise
from intake.understand.phrases import Match, PhraseBook
from intake.understand.values import Place, Situation

SEVERAL_PLACES = "several-places"
PLACE_UNSURE = "place-unsure"

_SHORTEST_NAME = 3  # letters: "Pô", "Di" and "Yé" are words in too many languages
_STEER_DISTANCE = 3  # words between the administrative word and the name: "préfecture de la Bagoué"
_SPELT_OUT = {"ctre": "centre"}  # how OCHA's list of Guinea abbreviates it


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """place: None where none is named or it cannot be told which; review then says why."""

    place: Place | None = None
    review: str | None = None

    @property
    def named(self) -> bool:
        return self.place is not None or self.review is not None


class PlaceIndex:
    """Every place by every name. Built once per version of the gazetteer; immutable."""

    __slots__ = ("_by_code", "_names", "_words")

    def __init__(self, places: Iterable[Place], words: PlaceWords) -> None:
        self._words = words
        self._by_code = {place.code: place for place in places}
        names: dict[str, list[Place]] = {}
        for place in self._by_code.values():
            for name in _names_of(place):
                names.setdefault(name, []).append(place)
        self._names = PhraseBook({name: tuple(found) for name, found in names.items()})

    def find(self, words: Words, situation: Situation) -> PlaceFound:
        """The one place the text is about."""
        near = [place for code in (situation.home, situation.area) if code and (place := self._by_code.get(code))]
        mentions = self._mentions(words, near)
        if not mentions:
            return PlaceFound()
        readings = list(dict.fromkeys(mention.value for mention in mentions if mention.value))
        if not readings:
            return PlaceFound(None, PLACE_UNSURE)
        chosen = [_choose(_supported(one, readings), near) for one in readings]
        certain = {place.code: place for place in chosen if place is not None}
        inner = [place for place in certain.values() if not any(place.code in o.parents for o in certain.values())]
        if None in chosen or len(inner) != 1:
            return PlaceFound(None, SEVERAL_PLACES)
        return PlaceFound(inner[0])

    def _mentions(self, words: Words, near: Sequence[Place]) -> list[Match[tuple[Place, ...]]]:
        """Names in the text with the places each may mean; with none where the text itself says it is another."""
        found = self._names.find(words.tokens)
        if not found:
            return []
        levels = self._words.levels.find(words.stems)
        mentions = []
        for match in found:
            meant = self._level_meant(words, match, levels)
            if meant is None and not self._is_evident(words.tokens, match):
                continue
            mentions.append(Match(match.start, match.end, _of_level(match.value, meant, near)))
        return mentions

    def _level_meant(
        self, words: Words, name: Match[tuple[Place, ...]], levels: Sequence[Match[frozenset[int]]]
    ) -> frozenset[int] | None:
        """What an administrative word beside the name says: "commune de Kindia", "Kericho county"."""
        tokens = words.tokens
        for level in levels:
            between = tokens[level.end : name.start]
            if level.end <= name.start and len(between) <= _STEER_DISTANCE and self._all_connect(between):
                return level.value
            if level.start == name.end and words.stems[level.start : level.end] in self._words.levels_after:
                goes_on = level.end < len(tokens) and tokens[level.end] in self._words.connectors
                return None if goes_on else level.value
        return None

    def _all_connect(self, tokens: Iterable[str]) -> bool:
        return all(token in self._words.connectors for token in tokens)

    def _is_evident(self, tokens: Sequence[str], name: Match[tuple[Place, ...]]) -> bool:
        """A name that is also an everyday word needs a word before it that places have."""
        if name.end - name.start > 1:
            return True
        token = tokens[name.start]
        if token in self._words.function_words:
            return False
        return token not in self._words.everyday_words or self._words.prepositions.stand_before(tokens, name.start)


def _names_of(place: Place) -> set[str]:
    names = {normalise(name) for name in (place.name, *place.aliases)}
    names |= {" ".join(_SPELT_OUT.get(word, word) for word in name.split()) for name in names}
    return {name for name in names if sum(char.isalpha() for char in name) >= _SHORTEST_NAME}


def _of_level(places: tuple[Place, ...], meant: frozenset[int] | None, near: Sequence[Place]) -> tuple[Place, ...]:
    """Keep the places of the level the text names.

    "quartier Hafia" is not the sub-prefecture Hafia two regions away: a place above the level named is only believed
    near the sender. "région de Dixinn" is loose speech for the commune.
    """
    if meant is None:
        return places
    fitting = tuple(place for place in places if place.level in meant)
    if fitting:
        return fitting
    if all(place.level < min(meant) for place in places):
        return tuple(place for place in places if any(_on_one_line(place, other) for other in near))
    return places


def _on_one_line(one: Place, other: Place) -> bool:
    return one.code == other.code or one.code in other.parents or other.code in one.parents


def _supported(places: tuple[Place, ...], readings: Sequence[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Keep the places that contain, or lie in, what else the text names."""
    others = [reading for reading in readings if reading is not places]
    if len(places) == 1 or not others:
        return places
    kept = tuple(
        place
        for place in places
        if any(_on_one_line(place, other) and place is not other for reading in others for other in reading)
    )
    return kept or places


def _choose(places: tuple[Place, ...], near: Sequence[Place]) -> Place | None:
    """One of same-named places: the innermost where each lies in the next, else the one clearly nearest the sender."""
    innermost = _innermost(places)
    if innermost is not None:
        return innermost
    for other in near:
        shared = [_shared_ancestry(place, other) for place in places]
        closest = tuple(place for place, depth in zip(places, shared, strict=True) if depth == max(shared))
        innermost = _innermost(closest)
        if innermost is not None:
            return innermost
    return None


def _innermost(places: tuple[Place, ...]) -> Place | None:
    deepest = max(places, key=lambda place: len(place.parents))
    return deepest if all(_on_one_line(place, deepest) for place in places) else None


def _shared_ancestry(one: Place, other: Place) -> int:
    return len({one.code, *one.parents} & {other.code, *other.parents})
