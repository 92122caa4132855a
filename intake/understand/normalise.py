"""From the bytes of a text to plain words that can be looked up. Knows no language: what words mean is elsewhere.

The normal form: lower-case ASCII letters and digits, one space between words; `/ . : -` only between two digits.
"""

import re
import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

READ_CHARACTERS = 5_000
"""How much of a text is read: WhatsApp, the longest of the channels, passes 4,096. The body is kept whole elsewhere."""

_SEPARATORS = "/.:-"
_LONE_SEPARATOR = re.compile(r"(?<![0-9])[/.:-]|[/.:-](?![0-9])")
_SIGNS = {"\U0001f198": " sos ", "\U0001f52b": " gun ", "\U0001f52a": " knife ", "\U0001fa78": " blood "}
"""Signs that say one thing everywhere; a flame or a crying face may mean anything."""
_QUESTION_MARKS = ("?", "\u061f", "\uff1f")  # Latin, Arabic (also Pular in Adjami), full width
_SHORTEST_PLURAL = 4  # "pas", "gas" and "bus" are no plurals


@dataclass(frozen=True, slots=True)
class Words:
    """tokens: words of the normal form. stems: the same words without the plural's s or x. asks: a question mark.

    text: as typed, as far as it is read.
    """

    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    asks: bool = False
    text: str = ""


class _Fold(dict[int, str]):
    """Code point → normal form, filled as characters come; bounded by the number of code points."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _fold(chr(code_point))
        return folded


def _fold(char: str) -> str:
    if char in _SEPARATORS:
        return char
    if char.isspace():
        return " "
    if char in _SIGNS:
        return _SIGNS[char]
    group = unicodedata.category(char)
    if group == "Nd":
        return str(unicodedata.decimal(char))
    if group[0] in "LN":
        return "".join(c for c in anyascii(char).lower() if c.isalnum())
    # Marks and invisible characters stand inside words, everything else between them.
    return "" if group[0] == "M" or group in {"Cf", "Cc"} else " "


_FOLDED = _Fold()


def normalise(text: str) -> str:
    """Write the text in the normal form; doing it twice changes nothing."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return " ".join(text.lower().split())  # as most phrases of the lists are written
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    return " ".join(_LONE_SEPARATOR.sub(" ", folded).split())


def stem_of(token: str) -> str:
    if len(token) >= _SHORTEST_PLURAL and token[-1] in "sx" and token[-2] != "s":
        return token[:-1]
    return token


def words_of(body: bytes | str) -> Words:
    """Read the words of a body as it came, broken UTF-8 included."""
    text = body[: 4 * READ_CHARACTERS].decode("utf-8", errors="replace") if isinstance(body, bytes) else body
    text = text[:READ_CHARACTERS]
    tokens = tuple(normalise(text)[:READ_CHARACTERS].split())  # one ligature may stand for a whole sentence
    return Words(tokens, tuple(stem_of(token) for token in tokens), any(mark in text for mark in _QUESTION_MARKS), text)
