"""Bands of participation: what is told of who writes to those who may not read reports.

They are wide on purpose. An exact small number can point at somebody, and a number with decimals invites to put places
in an order that means nothing. The steps 5 and 20 are those of reporters everywhere.
"""

from typing import Final

from figures.question import BANDS

ENOUGH: Final = BANDS[1][0]
"""Of fewer reporters no share and no rate is told: with the population beside it a rate is a number of people."""

_NUMBERS: Final = ((20, "20+"), (5, "5-19"), (1, "1-4"), (0, "0"))
_QUARTER, _HALF = 0.25, 0.5


def number_band(number: int) -> str:
    return next(name for least, name in _NUMBERS if number >= least)


def rate_band(rate: float | None) -> str | None:
    """Of a number per 10,000 people; `1-4` ends below 5, `5-19` below 20."""
    if rate is None:
        return None
    return "<1" if 0 < rate < 1 else number_band(int(rate))


def share_band(share: float | None) -> str | None:
    if share is None:
        return None
    if share > _HALF:
        return "over half"
    return "a quarter to half" if share >= _QUARTER else "under a quarter"
