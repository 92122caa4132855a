"""What counts where, in plain Python from the tables of things, by none of the program's rules: the tree, the merges,
the thresholds of the public rule. Questions about it are in oracle.py.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from models.categories import Category, CategoryMerge
from models.incidents import Incident
from models.localities import Locality, LocalityParent
from models.messages import Message
from models.reporters import Reporter
from models.reports import Report
from tests.conftest import Store

MEASURES = ("reports", "incidents", "killed", "injured", "confirmed", "referred", "resolved", "waiting", "messages")
LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True)
class Thing:
    """A report, an incident or a text, as far as it counts. category: what it counts as, "" has none.

    in_all: it is in the figures of all categories. voices: for how many reporters an imported row stands.
    """

    place: str
    day: date
    category: str
    in_all: bool
    measures: Mapping[str, int]
    reporter: UUID | None = None
    voices: int = 0


@dataclass
class Sum:
    measures: Counter[str] = field(default_factory=Counter)
    reporters: set[UUID] = field(default_factory=set)
    voices: int = 0

    def add(self, thing: Thing) -> None:
        self.measures.update(thing.measures)
        self.voices += thing.voices
        if thing.reporter is not None:
            self.reporters.add(thing.reporter)

    def take_in(self, other: "Sum") -> None:
        self.measures.update(other.measures)
        self.reporters |= other.reporters
        self.voices += other.voices


def period_of(grain: str, day: date) -> tuple[str, date, date]:
    """Label, first and last day."""
    if grain == "day":
        return day.isoformat(), day, day
    if grain == "week":
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return f"{year}-W{week:02d}", monday, monday + timedelta(days=6)
    if grain == "month":
        first = day.replace(day=1)
        return f"{day:%Y-%m}", first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if grain == "quarter":
        number = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}[day.month]
        last = date(day.year, number * 3, 31 if number in {1, 4} else 30)
        return f"{day.year}-Q{number}", date(day.year, number * 3 - 2, 1), last
    return str(day.year), date(day.year, 1, 1), date(day.year, 12, 31)


class Facts:
    """What the tables of one moment say."""

    def __init__(self, store: Store) -> None:
        self.today = store.clock.now.date()  # the tests' time zone is UTC
        with store.database.reading() as session:
            places = session.scalars(select(Locality)).all()
            self.levels = {row.code: row.level for row in places}
            self._codes = {row.id: row.code for row in places}
            self._parents: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
            for row in session.scalars(select(LocalityParent)):
                self._parents[self._codes[row.locality_id]].append(
                    (row.from_day, row.until_day, self._codes[row.parent_id])
                )
            categories = session.scalars(select(Category)).all()
            self._category_codes = {row.id: row.code for row in categories}
            self.rules = {row.code: row for row in categories}
            self._merges = {row.category_id: row for row in session.scalars(select(CategoryMerge))}
            homes: dict[UUID, int | None] = dict(session.execute(select(Reporter.id, Reporter.home_id)).all())
            reports = {row.id: row for row in session.scalars(select(Report))}
            incidents = session.scalars(select(Incident).where(Incident.counts)).all()
            texts = session.scalars(select(Message).where(Message.direction == "in")).all()
            session.expunge_all()
        self._ups: dict[tuple[str, date], list[str]] = {}
        self._shown: dict[tuple[str, date, str], Sum | None] = {}
        self.things = [
            *filter(None, (self._report(row, homes) for row in reports.values())),
            *(self._incident(row) for row in incidents),
            *filter(None, (self._text(row, reports) for row in texts)),
        ]

    def with_more(self, things: Iterable[Thing]) -> "Facts":
        """A world that differs in these."""
        other = copy(self)
        other.things, other._shown = [*self.things, *things], {}  # noqa: SLF001  one of us
        return other

    # -- the tree --------------------------------------------------------------------------------------------------

    def parent(self, place: str, day: date | None) -> str | None:
        """day: None is the newest that is known."""
        for first, until, above in self._parents[place]:
            if (until == LAST_DAY) if day is None else (first <= day < until):
                return above
        return None

    def up(self, place: str, day: date | None) -> list[str]:
        """The place itself and all above it on that day."""
        key = (place, day or LAST_DAY)
        if key not in self._ups:
            found = [place]
            while (above := self.parent(found[-1], day)) is not None:
                found.append(above)
            self._ups[key] = found
        return self._ups[key]

    # -- things ----------------------------------------------------------------------------------------------------

    def _counted_as(self, category_id: int | None, day: date) -> str:
        while category_id in self._merges and self._merges[category_id].since <= day:
            category_id = self._merges[category_id].into_id
        return self._category_codes[category_id] if category_id else ""

    def _is_open(self, category: str, doubt: str) -> bool:
        return (self.rules[category].protect if category else doubt) == "none"

    def _report(self, row: Report, homes: Mapping[UUID, int | None]) -> Thing | None:
        day, imported = row.occurred_on, row.source == "import"
        if day is None:
            return None
        category = self._counted_as(row.category_id, day)
        in_all = self._is_open(category, row.protect)
        if row.status == "waiting":
            at = row.locality_id or (homes.get(row.reporter_id) if row.reporter_id else None)
            return Thing(self._codes[at], day, category, in_all, {"waiting": row.weight}) if at else None
        discarded = row.credibility == "false" or row.close_reason in {"duplicate", "test"}
        if discarded or row.locality_id is None or not category:
            return None
        measures = {
            "reports": row.weight,
            "confirmed": row.weight if row.credibility == "confirmed" else 0,
            "referred": row.weight if row.status == "referred" else 0,
            "resolved": row.weight if row.status == "resolved" else 0,
        }
        place, voices = self._codes[row.locality_id], row.weight if imported else 0
        return Thing(place, day, category, in_all, measures, None if imported else row.reporter_id, voices)

    def _incident(self, row: Incident) -> Thing:
        category = self._counted_as(row.category_id, row.occurred_on)
        measures = {"incidents": row.weight, "killed": row.killed, "injured": row.injured}
        place = self._codes[row.locality_id]
        return Thing(place, row.occurred_on, category, self._is_open(category, "none"), measures)

    def _text(self, row: Message, reports: Mapping[UUID, Report]) -> Thing | None:
        """In the figures of all categories only, and there only where it is about nothing protected."""
        report = reports[row.report_id] if row.report_id else None
        own = self._category_codes[report.category_id] if report is not None and report.category_id else ""
        if row.counted_at_id is None or row.counted_on is None or not self._is_open(own, row.protect):
            return None
        return Thing(self._codes[row.counted_at_id], row.counted_on, "", True, {"messages": 1})

    # -- the public rule ----------------------------------------------------------------------------------------------

    def cell(self, place: str, first: date, last: date, category: str) -> Sum:
        """What happened there and below, by the parents of the day."""
        found = Sum()
        for thing in self.things:
            if thing.category == category and first <= thing.day <= last and place in self.up(thing.place, thing.day):
                found.add(thing)
        return found

    def has_parts(self, place: str, first: date, last: date, category: str) -> bool:
        """Whether, on any of these days, others may see this category at a child of the place."""
        return any(
            above == place and since <= last and first < until and self.levels[child] <= self.rules[category].min_level
            for child, rows in self._parents.items()
            for since, until, above in rows
        )

    def _parts(self, place: str, day: date, category: str) -> list[str]:
        deepest = self.rules[category].min_level
        return [each for each, level in self.levels.items() if level <= deepest and self.parent(each, day) == place]

    def shown(self, place: str, first: date, last: date, category: str) -> Sum | None:
        """What the public rule shows of a quarter. None: nothing."""
        key = (place, first, category)
        if key not in self._shown:
            self._shown[key] = self._shown_anew(place, first, last, category)
        return self._shown[key]

    def _shown_anew(self, place: str, first: date, last: date, category: str) -> Sum | None:
        rule = self.rules[category]
        if self.levels[place] > rule.min_level or self.today <= last + timedelta(days=rule.delay_days):
            return None
        if self.has_parts(place, first, last, category):
            found = Sum()
            for part in self._parts(place, last, category):
                found.take_in(self.shown(part, first, last, category) or Sum())
        else:
            found = self.cell(place, first, last, category)
        enough = found.measures["incidents"] >= max(rule.min_count, 1) and len(found.reporters) + found.voices >= 3
        return found if enough else None
