"""Signals: raised once where a count left its usual interval with enough people behind it, and never otherwise."""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from intake.reference import ReferenceKeeper
from jobs import signals
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from jobs.signals import JOB, raise_signals
from models.calendar_notes import CalendarNote, WantedNote, add_note, remove_note
from models.database import Database
from models.events import Event
from models.job_states import JobState, take_job
from models.localities import Locality
from models.signals import Signal
from models.tallies import Tally
from tests.conftest import HandClock, Store
from tests.intake.factories import all_of, events_of, fold, hand_in, locality_id, one_of
from tests.serving import add_report, utc

TRY_DATA = os.environ.get("KIBARO_TRY_DATA")
needs_data = pytest.mark.skipif(not TRY_DATA, reason="KIBARO_TRY_DATA names no folder with the real files")

MONDAY = date(2026, 11, 16)
"""Of the running week."""
LINEAGE = {"GN-BK-KAM", "GN-BK", "GN-B", "GIN"}
STEADY = [3, 4, 2, 3, 4, 3, 2, 4, 3, 3, 4, 2, 3, 3, 4, 3]
"""Sixteen weeks of past."""

Told = set[tuple[str, str | None, str, date, str]]


def put(store: Store, day: date, count: int, category: str = "theft", locality: str = "GN-BK-KAM") -> None:
    """Incidents that others counted: one row of that weight."""
    if count:
        with store.database.writing() as session:
            add_report(session, store, category, locality, day.isoformat(), weight=count, source="import")


def put_past(store: Store, counts: Sequence[int], category: str = "theft", locality: str = "GN-BK-KAM") -> None:
    """One count a week, up to the week before the running one."""
    for back, count in enumerate(reversed(counts), start=1):
        put(store, MONDAY - timedelta(weeks=back), count, category, locality)


def raise_all(store: Store) -> int:
    fold(store)
    return raise_signals(store.database, store.keeper, store.settings, store.clock())


def told(store: Store) -> Told:
    with store.database.reading() as session:
        reference = store.keeper.current(session)
    return {
        (
            reference.spots[each.locality_id].code,
            reference.category_codes.get(each.category_id),
            each.grain,
            each.start,
            each.direction,
        )
        for each in all_of(store, Signal)
    }


def note(store: Store, first: date, last: date, locality: str | None = None) -> CalendarNote:
    with store.database.writing() as session:
        where = locality_id(store, locality) if locality else None
        return add_note(session, WantedNote(where, first, last, "radio", "A show"), locality, store.clock(), "test")


# -- raising -----------------------------------------------------------------------------------------------------------


def test_a_rise_is_told_once_for_the_place_and_all_above_it(store: Store) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 16)
    wanted = {(place, category, "week", MONDAY, "more") for place in LINEAGE for category in ("theft", None)}
    assert raise_all(store) == len(wanted)
    assert told(store) == wanted
    put(store, MONDAY, 30)
    store.clock.go_on(hours=1)
    assert raise_all(store) == 0
    assert {each.incidents for each in all_of(store, Signal)} == {16}


def test_a_signal_says_what_would_have_been_usual_and_leaves_an_event_of_codes_and_figures(store: Store) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 16)
    raise_all(store)
    found = one_of(store, Signal, Signal.locality_id == locality_id(store, "GN-BK-KAM"), Signal.category_id != 0)
    assert (found.incidents, found.raised_at) == (16, store.clock())
    assert 0 <= found.low < found.expected < found.high < 16
    assert found.expected == pytest.approx(3, abs=0.5)
    event = one_of(store, Event, Event.subject == found.id)
    assert (event.name, event.actor, event.reporter_id) == ("signal.raised", "system", None)
    assert event.payload == {
        "locality": "GN-BK-KAM",
        "category": "theft",
        "protect": "none",
        "grain": "week",
        "start": "2026-11-16",
        "direction": "more",
        "incidents": 16,
        "expected": found.expected,
        "low": found.low,
        "high": found.high,
    }


def test_a_usual_count_raises_nothing(store: Store) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 6)
    assert raise_all(store) == 0


def test_nothing_is_raised_before_twelve_periods(store: Store) -> None:
    put_past(store, STEADY[:11])
    put(store, MONDAY, 40)
    assert raise_all(store) == 0
    put(store, MONDAY - timedelta(weeks=12), 3)
    assert raise_all(store) == 8


@pytest.mark.parametrize(("imported", "raised"), [(4, 0), (5, 4)])
def test_an_imported_row_stands_for_as_many_people_as_its_weight(store: Store, imported: int, raised: int) -> None:
    """Burglary was never heard there, so anything of it is more than usual."""
    put_past(store, STEADY)
    put(store, MONDAY, imported, "burglary")
    raise_all(store)
    assert len([each for each in told(store) if each[1] == "burglary"]) == raised


@pytest.mark.parametrize("counted", [True, False], ids=["reporters counted", "reporters not counted yet"])
def test_one_person_who_writes_often_raises_nothing_but_five_people_do(store: Store, *, counted: bool) -> None:
    put_past(store, STEADY, locality="GN-C-DIX")
    for _ in range(8):
        hand_in(store, "cambriolage à Dixinn", sender="+224920000001")
    for number in range(2, 5):
        hand_in(store, "cambriolage à Dixinn", sender=f"+22492000000{number}")

    def run() -> int:
        fold(store)
        if not counted:
            with store.database.writing() as session:
                session.execute(update(Tally).values(reporters=None))
        return raise_signals(store.database, store.keeper, store.settings, store.clock())

    assert run() == 0
    hand_in(store, "cambriolage à Dixinn", sender="+224920000005")
    assert run() > 0
    assert ("GN-C-DIX", "burglary", "week", MONDAY, "more") in told(store)


def test_people_and_imported_rows_are_counted_together(store: Store) -> None:
    put_past(store, STEADY, locality="GN-C-DIX")
    put(store, MONDAY, 3, "burglary", "GN-C-DIX")
    hand_in(store, "cambriolage à Dixinn", sender="+224920000001")
    raise_all(store)
    assert not [each for each in told(store) if each[1] == "burglary"]
    hand_in(store, "cambriolage à Dixinn", sender="+224920000002")
    raise_all(store)
    assert [each[0] for each in told(store) if each[1] == "burglary" and each[0] == "GN-C-DIX"] == ["GN-C-DIX"]


def test_less_than_usual_is_raised_only_when_the_period_is_over(store: Store) -> None:
    put_past(store, [40, 42, 38, 41, 39, 40, 43, 37, 40, 41, 39, 40, 42, 38])
    put(store, MONDAY, 8)
    assert raise_all(store) == 0
    store.clock.go_on(days=1)
    assert raise_all(store) == 8
    assert {each[2:] for each in told(store)} == {("week", MONDAY, "less")}


def test_what_was_out_of_the_ordinary_long_ago_is_not_raised_any_more(store: Store) -> None:
    counts = STEADY * 3
    counts[-3] = 30
    put_past(store, counts)
    assert raise_all(store) == 0
    counts[-3], counts[-2] = 3, 30
    put(store, MONDAY - timedelta(weeks=2), 27)
    assert raise_all(store) > 0
    assert {each[3] for each in told(store) if each[2] == "week"} == {MONDAY - timedelta(weeks=2)}


def test_a_month_is_held_against_months(store: Store) -> None:
    for back in range(1, 15):
        day = date(2026, 11, 15) - timedelta(days=30 * back)
        put(store, day, 10 + back % 3)
    put(store, date(2026, 11, 3), 14)
    put(store, date(2026, 11, 11), 14)
    put(store, date(2026, 11, 18), 14)
    raise_all(store)
    assert ("GN-BK-KAM", "theft", "month", date(2026, 11, 1), "more") in told(store)
    assert not [each for each in told(store) if each[2] == "quarter"]


def test_a_protected_matter_is_in_no_signal_of_all_categories(store: Store) -> None:
    put_past(store, STEADY)
    put_past(store, STEADY, "kidnapping")
    put(store, MONDAY, 3)
    put(store, MONDAY, 20, "kidnapping")
    assert raise_all(store) == 4
    assert {each[1] for each in told(store)} == {"kidnapping"}
    assert {each.payload["protect"] for each in events_of(store, "signal.raised")} == {"armed"}


# -- the calendar ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locality", "silenced"),
    [
        pytest.param(None, LINEAGE, id="everywhere"),
        pytest.param("GN-B", {"GN-B", "GN-BK", "GN-BK-KAM"}, id="the region and below"),
        pytest.param("GN-BK-KAM", {"GN-BK-KAM"}, id="the commune"),
        pytest.param("GN-C", set(), id="another region"),
    ],
)
def test_a_period_that_the_calendar_names_raises_no_signal_there_and_below(
    store: Store, locality: str | None, silenced: set[str]
) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 16)
    there = note(store, MONDAY + timedelta(days=6), MONDAY + timedelta(days=9), locality)
    raise_all(store)
    assert {each[0] for each in told(store)} == LINEAGE - silenced
    with store.database.writing() as session:
        remove_note(session, session.get_one(CalendarNote, there.id), locality, store.clock(), "test")
    raise_all(store)
    assert {each[0] for each in told(store)} == LINEAGE


def test_a_period_that_the_calendar_names_is_no_measure_of_what_is_usual(store: Store) -> None:
    """Six loud weeks make sixteen look usual, unless a radio show explains them."""
    put_past(store, [*STEADY[:12], 15, 18, 14, 16, 17, 15, 3, 3])
    put(store, MONDAY, 16)
    assert raise_all(store) == 0
    note(store, MONDAY - timedelta(weeks=8), MONDAY - timedelta(weeks=2, days=1))
    assert raise_all(store) == 8


# -- many processes ----------------------------------------------------------------------------------------------------


def test_two_at_once_raise_each_signal_once(store: Store) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 16)
    fold(store)
    barrier, raised = threading.Barrier(2), list[int]()

    def run() -> None:
        database = Database(store.settings.database_url)
        barrier.wait()
        raised.append(raise_signals(database, ReferenceKeeper(store.vault), store.settings, store.clock()))
        database.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(raised) == len(all_of(store, Signal)) == len(events_of(store, "signal.raised")) == 8


@pytest.mark.parametrize("engine", ["postgresql"])  # on SQLite the transaction itself is the lock
def test_while_one_raises_another_does_nothing(store: Store) -> None:
    assert raise_all(store) == 0
    put_past(store, STEADY)
    put(store, MONDAY, 16)
    fold(store)
    with store.database.writing() as session:
        assert take_job(session, JOB) is not None
        assert raise_signals(store.database, store.keeper, store.settings, store.clock()) == 0
    assert raise_all(store) == 8


def test_what_another_raised_between_looking_and_writing_is_not_raised_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 16)
    real: Callable[..., int] = signals._write  # noqa: SLF001  the moment between looking and writing
    monkeypatch.setattr(signals, "_write", lambda *args: real(*args) + real(*args))
    assert raise_all(store) == 8
    assert len(all_of(store, Signal)) == len(events_of(store, "signal.raised")) == 8


def test_a_run_that_dies_between_signal_and_event_leaves_neither(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put_past(store, STEADY)
    put(store, MONDAY, 16)

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(signals, "insert_rows", dies)
    with pytest.raises(KeyboardInterrupt):
        raise_all(store)
    monkeypatch.undo()
    assert not all_of(store, Signal)
    assert raise_all(store) == len(events_of(store, "signal.raised")) == 8


def raise_touched(store: Store) -> int:
    """As the timetable does, every hour."""
    fold(store)
    return raise_signals(store.database, store.keeper, store.settings, store.clock(), only_touched=True)


def test_an_hourly_run_looks_only_where_something_was_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[set[int]] = []
    real = signals._candidates  # noqa: SLF001  which places it looks at is what is asked here

    def watched(session: Session, grain: str, starts: Sequence[date], places: Sequence[int]) -> signals.Cells:
        looked[-1].update(places)
        return real(session, grain, starts, places)

    def run() -> tuple[int, set[int]]:
        looked.append(set())
        return raise_touched(store), looked[-1]

    monkeypatch.setattr(signals, "_candidates", watched)
    put_past(store, STEADY)
    everywhere = {spot.id for spot in all_of(store, Locality)}
    assert run() == (0, everywhere)
    store.clock.go_on(hours=1)
    run()  # what was folded in the very slot of the run before is looked at again
    store.clock.go_on(hours=1)
    assert run() == (0, set())
    put(store, MONDAY, 16)
    store.clock.go_on(hours=1)
    assert run() == (8, {locality_id(store, place) for place in LINEAGE})
    store.clock.go_on(hours=24)
    assert run() == (0, everywhere)


def test_the_first_run_of_a_day_tells_what_the_day_before_ended(store: Store) -> None:
    put_past(store, [40, 42, 38, 41, 39, 40, 43, 37, 40, 41, 39, 40, 42, 38])
    put(store, MONDAY, 8)
    assert raise_touched(store) == 0
    store.clock.go_on(hours=14)
    assert raise_touched(store) == 0
    store.clock.go_on(hours=1)
    assert raise_touched(store) == 8


def test_a_run_notes_when_it_was_done(store: Store) -> None:
    assert raise_all(store) == 0
    state = one_of(store, JobState, JobState.name == JOB)
    assert (state.slot, state.finished_at, state.failures) == (store.clock(), store.clock(), 0)


# -- the real incidents ------------------------------------------------------------------------------------------------


@needs_data
def test_the_real_santander_file_raises_signals_of_its_last_weeks_once(store: Store) -> None:
    folder = Path(TRY_DATA or "")
    import_localities(store.database, folder / "gazetteer" / "pcodes_gin_bfa_ken_gha_col.csv", date(2026, 1, 1))
    path = folder / "incidents" / "santander_2003_2016.csv.gz"
    import_incidents(store.database, store.keeper, path, "santander", store.clock())
    clock = HandClock(utc("2016-12-31T20:00:00"))
    fold(store)
    raised = raise_signals(store.database, store.keeper, store.settings, clock())
    found = all_of(store, Signal)
    assert 0 < raised == len(found) < 60
    assert {(each.grain, each.start) for each in found} <= {
        ("week", date(2016, 12, 12)),
        ("week", date(2016, 12, 19)),
        ("week", date(2016, 12, 26)),
        ("month", date(2016, 11, 1)),
        ("month", date(2016, 12, 1)),
        ("quarter", date(2016, 7, 1)),
        ("quarter", date(2016, 10, 1)),
    }
    assert all(each.incidents >= 5 and not each.low <= each.incidents <= each.high for each in found)
    assert raise_signals(store.database, store.keeper, store.settings, clock()) == 0
