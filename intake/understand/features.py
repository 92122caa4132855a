"""What the model sees of a text: pieces of words; words, their heads and pairs; and signs that lists of words give."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

PIECE_LENGTHS = (2, 3, 4, 5)
_REPEATS = 2
_HEAD = 5
"""Letters that the words of one family share: "menace", "menacent", "menaçant"."""
SIGN = "@"
"""Begins the name of a sign, which is no word of any text."""


def unrepeated(tokens: Sequence[str], most: int | None = None) -> tuple[str, ...]:
    """The first so many, each at most twice: who repeats a word a hundred times says no more."""
    counts: dict[str, int] = {}
    kept = []
    for token in tokens[:most]:
        counts[token] = counts.get(token, 0) + 1
        if counts[token] <= _REPEATS:
            kept.append(token)
    return tuple(kept)


def pieces_of(token: str) -> list[str]:
    """Runs of letters within one word, its ends marked: most of them survive a misspelling."""
    marked = f" {token} "
    return [marked[i : i + n] for n in PIECE_LENGTHS for i in range(len(marked) - n + 1)]


def forms_of(token: str) -> Iterator[str]:
    """The word itself and the head of its family."""
    yield token
    if len(token) > _HEAD:
        yield f"{token[:_HEAD]}-"


def pairs_of(tokens: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(tokens)]
