"""A small world to read texts in: invented beside real names, so that each rule has its place."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake.languages import languages
from intake.understand.understand import Understanding
from intake.understand.values import Category, Place, Reading, Situation

SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
_TAXONOMY = Path(__file__).parents[3] / "models" / "categories.csv"


def _place(
    code: str, level: int, name: str, *parents: str, aliases: tuple[str, ...] = (), zone: str = "Africa/Conakry"
) -> Place:
    return Place(code, level, name, aliases, parents, zone)


PLACES = (
    _place("GIN", 0, "Guinée", aliases=("Guinea",)),
    _place("KIN-R", 1, "Kindia", "GIN"),
    _place("KIN-P", 2, "Kindia", "KIN-R", "GIN"),
    _place("KIN-C", 3, "Kindia", "KIN-P", "KIN-R", "GIN"),
    _place("COY", 2, "Coyah", "KIN-R", "GIN"),
    _place("MAN-COY", 3, "Manéah", "COY", "KIN-R", "GIN"),
    _place("CON", 1, "Conakry", "GIN"),
    _place("DIX", 3, "Dixinn", "CON", "GIN"),
    _place("MAT", 3, "Matoto", "CON", "GIN", aliases=("Matoto Marché",)),
    _place("LAB", 1, "Labé", "GIN"),
    _place("MALI", 2, "Mali", "LAB", "GIN"),
    _place("HAF", 3, "Hafia", "LAB", "GIN"),
    _place("MIS-L", 3, "Missira", "LAB", "GIN"),
    _place("MIS-K", 3, "Missira", "COY", "KIN-R", "GIN"),
    _place("CEN", 1, "Centre", "BFA", zone="Africa/Ouagadougou"),
    _place("NBO", 1, "Nairobi", "KEN", zone="Africa/Nairobi"),
    _place("PO", 3, "Pô", "BFA", zone="Africa/Ouagadougou"),
)


def taxonomy() -> tuple[Category, ...]:
    """The default taxonomy, the one that the word lists are written for."""
    with _TAXONOMY.open(encoding="utf-8") as lines:
        return tuple(_category(row) for row in csv.DictReader(lines))


def _category(row: dict[str, Any]) -> Category:
    labels = {language: row[f"label_{language}"] for language in languages()}
    return Category(row["code"], row["parent"] or None, row["protect"], row["danger"], row["echo"] == "yes", labels)


UNDERSTANDING = Understanding(PLACES, taxonomy())


def read(body: bytes | str, **situation: Any) -> Reading:
    return UNDERSTANDING.read(body, Situation(**{"sent_at": SUNDAY, "timezone": "Africa/Conakry", **situation}))
