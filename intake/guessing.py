"""Guessing: the place that stands for one nobody said, where we may not ask. A report at such a place says so."""

from intake.gateways.contract import Channel
from intake.reference import Reference, Spot
from intake.understand.values import Reading
from models.channels import WEB


def approximate_place(reference: Reference, channel: Channel, reading: Reading, home_id: int | None) -> Spot | None:
    """Of several places named the one that holds the others; where none is named, the sender's home, else the channel's
    area. A contact typed into a web form may be anybody's, and so may the home.
    """
    if reading.options:
        named = [spot for code in reading.options if (spot := reference.spot(code))]
        return next((spot for spot in named if all(_lies_in(other, spot) for other in named)), None)
    home = reference.spots.get(home_id) if home_id and channel.provider != WEB else None
    return home or reference.spot(channel.area)


def _lies_in(inner: Spot, outer: Spot) -> bool:
    return any(span.ancestor_id == outer.id for span in inner.up)
