"""Which known names a misspelt one may be. Names here are normalised and written as one word: "bobodioulasso".

A name sounds like another when only local spelling habits set them apart; a slip is a letter too many, too few, wrong,
or changed places with its neighbour. Which slip is believed where is decided in mentions.py.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

# Kérouané and Kerwané, Guéckédou and Gékédou, Maneah and Manéya, Nzérékoré and Zerekore, Itagüí and Itagui.
_GROUPS = (
    ("qu", "k"),
    ("ck", "k"),
    ("ph", "f"),
    ("gn", "ny"),
    ("dj", "j"),
    ("ou", "u"),
    ("gue", "ge"),
    ("gui", "gi"),
    ("sh", "ch"),
    ("ch", "X"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
)
_LETTERS = str.maketrans({"c": "k", "q": "k", "w": "u", "y": "i", "j": "i", "z": "s", "X": "c"})
_SILENT_H = re.compile(r"(?<=[bdfgklmnprstvxz])h|h$")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "aeiou")
_TURNS_WITH_ONE_SLIP = re.compile(r"(.)\1|([aeiou])[^aeiou]\2|c[eiy]|gu[ei]|qu|ou|[cps]h|gn|ck|dj")
"""Where one wrong letter changes two of the sound: there the name is also sought as it is written."""

_SHORTEST_SLIP = 5  # letters of a name in which a slip is believed at all
_SHORTEST_TWO = 8  # letters of a name in which two are
_SHORTEST_BONES = 4  # consonants
_CLOSE = 0.75  # of the letters as written: what only sounds near is another name
_MOST_ALIKE = 40  # of one bucket: more than this is no help to anybody


def sound_of(word: str) -> str:
    for group, letter in _GROUPS:
        if group in word:
            word = word.replace(group, letter)
    if "h" in word:
        word = _SILENT_H.sub("", word)
    return _DOUBLED.sub(r"\1", word.translate(_LETTERS))


@dataclass(frozen=True, slots=True)
class Alike:
    """slips: 0 where it sounds the same. bones: with the same consonants. closeness: 0..1, of the letters written."""

    name: str
    slips: int
    bones: bool
    closeness: float


class SpellingIndex:
    """Names by what one or two slips leave of them. Immutable once built."""

    __slots__ = ("_bones", "_rests", "_same", "_sounds")

    def __init__(self, names: Iterable[str]) -> None:
        self._sounds = {name: sound_of(name) for name in sorted(names)}
        same: dict[str, list[str]] = {}
        self._rests: dict[str, str | tuple[str, ...]] = {}  # mostly one name: a tuple each would double its size
        bones: dict[str, list[str]] = {}
        for name, sound in self._sounds.items():
            same.setdefault(sound, []).append(name)
            if len(sound) < _SHORTEST_SLIP - 1:
                continue
            forms = {sound, *_one_less(sound)}
            if _TURNS_WITH_ONE_SLIP.search(name):
                forms |= {name, *_one_less(name)}
            for form in forms:
                self._leave(form, name)
            bare = sound.translate(_VOWELS)
            if len(bare) >= _SHORTEST_BONES and len(sound) >= _SHORTEST_TWO - 1:
                bones.setdefault(bare, []).append(name)
        self._same = {key: tuple(found) for key, found in same.items()}
        self._bones = {key: tuple(found[:_MOST_ALIKE]) for key, found in bones.items()}

    def _leave(self, form: str, name: str) -> None:
        before = self._rests.get(form)
        if before is None:
            self._rests[form] = name
        elif isinstance(before, str):
            self._rests[form] = (before, name)
        elif len(before) < _MOST_ALIKE:
            self._rests[form] = (*before, name)

    def alike(self, word: str) -> list[Alike]:
        """Names that the word may be meant for, those with the fewest slips only, the closest first."""
        sound = sound_of(word)
        same = self._same.get(sound)
        if same is not None:
            return self._ordered(word, sound, same, 0)
        if len(word) < _SHORTEST_SLIP:
            return []
        once = self._once(word, sound)
        if once:
            return self._ordered(word, sound, once, 1)
        return self._ordered(word, sound, self._twice(sound), 2) if len(word) >= _SHORTEST_TWO - 1 else []

    def _once(self, word: str, sound: str) -> list[str]:
        rests = self._rests
        forms = [sound, *_one_less(sound)]
        if word != sound:
            forms += [word, *_one_less(word)]
        near: set[str] = set()
        for form in forms:
            if (left := rests.get(form)) is not None:
                near.update((left,) if isinstance(left, str) else left)
        return [name for name in near if OSA.distance(sound, self._sounds[name]) == 1 or OSA.distance(word, name) == 1]

    def _twice(self, sound: str) -> list[str]:
        """Two wrong vowels: the consonants are kept in most slips of people who write as they hear."""
        near = self._bones.get(sound.translate(_VOWELS), ())
        return [name for name in near if OSA.distance(sound, self._sounds[name], score_cutoff=2) <= 2]  # noqa: PLR2004

    def _ordered(self, word: str, sound: str, names: Iterable[str], slips: int) -> list[Alike]:
        bare = sound.translate(_VOWELS)
        found = [
            Alike(name, slips, self._sounds[name].translate(_VOWELS) == bare, ratio(word, name) / 100) for name in names
        ]
        near = [alike for alike in found if slips == 0 or alike.closeness >= _CLOSE]
        return sorted(near, key=lambda alike: (-alike.closeness, alike.name))


def _one_less(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]
