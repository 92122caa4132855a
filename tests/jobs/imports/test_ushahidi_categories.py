"""What the categories of an Ushahidi export become: the first that is ours counts, the others are tags."""

from pathlib import Path

import pytest

from jobs.imports.ushahidi import categories_to_map
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
        pytest.param("Dragons, Looting", "theft", set(), id="an unknown word before"),
        pytest.param("Dragons, Emergency", None, {"Emergency"}, id="an unknown word may be the category"),
        pytest.param("", None, set(), id="nothing"),
    ],
)
def test_the_first_category_that_is_ours_counts_and_the_others_are_tags(
    store: Store, tmp_path: Path, cell: str, category: str | None, tags: set[str]
) -> None:
    outcome = brought(store, tmp_path, row(1, CATEGORY=cell))
    assert (category_of(store), tags_of(store)) == (category, tags)
    assert outcome.unmapped == ({"Dragons": 1} if "Dragons" in cell else {})
    assert outcome.uncategorised == ([] if category else [(3, "1")])
    assert report(store).review == (None if category else "no-category")
    assert figure(store, "GIN", None, "day", DAY).reports == (1 if category else 0)
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
    assert (category_of(store), category_of(store, "2")) == ("theft", None)
    agrees(store)


def test_a_map_that_leads_nowhere_is_told(store: Store, tmp_path: Path) -> None:
    outcome = brought(store, tmp_path, row(1), map_path=own_map(tmp_path, ("Looting", "heresy"), ("Fire", "piracy")))
    assert outcome.strange == {"heresy"}
    assert category_of(store) == "other"
    assert any("leads to 'heresy', which the taxonomy does not have" in note for note in outcome.notes)


def test_the_files_categories_are_listed_as_a_map_to_edit(store: Store, tmp_path: Path) -> None:
    rows = [list(row(n, CATEGORY=cell).values()) for n, cell in enumerate(("Dragons, Looting", "Dragons", "Emergency"))]
    path = write_csv(tmp_path / "a.csv", HEADER, rows)
    listed = categories_to_map(store.database, store.keeper, path)
    assert listed == "ushahidi_category,category,rows\nDragons,,2\nEmergency,,1\nLooting,theft,1\n"


def test_a_protected_category_protects_the_report_also_as_a_tag(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, row(1, CATEGORY="Rape", VERIFIED="YES"), row(2, CATEGORY="Looting, Rape"), row(3))
    assert [report(store, serial).protect for serial in "123"] == ["survivor", "survivor", "none"]
    assert figure(store, "GIN", "sexual_violence", "day", DAY).confirmed == 1
    assert figure(store, "GIN", None, "day", DAY).reports == 2
    agrees(store)
