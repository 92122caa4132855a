"""Geometries as RFC 7946 wants them: longitude and latitude of six decimals (11 cm), closed rings, exterior ones
counter-clockwise and holes clockwise.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

DECIMALS: Final = 6
CORNERS_OF_A_RING: Final = 4
"""The last one is the first again."""

Ring = list[list[float]]


def tidy(geometry: Mapping[str, Any]) -> dict[str, Any] | None:
    """None where nothing is left: a ring that is smaller than the last decimal."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        parts = [part for part in map(tidy, geometry["geometries"]) if part]
        return {"type": kind, "geometries": parts} if parts else None
    coordinates = geometry["coordinates"]
    if kind == "Polygon":
        tidied: Any = _polygon(coordinates)
    elif kind == "MultiPolygon":
        tidied = [polygon for polygon in map(_polygon, coordinates) if polygon]
    else:
        tidied = _rounded(coordinates)
    return {"type": kind, "coordinates": tidied} if tidied else None


def _polygon(rings: Sequence[Any]) -> list[Ring]:
    exterior = _ring(rings[0], clockwise=False) if rings else None
    if not exterior:
        return []
    return [exterior, *(hole for hole in (_ring(ring, clockwise=True) for ring in rings[1:]) if hole)]


def _ring(corners: Sequence[Any], *, clockwise: bool) -> Ring | None:
    rounded: Ring = _rounded(corners)
    ring = [*rounded[:1], *(corner for before, corner in pairwise(rounded) if corner != before)]
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(ring) < CORNERS_OF_A_RING or not (area := _area(ring)):
        return None
    return ring[::-1] if (area < 0) != clockwise else ring


def _area(ring: Ring) -> int:
    """Twice the area in units of the last decimal: above 0 when counter-clockwise. Exact: of a small outline far from
    0,0 floating-point numbers may even get the sign wrong.
    """
    exact = [(round(x * 10**DECIMALS), round(y * 10**DECIMALS)) for x, y in ring]
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(exact))


def _rounded(coordinates: Sequence[Any]) -> Any:
    """A position, or positions however deep; an altitude is left out."""
    if coordinates and isinstance(coordinates[0], int | float):
        return [round(float(each), DECIMALS) for each in coordinates[:2]]
    return [_rounded(each) for each in coordinates]
