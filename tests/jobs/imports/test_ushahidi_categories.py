"""What the categories of an Ushahidi export become: the most protected that is ours counts, the others are tags."""

from pathlib import Path

import pytest

from jobs.imports.ushahidi import categories_to_map
from models.reports import Report
from tests.conftest import Store
from tests.intake.factories import figure
from tests.jobs.imports.exports import DAY, HEADER, agrees, brought, category_of, report, row, tags_of
from tests.jobs.imports.files import told
from tests.jobs.recount import write_csv


@pytest.mark.parametrize(
    ("cell", "category", "tags"),
    [
        pytest.param("Fire, Looting, Fire", "fire", {"Looting", "Fire"}, id="the first counts"),
        pytest.param("Emergency, Looting", "theft", {"Emergency"}, id="a tag does not count"),
        pytest.param("Emergency, Vital Lines", "other", {"Emergency", "Vital lines"}, id="tags alone"),
        pytest.param("Fire, Looting, Rape", "sexual_violence", {"Fire", "Looting"}, id="the protected one counts"),
        pytest.param("Rape, Looting", "sexual_violence", {"Looting"}, id="wherever it stands"),
        pytest.param("Dragons, Looting", None, {"Looting"}, id="an unknown word before may be protected"),
        pytest.param("Looting, Dragons", None, {"Looting"}, id="an unknown word after"),
        pytest.param("Looting, Dragons, Rape", "sexual_violence", {"Looting"}, id="unknown, but protected anyway"),
        pytest.param("Dragons, Emergency", None, {"Emergency"}, id="an unknown word may be the category"),
        pytest.param("", None, set(), id="nothing"),
    ],
)
def test_the_most_protected_category_that_is_ours_counts_and_the_others_are_tags(
    store: Store, tmp_path: Path, cell: str, category: str | None, tags: set[str]
) -> None:
    outcome = brought(store, tmp_path, row(1, CATEGORY=cell))
    assert (category_of(store), tags_of(store)) == (category, tags)
    assert outcome.unmapped == ({"Dragons": 1} if "Dragons" in cell else {})
    assert outcome.uncategorised == ([] if category else [(3, "1")])
    assert report(store).review == (None if category else "no-category")
    assert figure(store, "GIN", None, "day", DAY).reports == (1 if category and category != "sexual_violence" else 0)
    assert figure(store, "GIN", "theft", "day", DAY).reports == (1 if category == "theft" else 0)
    agrees(store)


def own_map(folder: Path, *rows: tuple[str, str]) -> Path:
    return write_csv(folder / "map.csv", "ushahidi_category,category", rows)


def test_an_edited_map_corrects_what_came_before(store: Store, tmp_path: Path) -> None:
    rows = [row(1, CATEGORY="Dragons, Looting"), row(2, CATEGORY="Dragons")]
    brought(store, tmp_path, *rows)
    edited = own_map(tmp_path, ("Dragons", "fire"), ("Looting", "theft"))
    assert told(brought(store, tmp_path, *rows, map_path=edited)) == (0, 2, 0, [])
    assert [category_of(store, serial) for serial in "12"] == ["fire", "fire"]
    assert (tags_of(store), report(store, "2").review) == ({"Looting"}, None)
    assert figure(store, "GIN", "fire", "day", DAY).incidents == 2
    agrees(store)
    assert told(brought(store, tmp_path, *rows)) == (0, 2, 0, [])
    assert (category_of(store), category_of(store, "2")) == (None, None)
    agrees(store)


def test_a_map_that_leads_nowhere_is_told(store: Store, tmp_path: Path) -> None:
    outcome = brought(store, tmp_path, row(1), map_path=own_map(tmp_path, ("Looting", "heresy"), ("Fire", "piracy")))
    assert outcome.strange == {"heresy"}
    assert (category_of(store), report(store).review) == (None, "no-category"), "it may mean something protected"
    assert any("leads to 'heresy', which the taxonomy does not have" in note for note in outcome.notes)


def test_the_files_categories_are_listed_as_a_map_to_edit(store: Store, tmp_path: Path) -> None:
    rows = [list(row(n, CATEGORY=cell).values()) for n, cell in enumerate(("Dragons, Looting", "Dragons", "Emergency"))]
    path = write_csv(tmp_path / "a.csv", HEADER, rows)
    listed = categories_to_map(store.database, store.keeper, path)
    assert listed == "ushahidi_category,category,rows\nDragons,,2\nEmergency,,1\nLooting,theft,1\n"


def test_a_report_is_protected_as_the_category_is_that_it_counts_in(store: Store, tmp_path: Path) -> None:
    """Or what is hidden from lists would stand in figures that everybody sees."""
    brought(store, tmp_path, row(1, CATEGORY="Rape", VERIFIED="YES"), row(2, CATEGORY="Looting, Rape"), row(3))
    assert [report(store, serial).protect for serial in "123"] == ["survivor", "survivor", "none"]
    found = figure(store, "GIN", "sexual_violence", "day", DAY)
    assert (found.reports, found.incidents, found.confirmed) == (2, 2, 1)
    assert figure(store, "GIN", "theft", "day", DAY).reports == 1
    assert figure(store, "GIN", None, "day", DAY).reports == 1
    agrees(store)


def test_what_an_older_release_counted_openly_is_mended_by_the_same_file(store: Store, tmp_path: Path) -> None:
    """It took the first category and hid the report."""
    rows = [row(1, CATEGORY="Looting")]
    brought(store, tmp_path, *rows)
    with store.database.writing() as session:
        session.get_one(Report, report(store).id).protect = "survivor"
    brought(store, tmp_path, row(1, CATEGORY="Looting, Rape"))
    assert (category_of(store), report(store).protect) == ("sexual_violence", "survivor")
    assert figure(store, "GIN", "theft", "day", DAY).reports == 0
    agrees(store)
