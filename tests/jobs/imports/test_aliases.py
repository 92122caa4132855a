"""More names of places: texts may use them at once; a list without codes is taken where it leaves no doubt."""

from pathlib import Path

import pytest

from jobs.imports.aliases import import_aliases
from models.localities import LocalityName
from tests.conftest import Store
from tests.intake.factories import all_of, hand_in, locality_id, report_of
from tests.jobs.imports.files import localities, told, version
from tests.jobs.recount import OCHA_HEADER, write_csv

NAMES = "locality,name,language"


def names_of(store: Store, code: str) -> dict[tuple[str, str], bool]:
    """(name, language) and whether it is the main one."""
    rows = all_of(store, LocalityName, LocalityName.locality_id == locality_id(store, code))
    return {(each.name, each.language): each.main for each in rows}


def test_an_alias_is_understood_at_once(store: Store, tmp_path: Path) -> None:
    before = version(store)
    path = write_csv(tmp_path / "a.csv", NAMES, [("GN-C-DIX", "Landréah", "fr"), ("GN-C-DIX", "Port Haute Mer", "")])
    assert told(import_aliases(store.database, path)) == (2, 0, 0, [])
    assert version(store) == before + 1
    for text in ("vol à landreah", "vol à Port Haute Mer"):
        assert report_of(store, hand_in(store, text)).locality_id == locality_id(store, "GN-C-DIX")
    assert told(import_aliases(store.database, path)) == (0, 0, 2, [])
    assert version(store) == before + 1


def test_a_language_takes_the_place_of_none_and_the_main_name_stays_main(store: Store, tmp_path: Path) -> None:
    assert names_of(store, "GN-C-DIX")["Dixinn", "und"]
    path = write_csv(tmp_path / "a.csv", NAMES, [("GN-C-DIX", "Dixinn", "fr"), ("GN-C-DIX", "Dixinn", "en")])
    assert told(import_aliases(store.database, path)) == (1, 1, 0, [])
    names = {key: main for key, main in names_of(store, "GN-C-DIX").items() if key[0] == "Dixinn"}
    assert names == {("Dixinn", "fr"): True, ("Dixinn", "en"): False}
    assert told(import_aliases(store.database, path)) == (0, 0, 2, [])


def test_a_name_in_two_languages_is_still_one_main_name_when_the_place_is_renamed(store: Store, tmp_path: Path) -> None:
    rows = [("GN-C-DIX", "Dixinn", "fr"), ("GN-C-DIX", "Dixinn", "en")]
    import_aliases(store.database, write_csv(tmp_path / "a.csv", NAMES, rows))
    for name in ("Dixinn", "Neuve", "Dixinn"):
        ocha = [("GIN", 2, "GN-C-DIX", name, "GN-C", "2026-03-01")]
        localities(store, write_csv(tmp_path / "b.csv", OCHA_HEADER, ocha))
        assert [key[0] for key, main in names_of(store, "GN-C-DIX").items() if main] == [name]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(("XX", "Xa", ""), "locality 'XX' is not known", id="place"),
        pytest.param(("", "Xa", ""), "locality is empty", id="no place"),
        pytest.param(("GN-C", "", ""), "name is empty", id="no name"),
        pytest.param(("GN-C", "x" * 201, ""), "has more than 200 characters", id="long"),
        pytest.param(("GN-C", "+12025550123", ""), "name (a long number) is no name of a place", id="a number"),
        pytest.param(("GN-C", "Xa", "french"), "language 'french' is no ISO 639 code", id="language"),
    ],
)
def test_a_bad_line_is_told_and_the_others_land(
    store: Store, tmp_path: Path, row: tuple[str, ...], reason: str
) -> None:
    path = write_csv(tmp_path / "a.csv", NAMES, [row, ("GN-C", "Capitale", "fr")])
    outcome = import_aliases(store.database, path)
    assert told(outcome) == (1, 0, 0, [2])
    assert reason in outcome.bad[0].reason


def test_a_list_that_says_what_its_places_lie_in_is_taken_where_it_leaves_no_doubt(
    store: Store, tmp_path: Path
) -> None:
    """Kindia is a region and its prefecture: both columns must find their own."""
    ocha = [
        ("GIN", 3, "GN-KD-1", "Linsan Est", "GN-KD", "2016-03-04"),
        ("GIN", 3, "GN-KD-2", "Kindia Ctre", "GN-KD", "2016-03-04"),
        ("GIN", 3, "GN-KD-3", "Koubiaya", "GN-KD", "2016-03-04"),
        ("GIN", 3, "GN-CO-1", "Linsan Est", "GN-CO", "2016-03-04"),
    ]
    localities(store, write_csv(tmp_path / "l.csv", OCHA_HEADER, ocha))
    rows = [
        ("Kindia", "Kindia", "Linsân-Est"),
        ("Kindia", "Kindia", "Kindia-Centre"),
        ("Kindia", "Kindia", "Koubiayah"),
        ("", "", "Linsân-Est"),
    ]
    outcome = import_aliases(store.database, write_csv(tmp_path / "a.csv", "region,prefecture,name", rows))
    assert told(outcome) == (2, 0, 0, [4, 5])
    assert ("Linsân-Est", "und") in names_of(store, "GN-KD-1")
    assert ("Kindia-Centre", "und") in names_of(store, "GN-KD-2")
    assert "perhaps GN-KD-3 Koubiaya (level 3)" in outcome.bad[0].reason
    assert "nothing says which place it is" in outcome.bad[1].reason
