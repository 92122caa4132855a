"""Where it happened: which place a text is about, which ones it may be, and which names no gazetteer knows.

What counts as a mention: mentions.py; which of same-named places is meant: steering.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.understand.lexicon import PlaceWords
from intake.understand.mentions import CERTAIN, POSSIBLE, Mention, MentionFinder, supported
from intake.understand.names import NameIndex
from intake.understand.normalise import Words, stem_of
from intake.understand.spots import TextRead
from intake.understand.steering import Nearness, choose, likeliest_first, on_one_line, supported_by
from intake.understand.typed import Typed
from intake.understand.unknown_names import UnknownNames
from intake.understand.values import Place, Situation

SEVERAL_PLACES = "several-places"
PLACE_UNSURE = "place-unsure"

MOST_OPTIONS = 5
_SUPPORT = 0.2  # what another place around it, or in it, adds to the surety of one


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """place: None where none is named or it cannot be told which; review then says why.

    options: codes of what it may be, likeliest first. unknown: names as typed that stand where places stand.
    confidence: 0..1 that it is this place, or one of the options.
    """

    place: Place | None = None
    review: str | None = None
    options: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    confidence: float = 0.0

    @property
    def named(self) -> bool:
        return self.place is not None or self.review is not None


class PlaceIndex:
    """Every place by every name. Built once per version of the gazetteer; immutable."""

    __slots__ = ("_by_code", "_finder", "_unknown", "_words")

    def __init__(self, places: Iterable[Place], words: PlaceWords) -> None:
        self._by_code = {place.code: place for place in places}
        self._finder = MentionFinder(NameIndex(self._by_code.values(), words), words)
        self._unknown = UnknownNames(words)
        self._words = words

    def may_name(self, token: str) -> bool:
        """It is no ordinary word of a language, or one that stands beside names: "préfecture"."""
        return token not in self._words.ordinary or self._words.levels.holds_any((stem_of(token),))

    def find(self, words: Words, situation: Situation) -> PlaceFound:
        """The one place the text is about."""
        text = self._text(words, situation)
        near, mentions = text.near, self._mentions(text)
        unknown = self._unknown.find(text, [(mention.start, mention.end) for mention in mentions])
        said = [mention for mention in mentions if any(place.level for place in mention.places)]
        if not said:
            elsewhere = any(not mention.places for mention in mentions)
            return PlaceFound(None, PLACE_UNSURE if elsewhere else None, unknown=unknown)
        return _decide(said, mentions, near, unknown)

    def positions(self, words: Words, situation: Situation) -> frozenset[int]:
        """Which words name places, or may."""
        mentions = self._mentions(self._text(words, situation))
        return frozenset(at for mention in mentions for at in range(mention.start, mention.end))

    def _text(self, words: Words, situation: Situation) -> TextRead:
        spots = (self._by_code.get(code) for code in (situation.home, situation.area) if code)
        near = Nearness(spot for spot in spots if spot is not None)
        return TextRead(words, self._words, Typed(words.text), near)

    def _mentions(self, text: TextRead) -> list[Mention]:
        return [one for one in _support(self._finder.find(text)) if one.surety >= POSSIBLE]


def _support(mentions: list[Mention]) -> list[Mention]:
    return [
        supported(one, _SUPPORT)
        if any(
            on_one_line(a, b) and a.code != b.code
            for other in mentions
            if other is not one
            for a in one.places
            for b in other.places
            if a.level and b.level
        )
        else one
        for one in mentions
    ]


def _decide(
    said: Sequence[Mention], mentions: Sequence[Mention], near: Nearness, unknown: tuple[str, ...]
) -> PlaceFound:
    certain = [mention for mention in said if mention.surety >= CERTAIN]
    if not certain:
        surest = max(said, key=lambda mention: (mention.surety, -mention.start))
        options = _codes(likeliest_first((place for place in surest.places if place.level), near))
        return PlaceFound(None, PLACE_UNSURE, options, unknown, surest.surety)
    readings = list(dict.fromkeys(mention.places for mention in mentions if mention.surety >= CERTAIN))
    meant = {
        mention: supported_by(mention.places, [other for other in readings if other != mention.places])
        for mention in _foremost(certain)
    }
    chosen = {mention: choose(places, near) for mention, places in meant.items()}
    found = {place.code: place for place in chosen.values() if place is not None}
    inner = [place for place in found.values() if not any(place.code in other.parents for other in found.values())]
    confidence = max(mention.surety for mention in meant)
    if None not in chosen.values() and len(inner) == 1:
        return PlaceFound(inner[0], unknown=unknown, confidence=confidence)
    possible: list[Place] = []
    for mention, place in chosen.items():
        possible += [place] if place is not None else likeliest_first(meant[mention], near)
    return PlaceFound(None, SEVERAL_PLACES, _codes(_outer_left_out(possible)), unknown, confidence)


def _foremost(mentions: Sequence[Mention]) -> list[Mention]:
    """Those at which it happened, where the text says so of some: not where people came from or went."""
    most = max(mention.standing for mention in mentions)
    return [mention for mention in mentions if mention.standing == most]


def _outer_left_out(places: Iterable[Place]) -> list[Place]:
    listed = list(places)
    return [one for one in listed if not any(one.code in other.parents for other in listed)]


def _codes(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.code for place in places))[:MOST_OPTIONS]
