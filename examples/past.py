"""Invented counts of three years, to try things on that need a past: occurred_on,locality,category,count.

    python examples/past.py > past.csv && kibaro import incidents past.csv

The same day always gives the same file. Thefts grow towards the end of each year; in the last whole week there are far
more of them in Matoto than usual.
"""

import csv
import math
import random
import sys
from datetime import UTC, datetime, timedelta

WEEKS = 156
PLACES = {"GN-C-MTT": 9, "GN-C-RAT": 7, "GN-C-DIX": 4, "GN-C-KAL": 3, "GN-C-MAN": 2}
CATEGORIES = {"theft": 1.0, "road_crash": 0.6}

dice = random.Random(1958)
today = datetime.now(UTC).date()
this_week = today - timedelta(days=today.weekday())
lines = csv.writer(sys.stdout)
lines.writerow(("occurred_on", "locality", "category", "count"))
for week in range(WEEKS, 0, -1):
    monday = this_week - timedelta(weeks=week)
    season = 1 + 0.3 * math.cos(2 * math.pi * (monday.timetuple().tm_yday - 350) / 365)
    for place, usual in PLACES.items():
        for category, share in CATEGORIES.items():
            mean = usual * share * (season if category == "theft" else 1)
            count = max(0, round(dice.gauss(mean, math.sqrt(mean))))
            if week == 1 and place == "GN-C-MTT" and category == "theft":
                count += 25
            lines.writerow((monday + timedelta(days=dice.randrange(7)), place, category, count))
