"""Where a row of an Ushahidi export is put: by code, name, point, else the country; and what is told of it."""

import json
from pathlib import Path

import pytest

from jobs.imports.aliases import import_aliases
from jobs.imports.boundaries import import_boundaries
from jobs.imports.ushahidi import write_unplaced
from models.faults import Refusal
from models.localities import Locality
from tests.conftest import Store
from tests.intake.factories import figure, one_of
from tests.jobs.imports.exports import DAY, agrees, brought, place_of, report, row
from tests.jobs.imports.files import localities, told
from tests.jobs.recount import OCHA_HEADER, write_csv


@pytest.mark.parametrize(
    ("location", "code", "by"),
    [
        pytest.param("Dixinn", "GN-C-DIX", "name", id="a name"),
        pytest.param("DIXINE", "GN-C-DIX", "name", id="an alias, in capitals"),
        pytest.param("Rue 5; Dixinn (Conakry), Guinea", "GN-C-DIX", "name", id="an address"),
        pytest.param("Kindia", "GN-KD", "name", id="a region and its prefecture: the inner one"),
        pytest.param("Guinea", "GIN", "name", id="the country"),
        pytest.param("", "GIN", "country", id="nothing"),
        pytest.param("Atlantis", "GIN", "country", id="unknown"),
        pytest.param("Dixinnville", "GIN", "country", id="a word that begins so"),
        pytest.param("Boffa - Coyah", "GIN", "country", id="two places"),
    ],
)
def test_a_place_is_found_by_its_exact_name_only(
    store: Store, tmp_path: Path, location: str, code: str, by: str
) -> None:
    outcome = brought(store, tmp_path, row(1, LOCATION=location))
    assert place_of(store) == code
    level = one_of(store, Locality, Locality.code == code).level
    assert outcome.placed == {(by, level): 1}
    assert outcome.unplaced == ([(3, "1")] if by == "country" else [])
    assert report(store).review == ("place-unsure" if by == "country" else None)


def test_a_code_column_says_it_surest(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, row(1) | {"PCODE": "GN-KD"}, row(2) | {"PCODE": "XX"})
    assert (place_of(store), place_of(store, "2")) == ("GN-KD", "GN-C-DIX")


def boundaries(store: Store, folder: Path, **squares: tuple[float, float]) -> None:
    shapes = [
        {
            "type": "Feature",
            "properties": {"code": code.replace("_", "-")},
            "geometry": {"type": "Polygon", "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]},
        }
        for code, (x, y) in squares.items()
    ]
    path = folder / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}), encoding="utf-8")
    assert not import_boundaries(store.database, path).bad


@pytest.mark.parametrize(
    ("location", "point", "code", "by"),
    [
        pytest.param("Nowhere", ("9.5", "-13.5"), "GN-C-DIX", "point", id="the deepest shape"),
        pytest.param("Guinea", ("9.5", "-13.5"), "GN-C-DIX", "point", id="more than the country's name says"),
        pytest.param("Kaloum", ("9.5", "-13.5"), "GN-C-KAL", "name", id="a name before the point"),
        pytest.param("Nowhere", ("20", "20"), "GIN", "country", id="outside"),
        pytest.param("Nowhere", ("0", "0"), "GIN", "country", id="nought, nought"),
        pytest.param("Nowhere", ("north", "-13.5"), "GIN", "country", id="words"),
        pytest.param("Nowhere", ("9.5", ""), "GIN", "country", id="half a point"),
        pytest.param("Nowhere", ("95", "-13.5"), "GIN", "country", id="nowhere on earth"),
        pytest.param("Hafia, Coyah", ("", ""), "GN-X2", "name", id="of two of one name the one that lies there"),
        pytest.param("Hafia, Boffa", ("9.5", "-13.5"), "GN-C-DIX", "point", id="neither lies there"),
        pytest.param("Hafia", ("12.5", "-12.5"), "GN-X1", "name", id="which of two of one name"),
        pytest.param("Hafia", ("9.5", "-13.5"), "GN-C-DIX", "point", id="neither of them"),
    ],
)
def test_where_no_name_tells_the_point_does(
    store: Store, tmp_path: Path, location: str, point: tuple[str, str], code: str, by: str
) -> None:
    ocha = [("GIN", 3, f"GN-X{n}", "Hafia", parent, "2016-03-04") for n, parent in ((1, "GN-KD"), (2, "GN-CO"))]
    localities(store, write_csv(tmp_path / "l.csv", OCHA_HEADER, ocha))
    boundaries(store, tmp_path, GN_C=(-14, 9), GN_C_DIX=(-14, 9), GN_KD=(-13, 12), GN_BF=(-0.5, -0.5))
    outcome = brought(store, tmp_path, row(1, LOCATION=location, LATITUDE=point[0], LONGITUDE=point[1]))
    assert place_of(store) == code
    assert [found for found, _ in outcome.placed] == [by]


def test_what_is_not_placed_counts_under_the_country_and_is_listed(store: Store, tmp_path: Path) -> None:
    outcome = brought(store, tmp_path, row(1), row(2, LOCATION="Nowhere"), row(3, LOCATION="Nowhere"))
    assert figure(store, "GIN", "theft", "day", DAY).reports == 3
    assert figure(store, "GN-C", "theft", "day", DAY).reports == 1
    assert outcome.unplaced == [(5, "2"), (7, "3")]
    assert any("places of serials '2' (line 5), '3' (line 7). Import aliases" in note for note in outcome.notes)
    assert "Place not known, so under GIN, level 0: 2 rows." in outcome.notes
    write_unplaced(tmp_path / "u.csv", outcome)
    assert (tmp_path / "u.csv").read_text() == "line,serial\n5,2\n7,3\n"
    with pytest.raises(Refusal, match="cannot be written"):
        write_unplaced(tmp_path / "none" / "u.csv", outcome)


def test_once_the_gazetteer_knows_more_the_same_file_places_more(store: Store, tmp_path: Path) -> None:
    rows = [row(1, LOCATION="Landréah")]
    brought(store, tmp_path, *rows)
    aliases = write_csv(tmp_path / "a.csv", "locality,name,language", [("GN-C-DIX", "Landréah", "fr")])
    import_aliases(store.database, aliases)
    assert told(brought(store, tmp_path, *rows)) == (0, 1, 0, [])
    assert (place_of(store), report(store).review, report(store).revision) == ("GN-C-DIX", None, 2)
    assert figure(store, "GN-C-DIX", "theft", "day", DAY).incidents == 1
    agrees(store)


def test_the_country_must_be_said_where_there_are_several(store: Store, tmp_path: Path) -> None:
    localities(store, write_csv(tmp_path / "l.csv", OCHA_HEADER, [("HTI", 1, "HT01", "Dixinn", "HTI", "2010-01-01")]))
    for country, says in (("", "Say which country"), ("FRA", "FRA is no country here"), ("GN-C", "GN-C is no country")):
        with pytest.raises(Refusal, match=f"{says}.*--country, one of GIN, HTI"):
            brought(store, tmp_path, row(1), country=country)
    assert told(brought(store, tmp_path, row(1, LOCATION="Dixinn"), country="HTI")) == (1, 0, 0, [])
    assert place_of(store) == "HT01"
