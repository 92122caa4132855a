"""A taxonomy from a file."""

from pathlib import Path

import pytest

from jobs.imports.categories import DEFAULT_TAXONOMY, import_categories
from models.categories import Category, CategoryLabel
from models.reports import Report, ReportDeparture
from models.tallies import TallyHistory
from tests.conftest import Store
from tests.intake.factories import all_of, events_of, figure, fold, hand_in, locality_id, message_of, one_of, report_of
from tests.jobs.imports.files import TODAY, told, version
from tests.jobs.recount import TAXONOMY_HEADER, differences, recounted, stored, taxonomy_row, write_csv


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


def test_what_becomes_protected_is_so_with_its_texts_and_whoever_saw_it_learns_that_it_left(
    store: Store, tmp_path: Path
) -> None:
    """A change since some day must not leave it standing in somebody's copy."""
    message_id = hand_in(store, "incendie à Kaloum")
    other_id = hand_in(store, "vol à Dixinn")
    fold(store)
    store.clock.go_on(hours=1)
    path = write_csv(tmp_path / "t.csv", TAXONOMY_HEADER, [taxonomy_row("fire", protect="survivor")])
    import_categories(store.database, path, store.clock)
    assert [message_of(store, each).protect for each in (message_id, other_id)] == ["survivor", "none"]
    report = report_of(store, message_id)
    assert (report.protect, report.changed_at) == ("survivor", store.clock())
    departure = one_of(store, ReportDeparture)
    assert (departure.report_id, departure.protect, departure.left_at) == (report.id, "none", store.clock())
    (event,) = events_of(store, "category.reprotected")
    assert event.payload == {"category": "fire", "protect": "survivor", "was": "none"}
    fold(store)
    line = one_of(store, TallyHistory, TallyHistory.cause == "category.reprotected")
    assert (line.locality_id, line.day) == (locality_id(store, "GIN"), TODAY)
    assert not differences(stored(store), recounted(store))


def test_what_is_protected_for_another_reason_stays_so(store: Store, tmp_path: Path) -> None:
    report_id = report_of(store, hand_in(store, "incendie à Kaloum")).id
    with store.database.writing() as session:
        session.get_one(Report, report_id).protect = "agent"
    for protect in ("armed", "none"):
        path = write_csv(tmp_path / "t.csv", TAXONOMY_HEADER, [taxonomy_row("fire", protect=protect)])
        import_categories(store.database, path)
        assert one_of(store, Report).protect == "agent"
    assert not all_of(store, ReportDeparture)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"code": "x" * 65}, "code has more than 64"), ({"label_en": "x" * 201}, "label_en has more than 200")],
    ids=["code", "label"],
)
def test_what_the_store_has_no_room_for_is_told(
    store: Store, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    path = write_csv(
        tmp_path / "t.csv", TAXONOMY_HEADER, [taxonomy_row(**({"code": "x"} | changes)), taxonomy_row("y")]
    )
    outcome = import_categories(store.database, path)
    assert told(outcome) == (1, 0, 0, [2])
    assert reason in outcome.bad[0].reason
