"""Rebuild: counts every tally anew, from events only, by set-based SQL of its own. Shares no rule with the folding.

The last event of a report, an incident or a message is a whole snapshot of it; what counts where is said again here, in
SQL.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final, TypeVar

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Date,
    Select,
    String,
    Uuid,
    and_,
    case,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from jobs.tallies import JOB, count_change
from models.categories import PROTECTIONS, Category, CategoryMerge
from models.database import ALWAYS, FOREVER, Database
from models.events import Event
from models.faults import Unavailable
from models.job_states import take_job
from models.localities import Locality, LocalityParent
from models.periods import GRAINS, periods_between
from models.tallies import Measures, Tally, TallyChange, TallyHistory

Result = TypeVar("Result")
ALL_CATEGORIES: Final = 0
TRIES: Final = 30
PAUSE_S: Final = 1.0

log = logging.getLogger(__name__)

_NOBODY: Final = cast(null(), Uuid)
_DAYS: Final = table("rebuild_days", column("day", Date), column("grain", String), column("start", Date))
_SNAPSHOTS: Final = {
    "report": (
        *("report.opened", "report.placed", "report.imported", "report.corrected", "report.moved"),
        *("report.accepted", "report.referred", "report.resolved", "report.closed", "report.reopened"),
    ),
    "incident": ("incident.opened", "incident.imported", "incident.corrected", "incident.merged"),
    "message": ("message.received", "message.placed"),
}


def rebuild(database: Database) -> int:
    """Replaces all tallies; returns how many cells there are."""
    return with_tallies_at_rest(database, rebuild_tallies)


def with_tallies_at_rest(database: Database, work: Callable[[Session], Result]) -> Result:
    """work in one snapshot of the store while nobody folds. Raises Unavailable when the folding is never at rest."""
    for _ in range(TRIES):
        try:
            with database.writing(snapshot=True) as session:
                if take_job(session, JOB) is not None:
                    return work(session)
        except Unavailable:
            log.info("somebody folded in between; trying again")
        time.sleep(PAUSE_S)
    raise Unavailable("The tallies are being folded all the time; stop `kibaro work` and try again.")


def rebuild_tallies(session: Session) -> int:
    """In one snapshot of the store: what changes still wait are in the events already, and so go to the history."""
    kept = ["locality_id", "category_id", "in_all", "day", "cause", *Measures._fields]
    waiting = select(*(getattr(TallyChange, name) for name in kept), false())
    session.execute(insert(TallyHistory).from_select([*kept, "revises"], waiting))
    session.execute(delete(TallyChange))
    session.execute(delete(Tally))
    count_change(session, PROTECTIONS)
    counted = _counted()
    first, last = session.execute(select(func.min(counted.c.day), func.max(counted.c.day))).one()
    if first is None:
        return 0
    _write_days(session, _as_day(first), _as_day(last))
    names = ["locality_id", "grain", "start", "category_id", *Measures._fields, "reporters"]
    session.execute(insert(Tally).from_select(names, _spread(counted)))
    session.connection().exec_driver_sql("DROP TABLE rebuild_days")
    return session.scalar(select(func.count()).select_from(Tally)) or 0


def _as_day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _write_days(session: Session, first: date, last: date) -> None:
    """Every day in question with the start of each period it lies in: the calendar both engines can join."""
    connection = session.connection()
    connection.exec_driver_sql("CREATE TEMPORARY TABLE rebuild_days (day DATE, grain VARCHAR(8), start DATE)")
    connection.execute(insert(_DAYS), list(_days(first, last)))
    connection.exec_driver_sql("CREATE INDEX ix_rebuild_days ON rebuild_days (day)")


def _days(first: date, last: date) -> Iterator[dict[str, Any]]:
    days = [period.start for period in periods_between("day", first, last)]
    for grain in GRAINS:
        for day, period in ((day, next(periods_between(grain, day, day))) for day in days):
            yield {"day": day, "grain": grain, "start": period.start}


def _counted() -> CTE:
    """What counts, one row a thing: locality, category (null: none), in_all, day, measures."""
    parts = union_all(*_reports(_latest("report")), _incidents(_latest("incident")), _messages(_latest("message")))
    return parts.cte("counted")


def _latest(kind: str) -> CTE:
    newest = func.row_number().over(partition_by=Event.subject, order_by=Event.sequence.desc()).label("newest")
    ranked = (
        select(Event.payload, Event.reporter_id, newest).where(Event.name.in_(_SNAPSHOTS[kind])).cte(f"{kind}_events")
    )
    return select(ranked.c.payload, ranked.c.reporter_id).where(ranked.c.newest == 1).cte(f"latest_{kind}s")


def _text(source: CTE, key: str) -> ColumnElement[str]:
    return source.c.payload[key].as_string()  # type: ignore[no-any-return]


def _number(source: CTE, key: str) -> ColumnElement[int]:
    return source.c.payload[key].as_integer()  # type: ignore[no-any-return]


def _day(source: CTE) -> ColumnElement[date]:
    return func.date(_text(source, "day"), type_=Date)


def _row(
    source: CTE,
    place: ColumnElement[Any],
    category: ColumnElement[Any],
    reporter: ColumnElement[Any] = _NOBODY,
    **measures: ColumnElement[int],
) -> Select[Any]:
    return select(
        reporter.label("reporter"),
        place.label("locality"),
        category.label("category"),
        (func.coalesce(Category.protect, _text(source, "protect")) == "none").label("in_all"),
        _day(source).label("day"),
        *(measures.get(name, literal(0)).label(name) for name in Measures._fields),
    ).join_from(source, Category, Category.code == _text(source, "category"), isouter=True)


def _reports(latest: CTE) -> Iterator[Select[Any]]:
    status, reason = _text(latest, "status"), _text(latest, "close_reason")
    place, category, weight = _text(latest, "locality"), _text(latest, "category"), _number(latest, "weight")

    def weight_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return case((condition, weight), else_=0)

    yield _row(
        latest,
        place,
        category,
        latest.c.reporter_id,
        reports=weight,
        confirmed=weight_if(_text(latest, "credibility") == "confirmed"),
        referred=weight_if(status == "referred"),
        resolved=weight_if(status == "resolved"),
    ).where(
        status != "waiting",
        _text(latest, "credibility") != "false",
        or_(status != "closed", reason.not_in(["duplicate", "test"])),
        place.is_not(None),
        category.is_not(None),
    )
    somewhere = func.coalesce(place, _text(latest, "home"))
    yield _row(latest, somewhere, category, waiting=weight).where(status == "waiting", somewhere.is_not(None))


def _incidents(latest: CTE) -> Select[Any]:
    return _row(
        latest,
        _text(latest, "locality"),
        _text(latest, "category"),
        incidents=_number(latest, "weight"),
        killed=_number(latest, "killed"),
        injured=_number(latest, "injured"),
    ).where(latest.c.payload["counts"].as_boolean())


def _messages(latest: CTE) -> Select[Any]:
    nothing = literal(None, String)
    place = _text(latest, "locality")
    return _row(latest, place, nothing, messages=literal(1)).where(
        place.is_not(None), func.coalesce(Category.protect, _text(latest, "protect")) == "none"
    )


def _ancestry() -> CTE:
    """Every locality with each ancestor and the days it is one, climbed in SQL."""
    up = select(
        Locality.id.label("locality_id"),
        Locality.code.label("code"),
        Locality.id.label("ancestor_id"),
        literal(ALWAYS, Date).label("from_day"),
        literal(FOREVER, Date).label("until_day"),
    ).cte("ancestry", recursive=True)
    parent = LocalityParent
    return up.union_all(
        select(
            up.c.locality_id,
            up.c.code,
            parent.parent_id,
            case((parent.from_day > up.c.from_day, parent.from_day), else_=up.c.from_day),
            case((parent.until_day < up.c.until_day, parent.until_day), else_=up.c.until_day),
        ).where(
            parent.locality_id == up.c.ancestor_id,
            parent.from_day < up.c.until_day,
            parent.until_day > up.c.from_day,
        )
    )


def _redirects() -> CTE:
    """Every category with the one it counts in and the days it does: merges, one after another."""
    along = select(
        Category.id.label("category_id"),
        Category.code.label("code"),
        Category.id.label("counted_id"),
        literal(ALWAYS, Date).label("from_day"),
    ).cte("along", recursive=True)
    since = case((CategoryMerge.since > along.c.from_day, CategoryMerge.since), else_=along.c.from_day)
    along = along.union(
        select(along.c.category_id, along.c.code, CategoryMerge.into_id, since).where(
            CategoryMerge.category_id == along.c.counted_id
        )
    )
    further = aliased(CategoryMerge)
    until = func.coalesce(further.since, literal(FOREVER, Date))
    return (
        select(along, until.label("until_day"))
        .join(further, further.category_id == along.c.counted_id, isouter=True)
        .cte("redirects")
    )


def _spread(counted: CTE) -> Select[Any]:
    redirects = _redirects()
    own = select(counted, redirects.c.counted_id.label("target")).join(
        redirects,
        and_(
            redirects.c.code == counted.c.category,
            redirects.c.from_day <= counted.c.day,
            counted.c.day < redirects.c.until_day,
        ),
    )
    everything = literal(ALL_CATEGORIES).label("target")
    public = select(Category.id).where(Category.protect == "none")
    every = own.with_only_columns(*counted.c, everything).where(redirects.c.counted_id.in_(public))
    uncategorised = counted.c.category.is_(None), counted.c.in_all.cast(Boolean) == true()
    targets = union_all(own, every, select(counted, everything).where(*uncategorised)).cte("targets")
    up = _ancestry()
    return (
        select(
            up.c.ancestor_id,
            _DAYS.c.grain,
            _DAYS.c.start,
            targets.c.target,
            *(func.sum(targets.c[name]) for name in Measures._fields),
            func.count(targets.c.reporter.distinct()),
        )
        .select_from(targets)
        .join(up, and_(up.c.code == targets.c.locality, up.c.from_day <= targets.c.day, targets.c.day < up.c.until_day))
        .join(_DAYS, _DAYS.c.day == targets.c.day)
        .group_by(up.c.ancestor_id, _DAYS.c.grain, _DAYS.c.start, targets.c.target)
    )
