"""Proof that a filled store is right: cells drawn by chance against reports and incidents counted plainly in SQL.

Half of the cells are of the reports that came last, so that after a fold they are such as it touched. They are drawn
by way of reports, not of tallies: a cell that is missing is found too.
"""

from typing import Final

from sqlalchemy import text

from models.database import Database
from models.periods import Period
from models.tallies import Measures

CELLS: Final = 300
NEWEST: Final = 10_000
_COLUMNS: Final = (*Measures._fields, "reporters")

_CHOSEN: Final = """
CREATE TEMPORARY TABLE chosen ON COMMIT DROP AS
WITH share AS (SELECT 100.0 * least(1, :cells * 20 / greatest(reltuples, 1)) AS percent
               FROM pg_class WHERE oid = 'reports'::regclass),
     anywhere AS (
         SELECT locality_id, occurred_on, category_id FROM reports TABLESAMPLE BERNOULLI ((SELECT percent FROM share))
         ORDER BY random() LIMIT :cells / 2),
     newest AS (SELECT * FROM (SELECT locality_id, occurred_on, category_id FROM reports
                               ORDER BY changed_at DESC LIMIT :newest) AS last ORDER BY random() LIMIT :cells / 2),
     thrown AS (
         SELECT *, (ARRAY['day', 'week', 'month', 'quarter', 'year'])[1 + floor(random() * 5)::int] AS grain,
                floor(random() * 4)::int AS up, random() < 0.3 AS all_of_them
         FROM (SELECT * FROM anywhere UNION ALL SELECT * FROM newest) AS drawn)
SELECT DISTINCT above.ancestor_id AS locality_id, grain, date_trunc(grain, occurred_on::timestamp)::date AS start,
       CASE WHEN all_of_them THEN 0 ELSE category_id END AS category_id
FROM thrown JOIN locality_ancestors AS above ON above.locality_id = thrown.locality_id AND above.distance = up
"""
_FOUND: Final = """
SELECT chosen.*, coalesce(reports, 0), coalesce(incidents, 0), coalesce(killed, 0), coalesce(injured, 0),
       coalesce(confirmed, 0), coalesce(referred, 0), coalesce(resolved, 0), coalesce(waiting, 0),
       coalesce(messages, 0), coalesce(reporters, 0)
FROM chosen LEFT JOIN tallies USING (locality_id, grain, start, category_id)
"""
# Each report was one text; so texts are counted from reports, whatever became of these.
_REPORTED: Final = """
SELECT count(*) FILTER (WHERE counting), count(*) FILTER (WHERE counting AND credibility = 'confirmed'),
       count(*) FILTER (WHERE counting AND status = 'referred'),
       count(*) FILTER (WHERE counting AND status = 'resolved'), count(*) FILTER (WHERE status = 'waiting'), count(*),
       count(DISTINCT reporter_id) FILTER (WHERE counting)
FROM (SELECT *, status <> 'waiting' AND credibility <> 'false'
                AND (close_reason IS NULL OR close_reason NOT IN ('duplicate', 'test')) AS counting
      FROM reports WHERE {within}) AS inside
"""
_HAPPENED: Final = "SELECT count(*), coalesce(sum(killed), 0), coalesce(sum(injured), 0) FROM incidents WHERE {within}"
_WITHIN: Final = """
    locality_id IN (SELECT locality_id FROM locality_ancestors WHERE ancestor_id = :locality)
    AND occurred_on BETWEEN :first AND :last
    AND category_id IN (SELECT id FROM categories WHERE id = :category OR (:category = 0 AND protect = 'none'))
"""


def prove(database: Database) -> int:
    """How many cells were compared. Raises RuntimeError naming those that are wrong."""
    wrong = []
    with database.writing() as session:
        session.execute(text(_CHOSEN), {"cells": CELLS, "newest": NEWEST})
        cells = session.execute(text(_FOUND)).all()
        for locality, grain, start, category, *stored in cells:
            cell = {"locality": locality, "first": start, "last": Period(start, grain).end, "category": category}
            reports, confirmed, referred, resolved, waiting, texts, people = session.execute(
                text(_REPORTED.format(within=_WITHIN)), cell
            ).one()
            happened = session.execute(text(_HAPPENED.format(within=_WITHIN)), cell).one()
            messages = 0 if category else texts
            counted = [reports, *happened, confirmed, referred, resolved, waiting, messages, people]
            if stored != counted:
                wrong.append(f"{locality} {grain} {start} {category}: {_told(stored)} stored, {_told(counted)} counted")
    if wrong or len(cells) < CELLS // 2:
        raise RuntimeError("\n".join([f"{len(wrong)} of {len(cells)} cells are wrong", *wrong[:20]]))
    return len(cells)


def _told(values: list[int]) -> dict[str, int]:
    return {name: value for name, value in zip(_COLUMNS, values, strict=True) if value}
