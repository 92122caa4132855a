"""Spelling slips of a few long words that must not be missed: a letter left out, doubled, or two exchanged.

Other letters in a word's place are not mended: "cartes" is no "martes". Such spellings stand in the word lists.
"""

from collections.abc import Collection, Iterator, Mapping

_SHORTEST = 6
"""Letters: of shorter words a slip is too often another word; so is "mates", with a letter less."""


def slips_of(words: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Slip → word, without those that are words themselves or might be two of them."""
    meant: dict[str, set[str]] = {}
    for word in words:
        if len(word) >= _SHORTEST and word.isalpha():
            for slip in _slips(word):
                meant.setdefault(slip, set()).add(word)
    return {slip: originals.pop() for slip, originals in meant.items() if len(originals) == 1 and slip not in known}


def mended(tokens: tuple[str, ...], slips: Mapping[str, str]) -> tuple[str, ...]:
    return tuple([slips.get(token, token) for token in tokens])


def _slips(word: str) -> Iterator[str]:
    for at, letter in enumerate(word):
        if at:  # the first letter is the surest
            if len(word) > _SHORTEST:
                yield word[:at] + word[at + 1 :]
            yield word[: at - 1] + letter + word[at - 1] + word[at + 1 :]
        yield word[:at] + letter + word[at:]
