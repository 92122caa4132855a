"""Shapes: GeoJSON polygons checked, made small enough for a page on a slow line, and asked whether a point lies inside.

Our own forty lines of geometry: shapely would bring GEOS and numpy for what only this needs.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from jobs.imports.cells import BadValueError

Point = tuple[float, float]
"""Longitude, latitude."""
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
"""The outline, then the holes."""

TOLERANCE: Final = 0.0005
"""Degrees, some 55 m: how far a simplified outline may lie from the real one."""
MOST_POINTS: Final = 1_000
"""Where a shape keeps more, the tolerance doubles until it does not: some 17 kB."""
DECIMALS: Final = 5  # a metre
FEWEST_POINTS: Final = 4  # of a closed ring: a triangle
_KINDS: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Shape:
    polygons: tuple[Polygon, ...]

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        outlines = [point for outline, *_ in self.polygons for point in outline]
        longitudes, latitudes = zip(*outlines, strict=True)
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)

    def holds(self, point: Point) -> bool:
        west, south, east, north = self._box
        near = west <= point[0] <= east and south <= point[1] <= north
        return near and any(_holds(polygon, point) for polygon in self.polygons)

    def simplified(self) -> "Shape":
        tolerance = TOLERANCE
        shape = Shape(tuple(_thinned(self.polygons, tolerance)))
        while shape.points() > MOST_POINTS:
            tolerance *= 2
            shape = Shape(tuple(_thinned(shape.polygons, tolerance)))
        return shape if shape.polygons else self

    def points(self) -> int:
        return sum(len(ring) for polygon in self.polygons for ring in polygon)

    def as_geojson(self) -> str:
        lists = [[[list(point) for point in ring] for ring in polygon] for polygon in self.polygons]
        one = len(lists) == 1
        geometry = {"type": "Polygon" if one else "MultiPolygon", "coordinates": lists[0] if one else lists}
        return json.dumps(geometry, separators=(",", ":"))


def shape_of(geometry: Any) -> Shape:
    """Raises BadValueError for what is no polygon in longitude and latitude."""
    if not isinstance(geometry, dict) or geometry.get("type") not in _KINDS:
        raise BadValueError("its geometry is no Polygon and no MultiPolygon")
    coordinates = geometry.get("coordinates")
    polygons: Any = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    if not _are_lists(polygons) or not all(_are_lists(polygon) for polygon in polygons):
        raise BadValueError("its coordinates are no list of rings")
    return Shape(tuple(tuple(_ring(ring) for ring in polygon) for polygon in polygons))


def stored_shape(text: str) -> Shape:
    return shape_of(json.loads(text))


def _are_lists(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, list) for each in value)


def _ring(positions: Any) -> Ring:
    if not _are_lists(positions):
        raise BadValueError("a ring is no list of positions")
    ring = tuple(_point(position) for position in positions)
    if len(ring) < FEWEST_POINTS or ring[0] != ring[-1]:
        raise BadValueError("a ring is not closed: its last position must be its first, and it needs four")
    if _area(ring) == 0:
        raise BadValueError("a ring encloses nothing")
    return ring


def _point(position: Sequence[Any]) -> Point:
    """A third number, the height, is left out."""
    pair = position[:2]
    if len(pair) != 2 or not all(map(_is_number, pair)):  # noqa: PLR2004  longitude and latitude
        raise BadValueError("a position is no pair of numbers")
    longitude, latitude = float(pair[0]), float(pair[1])
    if abs(longitude) > 180 or abs(latitude) > 90:  # noqa: PLR2004  degrees
        raise BadValueError("a position is no longitude and latitude; save the file in WGS 84 (EPSG:4326)")
    return longitude, latitude


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _area(ring: Ring) -> float:
    """Twice the area, signed, reckoned from the first point: small rings far from 0,0 keep their digits."""
    x0, y0 = ring[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(ring))


def _holds(polygon: Polygon, point: Point) -> bool:
    """Inside an odd number of rings: in the outline and in no hole."""
    return sum(_crosses(ring, point) for ring in polygon) % 2 == 1


def _crosses(ring: Ring, point: Point) -> int:
    """How often a ray to the east crosses the ring."""
    x, y = point
    return sum(
        (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 for (x1, y1), (x2, y2) in pairwise(ring)
    )


def _thinned(polygons: Sequence[Polygon], tolerance: float) -> Iterator[Polygon]:
    """A ring that nothing is left of is left out, and with an outline its holes."""
    for outline, *holes in polygons:
        thin = _thinned_ring(outline, tolerance)
        if thin:
            yield (thin, *(each for hole in holes if (each := _thinned_ring(hole, tolerance))))


def _thinned_ring(ring: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker: a point stays when it lies farther than the tolerance from the line between its neighbours
    that stay.
    """
    ring = _spaced(ring, tolerance / 2)
    stays = {0, len(ring) - 1}
    parts = [(0, len(ring) - 1)]
    while parts:
        first, last = parts.pop()
        farthest, distance = first, tolerance
        for index in range(first + 1, last):
            away = _distance(ring[index], ring[first], ring[last])
            if away > distance:
                farthest, distance = index, away
        if farthest != first:
            stays.add(farthest)
            parts += [(first, farthest), (farthest, last)]
    kept = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in (ring[index] for index in sorted(stays))]
    thin = (kept[0], *(two for one, two in pairwise(kept) if one != two))
    return thin if len(thin) >= FEWEST_POINTS and _area(thin) != 0 else ()


def _spaced(ring: Ring, step: float) -> Ring:
    """Without the points that lie closer than a step to the one before: what follows takes long over many points."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if math.dist(point, kept[-1]) >= step:
            kept.append(point)
    return (*kept, ring[-1])


def _distance(point: Point, one: Point, other: Point) -> float:
    """From the point to the stretch between the two others."""
    (x, y), (x1, y1), (x2, y2) = point, one, other
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
    return math.hypot(x - x1 - along * dx, y - y1 - along * dy)
