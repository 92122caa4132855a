"""How a text was typed, where its plain words no longer tell: capitals, sentences, the spelling of a name."""

import re

from intake.understand.normalise import normalise

_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[.!?;:,\n\r()\"]+")
_CAPITAL = re.compile(r"(?<![^\W_])[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u024f][^\W_]*")
_SENTENCE_ENDS = ".!?\n"
_NO_STOPS = " \t\"'\u00ab("
_MARK = " 0stop0 "  # survives normalising, and nobody types it
_LOOK_BACK = 4  # characters before a word in which its sentence may begin


class Typed:
    """Of one text; what it answers is worked out when it is first asked."""

    __slots__ = ("_capitals", "_firsts", "_openers", "_pieces", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._capitals: frozenset[str] | None = None
        self._openers: frozenset[str] = frozenset()
        self._firsts: frozenset[str] = frozenset()
        self._pieces: frozenset[str] | None = None

    def has_capital(self, token: str) -> bool:
        """Within a sentence, in a text that is not all capitals."""
        if self._capitals is None:
            self._capitals = self._read_capitals()
        return token in self._capitals

    def has_capitals(self) -> bool:
        """Whether its names, then, would have one."""
        if self._capitals is None:
            self._capitals = self._read_capitals()
        return bool(self._capitals)

    def stands_alone(self, phrase: str) -> bool:
        """Whether the words stand between two stops with nothing else: "… le toit. Zorgho"."""
        return phrase in self._pieces_read()

    def begins_piece(self, token: str) -> bool:
        """Whether the word stands right after a stop: "… ya jioni. Naivasha stage"."""
        self._pieces_read()
        return token in self._firsts

    def _pieces_read(self) -> frozenset[str]:
        if self._pieces is None:
            marked = normalise(_STOP.sub(_MARK, self._text))
            self._pieces = frozenset(piece.strip() for piece in marked.split(_MARK.strip()))
            self._firsts = frozenset(piece.partition(" ")[0] for piece in self._pieces)
        return self._pieces

    def spelling_of(self, tokens: tuple[str, ...]) -> str:
        """The words as typed; the plain ones where they cannot be found again."""
        words = [match.group() for match in _WORD.finditer(self._text)]
        plain = [normalise(word) for word in words]
        for start in range(len(plain) - len(tokens) + 1):
            if tuple(plain[start : start + len(tokens)]) == tokens:
                return " ".join(words[start : start + len(tokens)])
        return " ".join(tokens)

    def is_small(self, token: str) -> bool:
        """Without a capital, which it would have at the start of a sentence whatever it is."""
        if self._capitals is None:
            self._capitals = self._read_capitals()
        return token not in self._capitals and token not in self._openers

    def _read_capitals(self) -> frozenset[str]:
        text = self._text
        if text == text.upper():
            return frozenset()
        openers: set[str] = set()
        within: set[str] = set()
        for match in _CAPITAL.finditer(text):
            before = text[max(0, match.start() - _LOOK_BACK) : match.start()].rstrip(_NO_STOPS)
            starts = match.start() <= 1 or (before or "\n")[-1] in _SENTENCE_ENDS
            (openers if starts else within).add(normalise(match.group()))
        self._openers = frozenset(openers)
        return frozenset(within)
