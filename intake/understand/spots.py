"""Where in a text a name may stand: spelt right, torn, joined, misspelt or cut off. Whether it is: mentions.py."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from intake.understand.cues import Cues
from intake.understand.lexicon import PlaceWords
from intake.understand.names import Named, NameIndex
from intake.understand.normalise import Words
from intake.understand.spelling import Alike
from intake.understand.steering import Nearness
from intake.understand.typed import Typed
from intake.understand.vocabulary import languages_of

EXACT, PART, CUT_OFF = 0.97, 0.8, 0.74
"""How sure a name is before its surroundings are read: the whole, a part said for it, the start of it."""

_SLIPS = (0.9, 0.76, 0.66)  # as it sounds, one slip, two
_WRONG_VOWEL = {5: 0.1, 6: 0.02}  # by the letters of the name
_WRONG_CONSONANT = {5: 0.25, 6: 0.16, 7: 0.06}
_TOO_SHORT = 0.3
_WRONG_FIRST, _LONG, _SHORT = 0.14, 0.05, 0.1
_PART_MISSPELT = 0.12
_TORN = 0.05
_CUT, _CUT_NAME = 0.06, 6  # "Nongo" is more likely a name of its own than a "Nongoa" that lost its end
_CLOSER_BY = 0.05

TINY_NAME = 2  # letters
SHORT_NAME = 5  # letters: with a slip in it, it is taken for near any word
LONG_NAME = 8  # letters of a name that few other words are one slip away from
_LONGEST_SPLIT = 3  # words into which one is torn: "Oua ga dougou"
_TORN_WORDS = 2  # into which a misspelt one is torn
_FUZZY_WORDS = 4  # words of a name in which slips are sought
_LEVEL_DISTANCE = 3  # words between an administrative word and the name
_MOST_SPOTS = 24  # of one text that are weighed
_MOST_FUZZY = 24  # spots of one text at which a misspelt name is sought


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a name may stand. slips: 0 where it is spelt right; 1 as it sounds; then one more for each."""

    start: int
    end: int
    named: tuple[Named, ...]
    surety: float
    slips: int


class TextRead:
    """One text while its places are sought."""

    __slots__ = ("languages", "levels", "near", "spelt", "strange", "typed", "words")

    def __init__(self, words: Words, place_words: PlaceWords, typed: Typed, near: Nearness) -> None:
        spelt, common, ordinary = place_words.spelt, place_words.function_words, place_words.ordinary
        self.words = words
        self.spelt = tuple([spelt.get(token, token) for token in words.tokens])
        self.strange = [
            token not in ordinary and stem not in ordinary and token not in common and token.isalpha()
            for token, stem in zip(self.spelt, words.stems, strict=True)
        ]
        self.levels = place_words.levels.find(words.stems)
        self.typed = typed
        self.near = near
        self.languages: frozenset[str] | None = None

    def read_in(self, ordinary: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """The languages of the text."""
        if self.languages is None:
            self.languages = languages_of(self.words.tokens, ordinary)
        return self.languages


class SpotFinder:
    __slots__ = ("_cues", "_names", "_words")

    def __init__(self, names: NameIndex, words: PlaceWords, cues: Cues) -> None:
        self._names = names
        self._words = words
        self._cues = cues

    def find(self, text: TextRead) -> Iterator[Spot]:
        """They may overlap."""
        widths = self._names.widths_at(text.spelt)
        yield from islice(self._exact(text, widths), _MOST_SPOTS)
        yield from islice(self._misspelt(text, widths), _MOST_SPOTS)

    def _exact(self, text: TextRead, widths: Sequence[int]) -> Iterator[Spot]:
        tokens, strange, names = text.spelt, text.strange, self._names
        last = len(tokens) - 1
        for start, (token, widest) in enumerate(zip(tokens, widths, strict=True)):
            if strange[start] or len(token) <= TINY_NAME or (start < last and strange[start + 1]):
                widest = max(widest, _LONGEST_SPLIT)  # noqa: PLW2901  its words may be torn
            if not widest:
                continue
            for end, named in names.exact_at(tokens, start, widest):
                pieces = tokens[start:end]
                fitting = tuple([one for one in named if one.words == pieces])
                if fitting or end - start == 1:
                    yield self._spelt_right(start, end, fitting or named)
                elif (length := sum(map(len, pieces))) > SHORT_NAME and (
                    length >= LONG_NAME or any(strange[start:end])
                ):
                    yield Spot(start, end, named, _SLIPS[0], 1)

    def _spelt_right(self, start: int, end: int, named: tuple[Named, ...]) -> Spot:
        return Spot(start, end, named, EXACT if any(one.whole for one in named) else PART, 0)

    def _misspelt(self, text: TextRead, widths: Sequence[int]) -> Iterator[Spot]:
        """Strange words, and those with which names of several words begin, together with what follows."""
        tokens, strange = text.spelt, text.strange
        longest, left = self._names.longest + 1, _MOST_FUZZY
        for start, (token, width) in enumerate(zip(tokens, widths, strict=True)):
            if width <= 1 and not strange[start]:
                continue
            joined = token
            for end in range(start + 1, min(start + self._widest_misspelt(text, start, width), len(tokens)) + 1):
                if end > start + 1:
                    joined += tokens[end - 1]
                    if not self._may_go_on(text, start, end, width):
                        continue
                elif not strange[start] or self._names.named(token):
                    continue
                if not SHORT_NAME - 1 <= len(joined) <= longest or not self._is_cued(text, start, end):
                    continue
                left -= 1
                if left < 0:
                    return
                yield from self._alike(joined, start, end)

    def _widest_misspelt(self, text: TextRead, start: int, width: int) -> int:
        """Words of a misspelt name that begins here; behind an article only before a strange word."""
        if text.spelt[start] in self._words.articles:
            return width if start + 1 < len(text.strange) and text.strange[start + 1] else 0
        return max(width, _FUZZY_WORDS) if text.strange[start] else width

    def _may_go_on(self, text: TextRead, start: int, end: int, width: int) -> bool:
        """Whether the words may be one name: one torn in two, or as many as names have that begin or end so."""
        strange = text.strange
        if width >= end - start:
            last = text.spelt[end - 1]
            return any(strange[start:end]) and (
                strange[end - 1] or self._names.may_end_with(last) or end == len(strange)
            )
        return strange[start] and (
            (strange[end - 1] and end - start == _TORN_WORDS) or self._names.may_end_with(text.spelt[end - 1])
        )

    def _is_cued(self, text: TextRead, start: int, end: int) -> bool:
        """Whether anything but the sender's neighbourhood speaks for a place: else a slip is not believed anyway."""
        tokens = text.words.tokens
        if start == 0 or end == len(tokens) or self._cues.before(tokens, start).evidence > 0:
            return True
        if self._cues.after(tokens, end) > 0 or any(
            level.end <= start <= level.end + _LEVEL_DISTANCE or level.start == end for level in text.levels
        ):
            return True
        typed = text.typed
        for at in range(start, end):
            if typed.has_capital(tokens[at]):
                return True
        return typed.begins_piece(tokens[start])

    def _alike(self, joined: str, start: int, end: int) -> Iterator[Spot]:
        alike = self._names.spellings.alike(joined)
        closest = [one for one in alike if one.closeness > alike[0].closeness - _CLOSER_BY]
        believed = bool(closest) and not (
            closest[0].slips and len(closest[0].name) <= SHORT_NAME and joined[0] != closest[0].name[0]
        )
        if believed:
            named = tuple(bearer for one in closest for bearer in self._names.named(one.name))
            surety = _slip_surety(joined, closest[0])
            surety -= 0 if any(one.whole for one in named) else _PART_MISSPELT
            surety -= _TORN if end - start > 1 and all(len(one.words) == 1 for one in named) else 0
            yield Spot(start, end, named, surety, closest[0].slips + 1)
        elif end - start == 1 and (begun := self._names.begun_with(joined)):
            yield Spot(start, end, begun, CUT_OFF, 3)


def _slip_surety(joined: str, alike: Alike) -> float:
    """The shorter the name, the likelier the word is another one, above all where a consonant differs."""
    length = min(len(joined), len(alike.name))
    surety = _SLIPS[alike.slips]
    if not alike.slips:
        return surety - (_SHORT if length <= SHORT_NAME else 0.0)
    if alike.bones:
        surety -= _WRONG_VOWEL.get(length, _TOO_SHORT if length < SHORT_NAME else 0.0)
    else:
        kept = len(alike.name) if len(joined) < len(alike.name) else length
        surety -= _WRONG_CONSONANT.get(kept, _TOO_SHORT if kept < SHORT_NAME else 0.0)
    surety -= _WRONG_FIRST if joined[0] != alike.name[0] else 0.0
    surety -= _CUT if length <= _CUT_NAME and alike.name.startswith(joined) else 0.0
    return surety + (_LONG if length >= LONG_NAME else 0.0)
