"""Merging categories: a dated redirect that figures, distinct reporters and the rebuild all follow."""

from datetime import date
from pathlib import Path

import pytest

from jobs.imports.categories import import_categories
from jobs.merging import merge_categories
from jobs.rebuild import rebuild
from models.categories import Category, CategoryLabel
from models.faults import Refusal
from models.reports import ReportDeparture
from models.tallies import Tally
from tests.conftest import Store
from tests.intake.factories import all_of, figure, fold, hand_in, locality_id
from tests.jobs.imports.files import version
from tests.jobs.recount import TAXONOMY_HEADER, stored, taxonomy_row, write_csv

SINCE = date(2026, 11, 20)
NOVEMBER = date(2026, 11, 1)


def reporters(store: Store, category: str) -> int | None:
    wanted = store.keeper.held.category_ids[category] if store.keeper.held else 0
    place = locality_id(store, "GN-C")
    cell = (Tally.locality_id == place, Tally.grain == "month", Tally.category_id == wanted)
    return next((row.reporters for row in all_of(store, Tally, *cell)), 0)


def test_from_its_day_on_a_merged_category_counts_as_the_other(store: Store) -> None:
    for day in (18, 19, 20, 21):
        hand_in(store, f"vol à Dixinn le {day}/11")
    hand_in(store, "cambriolage à Dixinn le 21/11")
    fold(store)
    merge_categories(store.database, "theft", "burglary", SINCE, store.clock())
    hand_in(store, "vol à Dixinn le 17/11")
    hand_in(store, "vol à Dixinn le 22/11")
    fold(store)
    months = [figure(store, "GN-C", category, "month", NOVEMBER).reports for category in ("theft", "burglary")]
    assert months == [3, 4]
    assert figure(store, "GN-C", None, "month", NOVEMBER).reports == 7
    assert [reporters(store, category) for category in ("theft", "burglary")] == [1, 1]
    folded = stored(store)
    rebuild(store.database)
    assert stored(store) == folded
    assert [reporters(store, category) for category in ("theft", "burglary")] == [1, 1]


def test_merges_follow_one_another(store: Store) -> None:
    merge_categories(store.database, "theft", "burglary", date(2026, 11, 18), store.clock())
    merge_categories(store.database, "burglary", "robbery", SINCE, store.clock())
    for day in (17, 18, 19, 20, 21):
        hand_in(store, f"vol à Dixinn le {day}/11")
    fold(store)
    folded = stored(store)
    counted = [figure(store, "GN-C", each, "month", NOVEMBER).reports for each in ("theft", "burglary", "robbery")]
    assert counted == [1, 2, 2]
    rebuild(store.database)
    assert stored(store) == folded


def test_what_cannot_be_merged_is_refused_with_the_reason(store: Store, tmp_path: Path) -> None:
    def merge(code: str, into: str) -> None:
        merge_categories(store.database, code, into, SINCE, store.clock())

    with pytest.raises(Refusal, match=r"There is no category .+; `kibaro categories list` shows them\."):
        merge("theft", "no_such_thing")
    with pytest.raises(Refusal, match="itself"):
        merge("theft", "theft")
    with pytest.raises(Refusal, match="protected as none"):
        merge("theft", "forced_marriage")
    merge("theft", "burglary")
    with pytest.raises(Refusal, match="merged already"):
        merge("theft", "robbery")
    with pytest.raises(Refusal, match="itself"):
        merge("burglary", "theft")
    rows = [taxonomy_row("vol_simple"), taxonomy_row("theft", label_en="Larceny")]
    outcome = import_categories(store.database, write_csv(tmp_path / "new.csv", TAXONOMY_HEADER, rows))
    assert (outcome.added, outcome.changed) == (1, 1)


@pytest.mark.parametrize("of", ["theft", "burglary"])
def test_a_taxonomy_that_would_protect_merged_categories_unlike_is_refused(
    store: Store, tmp_path: Path, of: str
) -> None:
    merge_categories(store.database, "theft", "burglary", SINCE, store.clock())
    hand_in(store, "vol à Dixinn")
    fold(store)
    before, version_before = stored(store), version(store)
    rows = [taxonomy_row("fire", label_en="Blaze"), taxonomy_row(of, protect="survivor")]
    path = write_csv(tmp_path / "new.csv", TAXONOMY_HEADER, rows)
    with pytest.raises(Refusal, match=r"theft counts as burglary since 2026-11-20.*Nothing was changed"):
        import_categories(store.database, path, store.clock)
    assert (stored(store), version(store)) == (before, version_before)
    assert not [each for each in all_of(store, CategoryLabel) if each.label == "Blaze"]
    assert not all_of(store, ReportDeparture)
    assert {each.protect for each in all_of(store, Category, Category.code.in_(["theft", "burglary"]))} == {"none"}


def test_a_taxonomy_may_protect_both_ends_of_a_merge_alike(store: Store, tmp_path: Path) -> None:
    merge_categories(store.database, "theft", "burglary", SINCE, store.clock())
    rows = [taxonomy_row(code, protect="armed") for code in ("theft", "burglary")]
    outcome = import_categories(store.database, write_csv(tmp_path / "new.csv", TAXONOMY_HEADER, rows), store.clock)
    assert (outcome.changed, outcome.bad) == (2, [])
