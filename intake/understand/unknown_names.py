"""Names that stand where places stand and are in no gazetteer: staff turn them into aliases. They are fragments of the
body, so only where an administrative word, or a preposition and a capital, leave little room for a person's name.
"""

from collections.abc import Iterable

from intake.understand.cues import STRONG, THERE, Cues
from intake.understand.lexicon import PlaceWords
from intake.understand.spots import TextRead

MOST_NAMES = 3
LONGEST_NAME = 40  # characters
_SHORTEST_NAME = 4  # letters
_MOST_WORDS = 3
_SETTLEMENT = 3  # the level from which on an administrative word stands before what few gazetteers list


class UnknownNames:
    __slots__ = ("_cues", "_words")

    def __init__(self, words: PlaceWords) -> None:
        self._words = words
        self._cues = Cues(words)

    def find(self, text: TextRead, known: Iterable[tuple[int, int]]) -> tuple[str, ...]:
        """As typed. known: what is a place already."""
        strange = {at for at, is_strange in enumerate(text.strange) if is_strange and self._is_name(text, at)}
        if not strange:
            return ()
        strange -= {at for start, end in known for at in range(start, end)}
        after_level = {match.end for match in text.levels if max(match.value) > _SETTLEMENT}
        spans: dict[tuple[str, ...], None] = {}
        free = 0
        for at in sorted(strange):
            if at < free or not self._stands_as_place(text, at, after_level):
                continue
            free = at + 1
            while free in strange and free < at + _MOST_WORDS and text.typed.has_capital(text.words.tokens[free]):
                free += 1
            spans[text.words.tokens[at:free]] = None
            if len(spans) == MOST_NAMES:
                break
        return tuple(text.typed.spelling_of(span)[:LONGEST_NAME].rstrip() for span in spans)

    def _is_name(self, text: TextRead, at: int) -> bool:
        token = text.words.tokens[at]
        return (
            len(token) >= _SHORTEST_NAME and token not in self._words.everyday_words and token not in self._words.titles
        )

    def _stands_as_place(self, text: TextRead, at: int, after_level: set[int]) -> bool:
        tokens = text.words.tokens
        before = at
        while before > 0 and tokens[before - 1] in self._words.connectors:
            before -= 1
        if at in after_level or before in after_level:
            return True
        cue = self._cues.before(tokens, at)
        if cue.standing != THERE or cue.evidence < STRONG:
            return False
        return text.typed.has_capital(tokens[at])
