"""Folding: takes the changes that wait and brings the counts of the locality and its ancestors up to date, all grains
at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from intake.reference import Reference, ReferenceKeeper
from jobs.distinct import CellKey, Ways, entered_and_left
from models.categories import PROTECTIONS
from models.database import Database, insert_rows, inserting
from models.job_states import take_job
from models.settings import Settings
from models.tallies import ALL, CAUSES_WITHOUT_MEASURES, Measures, Tally, TallyChange, TallyHistory, TallyVersion

JOB: Final = "tallies"
LARGEST_FOLD: Final = 20_000
SQLITE_FOLD: Final = 2_000
"""Changes in one transaction; on SQLite a long one would keep the door waiting for the only write lock."""

MOMENT: Final = timedelta(microseconds=1)
"""The least by which the engines tell two times apart."""

_MEASURES: Final = Measures._fields
_COUNTED: Final = (*_MEASURES, "reporters")
_KEY: Final = ("locality_id", "grain", "start", "category_id")
_COLUMNS: Final = (*_KEY, *_COUNTED)
_OWN: Final = ("locality_id", "category_id", "in_all", "day", "cause")
_POSTGRES_UPSERT: Final = (
    f"INSERT INTO tallies ({', '.join(_COLUMNS)}) "  # noqa: S608  column names only
    f"SELECT * FROM unnest(%s::int[], %s::text[], %s::date[], %s::int[]{', %s::int[]' * len(_COUNTED)}) "
    f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = tallies.{name} + excluded.{name}" for name in _COUNTED)
)

Own = tuple[int, int, bool, date, str]
"""Locality, category, in_all, day, cause: what one line of the history is about."""


def fold_tallies(
    database: Database, keeper: ReferenceKeeper, settings: Settings, now: datetime, *, once_a_slot: bool = False
) -> int:
    """How many changes were folded; 0 also while another process folds. Completes the slot that began last.

    once_a_slot: do nothing where that is complete, as when the timetable of another process was quicker.
    """
    total, largest = 0, SQLITE_FOLD if database.is_sqlite else LARGEST_FOLD
    every = timedelta(seconds=settings.tallies_every_s)
    while True:
        with database.writing() as session:
            state = take_job(session, JOB)
            begun = slot_of(now, settings.tallies_every_s)
            if state is None or (once_a_slot and state.slot == begun):
                return total
            is_last = not _waits(session, beyond=largest)
            state.slot = slot = moment_after(state.slot, begun if is_last else begun - every + MOMENT)
            total += fold_once(session, keeper.current(session), slot, settings.closes_after_days, largest)
            if is_last:
                state.finished_at, state.failures, state.error = now, 0, None
                return total


def moment_after(told: datetime | None, wanted: datetime) -> datetime:
    """The slot of a fold: the one wanted, but never one that answers may have told already.

    Each commit of changed figures has a slot of its own: a second fold in one slot of the timetable, one after the
    clock was put back, and each part of a backlog, which ends before the slot that the last of them completes. It
    moves whether anything was folded or not, for as_of must not tell of what is hidden.
    """
    return wanted if told is None or told < wanted else told + MOMENT


def _waits(session: Session, *, beyond: int) -> bool:
    """Whether more changes wait than that."""
    return session.scalar(select(TallyChange.id).offset(beyond).limit(1)) is not None


def slot_of(now: datetime, every_s: int) -> datetime:
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % every_s, UTC)


def fold_once(
    session: Session, reference: Reference, slot: datetime, closes_after_days: int, largest: int = LARGEST_FOLD
) -> int:
    """Takes the rows it can see, not those up to an id: what commits later under a smaller id is taken next time."""
    closed_before = slot.date() - timedelta(days=closes_after_days)
    date_what_was_rebuilt(session, slot, closed_before)
    rows = session.execute(
        delete(TallyChange)
        .where(TallyChange.id.in_(select(TallyChange.id).limit(largest)))
        .returning(
            *(getattr(TallyChange, name) for name in (*_OWN, "reporter_id", *_MEASURES)),
        )
        .execution_options(synchronize_session=False)
    ).all()
    if not rows:
        return 0
    ways = Ways(reference)
    own = _by_own(rows)
    cells = spread(own, ways)
    reported = ((row.reporter_id, (row.locality_id, row.day, row.category_id), row.reports) for row in rows)
    came_and_went = entered_and_left(session, ways, (each for each in reported if each[0] and each[2]))
    add_to_tallies(session, cells, came_and_went)
    keep_history(session, own, slot, closed_before)
    count_change(session, protections_of(reference, [*cells, *came_and_went]))
    return len(rows)


def count_change(session: Session, protections: Collection[str]) -> None:
    """protections: of what changed; `none` for what everybody sees."""
    session.execute(
        update(TallyVersion)
        .where(TallyVersion.protect.in_(sorted(protections)))
        .values(version=TallyVersion.version + 1)
        .execution_options(synchronize_session=False)
    )


def protections_of(reference: Reference, cells: Iterable[CellKey]) -> set[str]:
    return {"none" if category == ALL else reference.rules[category].protect for category in {c[3] for c in cells}}


def _by_own(rows: Sequence[Any]) -> dict[Own, list[int]]:
    """Summed per locality, category, day and cause."""
    summed: dict[Own, list[int]] = {}
    for locality_id, category_id, in_all, day, cause, _reporter_id, *measures in rows:
        _add(summed, (locality_id, category_id, in_all, day, cause), measures)
    return summed


def spread(own: Mapping[Own, Sequence[int]], ways: Ways) -> dict[CellKey, list[int]]:
    """From a locality's own days to all its ancestors on that day, and from there to every longer period.

    A change counts in its category and, unless that is protected, in all categories. Protected is what is so now: who
    wrote the change may have held the taxonomy of a moment before.
    """
    days: dict[tuple[int, date, int], list[int]] = {}
    for (locality_id, category_id, in_all, day, _cause), measures in own.items():
        targets = ways.targets(category_id, day) if category_id != ALL else (ALL,) if in_all else ()
        for ancestor_id in ways.ancestors(locality_id, day):
            for target in targets:
                _add(days, (ancestor_id, day, target), measures)
    cells: dict[CellKey, list[int]] = {}
    for (locality_id, day, category_id), measures in days.items():
        for grain, start in ways.starts(day):
            _add(cells, (locality_id, grain, start, category_id), measures)
    return cells


def _add(cells: dict[Any, list[int]], key: tuple[Any, ...], measures: Sequence[int]) -> None:
    cell = cells.get(key)
    if cell is None:
        cells[key] = list(measures)
        return
    for index, value in enumerate(measures):
        if value:
            cell[index] += value


def date_what_was_rebuilt(session: Session, slot: datetime, closed_before: date) -> None:
    """A rebuild counts what waits without knowing of slots: it becomes known with this one."""
    statement = (
        update(TallyHistory)
        .where(TallyHistory.slot.is_(None))
        .values(slot=slot, revises=TallyHistory.day < closed_before)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", session.execute(statement)).rowcount:
        count_change(session, PROTECTIONS)  # the revisions have grown


def keep_history(session: Session, own: Mapping[Own, Sequence[int]], slot: datetime, closed_before: date) -> None:
    """What changed nothing in the end is not kept, but for a cause that has no measures of its own."""
    insert_rows(
        session,
        TallyHistory,
        [
            {
                **dict(zip(_OWN, key, strict=True)),
                **dict(zip(_MEASURES, measures, strict=True)),
                "slot": slot,
                "revises": key[3] < closed_before,
            }
            for key, measures in own.items()
            if any(measures) or key[4] in CAUSES_WITHOUT_MEASURES
        ],
    )


def add_to_tallies(session: Session, cells: Mapping[CellKey, Sequence[int]], reporters: Mapping[CellKey, int]) -> None:
    nothing = (0,) * len(_MEASURES)
    changed = sorted({*(key for key, measures in cells.items() if any(measures)), *reporters})
    rows = [(*key, *cells.get(key, nothing), reporters.get(key, 0)) for key in changed]
    if not rows:
        return
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        statement = inserting(session, Tally)
        sums = {name: Tally.__table__.c[name] + statement.excluded[name] for name in _COUNTED}
        connection.execute(
            statement.on_conflict_do_update(index_elements=_KEY, set_=sums),
            [dict(zip(_COLUMNS, row, strict=True)) for row in rows],
        )
        return
    # One statement with an array a column; as text, since the driver writes long lists item by item.
    arrays = tuple("{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True))
    connection.exec_driver_sql(_POSTGRES_UPSERT, arrays)
