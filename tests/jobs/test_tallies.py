"""Folding: each change reaches its locality and ancestors in every period, once; protected ones stay by themselves."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from jobs import tallies
from jobs.imports.categories import import_categories
from jobs.imports.localities import import_localities
from jobs.rebuild import rebuild
from jobs.tallies import fold_tallies, slot_of
from models.job_states import JobState, take_job
from models.tallies import Measures, Tally, TallyChange, TallyHistory, TallyVersion
from tests.conftest import START, Store
from tests.intake.factories import all_of, figure, fold, hand_in, locality_id, one_of
from tests.jobs.recount import OCHA_HEADER, TAXONOMY_HEADER, differences, recounted, stored, taxonomy_row, write_csv

PERIODS = [
    ("day", date(2026, 11, 22)),
    ("week", date(2026, 11, 16)),
    ("month", date(2026, 11, 1)),
    ("quarter", date(2026, 10, 1)),
    ("year", date(2026, 1, 1)),
]
LINEAGE = ["GN-BK-KAM", "GN-BK", "GN-B", "GIN"]
TODAY = START.date()


def test_a_report_reaches_every_ancestor_in_every_period_and_nothing_else(store: Store) -> None:
    hand_in(store, "accident à Kamsar 2 morts et 3 blessés")
    fold(store)
    there = Measures(reports=1, incidents=1, killed=2, injured=3)
    wanted = {
        (place, grain, start, category): there._replace(messages=0 if category else 1)
        for place in LINEAGE
        for grain, start in PERIODS
        for category in ("road_crash", "")
    }
    assert stored(store) == wanted


def test_a_protected_report_is_never_in_all_categories(store: Store) -> None:
    for text in ("mariage forcé à Kamsar", "racket au barrage à Coyah", "trafic de drogue à Kaloum"):
        hand_in(store, text)
    fold(store)
    found = stored(store)
    assert {key[3] for key in found} == {"forced_marriage", "checkpoint_racket", "drugs"}
    assert all(measures.messages == 0 for measures in found.values())
    assert figure(store, "GN-B", "forced_marriage", "quarter", date(2026, 10, 1)).reports == 1


def test_folding_in_two_steps_gives_the_same_as_in_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("vol à Dixinn", "vol à Kamsar", "incendie à Kaloum", "vol à Dixinn"):
        hand_in(store, text)
    monkeypatch.setattr(tallies, "LARGEST_FOLD", 3)
    monkeypatch.setattr(tallies, "SQLITE_FOLD", 3)
    assert fold(store) == 8
    assert not differences(stored(store), recounted(store))
    assert one_of(store, JobState, JobState.name == "tallies").slot == START


def change(store: Store, number: int) -> dict[str, object]:
    return {
        "id": number,
        "locality_id": locality_id(store, "GN-C-DIX"),
        "category_id": 0,
        "in_all": True,
        "day": TODAY,
        "messages": 1,
        "cause": "message.received",
    }


def test_a_change_that_appears_under_a_smaller_id_is_not_lost(store: Store) -> None:
    for number in (1000, 1, 999):
        with store.database.writing() as session:
            session.execute(insert(TallyChange), [change(store, number)])
        assert fold(store) == 1
    assert figure(store, "GIN", None, "day", TODAY).messages == 3


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite lets only one transaction write at a time
def test_a_transaction_that_commits_late_is_not_lost(store: Store) -> None:
    with store.database.writing() as slow:
        slow.execute(insert(TallyChange), [change(store, 1000)])
        with store.database.writing() as quick:
            quick.execute(insert(TallyChange), [change(store, 1001)])
        assert fold(store) == 1
        assert figure(store, "GIN", None, "day", TODAY).messages == 1
    assert fold(store) == 1
    assert figure(store, "GIN", None, "day", TODAY).messages == 2


@pytest.mark.parametrize("engine", ["postgresql"])
def test_while_one_folds_another_does_nothing(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    assert fold(store) == 2
    hand_in(store, "vol à Dixinn")
    with store.database.writing() as session:
        assert take_job(session, "tallies") is not None
        assert fold(store) == 0
    assert fold(store) == 2


@pytest.mark.parametrize("step", ["add_to_tallies", "count_change"])
def test_a_fold_that_dies_leaves_everything_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    hand_in(store, "vol à Dixinn")
    real = getattr(tallies, step)

    def dies(*args: object, **named: object) -> None:
        real(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(tallies, step, dies)
    with pytest.raises(KeyboardInterrupt):
        fold(store)
    assert not stored(store)
    assert len(all_of(store, TallyChange)) == 2
    monkeypatch.undo()
    assert fold(store) == 2
    assert not differences(stored(store), recounted(store))


def test_each_day_counts_under_its_own_parents(store: Store, tmp_path: Path) -> None:
    """Sonfonia leaves Conakry for Kindia on the 20th."""
    hand_in(store, "vol à Sonfonia le 19/11")
    hand_in(store, "vol à Sonfonia le 20/11")
    fold(store)
    rows = [("GIN", 2, "GN-C-SON", "Sonfonia", "GN-D", "2026-11-20")]
    import_localities(store.database, write_csv(tmp_path / "new.csv", OCHA_HEADER, rows), TODAY)
    hand_in(store, "vol à Sonfonia le 18/11")
    hand_in(store, "vol à Sonfonia le 21/11")
    fold(store)

    def reports(place: str, grain: str, day: int) -> int:
        return figure(store, place, "theft", grain, date(2026, 11, day)).reports

    assert [reports("GN-C", "day", day) for day in (18, 19, 20, 21)] == [1, 1, 0, 0]
    assert [reports("GN-D", "day", day) for day in (18, 19, 20, 21)] == [0, 0, 1, 1]
    assert [reports(place, "month", 1) for place in ("GN-C-SON", "GN-C", "GN-D", "GIN")] == [4, 2, 2, 4]
    assert [reports(place, "week", 16) for place in ("GN-C-SON", "GN-C", "GN-D", "GIN")] == [4, 2, 2, 4]
    assert not differences(stored(store), recounted(store))


def versions(store: Store) -> dict[str, int]:
    return {row.protect: row.version for row in all_of(store, TallyVersion)}


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        pytest.param("vol à Dixinn", "none", id="a public report"),
        pytest.param("mariage forcé à Matoto", "survivor", id="a survivor's"),
        pytest.param("racket au barrage à Coyah", "agent", id="about an agent"),
        pytest.param("bonjour", None, id="nothing to count"),
    ],
)
def test_only_the_version_of_what_changed_moves(store: Store, text: str, moved: str | None) -> None:
    before = versions(store)
    hand_in(store, text)
    fold(store)
    after = versions(store)
    assert {protect for protect in after if after[protect] != before[protect]} == ({moved} if moved else set())


def test_a_fold_without_changes_completes_its_slot_and_moves_no_version(store: Store) -> None:
    before = versions(store)
    store.clock.go_on(seconds=14)
    fold(store)
    state = one_of(store, JobState, JobState.name == "tallies")
    assert (state.slot, state.finished_at) == (START.replace(second=10), store.clock())
    assert versions(store) == before


def slot_now(store: Store) -> datetime | None:
    return one_of(store, JobState, JobState.name == "tallies").slot


@pytest.mark.parametrize("text", ["vol à Dixinn", "mariage forcé à Matoto", ""], ids=["public", "hidden", "nothing"])
@pytest.mark.parametrize("back", [0, 4, 3600], ids=["in one slot", "the clock put back", "by an hour"])
def test_a_slot_that_answers_may_have_told_is_never_folded_into_again(store: Store, text: str, back: int) -> None:
    """The next moment is taken, whatever was folded: as_of must not tell of what is hidden."""
    store.clock.go_on(seconds=5)
    fold(store)
    assert slot_now(store) == START
    if text:
        hand_in(store, text)
    store.clock.go_on(seconds=-back)
    fold(store)
    assert slot_now(store) == START + timedelta(microseconds=1)
    assert {row.slot for row in all_of(store, TallyHistory)} == ({slot_now(store)} if text else set())
    store.clock.go_on(seconds=back + 10)
    fold(store)
    assert slot_now(store) == START.replace(second=10)


def test_a_timetable_that_comes_second_leaves_a_complete_slot_alone(store: Store) -> None:
    def timetable() -> int:
        return fold_tallies(store.database, store.keeper, store.settings, store.clock(), once_a_slot=True)

    timetable()
    hand_in(store, "vol à Dixinn")
    assert (timetable(), slot_now(store)) == (0, START)
    store.clock.go_on(seconds=-3600)
    assert (timetable(), slot_now(store)) == (2, START + timedelta(microseconds=1)), "a clock put back stops nothing"


def test_a_slot_begins_at_a_whole_step_of_the_timetable() -> None:
    at = START.replace(minute=7, second=33)
    assert slot_of(at, 10) == at.replace(second=30)


def test_a_change_in_flight_when_its_category_becomes_protected_stays_out_of_all_categories(
    store: Store, tmp_path: Path
) -> None:
    """A dispatcher that still holds the old taxonomy may commit just after the import."""
    hand_in(store, "incendie à Kaloum")
    in_flight = {
        column.key: getattr(row, column.key)
        for row in all_of(store, TallyChange, TallyChange.reports == 1)
        for column in TallyChange.__table__.columns
    }
    with store.database.writing() as session:
        session.execute(delete(TallyChange))
    rows = [taxonomy_row("fire", protect="armed")]
    import_categories(store.database, write_csv(tmp_path / "new.csv", TAXONOMY_HEADER, rows))
    rebuild(store.database)
    before = figure(store, "GN-C-KAL", None, "day", TODAY)
    with store.database.writing() as session:
        session.execute(insert(TallyChange), [in_flight])
    fold(store)
    assert figure(store, "GN-C-KAL", None, "day", TODAY) == before
    assert figure(store, "GN-C-KAL", "fire", "day", TODAY).reports == 2


def test_rebuilding_an_empty_store_is_no_fault(store: Store) -> None:
    assert rebuild(store.database) == 0
    assert not stored(store)


def test_rebuilding_drops_what_still_waits_because_the_events_hold_it(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    rebuild(store.database)
    assert not all_of(store, TallyChange)
    assert not differences(stored(store), recounted(store))
    assert fold(store) == 0


def test_rebuilding_mends_a_figure_that_went_wrong(store: Store) -> None:
    hand_in(store, "vol à Dixinn")
    fold(store)
    with store.database.writing() as session:
        session.execute(Tally.__table__.update().values(reports=7))  # type: ignore[attr-defined]
    assert differences(stored(store), recounted(store))
    rebuild(store.database)
    assert not differences(stored(store), recounted(store))
