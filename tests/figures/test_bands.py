"""Bands: which number is told as which words, to the last step on either side."""

import pytest

from figures.bands import number_band, rate_band, share_band


@pytest.mark.parametrize(
    ("number", "band"),
    [(0, "0"), (1, "1-4"), (4, "1-4"), (5, "5-19"), (19, "5-19"), (20, "20+"), (1_000_000, "20+")],
)
def test_numbers(number: int, band: str) -> None:
    assert number_band(number) == band


@pytest.mark.parametrize(
    ("rate", "band"),
    [
        (None, None),
        (0.0, "0"),
        (0.0001, "<1"),
        (0.999, "<1"),
        (1.0, "1-4"),
        (4.999, "1-4"),
        (5.0, "5-19"),
        (19.99, "5-19"),
        (20.0, "20+"),
    ],
)
def test_rates(rate: float | None, band: str | None) -> None:
    assert rate_band(rate) == band


@pytest.mark.parametrize(
    ("share", "band"),
    [
        (None, None),
        (0.0, "under a quarter"),
        (0.2499, "under a quarter"),
        (0.25, "a quarter to half"),
        (0.5, "a quarter to half"),
        (0.5001, "over half"),
        (1.0, "over half"),
    ],
)
def test_shares(share: float | None, band: str | None) -> None:
    assert share_band(share) == band
