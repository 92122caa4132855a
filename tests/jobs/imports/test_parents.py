"""Who was whose parent when: lists of several days, in whatever order they come."""

import csv
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

from sqlalchemy import select

from jobs.imports.localities import import_localities
from jobs.imports.outcome import Outcome
from jobs.imports.parents import subject_of
from models.database import ALWAYS, FOREVER, Database
from models.localities import Locality, LocalityName, LocalityParent
from models.schema import migrate
from models.tallies import Measures, TallyHistory
from tests.conftest import Store
from tests.intake.factories import all_of, events_of, figure, fold, locality_id, one_of
from tests.jobs.imports.files import TODAY, incidents, localities, needs_data, parents_of, real, told
from tests.jobs.recount import INCIDENTS_HEADER, OCHA_HEADER, differences, recounted, stored, write_csv


def move(parent: str, day: str) -> tuple[Any, ...]:
    return ("GIN", 2, "GN-C-SON", "Sonfonia", parent, day)


def listed(store: Store, folder: Path, *rows: tuple[Any, ...]) -> Outcome:
    return localities(store, write_csv(folder / "list.csv", OCHA_HEADER, rows))


def counted(store: Store, folder: Path, *rows: tuple[Any, ...]) -> None:
    assert not incidents(store, write_csv(folder / "counted.csv", INCIDENTS_HEADER, rows)).bad


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


def test_another_parent_on_the_same_day_is_a_bad_line(store: Store, tmp_path: Path) -> None:
    listed(store, tmp_path, move("GN-D", "2026-03-01"))
    outcome = listed(store, tmp_path, move("GN-B", "2026-03-01"))
    assert "'GN-C-SON' has another parent than a list of the same day, 2026-03-01" in outcome.bad[0].reason
    assert [parent for _, _, parent in parents_of(store, "GN-C-SON")] == ["GN-C", "GN-D"]


def test_an_older_list_that_comes_later_tells_only_of_its_own_time(store: Store, tmp_path: Path) -> None:
    listed(store, tmp_path, move("GN-D", "2026-03-01"))
    assert told(listed(store, tmp_path, move("GN-B", "2026-02-01"))) == (0, 1, 1, [])
    assert parents_of(store, "GN-C-SON") == [
        (ALWAYS, date(2026, 2, 1), "GN-C"),
        (date(2026, 2, 1), date(2026, 3, 1), "GN-B"),
        (date(2026, 3, 1), FOREVER, "GN-D"),
    ]


LISTS = (("GN-C", "2016-03-04"), ("GN-D", "2020-01-01"), ("GN-C", "2024-03-12"))


def test_in_whatever_order_lists_come_the_parents_are_the_same(store: Store, tmp_path: Path) -> None:
    """The list of 2020 in between must not win over that of 2024, which says what that of 2016 said."""
    for number, order in enumerate(permutations(LISTS)):
        for parent, day in order:
            listed(store, tmp_path, ("GIN", 2, f"GN-X{number}", "Nouvelle", parent, day))
        assert parents_of(store, f"GN-X{number}") == [
            (ALWAYS, date(2020, 1, 1), "GN-C"),
            (date(2020, 1, 1), date(2024, 3, 12), "GN-D"),
            (date(2024, 3, 12), FOREVER, "GN-C"),
        ], order


def test_lists_of_several_days_may_stand_in_one_file(store: Store, tmp_path: Path) -> None:
    rows = [("GIN", 2, "GN-X", f"Nom {day}", parent, day) for parent, day in reversed(LISTS)]
    assert told(listed(store, tmp_path, *rows)) == (1, 2, 1, [])
    assert [parent for _, _, parent in parents_of(store, "GN-X")] == ["GN-C", "GN-D", "GN-C"]
    assert told(listed(store, tmp_path, *rows)) == (0, 0, 4, [])


def test_an_older_list_gives_an_alias_and_no_name(store: Store, tmp_path: Path) -> None:
    for name, day in (("Guiriko", "2025-07-02"), ("Hauts-Bassins", "2020-03-23"), ("Guiriko", "2025-07-02")):
        listed(store, tmp_path, ("BFA", 1, "BF53", name, "BFA", day))
    names = all_of(store, LocalityName, LocalityName.locality_id == locality_id(store, "BF53"))
    assert {each.name: each.main for each in names} == {"Guiriko": True, "Hauts-Bassins": False}


def test_a_place_missing_from_a_later_list_stays(store: Store, tmp_path: Path) -> None:
    before = parents_of(store, "GN-C-SON")
    listed(store, tmp_path, ("GIN", 2, "GN-C-DIX", "Dixinn", "GN-C", "2027-01-01"))
    assert parents_of(store, "GN-C-SON") == before


def test_a_place_that_a_later_list_brings_counts_under_its_parent_before_too(store: Store, tmp_path: Path) -> None:
    """No report may stand outside the tree: what is placed on a new commune in its old days counts in the region."""
    listed(store, tmp_path, ("GIN", 2, "GN-C-NEW", "Gbessia", "GN-C", "2024-03-12"))
    assert parents_of(store, "GN-C-NEW") == [(ALWAYS, FOREVER, "GN-C")]
    counted(store, tmp_path, ("2023-05-01", "GN-C-NEW", "theft", 3), ("2023-05-01", "GN-C-MTT", "theft", 2))
    years = {code: figure(store, code, "theft", "year", date(2023, 1, 1)).reports for code in ("GN-C", "GN-C-MTT")}
    assert years == {"GN-C": 5, "GN-C-MTT": 2}
    assert not differences(stored(store), recounted(store))


def test_figures_follow_a_move_from_its_day_on(store: Store, tmp_path: Path) -> None:
    counted(store, tmp_path, ("2026-02-28", "GN-C-SON", "theft", 2), ("2026-03-01", "GN-C-SON", "theft", 5))
    listed(store, tmp_path, move("GN-D", "2026-03-01"))
    fold(store)
    year = date(2026, 1, 1)
    assert [figure(store, code, "theft", "year", year).reports for code in ("GN-C", "GN-D", "GIN")] == [2, 5, 7]
    listed(store, tmp_path, move("GN-B", "2026-02-01"))
    fold(store)
    assert [figure(store, code, "theft", "year", year).reports for code in ("GN-C", "GN-B", "GN-D")] == [0, 2, 5]
    assert not differences(stored(store), recounted(store))


def test_a_move_is_an_event_in_codes_and_days_and_a_line_of_the_history(store: Store, tmp_path: Path) -> None:
    listed(store, tmp_path, move("GN-C", "2016-03-04"))
    assert not events_of(store, "locality.moved")
    listed(store, tmp_path, move("GN-D", "2026-03-01"))
    listed(store, tmp_path, move("GN-D", "2026-06-01"))
    (event,) = events_of(store, "locality.moved")
    assert (event.actor, event.subject) == ("import", subject_of("GN-C-SON"))
    assert event.payload == {
        "locality": "GN-C-SON",
        "parents": [{"parent": "GN-C", "from": None}, {"parent": "GN-D", "from": "2026-03-01"}],
    }
    fold(store)
    line = one_of(store, TallyHistory, TallyHistory.cause == "locality.moved")
    assert (line.locality_id, line.day) == (locality_id(store, "GN-C-SON"), date(2026, 3, 1))
    assert not any(getattr(line, name) for name in Measures._fields)


def test_the_past_of_a_place_that_is_told_later_is_a_move_too(bare: Store, tmp_path: Path) -> None:
    """Only days before the first list's are concerned, and the history says so."""
    regions = [("GIN", 1, code, code, "GIN", "2016-03-04") for code in ("GN1", "GN2")]
    listed(bare, tmp_path, *regions, ("GIN", 2, "GN21", "Ville", "GN2", "2024-03-12"))
    listed(bare, tmp_path, ("GIN", 2, "GN21", "Ville", "GN1", "2016-03-04"))
    fold(bare)
    assert one_of(bare, TallyHistory).day == date(2024, 3, 11)


def test_a_store_of_the_release_before_goes_on_from_its_parents(tmp_path: Path, empty_url: str) -> None:
    """It wrote down no statements: its rows stand for them."""
    database = Database(empty_url)
    migrate(database, "2026_11_22_1000")
    with database.writing() as session:
        for code, level in (("GIN", 0), ("GN-C", 1), ("GN-D", 1), ("GN-C-SON", 2)):
            session.add(Locality(code=code, level=level))
        session.flush()
        ids = dict(session.execute(select(Locality.code, Locality.id)).all())
        below = [("GN-C", "GIN"), ("GN-D", "GIN"), ("GN-C-SON", "GN-C")]
        for code, parent in below:
            row = LocalityParent(locality_id=ids[code], parent_id=ids[parent], from_day=ALWAYS, until_day=FOREVER)
            session.add(row)
    migrate(database)
    path = write_csv(tmp_path / "list.csv", OCHA_HEADER, [move("GN-D", "2026-03-01")])
    assert not import_localities(database, path, TODAY).bad
    with database.reading() as session:
        own = select(LocalityParent.from_day).where(LocalityParent.locality_id == ids["GN-C-SON"])
        assert sorted(session.scalars(own)) == [ALWAYS, date(2026, 3, 1)]
    database.close()


# -- the real changes --------------------------------------------------------------------------------------------------


@needs_data
def test_conakry_has_five_communes_before_march_2024_and_thirteen_after(bare: Store, tmp_path: Path) -> None:
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    changes = real_changes("GIN", ("Conakry", "Conakry (Grand)"))
    known = {"Maneah": "GN00500103"}
    codes = {name: known.get(name, f"GN0020019{n}") for n, name in enumerate(changes)}
    rows = [("GIN", 3, codes[name], name, "GN002001", day) for name, day in changes.items()]
    # Of two of them the sub-prefectures they were parts of are known.
    rows += [("GIN", 3, codes[name], name, "GN005001", "2016-03-04") for name in ("Sanoyah", "Maneah")]
    rows += [("GIN", 3, codes["Kagbelen"], "Kagbelen", "GN005002", "2016-03-04")]
    outcome = listed(bare, tmp_path, *rows)
    assert (outcome.added, len(outcome.bad)) == (7, 0)
    assert children_on(bare, "GN002001", date(2024, 3, 11)) == 5 + 5  # parts of the old ones that are nobody else's
    assert children_on(bare, "GN002001", date(2024, 3, 12)) == 13
    assert parents_of(bare, "GN00500103") == [
        (ALWAYS, date(2024, 3, 12), "GN005001"),
        (date(2024, 3, 12), FOREVER, "GN002001"),
    ]
    assert told(listed(bare, tmp_path, *rows))[:2] == (0, 0)


@needs_data
def test_the_renamed_regions_of_burkina_faso_keep_their_codes_and_old_names(bare: Store, tmp_path: Path) -> None:
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    with real("gazetteer/admin_changes_2024_2025.csv").open(encoding="utf-8") as file:
        changes = {
            row["change"].partition("formerly ")[2]: row["new_unit"]
            for row in csv.DictReader(file)
            if row["context"] == "region" and "new (" not in row["change"]
        }
    codes = {
        name.name: place.code
        for place in all_of(bare, Locality, Locality.level == 1, Locality.code.startswith("BF"))
        for name in all_of(bare, LocalityName, LocalityName.locality_id == place.id)
    }
    rows = [("BFA", 1, codes[old], new, "BFA", "2025-07-02") for old, new in changes.items() if old in codes]
    assert len(rows) == 13
    assert told(listed(bare, tmp_path, *rows)) == (0, 13, 1, [])
    localities(bare, real("gazetteer/pcodes_gin_bfa_ken_gha_col.csv"))
    for old, new in changes.items():
        names = all_of(bare, LocalityName, LocalityName.locality_id == locality_id(bare, codes[old]))
        assert {each.name: each.main for each in names} == {old: False, new: True}


def real_changes(country: str, contexts: tuple[str, ...]) -> dict[str, str]:
    with real("gazetteer/admin_changes_2024_2025.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["iso3"] == country and row["context"] in contexts]
    return {row["new_unit"]: row["date"] for row in rows}


def children_on(store: Store, code: str, day: date) -> int:
    own = LocalityParent.parent_id == locality_id(store, code)
    return len(all_of(store, LocalityParent, own, LocalityParent.from_day <= day, LocalityParent.until_day > day))
