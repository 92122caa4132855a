"""What fits into one text message: the GSM-7 alphabet (3GPP TS 23.038) and its length. Knows no reply."""

from functools import cache

from anyascii import anyascii
from gsm0338 import Codec  # type: ignore[import-untyped]  # the package carries no types

SEGMENT = 160
"""Septets of one text that is not split."""

_CODEC = Codec()


@cache
def _septets(char: str) -> int:
    """1, or 2 for the extension table (€ [ ] { } ...), 0 for what GSM-7 does not have."""
    try:
        return len(_CODEC.encode(char)[0])
    except UnicodeError:
        return 0


def septets(text: str) -> int:
    """Length of a text. Raises ValueError if a character would force UCS-2, which leaves 70 characters of 160."""
    lengths = [_septets(char) for char in text]
    if 0 in lengths:
        foreign = text[lengths.index(0)]
        msg = f"{foreign!r} is not in the GSM-7 alphabet"
        raise ValueError(msg)
    return sum(lengths)


def fold(text: str, most: int) -> str:
    """Write a name in GSM-7 on one line, in at most so many septets."""
    folded = "".join(char for raw in text for char in (raw if _septets(raw) else anyascii(raw)) if _septets(char))
    folded = " ".join(folded.split())
    while septets(folded) > most:
        folded = folded[:-1]
    return folded.rstrip()
