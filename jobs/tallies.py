"""Folding: takes the changes that wait and brings the counts of the locality and its ancestors up to date, all grains
at once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from intake.reference import Reference, ReferenceKeeper
from models.database import Database, inserting
from models.job_states import take_job
from models.periods import GRAINS, Grain, start_of
from models.tallies import ALL, Measures, Tally, TallyChange, TallyVersion

JOB: Final = "tallies"
LARGEST_FOLD: Final = 20_000
SQLITE_FOLD: Final = 2_000
"""Changes in one transaction; on SQLite a long one would keep the door waiting for the only write lock."""

CellKey = tuple[int, Grain, date, int]
_MEASURES: Final = Measures._fields
_KEY: Final = ("locality_id", "grain", "start", "category_id")
_COLUMNS: Final = (*_KEY, *_MEASURES)
_POSTGRES_UPSERT: Final = (
    f"INSERT INTO tallies ({', '.join(_COLUMNS)}) "  # noqa: S608  column names only
    f"SELECT * FROM unnest(%s::int[], %s::text[], %s::date[], %s::int[]{', %s::int[]' * len(_MEASURES)}) "
    f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = tallies.{name} + excluded.{name}" for name in _MEASURES)
)


def fold_tallies(database: Database, keeper: ReferenceKeeper, now: datetime, every_s: int) -> int:
    """How many changes were folded; 0 also while another process folds. Completes the slot that began last."""
    total, largest = 0, SQLITE_FOLD if database.is_sqlite else LARGEST_FOLD
    while True:
        with database.writing() as session:
            state = take_job(session, JOB)
            if state is None:
                return total
            folded = fold_once(session, keeper.current(session), largest)
            total += folded
            if folded < largest:
                state.slot, state.finished_at, state.failures, state.error = slot_of(now, every_s), now, 0, None
                return total


def slot_of(now: datetime, every_s: int) -> datetime:
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % every_s, UTC)


def fold_once(session: Session, reference: Reference, largest: int = LARGEST_FOLD) -> int:
    """Takes the rows it can see, not those up to an id: what commits later under a smaller id is taken next time."""
    rows = session.execute(
        delete(TallyChange)
        .where(TallyChange.id.in_(select(TallyChange.id).limit(largest)))
        .returning(
            TallyChange.locality_id,
            TallyChange.category_id,
            TallyChange.in_all,
            TallyChange.day,
            *(getattr(TallyChange, name) for name in _MEASURES),
        )
        .execution_options(synchronize_session=False)
    ).all()
    if not rows:
        return 0
    by_day = _by_day(rows, reference)
    add_to_tallies(session, spread(by_day, reference))
    count_change(session, public=any(category_id == ALL for _, _, category_id in by_day))
    return len(rows)


def count_change(session: Session, *, public: bool) -> None:
    """public: somebody outside protected:read can see the change."""
    session.execute(
        update(TallyVersion).values(
            full_version=TallyVersion.full_version + 1,
            public_version=TallyVersion.public_version + (1 if public else 0),
        )
    )


def _is_public(reference: Reference, category_id: int) -> bool:
    return reference.categories[reference.category_codes[category_id]].protect == "none"


def _by_day(rows: Sequence[Any], reference: Reference) -> dict[tuple[int, date, int], list[int]]:
    """Summed per locality, day and category; a row counts in its category and, unless protected, in all categories.

    Protected is what is so now: who wrote the change may have held the taxonomy of a moment before.
    """
    summed: dict[tuple[int, date, int], list[int]] = {}
    for locality_id, category_id, in_all, day, *measures in rows:
        own = () if category_id == ALL else (category_id,)
        every = (ALL,) if (in_all if category_id == ALL else _is_public(reference, category_id)) else ()
        for target in (*own, *every):
            cell = summed.setdefault((locality_id, day, target), [0] * len(_MEASURES))
            for index, value in enumerate(measures):
                if value:
                    cell[index] += value
    return summed


def spread(by_day: Mapping[tuple[int, date, int], Sequence[int]], reference: Reference) -> dict[CellKey, list[int]]:
    """From a locality's own days to all its ancestors on that day, and from there to every longer period."""
    days: dict[tuple[int, date, int], list[int]] = {}
    for (locality_id, day, category_id), measures in by_day.items():
        for ancestor_id in reference.spots[locality_id].ancestors_on(day):
            _add(days, (ancestor_id, day, category_id), measures)
    starts = {day: [(grain, start_of(grain, day)) for grain in GRAINS] for _, day, _ in days}
    cells: dict[CellKey, list[int]] = {}
    for (locality_id, day, category_id), measures in days.items():
        for grain, start in starts[day]:
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


def add_to_tallies(session: Session, cells: Mapping[CellKey, Sequence[int]]) -> None:
    rows = [(*key, *measures) for key, measures in sorted(cells.items()) if any(measures)]
    if not rows:
        return
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        statement = inserting(session, Tally)
        sums = {name: Tally.__table__.c[name] + statement.excluded[name] for name in _MEASURES}
        connection.execute(
            statement.on_conflict_do_update(index_elements=_KEY, set_=sums),
            [dict(zip(_COLUMNS, row, strict=True)) for row in rows],
        )
        return
    # One statement with an array a column; as text, since the driver writes long lists item by item.
    arrays = tuple("{" + ",".join(map(str, column)) + "}" for column in zip(*rows, strict=True))
    connection.exec_driver_sql(_POSTGRES_UPSERT, arrays)
