"""References: what a person may quote on the phone. Short, random, without letters that look alike."""

import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 6
"""30^6 are 729 million: guessing one of a million hits one time in 729, and a stranger's guess tells nothing anyway."""


def mint_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
