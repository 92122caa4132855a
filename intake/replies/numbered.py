"""Choices a person answers by a number, in the room one text leaves for them."""

from collections.abc import Sequence
from typing import Final

from intake.replies.gsm import fold, septets

MOST: Final = 4
"""More than these are not offered: each would be cut to less than a name."""
ROOM: Final = 84
"""Septets of all choices together."""


def numbered(labels: Sequence[str]) -> str:
    """As "1 Kindia (région) 2 Kindia (préfecture)", at most MOST of them in ROOM septets; what is short is not cut."""
    labels = labels[:MOST]
    if not labels:
        return ""
    room = ROOM - sum(len(f"{number} ") for number in range(1, len(labels) + 1)) - (len(labels) - 1)
    share = dict.fromkeys(range(len(labels)), 0)
    by_length = sorted(share, key=lambda index: septets(fold(labels[index], ROOM)))
    for left, index in zip(range(len(labels), 0, -1), by_length, strict=True):
        share[index] = min(septets(fold(labels[index], ROOM)), room // left)
        room -= share[index]
    return " ".join(f"{index + 1} {fold(label, share[index])}" for index, label in enumerate(labels))
