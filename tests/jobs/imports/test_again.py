"""Whatever a file holds, the same file again changes nothing: no row of any table, no event, no version."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.imports.aliases import import_aliases
from jobs.imports.boundaries import import_boundaries
from jobs.imports.categories import import_categories
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.outcome import Outcome
from jobs.imports.populations import import_populations
from jobs.imports.ushahidi import Wanted, import_ushahidi
from models.database import Base
from tests.conftest import Store
from tests.intake.factories import fold
from tests.jobs.imports.files import OURS, incidents, localities
from tests.jobs.recount import (
    INCIDENTS_HEADER,
    OCHA_HEADER,
    TAXONOMY_HEADER,
    differences,
    recounted,
    stored,
    taxonomy_row,
    write_csv,
)

Kind = tuple[str, Callable[[random.Random], Sequence[Sequence[Any]]], Callable[[Store, Path], Outcome]]
CODES = ("GN-C", "GN-C-DIX", "GN-C-KAL", "GN-KD", "GN-CO", "GIN", "XX", "")
DAYS = ("2016-03-04", "2020-01-01", "2024-03-12", "2026-01-01", "soon")
WORDS = ("Dixinn", "Kindia", "Coyah", "Neuve", "Île", "x" * 300, "")
UNSTORED = {"job_states"}


def many(dice: random.Random, *choices: Sequence[Any]) -> list[list[Any]]:
    """Rows of which several contradict each other, and some are no good."""
    return [[dice.choice(each) for each in choices] for _ in range(dice.randint(1, 40))]


def ocha(dice: random.Random) -> list[list[Any]]:
    codes, parents = ("GN-C-DIX", "GN-X1", "GN-X2", "GN-KD", ""), ("GN-C", "GN-D", "GN-B", "GN-KD", "XX")
    return many(dice, ("GIN", "HTI"), (2, 2, 2, 3), codes, WORDS, parents, DAYS)


def ours(dice: random.Random) -> list[list[Any]]:
    aliases = ("", "Aa|Bb", "Dixinn")
    return many(
        dice, CODES, WORDS, ("GN-C", "GN-D", "GIN", ""), (0, 1, 2), ("", 5, 7, "x"), ("", 9), ("", -13), aliases
    )


def taxonomy(dice: random.Random) -> list[list[Any]]:
    return [
        taxonomy_row(
            dice.choice(("theft", "fire", "new", "newer", "")),
            parent=dice.choice(("", "theft", "new", "newer")),
            protect=dice.choice(("none", "none", "survivor", "x")),
            label_en=dice.choice(("A", "B", "")),
        )
        for _ in range(dice.randint(1, 8))
    ]


def shapes(store: Store, path: Path) -> Outcome:
    dice = random.Random(path.read_text(encoding="utf-8"))
    features = []
    for _ in range(20):
        west, size = dice.randint(-15, -10), dice.choice((0, 0.5, 1))
        ring = [[west, 9], [west + size, 9], [west, 9 + size], [west, 9]]
        properties = {dice.choice(("code", "name")): dice.choice((*CODES, *WORDS))}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return import_boundaries(store.database, path)


def exported(dice: random.Random) -> list[list[Any]]:
    days = ("12/03/2024", "2024-03-12 10:00", "03/25/2024", "25/03/2024", "soon")
    categories = ("Fire", "Looting, Rape", "Emergency", "Dragons, Fire", "")
    return many(dice, range(12), days, WORDS, categories, ("9.1", "", "x"), ("-12.9", ""), ("YES", "NO", "?"))


def from_export(store: Store, path: Path) -> Outcome:
    return import_ushahidi(store.database, store.keeper, Wanted(path, "export", "GIN"), "UTC", store.clock())


KINDS: dict[str, Kind] = {
    "ocha": (OCHA_HEADER, ocha, localities),
    "ours": (OURS, ours, localities),
    "emergency": (
        "locality,number,tested_on",
        lambda dice: many(dice, CODES, ("117", "122", "police"), DAYS),
        lambda store, path: import_emergency_numbers(store.database, path),
    ),
    "aliases": (
        "locality,name,language",
        lambda dice: many(dice, CODES, WORDS, ("", "fr", "en", "french")),
        lambda store, path: import_aliases(store.database, path),
    ),
    "populations": (
        "locality,year,population",
        lambda dice: many(dice, CODES, (2023, 2024, 1066), (5, 6, "x")),
        lambda store, path: import_populations(store.database, path),
    ),
    "taxonomy": (TAXONOMY_HEADER, taxonomy, lambda store, path: import_categories(store.database, path)),
    "boundaries": ("seed", lambda dice: [[dice.random()]], shapes),
    "incidents": (
        INCIDENTS_HEADER,
        lambda dice: many(dice, DAYS, CODES, ("theft", "fire", "heresy"), (0, 1, 5, -1)),
        lambda store, path: incidents(store, path, "counted"),
    ),
    "ushahidi": ("serial,incident date,location,category,latitude,longitude,approved", exported, from_export),
}


def everything(store: Store) -> dict[str, list[str]]:
    with store.database.reading() as session:
        return {
            table.name: sorted(map(str, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in UNSTORED
        }


@pytest.mark.parametrize("kind", KINDS)
def test_any_file_again_changes_nothing(store: Store, tmp_path: Path, kind: str) -> None:
    header, made, bring = KINDS[kind]
    landed = 0
    for seed in range(12):
        path = tmp_path / f"{seed}.csv"
        write_csv(path, header, made(random.Random(f"{kind} {seed}")))
        content = path.read_bytes()
        first = bring(store, path)
        fold(store)
        before = everything(store)
        path.write_bytes(content)
        again = bring(store, path)
        fold(store)
        assert (again.added, again.changed, again.bad) == (0, 0, first.bad), seed
        assert everything(store) == before, seed
        landed += first.added + first.changed
    assert landed > 5
    assert not differences(stored(store), recounted(store))
