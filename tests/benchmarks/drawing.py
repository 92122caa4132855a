"""Drawn reports: who writes, of where, when and what, as SQL that draws them and SQL that writes them down.

Few places and categories have most of it, as everywhere, and the last months more than those before. Of the reporters
one in a thousand is an officer, who writes 15 % of all reports (1,500 in five years, twenty-five a month), one in
twenty writes 30 %, the others the rest (six in five years). Three quarters are of the writer's own place, most others
of one second place.
"""

from typing import Final

NEWCOMERS: Final = 0.2
"""Share of new reports whose reporter never wrote before."""

_PERSON: Final = "md5('reporter ' || {})::uuid"
_CHANCE: Final = "((hashint4extended(reporter, {}) & 1048575) / 1048576.0)"
"""From 0 to 1, always the same for a reporter."""

# people: who wrote before. writers: how many of them, of each kind as many, these reports are by.
# left: reports still to be drawn of all, so that the oldest come first and lie first, as they came; 0: in any order.
DRAWN: Final = f"""
CREATE TEMPORARY TABLE drawn ON COMMIT DROP AS
WITH places AS (SELECT array_agg(id ORDER BY id) AS ids FROM localities WHERE level = 3),
     kinds AS (SELECT array_agg(id ORDER BY protect <> 'none', id) AS ids FROM categories),
     dice AS (SELECT n, random() AS newcomer, random() AS class, random() AS who, random() AS place, random() AS kind,
                     random() AS hurt, random() AS fate, random() AS belief, random() AS hour,
                     CASE WHEN :left > 0 THEN (:left - n + random()) / :all ELSE random() END AS age
              FROM generate_series(1, CAST(:count AS int)) AS n),
     people AS (SELECT ceil(:people * 0.001) AS officers, ceil(:people * 0.05) AS regulars,
                       1.0 * :writers / :people AS share),
     written AS (
         SELECT dice.*, CASE WHEN newcomer < :newcomers THEN :known + n
                             WHEN class < 0.15 THEN floor(who * share * officers)
                             WHEN class < 0.45 THEN officers + floor(who * share * regulars)
                             ELSE officers + regulars + floor(who * share * (:people - officers - regulars))
                        END::int
                        AS reporter
         FROM dice, people),
     told AS (
         SELECT written.*, CASE WHEN place < 0.75 THEN {_CHANCE.format(1)} WHEN place < 0.95 THEN {_CHANCE.format(2)}
                                ELSE (place - 0.95) / 0.05 END AS spot,
                CURRENT_DATE - floor(age ^ :lateness * :days)::int AS on_day,
                CASE WHEN fate < 0.02 THEN 'waiting' WHEN fate < 0.08 THEN 'referred' WHEN fate < 0.14 THEN 'resolved'
                     WHEN fate < 0.22 THEN 'closed' ELSE 'open' END AS status,
                CASE WHEN fate >= 0.20 AND fate < 0.22 THEN 'duplicate'
                     WHEN fate >= 0.14 AND fate < 0.20 THEN 'handled' END AS close_reason
         FROM written),
     complete AS (
         SELECT told.*, places.ids[1 + floor(spot ^ 2 * cardinality(places.ids))::int] AS locality_id,
                category.id AS category_id, category.protect, category.protect = 'none' AS public,
                CASE WHEN belief < 0.10 THEN 'confirmed' WHEN belief < 0.11 AND category.protect = 'none' THEN 'false'
                     WHEN belief < 0.15 THEN 'doubtful' ELSE 'unassessed' END AS credibility
         FROM told, places, kinds, LATERAL (
             SELECT id, protect FROM categories WHERE id = kinds.ids[1 + floor(kind ^ 2 * cardinality(kinds.ids))::int]
         ) AS category),
     judged AS (
         SELECT *, (status <> 'waiting' AND credibility <> 'false' AND close_reason IS DISTINCT FROM 'duplicate')::int
                   AS reports
         FROM complete)
SELECT gen_random_uuid() AS report_id, gen_random_uuid() AS incident_id, reporter, locality_id, category_id, protect,
       public, on_day AS day, least(on_day + hour * interval '1 day', now()) AS at, status, close_reason, credibility,
       reports, CASE WHEN hurt < 0.02 THEN 1 ELSE 0 END * reports AS killed,
       CASE WHEN hurt < 0.1 THEN 2 ELSE 0 END * reports AS injured,
       CASE credibility WHEN 'confirmed' THEN reports ELSE 0 END AS confirmed,
       CASE status WHEN 'referred' THEN reports ELSE 0 END AS referred,
       CASE status WHEN 'resolved' THEN reports ELSE 0 END AS resolved,
       CASE status WHEN 'waiting' THEN 1 ELSE 0 END AS waiting
FROM judged
"""  # noqa: S608  our own words only

REPORTERS: Final = f"""
INSERT INTO reporters (id, kind, created_at)
SELECT {_PERSON.format("n")}, 'citizen', now() FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
"""  # noqa: S608  our own words only
INCIDENTS: Final = """
INSERT INTO incidents (id, category_id, locality_id, occurred_on, weight, killed, injured, counts, changed_at, revision)
SELECT incident_id, category_id, locality_id, day, 1, killed, injured, true, at, 1 FROM drawn WHERE reports > 0
"""
REPORTS: Final = f"""
INSERT INTO reports (id, reporter_id, incident_id, source, status, close_reason, credibility, protect, danger,
                     category_id, confidence, locality_id, occurred_on, day_basis, killed, injured, weight,
                     recorded_at, changed_at, revision)
SELECT report_id, {_PERSON.format("reporter")}, CASE WHEN reports > 0 THEN incident_id END, 'citizen', status,
       close_reason, credibility, protect, false, category_id, 90, locality_id, day, 'said', killed, injured, 1,
       at, at, 1
FROM drawn
"""  # noqa: S608  our own words only

_MEASURES: Final = "reports, incidents, killed, injured, confirmed, referred, resolved, waiting, messages"
_REPORT: Final = "reports, reports, killed, injured, confirmed, referred, resolved, waiting, 0"
_TEXT: Final = "0, 0, 0, 0, 0, 0, 0, 0, 1"
HISTORY: Final = f"""
INSERT INTO tally_history (locality_id, category_id, in_all, day, cause, slot, revises, {_MEASURES})
SELECT locality_id, category_id, public, day, 'report.opened', at, false, {_REPORT}
FROM drawn WHERE reports + waiting > 0
UNION ALL
SELECT locality_id, 0, true, day, 'message.received', at, false, {_TEXT} FROM drawn WHERE public
"""  # noqa: S608  our own words only
CHANGES: Final = f"""
INSERT INTO tally_changes (locality_id, category_id, in_all, day, reporter_id, cause, {_MEASURES})
SELECT locality_id, category_id, public, day, {_PERSON.format("reporter")}, 'report.opened', {_REPORT}
FROM drawn WHERE reports + waiting > 0
UNION ALL
SELECT locality_id, 0, true, day, {_PERSON.format("reporter")}, 'message.received', {_TEXT} FROM drawn WHERE public
"""  # noqa: S608  our own words only
