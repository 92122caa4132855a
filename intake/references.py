"""References: what a person may quote on the phone. Short, random, without letters that look alike."""

import os
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 6
"""30^6 are 729 million: guessing one of a million hits one time in 729, and a stranger's guess tells nothing anyway."""


def mint_reference() -> str:
    """Uniform and unpredictable: 64 random bits, read in base 30; what the remainder favours is below one in 10^10."""
    number = int.from_bytes(os.urandom(8))
    letters = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)
