"""An Ushahidi export: one row is one report; places and categories as far as they are known, and told where not."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.cases import Case
from intake.corrections import correct_report
from intake.rows import Rows
from jobs.imports import ushahidi
from jobs.imports.day_cells import Order
from jobs.imports.ushahidi import Wanted, import_ushahidi
from models.database import Base
from models.events import Event
from models.faults import Refusal
from models.messages import Message
from models.reports import Report
from tests.conftest import START, Store
from tests.intake.factories import all_of, events_of, figure
from tests.jobs.imports.exports import CANARY, DAY, HEADER, Cells, agrees, brought, category_of, place_of, report, row
from tests.jobs.imports.files import told
from tests.jobs.recount import stored, write_csv


def test_a_row_becomes_a_report_that_counts(store: Store, tmp_path: Path) -> None:
    outcome = brought(store, tmp_path, row(1), row(2, VERIFIED="YES"))
    assert told(outcome) == (2, 0, 0, [])
    first = report(store)
    assert (first.source, first.reporter_id, first.status, first.weight) == ("import", None, "open", 1)
    assert (place_of(store), category_of(store), first.occurred_on) == ("GN-C-DIX", "theft", DAY)
    assert (first.credibility, report(store, "2").credibility, first.review) == ("unassessed", "confirmed", None)
    cell = figure(store, "GN-C", "theft", "day", DAY)
    assert (cell.reports, cell.incidents, cell.confirmed, cell.messages) == (2, 2, 1, 0)
    agrees(store)


def test_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    rows = [row(1), row(2, CATEGORY="Fire, Looting, Dragons"), row(3, LOCATION="Nowhere"), row(4, CATEGORY="")]
    brought(store, tmp_path, *rows)
    events, before = len(all_of(store, Event)), stored(store)
    assert told(brought(store, tmp_path, *rows)) == (0, 0, 4, [])
    assert (len(all_of(store, Event)), stored(store)) == (events, before)


def test_no_word_of_a_row_is_kept(store: Store, tmp_path: Path, engine: str) -> None:
    """Not even sealed: they may name people, and the retention of a text that old is over."""
    outcome = brought(store, tmp_path, row(1, LOCATION=CANARY, CATEGORY=f"{CANARY}, Fire"), row(CANARY), row(2))
    assert not all_of(store, Message)
    with store.database.reading() as session:
        tables = [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    spoken = f"{tables}\n{outcome.bad}\n{outcome.notes}\n{outcome.unplaced}"
    assert "2025550123" not in spoken
    assert "Mamadou" not in str(tables)
    if engine == "sqlite":
        url = store.settings.database_url.removeprefix("sqlite:///")
        assert all(b"Mamadou" not in Path(f"{url}{end}").read_bytes() for end in ("", "-wal"))


# -- columns -----------------------------------------------------------------------------------------------------------


def test_columns_may_stand_in_any_order_under_other_names_and_with_others_between(store: Store, tmp_path: Path) -> None:
    cells = {"verified": "YES", "Incident_Date": "12/03/2024", "EMAIL": CANARY, "Categories": "Fire", "Serial": "1"}
    assert told(brought(store, tmp_path, cells)) == (1, 0, 0, [])
    assert (category_of(store), report(store).credibility, place_of(store)) == ("fire", "confirmed", "GIN")


def test_an_export_that_is_packed_is_read(store: Store, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", HEADER, [list(row(1).values())])
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    wanted = Wanted(packed, "a")
    assert told(import_ushahidi(store.database, store.keeper, wanted, "UTC", START)) == (1, 0, 0, [])


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"#,INCIDENT TITLE\n1,x\n"], ids=["empty", "other", "no day"])
def test_what_is_no_export_is_refused(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal, match="has no column"):
        import_ushahidi(store.database, store.keeper, Wanted(path, "no"), "UTC", START)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"#": ""}, "serial is empty", id="no serial"),
        pytest.param({"#": "+12025550123"}, "serial (a long number) is no number", id="a phone number"),
        pytest.param({"#": "12025550123"}, "serial (a long number) is no number", id="its digits"),
        pytest.param({"#": "a sentence"}, "serial 'a sentence' is no number", id="a sentence"),
        pytest.param({"INCIDENT DATE": ""}, "incident date is empty", id="no day"),
        pytest.param({"INCIDENT DATE": "soon"}, "day 'soon' is no day", id="day"),
        pytest.param({"INCIDENT DATE": "13/13/2024"}, "day (a long number) is no day", id="no such month"),
        pytest.param({"INCIDENT DATE": "23/11/2026"}, "the day 2026-11-23 is in the future", id="tomorrow"),
        pytest.param({"INCIDENT DATE": "12/03/1899"}, "is before 1900", id="a slip in the year"),
        pytest.param({"VERIFIED": "maybe"}, "verified 'maybe' is neither YES nor NO", id="verified"),
        pytest.param({"APPROVED": "maybe"}, "approved 'maybe' is neither YES nor NO", id="approved"),
    ],
)
def test_a_bad_row_is_told_and_the_others_land(store: Store, tmp_path: Path, changes: Cells, reason: str) -> None:
    for added in (2, 0):
        outcome = brought(store, tmp_path, row(1), row(2) | changes, row(3))
        assert (outcome.added, outcome.unchanged) == (added, 2 - added)
        assert [(bad.line, reason in bad.reason) for bad in outcome.bad] == [(5, True)]


def test_of_two_rows_of_one_serial_the_last_holds(store: Store, tmp_path: Path) -> None:
    rows = [row(1, CATEGORY="Fire"), row(1)]
    for added in (1, 0):
        outcome = brought(store, tmp_path, *rows)
        assert (outcome.added, [bad.reason for bad in outcome.bad]) == (
            added,
            ["line 5 has the same serial; that one holds"],
        )
    assert category_of(store) == "theft"


def test_the_order_of_day_and_month_is_the_files(store: Store, tmp_path: Path) -> None:
    rows = [row(1, **{"INCIDENT DATE": "01/02/2024"}), row(2, **{"INCIDENT DATE": "01/25/2024"})]
    outcome = brought(store, tmp_path, *rows)
    assert report(store).occurred_on == date(2024, 1, 2)
    assert "Days were read as month/day/year in the whole file: 1 rows leave no other reading." in outcome.notes
    outcome = brought(store, tmp_path, *rows, dates=Order.DAY_FIRST)
    assert told(outcome) == (0, 1, 0, [5])
    assert report(store).occurred_on == date(2024, 2, 1)
    agrees(store)


# -- corrections -------------------------------------------------------------------------------------------------------


def test_a_row_not_approved_is_kept_as_doubtful_and_to_be_reviewed(store: Store, tmp_path: Path) -> None:
    outcome = brought(store, tmp_path, row(1, APPROVED="NO"), row(2, APPROVED="NO", VERIFIED="YES"))
    assert [report(store, serial).credibility for serial in "12"] == ["doubtful", "confirmed"]
    assert report(store).review == "not-approved"
    assert (figure(store, "GIN", "theft", "day", DAY).reports, outcome.not_approved) == (2, 2)
    brought(store, tmp_path, row(1), row(2))
    assert [report(store, serial).credibility for serial in "12"] == ["unassessed", "unassessed"]
    assert report(store).review is None


def test_a_later_file_corrects_and_missing_rows_stay(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, row(1), row(2))
    changes = {"INCIDENT DATE": "13/03/2024", "LOCATION": "Kindia", "CATEGORY": "Fire", "VERIFIED": "YES"}
    assert told(brought(store, tmp_path, row(1, **changes))) == (0, 1, 0, [])
    assert (place_of(store), category_of(store)) == ("GN-KD", "fire")
    assert (report(store).occurred_on, report(store).credibility) == (date(2024, 3, 13), "confirmed")
    assert figure(store, "GN-KD", "fire", "day", date(2024, 3, 13)).incidents == 1
    assert figure(store, "GIN", "theft", "day", DAY).incidents == 1
    assert [event.actor for event in events_of(store, "report.corrected")] == ["import"]
    agrees(store)


def test_what_staff_have_corrected_stays(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, row(1))
    with store.database.writing() as session:
        reference = store.keeper.current(session)
        mine = session.scalars(select(Report).with_for_update()).one()
        rows = Rows()
        case = Case(session, reference, rows, store.clock(), actor="somebody").take([mine])
        correct_report(case, mine, {"locality_id": reference.spot_ids["GN-KD"]}, "UTC")
        rows.write(session)
    for _ in range(2):
        brought(store, tmp_path, row(1, LOCATION="Kaloum", CATEGORY="Fire"))
        assert (place_of(store), category_of(store)) == ("GN-KD", "fire")
    assert told(brought(store, tmp_path, row(1, LOCATION="Boffa", CATEGORY="Fire"))) == (0, 0, 1, [])
    agrees(store)


def test_another_dataset_is_other_reports(store: Store, tmp_path: Path) -> None:
    brought(store, tmp_path, row(1))
    assert told(brought(store, tmp_path, row(1), dataset="other")) == (1, 0, 0, [])
    for name in ("", "x" * 121):
        with pytest.raises(Refusal, match="--dataset"):
            brought(store, tmp_path, row(1), dataset=name)


def test_an_import_that_was_interrupted_goes_on(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ushahidi, "CHUNK", 10)
    rows = [row(n) for n in range(35)]
    path = write_csv(tmp_path / "haiti.csv", HEADER, [list(each.values()) for each in rows])

    def dies(done: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_ushahidi(store.database, store.keeper, Wanted(path, "haiti"), "UTC", START, dies)
    assert len(all_of(store, Report)) == 20
    assert told(brought(store, tmp_path, *rows)) == (15, 0, 20, [])
    agrees(store)
