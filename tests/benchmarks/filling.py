"""Stores with very many reports in them, written by set-based SQL. PostgreSQL only.

Stores of any size tell of the same five years, places and kinds of people, ten reports to a reporter; the larger one
only has more of both. So what differs between two of them is size alone, and history is as long in both.

Full, with all indexes: reporters, reports, incidents, tallies with exact reporters, tally_history. Left empty:
deliveries, messages, data_keys and events, which no fold, no figure and no look-up of a report reads.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.database import Database
from models.periods import GRAINS
from tests.benchmarks.bulk import tidied, without_indexes
from tests.benchmarks.drawing import CHANGES, DRAWN, HISTORY, INCIDENTS, NEWCOMERS, REPORTERS, REPORTS

BATCH: Final = 10_000
REPORTS_EACH: Final = 10
"""Of a reporter, on average."""
YEARS: Final = 5
PIECE: Final = 1_000_000
AT_ONCE: Final = 2
"""Tallies are counted by so many connections, as many as there are cores."""

_FILLED: Final = ("reporters", "incidents", "reports", "tally_history", "tallies")
# As a bulk load does it: with memory to sort in, and no check of each row for what it refers to.
_IN_BULK: Final = (
    "SET LOCAL work_mem = '512MB'",
    "SET LOCAL hash_mem_multiplier = 2",
    "SET LOCAL session_replication_role = replica",
)
_COUNTED: Final = """
CREATE UNLOGGED TABLE bench_counted (
    reporter int, locality_id int, day date, category_id int, public boolean, reports int, killed int, injured int,
    confirmed int, referred int, resolved int, waiting int
)
"""
_COUNT: Final = """
INSERT INTO bench_counted
SELECT reporter, locality_id, day, category_id, public, reports, killed, injured, confirmed, referred, resolved, waiting
FROM drawn
"""
# One grain of one country: sums from what each place has of its own, distinct reporters from the pairs with a cell.
# By start, because in a store that has grown cells of one time lie together: they were first written together.
_TARGETS: Final = "unnest(CASE WHEN public THEN ARRAY[category_id, 0] ELSE ARRAY[category_id] END) AS target"
_TALLIES: Final = f"""
WITH own AS MATERIALIZED (
    SELECT counted.*, date_trunc(:grain, day::timestamp)::date AS start
    FROM bench_counted AS counted JOIN locality_ancestors AS country USING (locality_id)
    WHERE country.ancestor_id = :country
), summed AS (
    SELECT locality_id, start, category_id, public, count(*) AS texts, sum(reports) AS reports, sum(killed) AS killed,
           sum(injured) AS injured, sum(confirmed) AS confirmed, sum(referred) AS referred, sum(resolved) AS resolved,
           sum(waiting) AS waiting
    FROM own GROUP BY 1, 2, 3, 4
), sums AS (
    SELECT ancestor_id, start, target, sum(reports) AS reports, sum(killed) AS killed, sum(injured) AS injured,
           sum(confirmed) AS confirmed, sum(referred) AS referred, sum(resolved) AS resolved, sum(waiting) AS waiting,
           CASE target WHEN 0 THEN sum(texts) ELSE 0 END AS messages
    FROM summed JOIN locality_ancestors USING (locality_id) CROSS JOIN LATERAL {_TARGETS}
    GROUP BY 1, 2, 3
), heard AS (
    SELECT ancestor_id, start, target, count(*) AS reporters
    FROM (SELECT DISTINCT ancestor_id, start, target, reporter
          FROM own JOIN locality_ancestors USING (locality_id) CROSS JOIN LATERAL {_TARGETS}
          WHERE reports > 0) AS voices
    GROUP BY 1, 2, 3
)
INSERT INTO tallies (locality_id, grain, start, category_id, reports, incidents, killed, injured,
                     confirmed, referred, resolved, waiting, messages, reporters)
SELECT ancestor_id, :grain, start, target, reports, reports, killed, injured,
       confirmed, referred, resolved, waiting, messages, coalesce(reporters, 0)
FROM sums LEFT JOIN heard USING (ancestor_id, start, target)
WHERE reports + waiting + messages > 0
ORDER BY start
"""  # noqa: S608  our own words only

Say = Callable[[str], object]


def fill(database: Database, count: int, say: Say) -> None:
    """So many reports of five years with what they make. say: is told how far it has come."""
    started = time.perf_counter()

    def tell(what: str) -> None:
        say(f"{what} after {time.perf_counter() - started:.0f} s")

    people = count // REPORTS_EACH
    with without_indexes(database, _FILLED):
        _write_things(database, count, people, tell)
        _count(database, tell)
    tell("all indexes are there")
    tidied(database)


def _write_things(database: Database, count: int, people: int, tell: Say) -> None:
    with database.writing() as session:
        session.execute(text(_COUNTED))
        session.execute(text(REPORTERS), {"first": 0, "last": people})
    for first in range(1, count + 1, PIECE):
        last = min(first + PIECE - 1, count)
        who = {"people": people, "writers": people, "known": people, "newcomers": 0}
        with database.writing() as session:
            for setting in _IN_BULK:
                session.execute(text(setting))
            size, left = last - first + 1, count - first + 1
            _draw(session, size, **who, lateness=1.5, days=YEARS * 365, left=left, all=count)
            for statement in (INCIDENTS, REPORTS, HISTORY, _COUNT):
                session.execute(text(statement))
        tell(f"{last:,} of {count:,} reports")


def _count(database: Database, tell: Say) -> None:
    with database.reading() as session:
        countries = session.scalars(text("SELECT id FROM localities WHERE level = 0 ORDER BY id")).all()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE bench_counted")
    parts = [{"country": country, "grain": grain} for grain in GRAINS for country in countries]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(partial(_count_part, database), parts), 1):
            if done % len(countries) == 0:
                tell(f"tallies of every {GRAINS[done // len(countries) - 1]}")
    with database.writing() as session:
        session.execute(text("DROP TABLE bench_counted"))


def _count_part(database: Database, part: dict[str, object]) -> None:
    with database.writing() as session:
        for statement in (*_IN_BULK, _TALLIES):
            session.execute(text(statement), part if statement is _TALLIES else {})


def arrive(database: Database, filled: int, writers: int, count: int = BATCH) -> None:
    """So many new reports, most of the last days and most by people who wrote before, whose changes wait to be
    folded. filled: how many reports the store was filled with. writers: among how many people they are drawn.
    """
    with database.writing() as session:
        known = session.scalar(text("SELECT count(*) FROM reporters")) or 0
        who = {"people": filled // REPORTS_EACH, "writers": writers, "known": known, "newcomers": NEWCOMERS}
        _draw(session, count, **who, lateness=4, days=60, left=0, all=1)
        session.execute(text(REPORTERS), {"first": known, "last": known + count})
        for statement in (INCIDENTS, REPORTS, CHANGES):
            session.execute(text(statement))


def _draw(session: Session, count: int, **dice: float) -> None:
    session.execute(text(DRAWN), {"count": count, **dice})
    session.execute(text("ANALYZE drawn"))
