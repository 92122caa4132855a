"""One word that holds several answers, A1B2C17: where its tags end and its values begin.

The reading with the fewest repairs counts; where two are equally good, none does, and the word is asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from intake.forms.definition import Form, FormField
from intake.forms.values import shapes

LONGEST_WORD: Final = 64
"""Longer words are read as nothing: nobody types such, and looking at every way to cut one takes time."""
_REPAIR: Final = 1
_LEFT_OPEN: Final = 1  # a tag at the end, whose value comes in the next word
_WRONG: Final = 100
_LONGEST_WRONG: Final = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """written: None where the value comes in the next word."""

    field: FormField
    written: str | None


@dataclass(frozen=True, slots=True)
class TagChain:
    """cost: 0 as it should be, below 100 with repairs, from 100 with values that cannot be. unclear: two ways to read
    it are equally good.
    """

    pairs: tuple[Pair, ...]
    cost: int
    unclear: bool = False

    @property
    def is_clean(self) -> bool:
        return self.cost < _WRONG and not self.unclear

    @property
    def is_open(self) -> bool:
        return bool(self.pairs) and self.pairs[-1].written is None


def chain_of(form: Form, up: str, awaiting: FormField | None = None) -> TagChain | None:
    """up: a word in capitals. awaiting: the field whose value it begins with. None where it is no chain."""
    if not up or len(up) > LONGEST_WORD:
        return None
    if awaiting is None and (whole := form.field(up)):
        return TagChain((Pair(whole, None),), 0)
    return _Cutting(form, up).best(awaiting)


class _Cutting:
    """From right to left: of each place in the word, the best way to read what follows it."""

    def __init__(self, form: Form, up: str) -> None:
        self._form = form
        self._up = up
        self._has_digit = any(char.isdigit() for char in up)
        self._from: list[TagChain | None] = [None] * len(up) + [TagChain((), 0)]

    def best(self, awaiting: FormField | None) -> TagChain | None:
        for start in range(len(self._up) - 1, -1 if awaiting is None else 0, -1):
            self._from[start] = self._tagged_at(start)
        if awaiting is None:
            return self._from[0]
        return _best(self._valued(awaiting, 0))

    def _tagged_at(self, start: int) -> TagChain | None:
        ways: list[TagChain] = []
        for field in self._form.fields:
            if self._up.startswith(field.tag, start):
                ways += self._valued(field, start + len(field.tag))
        return _best(ways)

    def _valued(self, field: FormField, start: int) -> list[TagChain]:
        """Every way to read a value of this field here, and the rest after it."""
        if start == len(self._up):
            return [TagChain((Pair(field, None),), _LEFT_OPEN)]
        ways = []
        ends = dict[int, bool]()
        for end, repaired in shapes(field, self._up, start):
            ends[end] = repaired and ends.get(end, True)
        for end, repaired in ends.items():
            ways += self._followed(field, start, end, _REPAIR * repaired)
        if self._has_digit and field.type not in {"text", "place"}:
            for end in range(start + 1, min(len(self._up), start + _LONGEST_WRONG) + 1):
                if end not in ends:
                    ways += self._followed(field, start, end, _WRONG + end - start)
        return ways

    def _followed(self, field: FormField, start: int, end: int, cost: int) -> list[TagChain]:
        rest = self._from[end]
        if rest is None:
            return []
        pair = Pair(field, self._up[start:end])
        return [TagChain((pair, *rest.pairs), cost + rest.cost, rest.unclear)]


def _best(ways: Sequence[TagChain]) -> TagChain | None:
    if not ways:
        return None
    least = min(way.cost for way in ways)
    best = [way for way in ways if way.cost == least]
    unclear = best[0].unclear or any(way.pairs != best[0].pairs for way in best[1:])
    return TagChain(best[0].pairs, least, unclear)


# -- tags with a slip --------------------------------------------------------------------------------------------------

_SHORTEST_MENDED: Final = 3
"""A slip in a tag of one or two letters makes another tag as easily."""


def near_tag(form: Form, up: str) -> tuple[FormField, str] | None:
    """The only field whose tag this word begins with but for one slip, and what follows the tag."""
    letters = len(up) - len(up.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    written, rest = up[:letters], up[letters:]
    if not written or len(up) > LONGEST_WORD:
        return None
    alike = [field for field in form.fields if _is_near(written, field.tag)]
    return (alike[0], rest) if len(alike) == 1 else None


def _is_near(written: str, tag: str) -> bool:
    if len(tag) == 1:
        return len(written) > 1 and set(written) == {tag}  # a key that stuck
    return len(tag) >= _SHORTEST_MENDED and is_one_slip(written, tag)


def is_one_slip(one: str, other: str) -> bool:
    """One letter too many, too few, another, or two changed about."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    if short[same + 1 :] == long[same + 1 :]:
        return True
    return short[same + 2 :] == long[same + 2 :] and short[same : same + 2] == long[same : same + 2][::-1]
