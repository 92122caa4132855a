"""Every name of every place, and which of them stand at a spot of a text. Whether they are meant: mentions.py."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.understand.lexicon import PlaceWords
from intake.understand.normalise import normalise
from intake.understand.spelling import SpellingIndex
from intake.understand.values import Place

SHORTEST_NAME = 2  # letters: "Pô", "Di" and "Yé" are words in too many languages; mentions.py asks for more evidence
_SHORTEST_PART = 4  # letters of a word that may stand for the whole name: "Bobo" for "Bobo-Dioulasso"
_COMPOUND = 3  # words from which on a name is several, each of them used: "Sawla-Tuna-Kalba"
_MOST_BEARERS = 5  # places that share such a word; "San" is no name
_SHORTEST_START = 5  # letters of the cut-off start of a word: "Ouaga"
_SHORTEST_CUT = 3  # letters that such a start leaves out


@dataclass(frozen=True, slots=True)
class Named:
    """words: the name as its own list writes it. whole: False for a part of it that people say instead."""

    place: Place
    words: tuple[str, ...]
    whole: bool


class NameIndex:
    """Built once per version of the gazetteer; immutable."""

    __slots__ = ("_lasts", "_names", "_starts", "_widest", "longest", "spellings")

    def __init__(self, places: Iterable[Place], words: PlaceWords) -> None:
        names: dict[str, list[Named]] = {}
        parts: dict[str, list[Named]] = {}
        for place in sorted(places, key=lambda place: place.code):
            own = sorted(_names_of(place, words))
            for name in own:
                names.setdefault("".join(name), []).append(Named(place, name, whole=True))
            for part in sorted({part for name in own for part in _parts_of(name, words)}):
                parts.setdefault("".join(part), []).append(Named(place, part, whole=False))
        for joined, bearers in parts.items():
            if len(bearers) <= _MOST_BEARERS:
                names.setdefault(joined, []).extend(bearers)
        self._names = {joined: tuple(found) for joined, found in names.items()}
        self._widest: dict[str, int] = {}
        for found in self._names.values():
            for named in found:
                first = named.words[0]
                self._widest[first] = max(self._widest.get(first, 1), len(named.words))
        self._lasts = frozenset(
            named.words[-1] for found in self._names.values() for named in found if len(named.words) > 1
        )
        self.longest = max((len(joined) for joined in self._names), default=0)
        self._starts = sorted(joined for joined, found in self._names.items() if any(named.whole for named in found))
        self.spellings = SpellingIndex(joined for joined in self._names if len(joined) > _SHORTEST_PART)

    def named(self, joined: str) -> tuple[Named, ...]:
        return self._names.get(joined, ())

    def widths_at(self, tokens: Iterable[str]) -> list[int]:
        """How many words a name may have that begins with each of these."""
        return [self._widest.get(token, 0) for token in tokens]

    def may_end_with(self, token: str) -> bool:
        """Whether a name of several words ends so."""
        return token in self._lasts

    def exact_at(self, tokens: Sequence[str], start: int, widest: int) -> list[tuple[int, tuple[Named, ...]]]:
        """Where the names of at most `widest` words end that begin here, written whole, joined or torn."""
        found = []
        joined = ""
        for end, token in enumerate(tokens[start : start + widest], start=start + 1):
            joined += token
            if joined in self._names:
                found.append((end, self._names[joined]))
        return found

    def begun_with(self, token: str) -> tuple[Named, ...]:
        """The places whose name begins so, where the rest is cut off: "Ouaga". None where names differ too much."""
        if len(token) < _SHORTEST_START:
            return ()
        at = bisect_left(self._starts, token)
        found: list[Named] = []
        for joined in self._starts[at : at + _MOST_BEARERS + 1]:
            if not joined.startswith(token):
                break
            if len(joined) - len(token) < _SHORTEST_CUT:
                return ()
            found += self._names[joined]
        return tuple(found) if len({"".join(named.words) for named in found}) == 1 else ()


def _names_of(place: Place, words: PlaceWords) -> set[tuple[str, ...]]:
    """As listed, in the spelling of today's texts, and without the words that only a register adds."""
    found = set()
    for name in (place.name, *place.aliases):
        tokens = tuple(words.spelt.get(token, token) for token in normalise(name).replace("/", " ").split())
        bare = tokens
        while len(bare) > 1 and bare[-1] in words.endings:
            bare = bare[:-1]
        found |= {tokens, bare}
    return {name for name in found if sum(char.isalpha() for token in name for char in token) >= SHORTEST_NAME}


def _parts_of(name: tuple[str, ...], words: PlaceWords) -> set[tuple[str, ...]]:
    """Parts by which people know the whole: a word of its own, or all but the article."""
    if len(name) == 1:
        return set()
    parts = set()
    if name[0] in words.articles:
        parts.add(name[1:])
    for at, token in enumerate(name):
        before = name[at - 1] if at else ""
        leads = at == 0 or len(name) >= _COMPOUND or before in words.connectors
        own = (
            len(token) >= _SHORTEST_PART and token.isalpha() and before not in words.bound and token not in words.bound
        )
        if leads and own and token not in words.everyday_words and token not in words.ordinary:
            parts.add((token,))
    return parts
