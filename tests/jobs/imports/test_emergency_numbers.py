"""Emergency numbers from a file."""

from pathlib import Path

from jobs.imports.emergency_numbers import import_emergency_numbers
from models.localities import EmergencyNumber
from tests.conftest import Store
from tests.intake.factories import one_of
from tests.jobs.imports.files import told, version
from tests.jobs.recount import write_csv

EMERGENCY = "locality,number,tested_on"


def test_an_emergency_number_is_inherited_and_named_in_danger(store: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "e.csv", EMERGENCY, [("GIN", "122", "2026-11-01"), ("GN-C", "117", "")])
    assert told(import_emergency_numbers(store.database, path)) == (2, 0, 0, [])
    with store.database.reading() as session:
        reference = store.keeper.current(session)
        spots = {code: reference.spot(code) for code in ("GN-C-DIX", "GN-BK-KAM")}
    assert {code: spot and spot.emergency_number for code, spot in spots.items()} == {
        "GN-C-DIX": "117",
        "GN-BK-KAM": "122",
    }
    before = version(store)
    assert told(import_emergency_numbers(store.database, path)) == (0, 0, 2, [])
    assert version(store) == before


def test_bad_emergency_numbers_are_told(store: Store, tmp_path: Path) -> None:
    rows = [
        ("XX", "122", ""),
        ("GIN", "police", ""),
        ("GN-C", "1" * 14, ""),
        ("GN-D", "122", "soon"),
        ("GN-B", "122", ""),
    ]
    outcome = import_emergency_numbers(store.database, write_csv(tmp_path / "e.csv", EMERGENCY, rows))
    assert told(outcome) == (1, 0, 0, [2, 3, 4, 5])


def test_the_last_line_about_a_place_holds(store: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "e.csv", EMERGENCY, [("GIN", "122", ""), ("GIN", "117", "")])
    assert told(import_emergency_numbers(store.database, path)) == (1, 0, 0, [2])
    assert one_of(store, EmergencyNumber).number == "117"
    assert told(import_emergency_numbers(store.database, path)) == (0, 0, 1, [2])
