"""Files that others bring: good lines land, bad ones are told with line and reason, the same again changes nothing."""

import csv
import gzip
import os
import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from intake.reference import ReferenceKeeper
from jobs.founding import found_store
from jobs.imports.categories import DEFAULT_TAXONOMY, import_categories
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.incidents import dataset_name, import_incidents
from jobs.imports.localities import import_localities
from jobs.imports.outcome import Outcome
from jobs.rebuild import rebuild
from models.categories import Category, CategoryLabel
from models.database import ALWAYS, FOREVER, Database
from models.faults import Refusal
from models.incidents import Incident
from models.localities import EmergencyNumber, Locality, LocalityName, LocalityParent, LocalityPopulation
from models.reference import reference_version
from models.reports import Report
from models.settings import Settings
from models.tallies import Measures, Tally
from tests.conftest import START, HandClock, Store
from tests.intake.factories import all_of, figure, fold, hand_in, one_of, report_of
from tests.jobs.recount import (
    INCIDENTS_HEADER,
    OCHA_HEADER,
    TAXONOMY_HEADER,
    Figures,
    differences,
    first_days,
    recounted,
    stored,
    taxonomy_row,
    write_csv,
)

TODAY = START.date()
OURS = "code,name,parent,level,population,lat,lon,aliases"
EMERGENCY = "locality,number,tested_on"
TRY_DATA = os.environ.get("KIBARO_TRY_DATA")
needs_data = pytest.mark.skipif(not TRY_DATA, reason="KIBARO_TRY_DATA names no folder with the real files")


@pytest.fixture
def bare(empty_url: str, tmp_path: Path) -> Iterator[Store]:
    """A founded store without any locality."""
    settings = Settings(database_url=empty_url, key_file=tmp_path / "kibaro.key", timezone="UTC")
    database = Database(empty_url)
    vault = found_store(database, settings, START, new_key_file=True)
    yield Store(settings, database, vault, ReferenceKeeper(vault), HandClock())
    database.close()


def localities(store: Store, path: Path) -> Outcome:
    return import_localities(store.database, path, TODAY)


def incidents(store: Store, path: Path, dataset: str | None = None) -> Outcome:
    outcome = import_incidents(store.database, store.keeper, path, dataset or dataset_name(path), START)
    fold(store)
    return outcome


def told(outcome: Outcome) -> tuple[int, int, int, list[int]]:
    """Added, changed, unchanged, and the numbers of the bad lines."""
    return outcome.added, outcome.changed, outcome.unchanged, [bad.line for bad in outcome.bad]


def version(store: Store) -> int:
    with store.database.reading() as session:
        return reference_version(session)


# -- OCHA's list -------------------------------------------------------------------------------------------------------

Rows = list[tuple[Any, ...]]


def ocha_rows(countries: Sequence[str] = ("COL", "ECU"), regions: int = 3, towns: int = 8) -> Rows:
    """A list of OCHA's shape: regions, districts and towns of each country."""
    rows: Rows = []
    for country in countries:
        short = country[:2]
        for region in range(regions):
            code = f"{short}{region:02d}"
            rows.append((country, 1, code, f"Région {code}", country, "2020-01-01"))
            rows.append((country, 2, f"{code}1", f"District {code}", code, "2020-01-01"))
            rows += [
                (country, 3, f"{code}1{town:02d}", f"Ville {code} {town}", f"{code}1", "2020-01-01")
                for town in range(towns)
            ]
    return rows


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


def move(parent: str, day: str) -> tuple[Any, ...]:
    return ("GIN", 2, "GN-C-SON", "Sonfonia", parent, day)


def parents_of(store: Store, code: str) -> list[tuple[date, date, str]]:
    with store.database.reading() as session:
        codes = dict(session.execute(select(Locality.id, Locality.code)).all())
        own = select(LocalityParent).join(Locality, Locality.id == LocalityParent.locality_id)
        rows = session.scalars(own.where(Locality.code == code).order_by(LocalityParent.from_day))
        return [(row.from_day, row.until_day, codes[row.parent_id]) for row in rows]


def test_a_later_date_opens_a_new_parent_and_closes_the_old_one(store: Store, tmp_path: Path) -> None:
    outcome = localities(store, write_csv(tmp_path / "a.csv", OCHA_HEADER, [move("GN-D", "2026-03-01")]))
    assert told(outcome)[1:] == (1, 1, [])
    assert parents_of(store, "GN-C-SON") == [
        (ALWAYS, date(2026, 3, 1), "GN-C"),
        (date(2026, 3, 1), FOREVER, "GN-D"),
    ]
    localities(store, write_csv(tmp_path / "b.csv", OCHA_HEADER, [move("GN-C", "2026-06-01")]))
    assert [parent for _, _, parent in parents_of(store, "GN-C-SON")] == ["GN-C", "GN-D", "GN-C"]


def test_the_same_parent_with_a_later_date_changes_nothing(store: Store, tmp_path: Path) -> None:
    before = parents_of(store, "GN-C-SON")
    localities(store, write_csv(tmp_path / "a.csv", OCHA_HEADER, [move("GN-C", "2026-06-01")]))
    assert parents_of(store, "GN-C-SON") == before


@pytest.mark.parametrize("day", ["2026-03-01", "2026-02-01"], ids=["the same day", "an earlier day"])
def test_another_parent_that_is_not_later_is_a_bad_line(store: Store, tmp_path: Path, day: str) -> None:
    localities(store, write_csv(tmp_path / "a.csv", OCHA_HEADER, [move("GN-D", "2026-03-01")]))
    outcome = localities(store, write_csv(tmp_path / "b.csv", OCHA_HEADER, [move("GN-B", day)]))
    assert "not from a later day than 2026-03-01" in outcome.bad[0].reason
    assert [parent for _, _, parent in parents_of(store, "GN-C-SON")] == ["GN-C", "GN-D"]


def test_a_renamed_place_is_still_found_under_its_old_name(store: Store, tmp_path: Path) -> None:
    rows = [("GIN", 2, "GN-C-DIX", "Nouvelle Ville", "GN-C", "2026-03-01")]
    assert told(localities(store, write_csv(tmp_path / "a.csv", OCHA_HEADER, rows)))[1] == 1
    names = {name.name: name.main for name in all_of(store, LocalityName)}
    assert (names["Nouvelle Ville"], names["Dixinn"]) == (True, False)
    dixinn = one_of(store, Locality, Locality.code == "GN-C-DIX")
    for text in ("vol à Dixinn", "vol à Nouvelle Ville"):
        assert report_of(store, hand_in(store, text)).locality_id == dixinn.id


# -- our own list ------------------------------------------------------------------------------------------------------


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
    assert (outcome.added, [(bad.line, bad.reason) for bad in outcome.bad]) == (2, [(3, reason)])


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


# -- emergency numbers -------------------------------------------------------------------------------------------------


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
    rows = [("GIN", "122", ""), ("GIN", "117", "")]
    assert told(import_emergency_numbers(store.database, write_csv(tmp_path / "e.csv", EMERGENCY, rows)))[:2] == (1, 1)
    assert one_of(store, EmergencyNumber).number == "117"


# -- a taxonomy --------------------------------------------------------------------------------------------------------


def test_the_default_taxonomy_again_changes_nothing(store: Store) -> None:
    before = version(store)
    outcome = import_categories(store.database, DEFAULT_TAXONOMY)
    assert (outcome.added, outcome.changed, outcome.bad) == (0, 0, [])
    assert outcome.unchanged == len(all_of(store, Category)) > 40
    assert version(store) == before


def test_labels_and_rules_change_and_codes_stay(store: Store, tmp_path: Path) -> None:
    rows = [taxonomy_row("theft", label_en="Stealing", min_count=3), taxonomy_row("piracy", parent="theft")]
    count = len(all_of(store, Category))
    assert told(import_categories(store.database, write_csv(tmp_path / "t.csv", TAXONOMY_HEADER, rows))) == (
        1,
        1,
        0,
        [],
    )
    theft = one_of(store, Category, Category.code == "theft")
    labels = {each.language: each.label for each in all_of(store, CategoryLabel, CategoryLabel.category_id == theft.id)}
    assert (theft.min_count, labels["en"], labels["fr"]) == (3, "Stealing", "Vol")
    assert one_of(store, Category, Category.code == "piracy").parent_id == theft.id
    assert len(all_of(store, Category)) == count + 1


def test_a_grandchild_may_stand_before_its_parent_in_the_file(store: Store, tmp_path: Path) -> None:
    rows = [taxonomy_row("c", parent="b"), taxonomy_row("b", parent="a"), taxonomy_row("a")]
    assert told(import_categories(store.database, write_csv(tmp_path / "t.csv", TAXONOMY_HEADER, rows))) == (
        3,
        0,
        0,
        [],
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"code": ""}, "code is empty", id="code"),
        pytest.param({"parent": "nobody"}, "parent 'nobody' is not known", id="parent"),
        pytest.param({"protect": "maybe"}, "protect 'maybe' is none of", id="protect"),
        pytest.param({"danger": "now"}, "danger 'now' is none of", id="danger"),
        pytest.param({"echo": "perhaps"}, "echo 'perhaps' is neither yes nor no", id="echo"),
        pytest.param({"min_count": "-1"}, "must be filled", id="numbers"),
        pytest.param({"code": "theft", "parent": "theft"}, "'theft' cannot stand below itself", id="its own parent"),
        pytest.param(
            {"code": "theft", "parent": "vehicle_theft"}, "cannot stand below itself", id="its own grandparent"
        ),
    ],
)
def test_a_bad_category_is_told_and_the_others_land(
    store: Store, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    rows = [taxonomy_row(**({"code": "x"} | changes)), taxonomy_row("good")]
    outcome = import_categories(store.database, write_csv(tmp_path / "t.csv", TAXONOMY_HEADER, rows))
    assert told(outcome) == (1, 0, 0, [2])
    assert reason in outcome.bad[0].reason


def test_figures_follow_at_once_when_protection_changes(store: Store, tmp_path: Path) -> None:
    message_id = hand_in(store, "incendie à Kaloum")
    fold(store)
    assert figure(store, "GIN", None, "day", TODAY).reports == 1
    for protect, reports in (("armed", 0), ("none", 1)):
        rows = [taxonomy_row("fire", protect=protect)]
        import_categories(store.database, write_csv(tmp_path / "t.csv", TAXONOMY_HEADER, rows))
        assert figure(store, "GIN", None, "day", TODAY).reports == reports
        assert figure(store, "GIN", "fire", "day", TODAY).reports == 1
        assert report_of(store, message_id).protect == protect
        assert not differences(stored(store), recounted(store))


# -- incidents ---------------------------------------------------------------------------------------------------------

CATEGORIES = ("assault", "homicide", "theft", "vehicle_theft", "sexual_violence", "kidnapping", "bribery")
Lineage = Callable[[str], Sequence[str]]


def santander_rows(places: Sequence[str], rows: int = 1_000, seed: int = 7) -> list[list[Any]]:
    """A file of the Santander shape: days of several years, few places with much, many with little; no equal rows."""
    dice = random.Random(seed)
    found: dict[tuple[date, str, str], int] = {}
    while len(found) < rows:
        day = date(2003, 1, 1) + timedelta(days=dice.randrange(5000))
        place = places[min(int(dice.expovariate(0.2)), len(places) - 1)]
        found[day, place, dice.choice(CATEGORIES)] = min(int(dice.expovariate(0.5)) + 1, 30)
    return [[*key, count] for key, count in sorted(found.items())]


def figures_of(rows: Sequence[Sequence[Any]], lineage: Lineage, protected: Collection[str]) -> Figures:
    """The file's own figures: per category, and those of the unprotected ones together."""
    sums: dict[tuple[str, str, date, str], int] = defaultdict(int)
    for day, place, category, count in rows:
        codes = [category] if category in protected else [category, ""]
        for grain, first in first_days(day):
            for locality in lineage(place):
                for code in codes:
                    sums[locality, grain, first, code] += count
    return {key: Measures(reports=count, incidents=count) for key, count in sums.items() if count}


def protected_codes(store: Store) -> set[str]:
    return {category.code for category in all_of(store, Category, Category.protect != "none")}


def up_by_list(rows: Sequence[Sequence[Any]]) -> Lineage:
    """Ancestors read off an OCHA list."""
    parents = {str(row[2]): str(row[4]) for row in rows}

    def lineage(code: str) -> Sequence[str]:
        found = [code]
        while found[-1] in parents:
            found.append(parents[found[-1]])
        return found

    return lineage


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


# -- the real files ----------------------------------------------------------------------------------------------------


def pcodes() -> Path:
    return Path(TRY_DATA or "") / "gazetteer" / "pcodes_gin_bfa_ken_gha_col.csv"


@needs_data
def test_the_real_p_code_list_lands(bare: Store) -> None:
    outcome = localities(bare, pcodes())
    assert told(outcome) == (2559 + 5, 0, 0, [])
    countries = {place.code: place.timezone for place in all_of(bare, Locality, Locality.level == 0)}
    assert countries == {
        "BFA": "Africa/Ouagadougou",
        "COL": "America/Bogota",
        "GHA": "Africa/Accra",
        "GIN": "Africa/Conakry",
        "KEN": "Africa/Nairobi",
    }
    assert told(localities(bare, pcodes())) == (0, 0, 2559 + 5, [])


@needs_data
def test_every_figure_of_the_real_santander_file_is_the_files_own(bare: Store) -> None:
    localities(bare, pcodes())
    path = Path(TRY_DATA or "") / "incidents" / "santander_2003_2016.csv.gz"
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
    with pcodes().open(encoding="utf-8") as file:
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
