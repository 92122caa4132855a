"""Labels: how places and categories are called where somebody is to choose among them."""

from collections.abc import Sequence

from intake.reference import Reference, Spot
from intake.replies.numbered import MOST
from intake.replies.texts import level_name
from intake.understand.values import Reading


def place_labels(reference: Reference, codes: Sequence[str], language: str) -> tuple[str, ...]:
    """Places of one name with what tells them apart: what they are, else what they lie in."""
    spots = offered(reference, codes)
    names = [spot.name for spot in spots]
    levels = {spot.level for spot in spots}
    return tuple(
        spot.name if names.count(spot.name) == 1 else _told_apart(reference, spot, len(levels) == len(spots), language)
        for spot in spots
    )


def offered(reference: Reference, codes: Sequence[str]) -> list[Spot]:
    return [spot for code in codes if (spot := reference.spot(code))][:MOST]


def _told_apart(reference: Reference, spot: Spot, by_level: bool, language: str) -> str:  # noqa: FBT001  private
    above = [reference.spots[span.ancestor_id] for span in spot.up]
    country = above[-1].code
    told = level_name(language, country, spot.level) if by_level else ""
    parent = above[1].name if len(above) > 1 else country
    return f"{spot.name} ({told or parent})"


def category_labels(reference: Reference, reading: Reading, language: str) -> tuple[str, ...]:
    """None where any that it may be is protected or not to be named: then nothing is asked."""
    found = [reference.categories[code] for code in reading.candidates if code in reference.categories]
    if len(found) < 2 or any(category.protect != "none" or not category.echo for category in found):  # noqa: PLR2004
        return ()
    return tuple(category.labels.get(language, category.code) for category in found[:MOST])
