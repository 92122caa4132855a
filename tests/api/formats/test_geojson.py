"""GeoJSON: valid to a validator, and what validators do not look at: the turn of every ring, the digits, the places."""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from geojson_validator import validate_geometries, validate_structure
from hypothesis import given
from hypothesis import strategies as st

from api.formats.outline import tidy
from models.faults import Invalid
from tests.api.formats.tables import FACTS, make_row, make_table, written

SQUARE = [[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]
"""Clockwise, as shapefiles have it."""
HOLE = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
"""Counter-clockwise, likewise."""
SHIFTED = [[x + 10, y + 7.123456789] for x, y in SQUARE]

GEOMETRIES: dict[str, dict[str, Any]] = {
    "polygon": {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
    "islands": {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [SHIFTED[::-1]]]},
    "open": {"type": "Polygon", "coordinates": [SQUARE[:-1]]},
    "point": {"type": "Point", "coordinates": [-13.67729, 9.538, 12]},
    "mixed": {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}, {"type": "Point", "coordinates": [0, 0]}],
    },
}


def features(geometries: Mapping[str, Any], *codes: str | None) -> list[dict[str, Any]]:
    raw = written(make_table([make_row(locality=code) for code in codes], geometries=geometries), "geojson")
    found: list[dict[str, Any]] = json.loads(raw)["features"]
    return found


def polygons(geometry: Mapping[str, Any]) -> Iterator[list[Any]]:
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["coordinates"]
    for part in geometry.get("geometries", ()):
        yield from polygons(part)


def turn(ring: list[list[float]]) -> Fraction:
    """Exactly: above 0 when counter-clockwise."""
    exact = [(Fraction(str(x)), Fraction(str(y))) for x, y in ring]
    return sum((ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(exact)), Fraction(0))


def misfits(geometry: Mapping[str, Any]) -> list[str]:
    """What RFC 7946 asks of rings and digits, checked by hand."""
    found = []
    for rings in polygons(geometry):
        for nth, ring in enumerate(rings):
            if ring[0] != ring[-1] or len(ring) < 4:
                found.append("not closed")
            if (turn(ring) > 0) != (nth == 0):
                found.append("wrong turn")
            found += ["digits" for corner in ring for each in corner if round(each, 6) != each]
    return found


@pytest.mark.parametrize("code", GEOMETRIES)
def test_a_validator_finds_nothing_wrong(code: str) -> None:
    raw = json.loads(written(make_table([make_row(locality=code)], geometries=GEOMETRIES), "geojson"))
    assert validate_structure(raw, check_crs=True) == {}
    found = validate_geometries(raw)
    assert found["invalid"] == {}
    assert found["problematic"].keys() <= {"holes"}
    assert misfits(raw["features"][0]["geometry"]) == []


def test_the_geometries_as_given_are_wrong() -> None:
    """Or the test above would show nothing."""
    assert [code for code, each in GEOMETRIES.items() if not misfits(each)] == ["point"]


def test_every_row_is_a_feature_at_its_place() -> None:
    found = features(GEOMETRIES, "polygon", "nowhere", None, "point", "polygon")
    assert [each["geometry"] and each["geometry"]["type"] for each in found] == [
        "Polygon",
        None,
        None,
        "Point",
        "Polygon",
    ]
    assert found[0]["geometry"] == found[4]["geometry"]
    assert found[3]["geometry"]["coordinates"] == [-13.67729, 9.538]
    assert [each["properties"]["locality"] for each in found] == ["polygon", "nowhere", None, "point", "polygon"]


def test_the_facts_are_a_foreign_member_and_there_is_no_crs() -> None:
    raw = json.loads(written(make_table([]), "geojson"))
    assert raw == {"type": "FeatureCollection", "facts": FACTS, "features": []}


def test_a_table_that_is_not_about_places_is_refused() -> None:
    with pytest.raises(Invalid, match="not about places"):
        written(make_table([], geometries=None), "geojson")


def test_what_is_smaller_than_the_last_digit_is_left_out() -> None:
    speck = [[1, 1], [1.0000001, 1], [1.0000001, 1.0000001], [1, 1]]
    line = [[1, 1], [2, 2], [3, 3], [1, 1]]
    assert tidy({"type": "Polygon", "coordinates": [speck]}) is None
    assert tidy({"type": "Polygon", "coordinates": [line]}) is None
    kept = tidy({"type": "Polygon", "coordinates": [SQUARE, speck]})
    assert kept is not None
    assert len(kept["coordinates"]) == 1
    assert tidy({"type": "MultiPolygon", "coordinates": [[speck], [SQUARE]]}) == {
        "type": "MultiPolygon",
        "coordinates": [kept["coordinates"]],
    }
    assert tidy({"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [speck]}]}) is None
    assert tidy({"type": "Polygon", "coordinates": []}) is None


corners = st.lists(
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list), min_size=3, max_size=9
)  # may cross itself: the turn is then that of its area


@given(st.lists(st.lists(corners, min_size=1, max_size=3), min_size=1, max_size=3))
def test_rings_turn_the_right_way_whatever_is_given(rings: list[list[list[list[float]]]]) -> None:
    tidied = tidy({"type": "MultiPolygon", "coordinates": rings})
    assert tidied is None or misfits(tidied) == []
    assert tidied is None or tidy(tidied) == tidied
