"""kibaro import … and kibaro localities …: what an operator reads, and how the commands end."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from commands import imports, places
from models.localities import LocalityBoundary, LocalityName, LocalityPopulation
from models.reports import Report
from tests.conftest import Store
from tests.intake.factories import all_of, figure
from tests.jobs.imports.exports import DAY, HEADER, row
from tests.jobs.recount import write_csv

Run = Callable[..., Any]
"""A group of commands and words in, its outcome out."""


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("KIBARO_DATABASE_URL", store.settings.database_url)
    monkeypatch.setenv("KIBARO_KEY_FILE", str(store.settings.key_file))

    def run_here(group: typer.Typer, *words: object) -> Any:
        return CliRunner().invoke(group, [str(word) for word in words])

    return run_here


@pytest.mark.parametrize(
    ("command", "header", "rows", "says"),
    [
        ("aliases", "locality,name,language", [("GN-C", "Capitale", "fr")], "1 names added"),
        ("populations", "locality,year,population", [("GN-C", 2024, 5)], "1 populations added"),
    ],
    ids=["aliases", "populations"],
)
def test_lists_about_places_are_brought(
    store: Store, run: Run, tmp_path: Path, command: str, header: str, rows: Sequence[Sequence[Any]], says: str
) -> None:
    path = write_csv(tmp_path / "list.csv", header, rows)
    done = run(places.cli, command, path)
    assert (done.exit_code, says in done.output) == (0, True), done.output
    assert "1 as they were" in run(places.cli, command, path).output
    model = {"aliases": LocalityName, "populations": LocalityPopulation}[command]
    assert all_of(store, model)
    bad = run(places.cli, command, write_csv(tmp_path / "bad.csv", header, [("XX", *rows[0][1:])]))
    assert (bad.exit_code, "line 2: locality 'XX' is not known" in bad.output) == (1, True)


def test_boundaries_are_brought_and_features_left_out_are_told(store: Store, run: Run, tmp_path: Path) -> None:
    ring = [[-14, 9], [-13, 9], [-13, 10], [-14, 9]]
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name in ("Kindia", "Atlantis")
    ]
    path = tmp_path / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    done = run(places.cli, "boundaries", path, "--level", 2, "--under", "GIN")
    assert done.exit_code == 1
    assert "1 shapes added" in done.output
    assert "1 features were left out" in done.output
    assert "feature 2: no locality of level 2 has its code, and none is called 'Atlantis'" in done.output
    assert len(all_of(store, LocalityBoundary)) == 1


def export(folder: Path, *rows: dict[str, Any]) -> Path:
    return write_csv(folder / "export.csv", HEADER, [list(each.values()) for each in rows])


def test_an_export_is_brought_counted_and_told_about(store: Store, run: Run, tmp_path: Path) -> None:
    path, unplaced = export(tmp_path, row(1), row(2, LOCATION="Nowhere")), tmp_path / "unplaced.csv"
    done = run(imports.cli, "ushahidi", path, "--unplaced", unplaced)
    assert done.exit_code == 0, done.output
    assert "2 reports added, 0 changed, 0 as they were." in done.output
    assert "Titles and descriptions were not kept" in done.output
    assert unplaced.read_text(encoding="utf-8") == "line,serial\n5,2\n"
    assert figure(store, "GIN", "theft", "day", DAY).reports == 2
    assert {report.dataset for report in all_of(store, Report)} == {"export"}
    assert "2 as they were" in run(imports.cli, "ushahidi", path).output


def test_the_map_is_listed_edited_and_used(store: Store, run: Run, tmp_path: Path) -> None:
    path = export(tmp_path, row(1, CATEGORY="Dragons"))
    listed = run(imports.cli, "ushahidi", path, "--list-categories")
    assert (listed.exit_code, listed.stdout) == (0, "ushahidi_category,category,rows\nDragons,,1\n")
    assert not all_of(store, Report)
    edited = tmp_path / "map.csv"
    edited.write_text(listed.stdout.replace("Dragons,", "Dragons,fire"), encoding="utf-8")
    assert run(imports.cli, "ushahidi", path, "--map", edited, "--dates", "day-first").exit_code == 0
    assert figure(store, "GIN", "fire", "day", DAY).reports == 1


def test_incidents_are_brought_and_counted(store: Store, run: Run, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "counted.csv", "occurred_on,locality,category,count", [(DAY, "GN-C", "theft", 4)])
    done = run(imports.cli, "incidents", path)
    assert (done.exit_code, "1 rows added" in done.output) == (0, True), done.output
    assert figure(store, "GIN", "theft", "day", DAY).incidents == 4
