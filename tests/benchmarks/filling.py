"""Stores with very many reports in them, written by set-based SQL. PostgreSQL only."""

from typing import Final

from sqlalchemy import text

from models.database import Database

BATCH: Final = 10_000

# Few places and few categories have most of it, as everywhere, and the last months more than those before.
_DRAWN: Final = """
CREATE TEMPORARY TABLE drawn ON COMMIT DROP AS
WITH places AS (SELECT array_agg(id ORDER BY id) AS ids FROM localities WHERE level = 3),
     kinds AS (SELECT array_agg(id ORDER BY id) AS ids FROM categories),
     dice AS (SELECT random() AS place, random() AS kind, random() AS day, random() AS hurt
              FROM generate_series(1, :count))
SELECT gen_random_uuid() AS report_id, gen_random_uuid() AS incident_id,
       places.ids[1 + floor(place ^ 3 * cardinality(places.ids))::int] AS locality_id, category.id AS category_id,
       category.protect, category.code AS category, CURRENT_DATE - floor(day ^ :lateness * :days)::int AS day,
       CASE WHEN hurt < 0.02 THEN 1 ELSE 0 END AS killed, CASE WHEN hurt < 0.1 THEN 2 ELSE 0 END AS injured
FROM dice, places, kinds, LATERAL (
    SELECT id, protect, code FROM categories WHERE id = kinds.ids[1 + floor(kind ^ 3 * cardinality(kinds.ids))::int]
) AS category
"""
_INCIDENTS: Final = """
INSERT INTO incidents (id, category_id, locality_id, occurred_on, weight, killed, injured, counts, changed_at, revision)
SELECT incident_id, category_id, locality_id, day, 1, killed, injured, true, now(), 1 FROM drawn
"""
_REPORTS: Final = """
INSERT INTO reports (id, incident_id, source, status, credibility, protect, danger, category_id, confidence,
                     locality_id, occurred_on, day_basis, killed, injured, weight, recorded_at, changed_at, revision)
SELECT report_id, incident_id, 'citizen', 'open', 'unassessed', protect, false, category_id, 90, locality_id,
       day, 'said', killed, injured, 1, now(), now(), 1 FROM drawn
"""
_EVENTS: Final = """
INSERT INTO events (id, name, version, subject, actor, recorded_at, payload, pending)
SELECT gen_random_uuid(), 'report.opened', 1, report_id, 'intake', now(),
       jsonb_build_object('status', 'open', 'credibility', 'unassessed', 'protect', protect, 'category', category,
                          'locality', code, 'day', day, 'weight', 1), false
FROM drawn JOIN localities ON localities.id = locality_id
"""
_TALLIES: Final = """
INSERT INTO tallies (locality_id, grain, start, category_id, reports, incidents, killed, injured,
                     confirmed, referred, resolved, waiting, messages)
SELECT above.ancestor_id, grain, date_trunc(grain, day::timestamp)::date, target,
       sum(things), sum(things), sum(killed), sum(injured), 0, 0, 0, 0,
       CASE WHEN target = 0 THEN sum(things) ELSE 0 END
FROM (SELECT locality_id, day, category_id, protect, count(*) AS things, sum(killed) AS killed, sum(injured) AS injured
      FROM drawn GROUP BY 1, 2, 3, 4) AS counted
JOIN locality_ancestors above ON above.locality_id = counted.locality_id
CROSS JOIN unnest(ARRAY['day', 'week', 'month', 'quarter', 'year']) AS grain
CROSS JOIN LATERAL unnest(CASE protect WHEN 'none' THEN ARRAY[category_id, 0] ELSE ARRAY[category_id] END) AS target
GROUP BY 1, 2, 3, 4
"""
_CHANGES: Final = """
INSERT INTO tally_changes (locality_id, category_id, in_all, day, reports, incidents, killed, injured,
                           confirmed, referred, resolved, waiting, messages)
SELECT locality_id, category_id, protect = 'none', day, 1, 1, killed, injured, 0, 0, 0, 0, 0 FROM drawn
UNION ALL
SELECT locality_id, 0, true, day, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM drawn WHERE protect = 'none'
"""


def fill(database: Database, count: int) -> None:
    """So many reports of one year, with incidents, events and the tallies they make."""
    with database.writing() as session:
        # As a bulk load does it: with memory to sort in, and no check of each row for what it refers to.
        session.execute(text("SET LOCAL work_mem = '1GB'"))
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(_DRAWN), {"count": count, "lateness": 2, "days": 365})
        for statement in ("ANALYZE drawn", _INCIDENTS, _REPORTS, _EVENTS, _TALLIES):
            session.execute(text(statement))
    _tidy(database)


def arrive(database: Database, count: int = BATCH) -> None:
    """So many new reports, most of them of the last days, whose changes wait to be folded."""
    with database.writing() as session:
        session.execute(text(_DRAWN), {"count": count, "lateness": 4, "days": 60})
        for statement in (_INCIDENTS, _REPORTS, _CHANGES):
            session.execute(text(statement))


def _tidy(database: Database) -> None:
    """What autovacuum and the checkpointer would otherwise do in the middle of a measurement."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        connection.exec_driver_sql("CHECKPOINT")
