"""Files to import, and what is told of an import. Real ones are tried where KIBARO_TRY_DATA says they are."""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.imports.incidents import dataset_name, import_incidents
from jobs.imports.localities import import_localities
from jobs.imports.outcome import Outcome
from models.categories import Category
from models.localities import Locality, LocalityParent
from models.reference import reference_version
from models.tallies import Measures
from tests.conftest import START, Store
from tests.intake.factories import all_of, fold
from tests.jobs.recount import Figures, first_days

TODAY = START.date()
OURS = "code,name,parent,level,population,lat,lon,aliases"
TRY_DATA = os.environ.get("KIBARO_TRY_DATA")
needs_data = pytest.mark.skipif(not TRY_DATA, reason="KIBARO_TRY_DATA names no folder with the real files")
Rows = list[tuple[Any, ...]]
Lineage = Callable[[str], Sequence[str]]
CATEGORIES = ("assault", "homicide", "theft", "vehicle_theft", "sexual_violence", "kidnapping", "bribery")


def real(name: str) -> Path:
    return Path(TRY_DATA or "") / name


def localities(store: Store, path: Path) -> Outcome:
    return import_localities(store.database, path, TODAY)


def incidents(store: Store, path: Path, dataset: str | None = None) -> Outcome:
    outcome = import_incidents(store.database, store.keeper, path, dataset or dataset_name(path), START)
    fold(store)
    return outcome


def told(outcome: Outcome) -> tuple[int, int, int, list[int]]:
    """Added, changed, unchanged, and the numbers of the bad lines."""
    return outcome.added, outcome.changed, outcome.unchanged, [bad.line for bad in outcome.bad]


def version(store: Store) -> int:
    with store.database.reading() as session:
        return reference_version(session)


def ocha_rows(countries: Sequence[str] = ("COL", "ECU"), regions: int = 3, towns: int = 8) -> Rows:
    """A list of OCHA's shape: regions, districts and towns of each country."""
    rows: Rows = []
    for country in countries:
        short = country[:2]
        for region in range(regions):
            code = f"{short}{region:02d}"
            rows.append((country, 1, code, f"Région {code}", country, "2020-01-01"))
            rows.append((country, 2, f"{code}1", f"District {code}", code, "2020-01-01"))
            rows += [
                (country, 3, f"{code}1{town:02d}", f"Ville {code} {town}", f"{code}1", "2020-01-01")
                for town in range(towns)
            ]
    return rows


def parents_of(store: Store, code: str) -> list[tuple[date, date, str]]:
    with store.database.reading() as session:
        codes = dict(session.execute(select(Locality.id, Locality.code)).all())
        own = select(LocalityParent).join(Locality, Locality.id == LocalityParent.locality_id)
        rows = session.scalars(own.where(Locality.code == code).order_by(LocalityParent.from_day))
        return [(row.from_day, row.until_day, codes[row.parent_id]) for row in rows]


def santander_rows(places: Sequence[str], rows: int = 1_000, seed: int = 7) -> list[list[Any]]:
    """A file of the Santander shape: days of several years, few places with much, many with little; no equal rows."""
    dice = random.Random(seed)
    found: dict[tuple[date, str, str], int] = {}
    while len(found) < rows:
        day = date(2003, 1, 1) + timedelta(days=dice.randrange(5000))
        place = places[min(int(dice.expovariate(0.2)), len(places) - 1)]
        found[day, place, dice.choice(CATEGORIES)] = min(int(dice.expovariate(0.5)) + 1, 30)
    return [[*key, count] for key, count in sorted(found.items())]


def figures_of(rows: Sequence[Sequence[Any]], lineage: Lineage, protected: Collection[str]) -> Figures:
    """The file's own figures: per category, and those of the unprotected ones together."""
    sums: dict[tuple[str, str, date, str], int] = defaultdict(int)
    for day, place, category, count in rows:
        codes = [category] if category in protected else [category, ""]
        for grain, first in first_days(day):
            for locality in lineage(place):
                for code in codes:
                    sums[locality, grain, first, code] += count
    return {key: Measures(reports=count, incidents=count) for key, count in sums.items() if count}


def protected_codes(store: Store) -> set[str]:
    return {category.code for category in all_of(store, Category, Category.protect != "none")}


def up_by_list(rows: Sequence[Sequence[Any]]) -> Lineage:
    """Ancestors read off an OCHA list."""
    parents = {str(row[2]): str(row[4]) for row in rows}

    def lineage(code: str) -> Sequence[str]:
        found = [code]
        while found[-1] in parents:
            found.append(parents[found[-1]])
        return found

    return lineage
