"""Features of a GeoJSON file, and which locality each one means: by a code it carries, else by its name within a level.

Publishers name their columns in their own ways; the ones known here are those of OCHA, geoBoundaries, GADM, Natural
Earth, DANE, and plain words.
"""

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jobs.imports.cells import BadValueError
from jobs.imports.known_places import KnownPlace, KnownPlaces, listed
from jobs.imports.outcome import shown
from models.faults import Refusal

_LEVELLED_CODES: Final = (r"adm(?:in)?_?(\d)_?p?code", r"p?code_?(\d)", r"gid_(\d)")
_CODES: Final = (r"(?:p_?)?code", "shapeiso", "iso_3166_2", "mpio_ccnct", "dpto_ccdgo")
_LEVELLED_NAMES: Final = (
    r"adm(?:in)?_?(\d)(?:_?name)?_?(?:[a-z]{2})?",
    r"name_?(\d)",
    r"varname_(\d)",
    r"nl_name_(\d)",
)
_NAMES: Final = ("name", "nom", "nombre", "shapename", "mpio_cnmbr", r"(?:name|nom)_[a-z]{2}", "woe_name", "dpto_cnmbr")
_COUNTRIES: Final = ("iso_a2", "iso_a3", "adm0_a3", "adm0_pcode", "shapegroup", "gid_0", "country")


@dataclass(frozen=True, slots=True)
class Feature:
    """number: from 1, as they come. codes, names: the most telling first; of files that carry the units above as well,
    those of the deepest only.
    """

    number: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    countries: tuple[str, ...]
    geometry: Any


def read_features(path: Path) -> list[Feature]:
    """Raises Refusal for what is no FeatureCollection."""
    try:
        packed = path.read_bytes()
        document = json.loads(gzip.decompress(packed) if path.suffix == ".gz" else packed)
    except OSError as error:
        raise Refusal(f"{path.name} cannot be read: {error.strerror or error}.") from None
    except (ValueError, EOFError, zlib.error, RecursionError) as error:
        raise Refusal(f"{path.name} cannot be read as GeoJSON ({type(error).__name__}).") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise Refusal(f"{path.name} is no GeoJSON FeatureCollection; save it as one, in WGS 84 (EPSG:4326).")
    return [_feature(number, feature) for number, feature in enumerate(features, start=1)]


def _feature(number: int, feature: dict[str, Any]) -> Feature:
    properties = feature.get("properties")
    plain = properties.items() if isinstance(properties, dict) else ()
    cells = {name.lower(): str(value).strip() for name, value in plain if isinstance(value, str | int)}
    return Feature(
        number,
        tuple(_deepest(cells, _LEVELLED_CODES) or _matching(cells, _CODES)),
        tuple(_deepest(cells, _LEVELLED_NAMES) or _matching(cells, _NAMES)),
        tuple(_matching(cells, _COUNTRIES)),
        feature.get("geometry"),
    )


def _matching(cells: Mapping[str, str], patterns: Sequence[str]) -> Iterator[str]:
    for pattern in patterns:
        yield from (value for name, value in cells.items() if value and re.fullmatch(pattern, name))


def _deepest(cells: Mapping[str, str], patterns: Sequence[str]) -> list[str]:
    """The cells of the deepest level that columns are numbered by."""
    found: dict[int, list[str]] = {}
    for pattern in patterns:
        for name, value in cells.items():
            if value and (match := re.fullmatch(pattern, name)):
                found.setdefault(int(match[1]), []).append(value)
    return found[max(found)] if found else []


class Matching:
    """level: the only one names are sought in; None for the one in which most features of the file are found."""

    def __init__(self, places: KnownPlaces, features: Iterable[Feature], level: int | None) -> None:
        self._places = places
        self._countries = {place.code: place for place in places if place.level == 0}
        self._found_by: Counter[str] = Counter()
        self.level = level if level is not None else self._likeliest(features)

    def _likeliest(self, features: Iterable[Feature]) -> int | None:
        """None where two levels are as likely."""
        found = Counter(
            level
            for feature in features
            if self._coded(feature) is None
            for level in {place.level for place in self._named(feature)}
        ).most_common(2)
        return found[0][0] if found and (len(found) == 1 or found[0][1] > found[1][1]) else None

    def place_of(self, feature: Feature) -> KnownPlace:
        """Raises BadValueError where none, or more than one, can be meant."""
        coded = self._coded(feature)
        if coded is not None:
            self._found_by["code"] += 1
            return coded
        named = [place for place in self._named(feature) if self.level in {None, place.level}]
        if len(named) == 1:
            self._found_by["name"] += 1
            return named[0]
        name = shown(next(iter(feature.names), None))
        if named:
            raise BadValueError(f"{name} may be {listed(named)}; give it the code, or say which level or area is meant")
        if not feature.names:
            raise BadValueError("it carries neither a code nor a name; give it a property code")
        where = "" if self.level is None else f" of level {self.level}"
        raise BadValueError(f"no locality{where} has its code, and none is called {name}")

    def told(self) -> str:
        """How the features were found, for the operator."""
        by_name = f"{self._found_by['name']} by name"
        where = f" among those of level {self.level}" if self.level is not None and self._found_by["name"] else ""
        return f"{self._found_by['code']} features were found by code, {by_name}{where}."

    def _coded(self, feature: Feature) -> KnownPlace | None:
        return next((place for code in feature.codes if (place := self._places.coded(code))), None)

    def _named(self, feature: Feature) -> list[KnownPlace]:
        """By the first of its names that anything is called; in its own country, where it names one that is known."""
        country = next((self._countries[code] for code in feature.countries if code in self._countries), None)
        for name in feature.names:
            places = [place for place in self._places.named(name) if country is None or country.id in place.up]
            if places:
                return places
        return []
