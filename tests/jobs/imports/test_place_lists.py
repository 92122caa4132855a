"""Lists of places: good lines land, bad ones are told with line and reason, the same again changes nothing."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.faults import Refusal
from models.localities import Locality, LocalityName, LocalityParent, LocalityPopulation
from tests.conftest import Store
from tests.intake.factories import all_of, hand_in, one_of, report_of
from tests.jobs.imports.files import OURS, localities, ocha_rows, told, version
from tests.jobs.recount import OCHA_HEADER, write_csv


def test_an_ocha_list_lands_with_its_countries(bare: Store, tmp_path: Path) -> None:
    rows = ocha_rows()
    outcome = localities(bare, write_csv(tmp_path / "pcodes.csv", OCHA_HEADER, rows))
    assert told(outcome) == (len(rows) + 2, 0, 0, [])
    countries = all_of(bare, Locality, Locality.level == 0)
    assert {place.code: place.timezone for place in countries} == {"COL": "America/Bogota", "ECU": None}
    names = all_of(bare, LocalityName, LocalityName.locality_id == countries[0].id)
    assert {(name.name, name.main) for name in names} == {("Colombie", True), ("Colombia", False)}
    with bare.database.reading() as session:
        reference = bare.keeper.current(session)
        town = reference.spot("CO00103")
        assert town is not None
        assert [reference.code_of(each) for each in town.ancestors_on(date(1999, 1, 1))] == [
            "CO00103",
            "CO001",
            "CO00",
            "COL",
        ]
        assert str(town.timezone) == "America/Bogota"


def test_the_order_of_the_lines_does_not_matter(bare: Store, tmp_path: Path) -> None:
    rows = ocha_rows()
    random.Random(1).shuffle(rows)
    assert told(localities(bare, write_csv(tmp_path / "pcodes.csv", OCHA_HEADER, rows))) == (len(rows) + 2, 0, 0, [])


def test_an_ocha_list_again_changes_nothing(bare: Store, tmp_path: Path) -> None:
    rows = ocha_rows()
    path = write_csv(tmp_path / "pcodes.csv", OCHA_HEADER, rows)
    localities(bare, path)
    before = version(bare), len(all_of(bare, LocalityName)), len(all_of(bare, LocalityParent))
    assert told(localities(bare, path)) == (0, 0, len(rows) + 2, [])
    assert (version(bare), len(all_of(bare, LocalityName)), len(all_of(bare, LocalityParent))) == before


GOOD = ("COL", 1, "CO99", "Bonne", "COL", "2020-01-01")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(("COL", 1, "", "X", "COL", "2020-01-01"), "P-Code is empty", id="no code"),
        pytest.param(("COL", 1, "CO1", "", "COL", "2020-01-01"), "Name is empty", id="no name"),
        pytest.param(("COL", 9, "CO1", "X", "COL", "2020-01-01"), "level '9' is not 0 to 5", id="level"),
        pytest.param(
            ("COL", 1, "CO1", "X", "COL", "01/02/2020"), "Valid from date (a long number) is no date", id="date"
        ),
        pytest.param(("COL", 2, "CO1", "X", "CO55", "2020-01-01"), "parent 'CO55' of 'CO1' is not known", id="parent"),
        pytest.param(("COL", 1, "CO1", "X", "CO99", "2020-01-01"), "cannot stand under 'CO99'", id="parent not above"),
        pytest.param(("COL", 1), "P-Code is empty", id="half a line"),
        pytest.param(("COL", 1, "C" * 65, "X", "COL", "2020-01-01"), "P-Code", id="a code too long"),
        pytest.param(("COL", 1, "CO1", "x" * 201, "COL", "2020-01-01"), "has more than 200 characters", id="a name"),
    ],
)
def test_a_bad_line_of_an_ocha_list_is_told_and_the_others_land(
    bare: Store, tmp_path: Path, bad: tuple[Any, ...], reason: str
) -> None:
    path = write_csv(
        tmp_path / "pcodes.csv", OCHA_HEADER, [GOOD, bad, ("COL", 1, "CO98", "Bonne", "COL", "2020-01-01")]
    )
    outcome = localities(bare, path)
    assert told(outcome) == (3, 0, 0, [3])
    assert reason in outcome.bad[0].reason


def test_a_code_keeps_its_level(bare: Store, tmp_path: Path) -> None:
    localities(bare, write_csv(tmp_path / "a.csv", OCHA_HEADER, [GOOD]))
    deeper = [("COL", 1, "CO1", "X", "COL", "2020-01-01"), ("COL", 2, "CO99", "Bonne", "CO1", "2021-01-01")]
    outcome = localities(bare, write_csv(tmp_path / "b.csv", OCHA_HEADER, deeper))
    assert [bad.reason for bad in outcome.bad] == ["'CO99' has level 1 here; a code keeps its level"]


def test_a_renamed_place_is_still_found_under_its_old_name(store: Store, tmp_path: Path) -> None:
    rows = [("GIN", 2, "GN-C-DIX", "Nouvelle Ville", "GN-C", "2026-03-01")]
    assert told(localities(store, write_csv(tmp_path / "a.csv", OCHA_HEADER, rows)))[1] == 1
    names = {name.name: name.main for name in all_of(store, LocalityName)}
    assert (names["Nouvelle Ville"], names["Dixinn"]) == (True, False)
    dixinn = one_of(store, Locality, Locality.code == "GN-C-DIX")
    for text in ("vol à Dixinn", "vol à Nouvelle Ville"):
        assert report_of(store, hand_in(store, text)).locality_id == dixinn.id


def test_our_list_lands_with_population_place_and_aliases(bare: Store, tmp_path: Path) -> None:
    rows = [
        ("KEN", "Kenya", "", 0, 55_000_000, -0.02, 37.9, ""),
        ("KE-NBO", "Nairobi", "KEN", 1, "", "", "", "Nai| Nrb "),
    ]
    path = write_csv(tmp_path / "ours.csv", OURS, rows)
    assert told(localities(bare, path)) == (2, 0, 0, [])
    kenya, nairobi = sorted(all_of(bare, Locality), key=lambda place: place.level)
    assert (kenya.timezone, kenya.lat, kenya.lon) == ("Africa/Nairobi", -0.02, 37.9)
    population = one_of(bare, LocalityPopulation)
    assert (population.year, population.population) == (2026, 55_000_000)
    assert {name.name for name in all_of(bare, LocalityName) if name.locality_id == nairobi.id} == {
        "Nairobi",
        "Nai",
        "Nrb",
    }
    assert told(localities(bare, path)) == (0, 0, 2, [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("X,Xa,KEN,1,,,," + "x" * 201, "aliases", id="an alias too long"),
        pytest.param("X,Xa,KEN,1,3000000000,,,", "population (a long number) is more than", id="too many people"),
        pytest.param("X,Xa,KEN,1,many,,,", "population 'many' is no whole number", id="population"),
        pytest.param("X,Xa,KEN,1,,91,,", "lat '91' is no number from -90 to 90", id="latitude"),
        pytest.param("X,Xa,KEN,1,,,east,", "lon 'east' is no number from -180 to 180", id="longitude"),
        pytest.param("X,Xa,KEN,1,,nan,,", "lat 'nan' is no number from -90 to 90", id="not a number"),
        pytest.param("X,Xa,,1,,,,", "'X' of level 1 cannot stand under nothing", id="no parent"),
        pytest.param("X,Xa,KEN,0,,,,", "'X' of level 0 cannot stand under 'KEN'", id="a country below a country"),
    ],
)
def test_a_bad_line_of_our_list_is_told_and_the_others_land(
    bare: Store, tmp_path: Path, line: str, reason: str
) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(f"{OURS}\nKEN,Kenya,,0,,,,\n{line}\nKE-NBO,Nairobi,KEN,1,,,,\n", encoding="utf-8")
    outcome = localities(bare, path)
    assert (outcome.added, [(bad.line, reason in bad.reason) for bad in outcome.bad]) == (2, [(3, True)])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "no column code", id="empty"),
        pytest.param(b"a,b\n1,2\n", "no column code, name, parent, level", id="another table"),
        pytest.param("code,name,parent,level\n".encode("utf-16"), "no column code", id="UTF-16"),
    ],
)
def test_what_is_no_list_is_refused(store: Store, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "no.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=says):
        localities(store, path)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("X,Nz\xe9r\xe9kor\xe9,KEN,1,,,,\n".encode("latin-1"), id="Latin-1"),
        pytest.param(b"X,a\0b,KEN,1,,,,\n", id="NUL"),
        pytest.param(b'X,"a"b,KEN,1,,,,\n', id="a stray quote"),
    ],
)
def test_a_line_that_is_no_text_is_told_and_the_others_land(bare: Store, tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "ours.csv"
    path.write_bytes(f"{OURS}\nKEN,Kenya,,0,,,,\n".encode() + line + "KE-NBO,Île,KEN,1,,,,\n".encode())
    assert told(localities(bare, path)) == (2, 0, 0, [3])


def test_a_file_from_a_spreadsheet_with_a_byte_order_mark_is_read(bare: Store, tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_bytes(f"{OURS}\r\nKEN,Kenya,,0,,,,\r\n".encode("utf-8-sig"))
    assert told(localities(bare, path)) == (1, 0, 0, [])
