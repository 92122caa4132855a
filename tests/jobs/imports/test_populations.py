"""Populations by year: another figure is a correction, the same again changes nothing."""

from pathlib import Path
from typing import Any

import pytest

from jobs.imports.populations import import_populations
from models.localities import LocalityPopulation
from tests.conftest import Store
from tests.intake.factories import all_of, locality_id
from tests.jobs.imports.files import told, version
from tests.jobs.recount import write_csv

HEADER = "locality,year,population"


def test_populations_land_by_year_and_are_corrected(store: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", HEADER, [("GN-C", 2024, 1_900_000), ("GN-C", 2025, 1_950_000)])
    before = version(store)
    assert told(import_populations(store.database, path)) == (2, 0, 0, [])
    assert told(import_populations(store.database, path)) == (0, 0, 2, [])
    assert version(store) == before + 1
    rows = [("GN-C", 2025, 2_000_000), ("GN-C", 2024, 1_900_000)]
    assert told(import_populations(store.database, write_csv(tmp_path / "p.csv", HEADER, rows))) == (0, 1, 1, [])
    own = LocalityPopulation.locality_id == locality_id(store, "GN-C")
    assert {each.year: each.population for each in all_of(store, LocalityPopulation, own)} == {
        2024: 1_900_000,
        2025: 2_000_000,
    }


def test_of_two_lines_about_one_year_the_last_holds(store: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", HEADER, [("GN-C", 2024, 1), ("GN-C", 2024, 2), ("GN-C", 2024, 2)])
    outcome = import_populations(store.database, path)
    assert told(outcome) == (1, 0, 0, [2])
    assert outcome.bad[0].reason == "line 4 says something else about the same; that one holds"
    assert told(import_populations(store.database, path)) == (0, 0, 1, [2])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(("XX", 2024, 1), "locality 'XX' is not known", id="place"),
        pytest.param(("GN-C", 1066, 1), "year '1066' is not from 1900 to 2200", id="year"),
        pytest.param(("GN-C", "", 1), "year '' is not from 1900 to 2200", id="no year"),
        pytest.param(("GN-C", 2024, ""), "population is empty", id="no population"),
        pytest.param(("GN-C", 2024, "many"), "population 'many' is no whole number", id="words"),
        pytest.param(("GN-C", 2024, 3_000_000_000), "population (a long number) is more than", id="too many"),
    ],
)
def test_a_bad_line_is_told_and_the_others_land(
    store: Store, tmp_path: Path, row: tuple[Any, ...], reason: str
) -> None:
    outcome = import_populations(store.database, write_csv(tmp_path / "p.csv", HEADER, [row, ("GN-D", 2024, 5)]))
    assert told(outcome) == (1, 0, 0, [2])
    assert reason in outcome.bad[0].reason
