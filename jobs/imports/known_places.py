"""The gazetteer as imports look things up in it: by code, by normalised name, within a part of the tree."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.understand.normalise import normalise
from jobs.imports.cells import BadValueError
from jobs.imports.outcome import shown
from models.database import FOREVER
from models.faults import Refusal
from models.localities import Locality, LocalityName, ancestor_spans

_NATIONAL: Final = re.compile(r"[A-Z]{2}([0-9]+)")
"""A P-code is two letters of the country and its own code there, which national files write alone."""
_SPELT_OUT: Final = (re.compile(r"\bctre\b"), "centre")  # how OCHA's list of Guinea abbreviates it
_MOST_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """up: ids of itself and of its present ancestors."""

    id: int
    code: str
    level: int
    name: str
    up: frozenset[int]

    def is_on_one_line_with(self, other: "KnownPlace") -> bool:
        return self.id in other.up or other.id in self.up


class KnownPlaces:
    """under: code of the locality they lie in, itself included; empty for all. Raises Refusal where it is not known."""

    def __init__(self, session: Session, under: str = "") -> None:
        self._by_code = _read(session)
        self.root = self._by_code.get(under)
        if under and self.root is None:
            raise Refusal(f"The locality {shown(under)} is not known; import the localities first.")
        if self.root is not None:
            root = self.root.id
            self._by_code = {code: place for code, place in self._by_code.items() if root in place.up}
        self.by_id = {place.id: place for place in self}
        self._by_national: dict[str, list[KnownPlace]] = {}
        for place in self:
            if national := _NATIONAL.fullmatch(place.code):
                self._by_national.setdefault(national[1], []).append(place)
        self._by_name: dict[str, list[KnownPlace]] = {}
        for locality_id, name in session.execute(select(LocalityName.locality_id, LocalityName.name)):
            named = self._by_name.setdefault(_plain(name), [])
            if locality_id in self.by_id and self.by_id[locality_id] not in named:
                named.append(self.by_id[locality_id])

    def __iter__(self) -> Iterator[KnownPlace]:
        return iter(self._by_code.values())

    def at(self, code: str) -> KnownPlace:
        """Raises BadValueError."""
        if code not in self._by_code:
            raise BadValueError(f"locality {shown(code)} is not known")
        return self._by_code[code]

    def coded(self, code: str) -> KnownPlace | None:
        """By its code here, or by a national code that only one P-code ends with."""
        national = self._by_national.get(code, [])
        return self._by_code.get(code) or (national[0] if len(national) == 1 else None)

    def named(self, name: str) -> list[KnownPlace]:
        """Every place of that name, capitals, accents and punctuation aside."""
        return self._by_name.get(_plain(name), [])


def innermost(places: Sequence[KnownPlace]) -> KnownPlace | None:
    """Of several places of one name the deepest, where each lies in the next; else none."""
    deepest = max(places, key=lambda place: place.level, default=None)
    return deepest if deepest and all(deepest.is_on_one_line_with(place) for place in places) else None


def listed(places: Iterable[KnownPlace]) -> str:
    """For a person who must say which one is meant."""
    found = sorted(places, key=lambda place: place.code)
    shortened = ", ".join(f"{place.code} {place.name} (level {place.level})" for place in found[:_MOST_LISTED])
    return shortened + (f" and {len(found) - _MOST_LISTED} more" if len(found) > _MOST_LISTED else "")


def _plain(name: str) -> str:
    return _SPELT_OUT[0].sub(_SPELT_OUT[1], normalise(name))


def _read(session: Session) -> dict[str, KnownPlace]:
    up = {
        locality_id: frozenset(span.ancestor_id for span in spans if span.until_day == FOREVER)
        for locality_id, spans in ancestor_spans(session).items()
    }
    main = select(LocalityName.locality_id, LocalityName.name).where(LocalityName.main)
    names = dict(session.execute(main).all())
    return {
        row.code: KnownPlace(
            row.id, row.code, row.level, names.get(row.id, row.code), up.get(row.id, frozenset({row.id}))
        )
        for row in session.scalars(select(Locality))
    }
