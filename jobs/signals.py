"""Signals: looks at the counts of the running periods and of those just over, and raises each that left its usual
interval once, where enough people stand behind it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, get_args
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from figures.usual import Past, SeasonGrain, Usual, UsualQuestion, set_aside
from figures.voices import has_voices
from intake.reference import Reference, ReferenceKeeper
from jobs.tallies import JOB as TALLIES
from models.calendar_notes import CalendarNote, calendar_of
from models.database import Database, insert_rows
from models.events import Event, event_row
from models.job_states import JobState, take_job
from models.periods import next_start, start_of
from models.settings import Settings
from models.signals import raise_once, raised
from models.tallies import ALL, Tally, TallyHistory

JOB: Final = "signals"
EVERY_S: Final = 3600
FEWEST_VOICES: Final = 5
BACK: Final[Mapping[SeasonGrain, int]] = {"week": 2, "month": 1, "quarter": 1}
"""Periods before the running one that are still looked at: texts come late, and so may the power."""
PLACES_AT_ONCE: Final = 25
"""Short transactions, as PostgreSQL ends one that idles while we calculate; and little memory: up to 140,000 counts."""

Cells = dict[int, dict[int, dict[date, int | None]]]
"""By locality, category and first day: the distinct reporters, None where not counted."""


@dataclass(frozen=True, slots=True)
class _Round:
    """What one run sees."""

    reference: Reference
    notes: Sequence[CalendarNote]
    today: date
    now: datetime


def raise_signals(
    database: Database, keeper: ReferenceKeeper, settings: Settings, now: datetime, *, only_touched: bool = False
) -> int:
    """How many signals were raised. Others may do the same at the same time: the store takes each once.

    only_touched: look only where something was counted since the last run, unless that was yesterday; what a new day
    ends and what the calendar changed waits until then.
    """
    zone = ZoneInfo(settings.timezone)
    with database.reading() as session:
        run = _Round(keeper.current(session), calendar_of(session), now.astimezone(zone).date(), now)
        last, counted = session.get(JobState, JOB), session.get(JobState, TALLIES)
        places = set(run.reference.spots)
        if (
            only_touched
            and last
            and last.slot
            and last.finished_at
            and last.finished_at.astimezone(zone).date() == run.today
        ):
            places = _touched(session, run.reference, last.slot)
        session.expunge_all()
    waiting, total = iter(sorted(places)), 0
    while some := list(islice(waiting, PLACES_AT_ONCE)):
        with database.reading() as session:
            rows = [row for grain in get_args(SeasonGrain) for row in _found(session, run, grain, some)]
        if not rows:
            continue
        with database.writing() as session:
            if take_job(session, JOB) is None:
                return total  # another process is at it, and looks at the rest too
            total += _write(session, run.reference, rows, now)
    with database.writing() as session:
        if (state := take_job(session, JOB)) is not None:
            state.slot, state.finished_at = counted.slot if counted else None, now
            state.failures, state.error = 0, None
    return total


def _touched(session: Session, reference: Reference, since: datetime) -> set[int]:
    """Where something was counted since, and all above."""
    history = TallyHistory
    rows = session.execute(
        select(history.locality_id, history.day).where(or_(history.slot >= since, history.slot.is_(None))).distinct()
    )
    return {above for locality_id, day in rows for above in reference.spots[locality_id].ancestors_on(day)}


def _found(session: Session, run: _Round, grain: SeasonGrain, places: Sequence[int]) -> Iterator[dict[str, Any]]:
    running = start_of(grain, run.today)
    starts = [next_start(grain, running, -back) for back in range(BACK[grain], -1, -1)]
    cells = _candidates(session, grain, starts, places)
    if not cells:
        return
    categories = {each for by_category in cells.values() for each in by_category}
    question = UsualQuestion(
        grain=grain,
        first=starts[0],
        last=running,
        places={each: run.reference.spots[each].code for each in cells},
        categories={each: run.reference.category_codes.get(each, "") for each in categories},
        today=run.today,
    )
    done = raised(session, grain, starts)
    for (locality_id, category_id), usual in _held_against(session, run, question, cells):
        if usual.state not in {"more", "less"} or usual.expected is None:
            continue
        start = usual.period.start
        cell, reporters = (locality_id, category_id, usual.period), cells[locality_id][category_id][start]
        if (locality_id, category_id, grain, start, usual.state) in done or not has_voices(
            session, run.reference, cell, reporters, wanted=FEWEST_VOICES
        ):
            continue
        yield {
            "id": uuid4(),
            "locality_id": locality_id,
            "category_id": category_id,
            "grain": grain,
            "start": start,
            "direction": usual.state,
            "incidents": usual.incidents,
            **usual.expected._asdict(),
            "raised_at": run.now,
        }


def _candidates(session: Session, grain: str, starts: Sequence[date], places: Sequence[int]) -> Cells:
    """Cells that may have enough people behind them: nobody stands behind more counts than there are reports."""
    found: Cells = defaultdict(lambda: defaultdict(dict))
    rows = session.execute(
        select(Tally.locality_id, Tally.category_id, Tally.start, Tally.reporters).where(
            Tally.locality_id.in_(places),
            Tally.grain == grain,
            Tally.start.in_(starts),
            Tally.reports >= FEWEST_VOICES,
        )
    )
    for locality_id, category_id, start, reporters in rows:
        found[locality_id][category_id][start] = reporters
    return found


def _held_against(
    session: Session, run: _Round, question: UsualQuestion, cells: Cells
) -> Iterator[tuple[tuple[int, int], Usual]]:
    past = Past(session, question, cells)
    for locality_id, by_category in cells.items():
        aside = set_aside(run.reference.spots[locality_id], run.notes, past.periods)
        for category_id, starts in by_category.items():
            for at in past.asked(question):
                if past.periods[at].start in starts:
                    yield (locality_id, category_id), past.held_against(question, (locality_id, category_id), at, aside)


def _write(session: Session, reference: Reference, rows: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """The event in the same transaction as the signal, and only for those that are new."""
    new = set(raise_once(session, rows))
    events = [
        event_row("signal.raised", row["id"], _payload(reference, row), recorded_at=now, actor="system")
        for row in rows
        if row["id"] in new
    ]
    insert_rows(session, Event, events)
    return len(events)


def _payload(reference: Reference, row: Mapping[str, Any]) -> dict[str, Any]:
    category_id = row["category_id"]
    return {
        "locality": reference.code_of(row["locality_id"]),
        "category": reference.category_codes.get(category_id),
        "protect": "none" if category_id == ALL else reference.rules[category_id].protect,
        "grain": row["grain"],
        "start": row["start"].isoformat(),
        **{name: row[name] for name in ("direction", "incidents", "expected", "low", "high")},
    }
