"""Where an imported row belongs: by the code or the words its file has for it, else by its point, else the country."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.imports.cells import BadValueError, decimal_of
from jobs.imports.known_places import KnownPlace, KnownPlaces, innermost
from jobs.imports.shapes import Point, Shape, stored_shape
from models.faults import Refusal
from models.localities import LocalityBoundary

Found = Literal["code", "name", "point", "country"]
_PARTS: Final = re.compile(r"[,;/|()\n]|\s-\s")
"""What stands between the parts of an address: "Rue 5, Dixinn (Conakry)"."""


@dataclass(frozen=True, slots=True)
class Placed:
    place: KnownPlace
    by: Found


class RowPlaces:
    """Everything within one country."""

    def __init__(self, session: Session, country: str) -> None:
        code = country_code(session, country)
        self._places = KnownPlaces(session, code)
        self.country = self._places.at(code)
        self._shapes = _shapes(session, self._places)
        self._by_words = lru_cache(maxsize=10_000)(self._read_words)
        self._at = lru_cache(maxsize=10_000)(self._seek)

    def place_of(self, code: str, words: str, latitude: str, longitude: str) -> Placed:
        """The innermost place that a part of the words names exactly. A point tells places of one name apart, and says
        more than a name that is only the country's.
        """
        if code and (coded := self._places.coded(code)):
            return Placed(coded, "code")
        named = self._by_words(words)
        place = innermost(named)
        if place is not None and place is not self.country:
            return Placed(place, "name")
        at = self._at(_point(latitude, longitude))
        if at is not None:
            nearer = innermost([each for each in named if each.is_on_one_line_with(at)])
            return Placed(nearer, "name") if nearer not in {None, self.country} else Placed(at, "point")
        return Placed(self.country, "name" if place is self.country else "country")

    def _read_words(self, words: str) -> Sequence[KnownPlace]:
        """The candidates: of the parts that name any place, those that lie in, or contain, what the others name."""
        named = [places for part in (words, *_PARTS.split(words)) if (places := self._places.named(part))]
        supported = [
            place
            for places in named
            for place in places
            if all(any(place.is_on_one_line_with(other) for other in others) for others in named)
        ]
        return tuple(dict.fromkeys(supported))

    def _seek(self, point: Point | None) -> KnownPlace | None:
        """The deepest place whose shape holds the point."""
        if point is None:
            return None
        return next((place for place, shape in self._shapes if shape.holds(point)), None)


def country_code(session: Session, wanted: str) -> str:
    """The country that was named, else the only one there is. Raises Refusal."""
    countries = {place.code for place in KnownPlaces(session) if place.level == 0}
    if wanted in countries:
        return wanted
    if not wanted and len(countries) == 1:
        return min(countries)
    known = ", ".join(sorted(countries)) or "none yet: import localities first"
    said = f"{wanted} is no country here" if wanted else "Say which country the rows are about"
    raise Refusal(f"{said}: --country, one of {known}.")


def _shapes(session: Session, places: KnownPlaces) -> list[tuple[KnownPlace, Shape]]:
    rows = session.execute(select(LocalityBoundary.locality_id, LocalityBoundary.geometry))
    found = [(places.by_id[place], stored_shape(geometry)) for place, geometry in rows if place in places.by_id]
    return sorted(found, key=lambda each: (-each[0].level, each[0].code))


def _point(latitude: str, longitude: str) -> Point | None:
    """None for what is no point on earth, and for 0, 0, which is where software puts what it does not know."""
    try:
        y, x = decimal_of(latitude, "latitude", 90), decimal_of(longitude, "longitude", 180)
    except BadValueError:
        return None
    return (x, y) if x is not None and y is not None and (x, y) != (0, 0) else None
