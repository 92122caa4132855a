"""The real files, where there are some."""

import csv
import gzip
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select

from jobs.imports.aliases import import_aliases
from jobs.imports.boundaries import import_boundaries
from jobs.imports.incidents import dataset_name, import_incidents
from jobs.imports.populations import import_populations
from jobs.imports.shapes import stored_shape
from jobs.imports.ushahidi import Wanted, import_ushahidi
from jobs.rebuild import rebuild
from models.categories import Category
from models.database import Base
from models.localities import Locality, LocalityBoundary
from models.reports import Report
from models.tallies import Tally
from tests.conftest import START, Store
from tests.intake.factories import all_of, figure, fold, locality_id
from tests.jobs.imports.files import (
    figures_of,
    incidents,
    localities,
    needs_data,
    protected_codes,
    real,
    told,
    up_by_list,
)
from tests.jobs.recount import OCHA_HEADER, differences, recounted, stored, write_csv


@needs_data
def test_the_real_p_code_list_lands(bare: Store) -> None:
    outcome = localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    assert told(outcome) == (2559 + 5, 0, 0, [])
    countries = {place.code: place.timezone for place in all_of(bare, Locality, Locality.level == 0)}
    assert countries == {
        "BFA": "Africa/Ouagadougou",
        "COL": "America/Bogota",
        "GHA": "Africa/Accra",
        "GIN": "Africa/Conakry",
        "KEN": "Africa/Nairobi",
    }
    assert told(localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))) == (0, 0, 2559 + 5, [])


@needs_data
def test_every_figure_of_the_real_santander_file_is_the_files_own(bare: Store) -> None:
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    path = real("incidents/santander_2003_2016.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [
            (date.fromisoformat(row["occurred_on"]), row["locality"], row["category"], int(row["count"]))
            for row in csv.DictReader(file)
        ]
    assert (len(rows), sum(row[3] for row in rows)) == (91_714, 196_813)
    begun = datetime.now(UTC)
    outcome = import_incidents(bare.database, bare.keeper, path, dataset_name(path), START)
    landed = datetime.now(UTC)
    fold(bare)
    folded = datetime.now(UTC)
    assert told(outcome) == (91_714, 0, 0, [])
    with real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv").open(encoding="utf-8") as file:
        lineage = up_by_list([list(row.values()) for row in csv.DictReader(file)])
    wanted = figures_of(rows, lineage, protected_codes(bare))
    assert not differences(stored(bare), wanted)[:5]
    again = datetime.now(UTC)
    assert told(incidents(bare, path)) == (0, 0, 91_714, [])
    done = datetime.now(UTC)
    rebuild(bare.database)
    rebuilt = datetime.now(UTC)
    assert not differences(stored(bare), wanted)[:5]
    with bare.database.reading() as session:
        cells = session.scalar(select(func.count()).select_from(Tally))
    print(  # noqa: T201  how long it took, with -s
        f"\n{bare.database.engine.dialect.name}: landed {landed - begun}, folded {folded - landed}, "
        f"again {done - again}, rebuilt {rebuilt - done}, {cells} cells"
    )


@needs_data
def test_the_real_boundaries_find_their_places_and_hold_their_own_centres(bare: Store) -> None:
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    found = {}
    for name, added in (("ne10m_admin1_GN", 34), ("ne10m_admin1_BF", 43), ("santander_municipios", 87)):
        path = real(f"gazetteer/{name}.geojson")
        outcome = import_boundaries(bare.database, path)
        assert (outcome.added, outcome.changed) == (added, 0)
        assert told(import_boundaries(bare.database, path))[:3] == (0, 0, added)
        found[name] = [bad.reason for bad in outcome.bad]
        size = sum(len(row.geometry) for row in all_of(bare, LocalityBoundary, LocalityBoundary.source == path.name))
        assert size < path.stat().st_size
        assert size < 2_400 * added
    # Two provinces are spelt otherwise in OCHA's list; everything else is found.
    assert [len(reasons) for reasons in found.values()] == [0, 2, 0]
    shapes = {row.locality_id: stored_shape(row.geometry) for row in all_of(bare, LocalityBoundary)}
    inside = [
        shapes[locality_id(bare, "GN002001")].holds((-13.68, 9.54)),  # Conakry
        shapes[locality_id(bare, "GN002001")].holds((-12.87, 10.06)),  # Kindia
        shapes[locality_id(bare, "CO68001")].holds((-73.12, 7.15)),  # Bucaramanga
    ]
    assert inside == [True, False, True]


@needs_data
def test_the_real_populations_land(bare: Store) -> None:
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    for added in (2_262, 0):
        outcome = import_populations(bare.database, real("incidents/santander_population.csv"))
        assert (outcome.added, outcome.changed, outcome.unchanged) == (added, 0, 2_262 - added)
        assert {bad.reason for bad in outcome.bad} == {"locality 'CO68000' is not known"}


@needs_data
def test_the_real_second_spellings_land_or_are_told_with_what_is_near(bare: Store) -> None:
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    outcome = import_aliases(bare.database, real("gazetteer/guinea_pilot_alt_spellings.csv"))
    assert outcome.added + outcome.unchanged + len(outcome.bad) == 107
    assert len(outcome.bad) < 30
    assert sum("perhaps GN" in bad.reason for bad in outcome.bad) > 15


@needs_data
def test_the_real_ushahidi_export_lands(bare: Store, tmp_path: Path) -> None:
    """1,797 reports; the gazetteer of the data has no place in Haiti, so three are made up here."""
    places = [
        ("HTI", 1, "HT01", "Ouest", "HTI", "2010-01-01"),
        ("HTI", 2, "HT0111", "Port-au-Prince", "HT01", "2010-01-01"),
    ]
    localities(bare, write_csv(tmp_path / "l.csv", OCHA_HEADER, places))
    wanted = Wanted(real("reports/ushahidi_haiti_2010_half.csv"), "haiti", "HTI")
    outcome = import_ushahidi(bare.database, bare.keeper, wanted, "UTC", START)
    fold(bare)
    assert told(outcome) == (1_797, 0, 0, [])
    assert (outcome.unmapped, len(outcome.uncategorised), outcome.not_approved) == ({}, 4, 1)
    assert outcome.placed["name", 2] > 100
    assert len(outcome.unplaced) == outcome.placed["country", 0] > 1_000
    assert any(note.startswith("Days were read as day/month/year in the whole file") for note in outcome.notes)
    year = figure(bare, "HTI", None, "year", date(2010, 1, 1))
    protected_ids = {category.id for category in all_of(bare, Category, Category.protect != "none")}
    protected = [report for report in all_of(bare, Report) if report.category_id in protected_ids]
    assert (year.reports + len(protected), year.incidents) == (1_797 - 4, year.reports)
    with real("reports/ushahidi_haiti_2010_half.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    confirmed = sum(row["VERIFIED"] == "YES" for row in rows)
    assert sum(report.credibility == "confirmed" for report in all_of(bare, Report)) == confirmed == 104
    with bare.database.reading() as session:
        kept = "\n".join(str(session.execute(select(table)).all()) for table in Base.metadata.sorted_tables)
    assert [row["Serial"] for row in rows if row["INCIDENT TITLE"] in kept and len(row["INCIDENT TITLE"]) > 15] == []
    assert not differences(stored(bare), recounted(bare))
    rebuild(bare.database)
    assert not differences(stored(bare), recounted(bare))
    assert told(import_ushahidi(bare.database, bare.keeper, wanted, "UTC", START)) == (0, 0, 1_797, [])
