"""A code text as tokens: words with where they stand, and what is quoted as one. Reads no meaning into them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii

READ_CHARACTERS: Final = 5_000
QUOTES: Final = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02'
_AS_OURS: Final = str.maketrans(dict.fromkeys(QUOTES, '"'))
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"'
    r"|[^\W_]+(?:(?<=[0-9])[.,/:-](?=[0-9])[^\W_]+)*"  # with what stands inside numbers and dates
)
_MARKS_BEFORE: Final = frozenset(";\n|")
_MARKS_AFTER: Final = frozenset("=:")


@dataclass(frozen=True, slots=True)
class Token:
    """up: in capital ASCII. quoted: what stands between quotation marks. gap: what stands before it.

    set_off: ; or a new line stands before it. assigns: = or : stands after it.
    """

    text: str
    up: str
    start: int
    end: int
    gap: str
    quoted: bool = False
    assigns: bool = False

    @property
    def set_off(self) -> bool:
        return bool(_MARKS_BEFORE & {*self.gap})


def text_of(body: bytes | str) -> str:
    text = body[: 4 * READ_CHARACTERS].decode("utf-8", errors="replace") if isinstance(body, bytes) else body
    return unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).translate(_AS_OURS)


def tokens_of(text: str) -> list[Token]:
    """text: from text_of."""
    found, end = [], 0
    matches = list(_TOKEN.finditer(text))
    for match, following in zip(matches, [*matches[1:], None], strict=False):
        after = text[match.end() : following.start() if following else len(text)]
        quoted = match["quoted"] is not None
        found.append(
            Token(
                text=match["quoted"] if quoted else match[0],
                up="" if quoted else folded(match[0]),
                start=match.start(),
                end=match.end(),
                gap=text[end : match.start()],
                quoted=quoted,
                assigns=bool(_MARKS_AFTER & {*after}),
            )
        )
        end = match.end()
    return found


def folded(word: str) -> str:
    """Capital ASCII; digits of any script as ours."""
    if word.isascii():
        return word.upper()
    chars = (str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char for char in word)
    return anyascii("".join(chars)).upper()
