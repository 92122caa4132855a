"""What steers a name to one of the places that bear it: the level said, the sender's neighbourhood, other places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.understand.lexicon import PlaceWords
from intake.understand.normalise import Words
from intake.understand.phrases import Match
from intake.understand.values import Place

_STEER_DISTANCE = 3  # words between the administrative word and the name: "préfecture de la Bagoué"


@dataclass(frozen=True, slots=True)
class LevelSaid:
    """What an administrative word beside a name says: "commune de Kindia", "Kericho county"."""

    levels: frozenset[int]
    start: int
    after: bool


def level_said(
    words: Words, start: int, end: int, levels: Sequence[Match[frozenset[int]]], place_words: PlaceWords
) -> LevelSaid | None:
    tokens = words.tokens
    for level in levels:
        between = tokens[level.end : start]
        close = level.end <= start and len(between) <= _STEER_DISTANCE
        if close and all(token in place_words.connectors for token in between):
            return LevelSaid(level.value, level.start, after=False)
        if level.start == end and words.stems[level.start : level.end] in place_words.levels_after:
            goes_on = level.end < len(tokens) and tokens[level.end] in place_words.connectors
            return None if goes_on else LevelSaid(level.value, level.start, after=True)
    return None


class Nearness:
    """Where the sender is, as far as it is known: home first, then the area of the channel."""

    __slots__ = ("_grounds", "_lines", "spots")

    def __init__(self, spots: Iterable[Place]) -> None:
        self.spots = tuple(spots)
        self._lines = tuple(frozenset({spot.code, *spot.parents}) for spot in self.spots)
        # the country and what lies right below it
        self._grounds = tuple(frozenset((spot.code, *spot.parents)[-2:-1] or (spot.code,)) for spot in self.spots)

    def of_any(self, places: Iterable[Place], *, exact: bool) -> float:
        """What nearness adds to the evidence for the nearest of the places; another country takes away."""
        if not self.spots:
            return 0.0
        best = max((self._of(place) for place in places), default=0.0)
        return best if best > 0 or not exact else best / 3

    def _of(self, place: Place) -> float:
        line = {place.code, *place.parents}
        if any(line & ground for ground in self._grounds):
            return 0.1
        return -0.06 if any(line & other for other in self._lines) else -0.3

    def are_near(self, places: Iterable[Place]) -> bool:
        """Whether any lies in the same first division of the country."""
        return any(({place.code, *place.parents} & ground) for place in places for ground in self._grounds)

    def is_neighbour(self, place: Place) -> bool:
        """The sender's own place, one around it or in it, or one beside it."""
        return any(
            on_one_line(place, spot) or (place.parents[:1] == spot.parents[:1] and place.level > 1)
            for spot in self.spots
        )

    def shared(self, place: Place) -> tuple[int, ...]:
        """Ancestors in common with each spot: the more, the likelier."""
        line = {place.code, *place.parents}
        return tuple(len(line & other) for other in self._lines)

    def on_one_line(self, place: Place) -> bool:
        return any(on_one_line(place, spot) for spot in self.spots)


def country_of(place: Place) -> str:
    return place.parents[-1] if place.parents else place.code


def on_one_line(one: Place, other: Place) -> bool:
    return one.code == other.code or one.code in other.parents or other.code in one.parents


def of_level(places: tuple[Place, ...], said: LevelSaid | None, near: Nearness) -> tuple[Place, ...]:
    """Keep the places of the level the text names.

    "quartier Hafia" is not the sub-prefecture Hafia two regions away: a place above the level named is only believed
    near the sender. "région de Dixinn" is loose speech for the commune.
    """
    if said is None:
        return places
    fitting = tuple(place for place in places if place.level in said.levels)
    if fitting:
        return fitting
    if all(place.level < min(said.levels) for place in places):
        return tuple(place for place in places if near.on_one_line(place))
    return places


def supported_by(places: tuple[Place, ...], others: Sequence[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Keep the places that contain, or lie in, what else the text names."""
    if len(places) == 1 or not others:
        return places
    kept = tuple(
        place
        for place in places
        if any(on_one_line(place, other) and place is not other for reading in others for other in reading)
    )
    return kept or places


def choose(places: tuple[Place, ...], near: Nearness) -> Place | None:
    """One of same-named places: the innermost where each lies in the next, else the one clearly nearest the sender."""
    if (innermost := _innermost(places)) is not None:
        return innermost
    for at in range(len(near.spots)):
        shared = [near.shared(place)[at] for place in places]
        closest = tuple(place for place, depth in zip(places, shared, strict=True) if depth == max(shared))
        if (innermost := _innermost(closest)) is not None:
            return innermost
    return None


def likeliest_first(places: Iterable[Place], near: Nearness) -> list[Place]:
    """Nearest the sender first, then the more specific; the order of the gazetteer decides nothing."""
    return sorted(places, key=lambda place: (tuple(-depth for depth in near.shared(place)), -place.level, place.code))


def _innermost(places: tuple[Place, ...]) -> Place | None:
    deepest = max(places, key=lambda place: (len(place.parents), place.code))
    return deepest if all(on_one_line(place, deepest) for place in places) else None
