"""Boundaries: polygons find their localities by code or name, are checked, and become small."""

import json
import math
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.imports.boundaries import import_boundaries
from jobs.imports.outcome import Outcome
from jobs.imports.shapes import TOLERANCE, Point, Shape, shape_of, stored_shape
from models.faults import Refusal
from models.localities import Locality, LocalityBoundary
from tests.conftest import Store
from tests.intake.factories import all_of
from tests.jobs.imports.files import localities, told, version
from tests.jobs.recount import OCHA_HEADER, write_csv

Json = dict[str, Any]


def square(west: float, south: float, size: float = 1.0) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(geometry: Any = None, **properties: Any) -> Json:
    geometry = geometry or {"type": "Polygon", "coordinates": [square(-13, 9)]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def brought(store: Store, folder: Path, *features: Any, **options: Any) -> Outcome:
    path = folder / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return import_boundaries(store.database, path, **options)


def shaped(store: Store) -> dict[str, str]:
    """Geometry by code."""
    codes = {place.id: place.code for place in all_of(store, Locality)}
    return {codes[row.locality_id]: row.geometry for row in all_of(store, LocalityBoundary)}


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        pytest.param({"code": "GN-C"}, "GN-C", id="our code"),
        pytest.param({"ADM1_PCODE": "GN-C", "ADM0_PCODE": "GIN"}, "GN-C", id="OCHA, the deepest code"),
        pytest.param({"shapeISO": "GN-D", "shapeName": "Whatever"}, "GN-D", id="geoBoundaries"),
        pytest.param({"iso_3166_2": "GN-DU", "name": "Kindia"}, "GN-DU", id="Natural Earth, code before name"),
        pytest.param({"ADM2_FR": "Dubreka", "ADM1_FR": "Kindia"}, "GN-DU", id="OCHA, the deepest name"),
        pytest.param({"NAME_2": "DUBRÉKA", "NAME_1": "Kindia"}, "GN-DU", id="GADM, in capitals"),
        pytest.param({"nom": "dubreka"}, "GN-DU", id="a plain word"),
        pytest.param({"name": "Nowhere", "name_fr": "Dubréka"}, "GN-DU", id="the second of its names"),
        pytest.param({"code": 7, "name": "Dubréka"}, "GN-DU", id="a code nobody has, then the name"),
    ],
)
def test_a_feature_finds_its_locality(store: Store, tmp_path: Path, properties: Json, code: str) -> None:
    outcome = brought(store, tmp_path, feature(**properties))
    assert told(outcome) == (1, 0, 0, [])
    assert list(shaped(store)) == [code]


def test_a_national_code_finds_the_p_code_that_ends_with_it(bare: Store, tmp_path: Path) -> None:
    rows = [("COL", 2, "CO68013", "Aguada", "CO68", "2020-01-01"), ("COL", 1, "CO68", "Santander", "COL", "2020-01-01")]
    localities(bare, write_csv(tmp_path / "l.csv", OCHA_HEADER, rows))
    brought(bare, tmp_path, feature(DPTO_CCDGO="68", MPIO_CCDGO="013", MPIO_CNMBR="ELSEWHERE", MPIO_CCNCT="68013"))
    assert list(shaped(bare)) == ["CO68013"]


def test_names_are_sought_in_the_level_where_most_of_the_file_is_found(store: Store, tmp_path: Path) -> None:
    """Kindia and Boké are regions and prefectures; Coyah and Fria, prefectures only, tell which are meant."""
    outcome = brought(store, tmp_path, *(feature(name=name) for name in ("Kindia", "Boké", "Coyah", "Fria")))
    assert set(shaped(store)) == {"GN-KD", "GN-BK", "GN-CO", "GN-FR"}
    assert outcome.notes == ["0 features were found by code, 4 by name among those of level 2."]


@pytest.mark.parametrize(
    ("options", "code"), [({"level": 1}, "GN-D"), ({"level": 2}, "GN-KD"), ({"under": "GN-KD"}, "GN-KD")], ids=str
)
def test_a_homonym_is_refused_with_its_candidates_unless_level_or_area_tell(
    store: Store, tmp_path: Path, options: Json, code: str
) -> None:
    outcome = brought(store, tmp_path, feature(name="Kindia"))
    assert (told(outcome), outcome.unit) == ((0, 0, 0, [1]), "feature")
    assert "'Kindia' may be GN-D Kindia (level 1), GN-KD Kindia (level 2)" in outcome.bad[0].reason
    assert told(brought(store, tmp_path, feature(name="Kindia"), **options)) == (1, 0, 0, [])
    assert list(shaped(store)) == [code]


def test_a_feature_that_names_its_country_is_sought_there(bare: Store, tmp_path: Path) -> None:
    rows = [(country, 1, f"{country}1", "Centre", country, "2020-01-01") for country in ("BFA", "CMR")]
    localities(bare, write_csv(tmp_path / "l.csv", OCHA_HEADER, rows))
    assert told(brought(bare, tmp_path, feature(name="Centre"))) == (0, 0, 0, [1])
    assert told(brought(bare, tmp_path, feature(name="Centre", iso_a3="CMR"))) == (1, 0, 0, [])
    assert list(shaped(bare)) == ["CMR1"]


def test_again_changes_nothing_and_a_later_shape_takes_its_place(store: Store, tmp_path: Path) -> None:
    assert told(brought(store, tmp_path, feature(code="GN-C"))) == (1, 0, 0, [])
    before = version(store)
    assert told(brought(store, tmp_path, feature(code="GN-C"))) == (0, 0, 1, [])
    assert version(store) == before
    other = {"type": "Polygon", "coordinates": [square(-14, 9)]}
    assert told(brought(store, tmp_path, feature(other, code="GN-C"))) == (0, 1, 0, [])
    assert version(store) == before + 1
    assert json.loads(shaped(store)["GN-C"]) == other


def test_of_two_features_of_one_locality_the_first_holds(store: Store, tmp_path: Path) -> None:
    outcome = brought(store, tmp_path, feature(code="GN-C"), feature(name="Conakry"))
    assert told(outcome) == (1, 0, 0, [2])
    assert outcome.bad[0].reason == "feature 1 is GN-C Conakry already, and holds"


OPEN = square(-13, 9)[:-1]


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        pytest.param({"type": "Point", "coordinates": [1, 2]}, "is no Polygon", id="a point"),
        pytest.param("POLYGON", "is no Polygon", id="words"),
        pytest.param({"type": "Polygon"}, "no list of rings", id="nothing"),
        pytest.param({"type": "Polygon", "coordinates": []}, "no list of rings", id="empty"),
        pytest.param({"type": "MultiPolygon", "coordinates": [[]]}, "no list of rings", id="an empty part"),
        pytest.param({"type": "Polygon", "coordinates": [OPEN]}, "a ring is not closed", id="open"),
        pytest.param({"type": "Polygon", "coordinates": [[[1, 1], [1, 2], [1, 1]]]}, "needs four", id="three"),
        pytest.param({"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 3], [1, 1]]]}, "encloses", id="a line"),
        pytest.param({"type": "Polygon", "coordinates": [[1, 2, 3]]}, "no list of positions", id="numbers"),
        pytest.param({"type": "Polygon", "coordinates": [[["1", 2]] * 4]}, "no pair of numbers", id="a word in it"),
        pytest.param({"type": "Polygon", "coordinates": [[[1]] * 4]}, "no pair of numbers", id="half a position"),
        pytest.param({"type": "Polygon", "coordinates": [[[math.nan, 1]] * 4]}, "no pair of numbers", id="NaN"),
        pytest.param({"type": "Polygon", "coordinates": [[[500_000, 1_000_000]] * 4]}, "EPSG:4326", id="metres"),
    ],
)
def test_a_shape_that_cannot_be_is_told_and_the_others_land(
    store: Store, tmp_path: Path, geometry: Any, reason: str
) -> None:
    outcome = brought(store, tmp_path, feature(geometry, code="GN-C"), feature(code="GN-D"))
    assert told(outcome) == (1, 0, 0, [1])
    assert reason in outcome.bad[0].reason


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        pytest.param({}, "neither a code nor a name", id="nothing"),
        pytest.param({"name": "Atlantis"}, "none is called 'Atlantis'", id="nobody"),
        pytest.param({"name": "+1 202 555 0123"}, "none is called (a long number)", id="a number"),
    ],
)
def test_a_feature_that_means_no_locality_is_told(store: Store, tmp_path: Path, properties: Json, reason: str) -> None:
    outcome = brought(store, tmp_path, feature(**properties), feature(code="GN-D"))
    assert told(outcome) == (1, 0, 0, [1])
    assert reason in outcome.bad[0].reason


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"type":"FeatureCollection"}', b'{"features":[1]}', b"\xff", b'{"features":' + b"[" * 100_000],
    ids=["empty", "a list", "no features", "numbers", "no text", "too deep"],
)
def test_what_is_no_collection_is_refused(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.geojson"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=r"no\.geojson"):
        import_boundaries(store.database, path)


def test_an_area_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="'XX' is not known"):
        brought(store, tmp_path, feature(code="GN-C"), under="XX")


# -- shapes ------------------------------------------------------------------------------------------------------------

HOLED = shape_of(
    {"type": "MultiPolygon", "coordinates": [[square(0, 0, 10), square(4, 4, 2)], [square(20, 0)]]},
)


@pytest.mark.parametrize(
    ("point", "inside"),
    [((1, 1), True), ((5, 5), False), ((20.5, 0.5), True), ((15, 0.5), False), ((5, 11), False)],
    ids=["in it", "in its hole", "in its island", "between", "above"],
)
def test_a_point_lies_inside_but_not_in_a_hole(point: tuple[float, float], inside: bool) -> None:
    assert HOLED.holds(point) is inside
    assert stored_shape(HOLED.simplified().as_geojson()).holds(point) is inside


@st.composite
def coasts(draw: st.DrawFn) -> Shape:
    """A ring around the origin that never crosses itself."""
    count = draw(st.integers(3, 25))
    lengths = draw(st.lists(st.floats(0.01, 3), min_size=count, max_size=count))
    around = [
        (length * math.cos(2 * math.pi * step / count), length * math.sin(2 * math.pi * step / count))
        for step, length in enumerate(lengths)
    ]
    return Shape((((*around, around[0]),),))


@given(coasts())
@settings(max_examples=60, deadline=None)
def test_a_simplified_shape_is_a_valid_one_and_lies_near_the_real_one(shape: Shape) -> None:
    small = shape.simplified()
    assert small.points() <= shape.points()
    again = stored_shape(small.as_geojson())
    (ring,), *_ = again.polygons
    assert set(ring) <= {(round(x, 5), round(y, 5)) for x, y in shape.polygons[0][0]}
    for point in shape.polygons[0][0]:
        assert min(from_line(point, one, two) for one, two in pairwise(ring)) <= TOLERANCE * 1.5 + 2e-5


def from_line(point: Point, one: Point, other: Point) -> float:
    """Not by the code's formula: along a straight line the distance has one lowest place, which is closed in on."""

    def away(along: float) -> float:
        return math.dist(point, (one[0] + (other[0] - one[0]) * along, one[1] + (other[1] - one[1]) * along))

    low, high = 0.0, 1.0
    for _ in range(50):
        third = (high - low) / 3
        low, high = (low, high - third) if away(low + third) < away(high - third) else (low + third, high)
    return away(low)


def test_a_shape_of_very_many_points_becomes_small_whatever_it_costs(store: Store, tmp_path: Path) -> None:
    dice = random.Random(3)
    steps = [2 * math.pi * step / 20_000 for step in range(20_000)]
    rough = [[math.cos(at) * (2 + dice.random() / 100), math.sin(at) * 2] for at in steps]
    brought(store, tmp_path, feature({"type": "Polygon", "coordinates": [[*rough, rough[0]]]}, code="GN-C"))
    assert len(shaped(store)["GN-C"]) < 20_000


def test_an_island_smaller_than_the_tolerance_is_kept_where_it_is_all_there_is(store: Store, tmp_path: Path) -> None:
    tiny = {"type": "Polygon", "coordinates": [square(-13.7, 9.5, 0.0001)]}
    assert told(brought(store, tmp_path, feature(tiny, code="GN-C"))) == (1, 0, 0, [])
    assert json.loads(shaped(store)["GN-C"]) == tiny
