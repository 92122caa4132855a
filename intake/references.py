"""References: what a person may quote on the phone. Short, random, without letters that look alike."""

import os
from collections.abc import Collection
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 6
"""30^6 are 729 million: guessing one of a million hits one time in 729, and a stranger's guess tells nothing anyway."""
_LOOKALIKES: Final = str.maketrans("0OQ1ILJ5S8B2ZUV", "DDDTTTTSSBBZZVV")
"""Letters and digits taken for each other when a reference is read off a small screen."""


def mint_reference() -> str:
    """Uniform and unpredictable: 64 random bits, read in base 30; what the remainder favours is below one in 10^10."""
    number = int.from_bytes(os.urandom(8))
    letters = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def reference_meant(typed: str, own: Collection[str]) -> str | None:
    """The one that was typed; else the only one that looks like it."""
    alike = [reference for reference in own if _folded(reference) == _folded(typed)]
    found = [typed] if typed in own else alike
    return found[0] if len(found) == 1 else None


def _folded(reference: str) -> str:
    return reference.translate(_LOOKALIKES)
