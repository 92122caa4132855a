"""Real place columns, resolved against a gazetteer of Haiti written from general knowledge.

`python -m tests.quality.haiti FILE`, an Ushahidi export. Distance to the row's own coordinates tells right from wrong;
nothing of the file is printed.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from intake.understand.normalise import words_of
from intake.understand.places import PlaceFound, PlaceIndex
from intake.understand.values import Place, Situation
from intake.understand.word_lists import load_lexicon

GAZETTEER = Path(__file__).with_name("haiti.csv")
NEAR_KM, FAR_KM = 15, 30
_EARTH_KM = 6371

Spot = tuple[float, float]


def read_gazetteer(path: Path = GAZETTEER) -> tuple[list[Place], dict[str, Spot]]:
    with path.open(encoding="utf-8") as lines:
        rows = {row["code"]: row for row in csv.DictReader(lines)}
    places = [
        Place(
            code=code,
            level=int(row["level"]),
            name=row["name"],
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
            parents=tuple(_parents(code, rows)),
        )
        for code, row in rows.items()
    ]
    return places, {code: (float(row["lat"]), float(row["lon"])) for code, row in rows.items()}


def _parents(code: str, rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    while parent := rows[code]["parent"]:
        yield parent
        code = parent


def distance_km(one: Spot, other: Spot) -> float:
    (lat, lon), (other_lat, other_lon) = (tuple(map(radians, one)), tuple(map(radians, other)))
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def verdict(found: PlaceFound, spots: Mapping[str, Spot], said: Spot) -> str:
    if found.place is not None:
        away = distance_km(spots[found.place.code], said)
        if away <= NEAR_KM:
            return f"right, within {NEAR_KM} km"
        return f"nearly, within {FAR_KM} km" if away <= FAR_KM else "wrong"
    if found.review is None:
        return "unresolved"
    near = any(distance_km(spots[code], said) <= NEAR_KM for code in found.options)
    return "asked, the right one among the options" if near else "asked"


def score(path: Path) -> Counter[str]:
    """Rows by verdict."""
    places, spots = read_gazetteer()
    index = PlaceIndex(places, load_lexicon().places)
    situation = Situation(datetime(2010, 1, 20, tzinfo=UTC), area="HTI")
    counts: Counter[str] = Counter()
    with path.open(encoding="utf-8", errors="replace") as lines:
        for row in csv.DictReader(lines):
            found = index.find(words_of(row["LOCATION"]), situation)
            counts[verdict(found, spots, (float(row["LATITUDE"]), float(row["LONGITUDE"])))] += 1
    return counts


def main() -> None:
    if len(sys.argv) != 2:  # the program and the file
        sys.exit("python -m tests.quality.haiti FILE.csv")
    counts = score(Path(sys.argv[1]))
    rows = sum(counts.values())
    for name, count in counts.most_common():
        print(f"{name:42}{count:6}{count / rows:8.3f}")  # noqa: T201
    placed = sum(count for name, count in counts.items() if name.startswith(("right", "nearly", "wrong")))
    right = counts[f"right, within {NEAR_KM} km"]
    print(f"of {placed} placed: {right / max(placed, 1):.3f} right")  # noqa: T201


if __name__ == "__main__":
    main()
