"""Incidents that others counted: every figure is the file's own, again changes nothing."""

import gzip
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jobs.imports.incidents import dataset_name, import_incidents
from jobs.imports.outcome import Outcome
from jobs.rebuild import rebuild
from models.faults import Refusal
from models.incidents import Incident
from models.reports import Report
from tests.conftest import START, Store
from tests.intake.factories import all_of, figure, one_of
from tests.jobs.imports.files import (
    figures_of,
    incidents,
    localities,
    ocha_rows,
    protected_codes,
    santander_rows,
    told,
    up_by_list,
)
from tests.jobs.recount import INCIDENTS_HEADER, OCHA_HEADER, differences, recounted, stored, write_csv


@pytest.mark.parametrize("packed", [False, True], ids=["csv", "gz"])
def test_every_figure_of_an_imported_file_is_the_files_own(bare: Store, tmp_path: Path, packed: bool) -> None:
    places = ocha_rows()
    localities(bare, write_csv(tmp_path / "pcodes.csv", OCHA_HEADER, places))
    towns = [row[2] for row in places if row[1] == 3] + ["CO00", "ECU"]
    rows = santander_rows(towns)
    path = write_csv(tmp_path / "santander.csv", INCIDENTS_HEADER, rows)
    if packed:
        packed_path = tmp_path / "santander.csv.gz"
        packed_path.write_bytes(gzip.compress(path.read_bytes()))
        path = packed_path
    assert dataset_name(path) == "santander"
    assert told(incidents(bare, path)) == (len(rows), 0, 0, [])
    wanted = figures_of(rows, up_by_list(places), protected_codes(bare))
    assert {key[1] for key in wanted} == {"day", "week", "month", "quarter", "year"}
    assert not differences(stored(bare), wanted)

    assert told(incidents(bare, path)) == (0, 0, len(rows), [])
    assert not differences(stored(bare), wanted)
    if not packed:
        rebuild(bare.database)
        assert not differences(stored(bare), wanted)


def day_rows(*counts: int, place: str = "GN-C-DIX", category: str = "theft") -> list[list[Any]]:
    """As many equal rows of one day as counts are given."""
    return [[date(2024, 5, 1), place, category, count] for count in counts]


def imported(store: Store, folder: Path, rows: Sequence[Sequence[Any]]) -> Outcome:
    return incidents(store, write_csv(folder / "file.csv", INCIDENTS_HEADER, rows))


def theft_on_the_day(store: Store) -> int:
    return figure(store, "GN-C", "theft", "day", date(2024, 5, 1)).incidents


def test_a_changed_count_is_a_correction(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, day_rows(5))
    assert told(imported(store, tmp_path, day_rows(3))) == (0, 1, 0, [])
    report, incident = one_of(store, Report), one_of(store, Incident)
    assert (report.weight, report.revision, incident.weight, incident.revision) == (3, 2, 3, 2)
    assert theft_on_the_day(store) == 3
    assert not differences(stored(store), recounted(store))
    imported(store, tmp_path, day_rows(0))
    assert theft_on_the_day(store) == 0


def test_equal_rows_are_told_apart_by_their_ordinal(store: Store, tmp_path: Path) -> None:
    assert told(imported(store, tmp_path, day_rows(2, 5, 2))) == (3, 0, 0, [])
    assert theft_on_the_day(store) == 9
    assert told(imported(store, tmp_path, day_rows(2, 7, 2))) == (0, 1, 2, [])
    assert theft_on_the_day(store) == 11
    assert told(imported(store, tmp_path, day_rows(2, 7, 2, 1))) == (1, 0, 3, [])


def test_rows_missing_from_a_later_file_stay(store: Store, tmp_path: Path) -> None:
    imported(store, tmp_path, day_rows(2, 5))
    assert told(imported(store, tmp_path, day_rows(2))) == (0, 0, 1, [])
    assert theft_on_the_day(store) == 7


def test_another_dataset_is_other_rows(store: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "file.csv", INCIDENTS_HEADER, day_rows(2))
    incidents(store, path)
    assert told(incidents(store, path, "police")) == (1, 0, 0, [])
    assert theft_on_the_day(store) == 4


def test_an_import_that_was_interrupted_goes_on(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.imports.incidents.CHUNK", 10)
    rows = santander_rows(["GN-C-DIX", "GN-CO"], rows=35)
    path = write_csv(tmp_path / "file.csv", INCIDENTS_HEADER, rows)

    def dies(done: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_incidents(store.database, store.keeper, path, "file", START, dies)
    assert len(all_of(store, Report)) == 20
    assert told(incidents(store, path)) == (15, 0, 20, [])
    assert not differences(stored(store), recounted(store))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("soon,GN-C-DIX,theft,1", "occurred_on 'soon' is no date", id="day"),
        pytest.param("2026-11-23,GN-C-DIX,theft,1", "is in the future", id="tomorrow"),
        pytest.param("0204-05-01,GN-C-DIX,theft,1", "is before 1900", id="a slip in the year"),
        pytest.param("2024-05-01,XX,theft,1", "locality 'XX' is not known", id="place"),
        pytest.param("2024-05-01,GN-C-DIX,heresy,1", "category 'heresy' is not in the taxonomy", id="category"),
        pytest.param("2024-05-01,GN-C-DIX,theft,-1", "count '-1' is no whole number", id="negative"),
        pytest.param("2024-05-01,GN-C-DIX,theft,1.5", "count '1.5' is no whole number", id="a half"),
        pytest.param("2024-05-01,GN-C-DIX,theft,1000001", "count (a long number) is no whole number", id="too many"),
        pytest.param("2024-05-01,GN-C-DIX,theft,٣", "count '٣' is no whole number", id="other digits"),
        pytest.param("2024-05-01,GN-C-DIX,theft", "count '' is no whole number", id="half a line"),
        pytest.param('2024-05-01,"GN-C"-DIX,theft,1', "no line of a CSV file", id="a stray quote"),
    ],
)
def test_a_bad_line_is_told_and_the_others_land(store: Store, tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(
        f"{INCIDENTS_HEADER}\n2024-05-01,GN-C-DIX,theft,1\n{line}\n2024-05-01,GN-CO,theft,1\n", encoding="utf-8"
    )
    for added in (2, 0):
        outcome = incidents(store, path)
        assert (outcome.added, outcome.unchanged) == (added, 2 - added)
        assert [bad.line for bad in outcome.bad] == [3]
        assert reason in outcome.bad[0].reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.csv", b"day,place\n", id="other columns"),
        pytest.param("a.csv.gz", b"no gzip at all", id="no gzip"),
        pytest.param("a.csv.gz", gzip.compress(b"occurred_on,locality,category,count\n" * 50)[:-20], id="half a gzip"),
    ],
)
def test_what_is_no_such_file_is_refused(store: Store, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refusal):
        incidents(store, path)
    assert not all_of(store, Report)


def test_a_file_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        incidents(store, tmp_path / "nowhere.csv")
