"""What the words around a spot say for a place: "à", "venus de", "non loin de" before it, "junction" after."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.understand.lexicon import PlaceWords

Phrase = tuple[str, ...]

ELSEWHERE, UNSAID, THERE = 0, 1, 2
"""How much the words say that it happened at the place: it did not; they do not say; it did."""


@dataclass(frozen=True, slots=True)
class Cue:
    """evidence: what it adds to the surety that a place stands there."""

    evidence: float
    standing: int


_NOTHING = Cue(0.0, UNSAID)
STRONG, _WEAK = 0.2, 0.08
_AFTER = 0.12


class Cues:
    __slots__ = ("_after", "_before", "_connectors")

    def __init__(self, words: PlaceWords) -> None:
        cues: dict[Phrase, Cue] = {}
        for phrase in words.loose:
            cues[phrase] = Cue(_WEAK, UNSAID)
        for phrases, standing in ((words.near, UNSAID), (words.moving, ELSEWHERE), (words.inside, THERE)):
            for phrase in phrases:
                cues[phrase] = Cue(_WEAK if phrase in words.loose else STRONG, standing)
        before: dict[str, dict[int, dict[Phrase, Cue]]] = {}
        for phrase, cue in cues.items():
            before.setdefault(phrase[-1], {}).setdefault(len(phrase), {})[phrase] = cue
        self._before = {word: tuple(sorted(by_length.items(), reverse=True)) for word, by_length in before.items()}
        self._after = words.after
        self._connectors = words.connectors

    def before(self, tokens: Sequence[str], start: int) -> Cue:
        """The strongest of what stands right before, articles between allowed: "près de la"."""
        best, at = _NOTHING, start
        while at > 0:
            cue = self._right_before(tokens, at)
            if cue is not None and cue.evidence > best.evidence:
                best = cue
            if tokens[at - 1] not in self._connectors:
                break
            at -= 1
        return best

    def _right_before(self, tokens: Sequence[str], at: int) -> Cue | None:
        for length, phrases in self._before.get(tokens[at - 1], ()):
            cue = phrases.get(tuple(tokens[at - length : at])) if length <= at else None
            if cue is not None:
                return cue
        return None

    def after(self, tokens: Sequence[str], end: int) -> float:
        return _AFTER if end < len(tokens) and tokens[end] in self._after else 0.0
