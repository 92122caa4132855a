"""What the demonstration's texts are made of: the templates of texts.jsonl and the places of guinea.csv."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Most of it is Conakry's. The others go by the size of the town as one knows it, not by a census.
PLACE_WEIGHTS = {
    "GN-C": 5, "GN-C-RAT": 12, "GN-C-MTT": 12, "GN-C-DIX": 8, "GN-C-MTM": 8, "GN-C-KAL": 7, "GN-C-GBE": 6,
    "GN-C-LAM": 5, "GN-C-SON": 5, "GN-C-TOM": 4, "GN-C-KAG": 4, "GN-C-SAN": 3, "GN-C-MAN": 3, "GN-C-KAS": 1,
    "GN-KD": 6, "GN-NZ": 6, "GN-KA": 5, "GN-SI": 4, "GN-LA": 4, "GN-BK": 4, "GN-CO": 3, "GN-DU": 3, "GN-MM": 3,
    "GN-BK-KAM": 3, "GN-GU": 2, "GN-KS": 2, "GN-MC": 2, "GN-FO": 2, "GN-BK-SAN": 2, "GN-FA": 2, "GN-FR": 2,
}  # fmt: skip
OTHER_PREFECTURE_WEIGHT = 0.6
OTHER_PLACE_WEIGHT = 0.15


@dataclass(frozen=True, slots=True)
class Template:
    """A line of texts.jsonl; its text may hold {place} and {day}."""

    text: str
    lang: str
    kind: str
    category: str | None
    command: str | None
    danger: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A line of guinea.csv, as far as a sender knows it."""

    code: str
    level: int
    name: str
    aliases: tuple[str, ...]


def weight_of(place: Place) -> float:
    other = OTHER_PREFECTURE_WEIGHT if place.level == 2 else OTHER_PLACE_WEIGHT
    return PLACE_WEIGHTS.get(place.code, other)


@cache
def read_templates() -> tuple[Template, ...]:
    lines = files("demo").joinpath("texts.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Template(**json.loads(line)) for line in lines)


@cache
def read_places() -> dict[str, Place]:
    """By code, what people name in a text: prefectures, communes, sub-prefectures, and Conakry as a whole.

    The other regions are left out, as each bears the name of one of its prefectures.
    """
    lines = files("demo").joinpath("guinea.csv").read_text(encoding="utf-8").splitlines()
    return {
        row["code"]: Place(row["code"], int(row["level"]), row["name"], tuple(filter(None, row["aliases"].split("|"))))
        for row in csv.DictReader(lines)
        if int(row["level"]) >= 2 or row["code"] == "GN-C"
    }
