"""Further names of places from a file: locality,name,language. A list that names its places only by what they lie in
(region,prefecture,name) is taken too, where a spelling leaves no doubt.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.understand.normalise import normalise
from jobs.imports.cells import BadValueError, filled
from jobs.imports.known_places import KnownPlace, KnownPlaces, innermost, listed
from jobs.imports.outcome import FEWEST_DIGITS_HIDDEN, Outcome, opened_table, shown
from models.database import Database
from models.localities import UNDETERMINED, LocalityName
from models.reference import count_reference_change

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_NEAR: Final = 0.75  # of difflib's ratio; only to suggest, never to decide


def import_aliases(database: Database, path: Path) -> Outcome:
    """Aliases are only ever added; a language said later takes the place of none."""
    outcome = Outcome()
    with opened_table(path, ("name",), outcome) as lines:
        rows = list(lines)
    with database.writing() as session:
        names = _Names(session)
        for line, row in rows:
            try:
                names.put(row, outcome)
            except BadValueError as error:
                outcome.refuse(line, str(error))
        if outcome.added or outcome.changed:
            count_reference_change(session)
    return outcome


@dataclass(slots=True)
class _Names:
    session: Session
    places: KnownPlaces
    known: dict[tuple[int, str], dict[str, LocalityName]]

    def __init__(self, session: Session) -> None:
        self.session = session
        self.places = KnownPlaces(session)
        self.known = {}
        for each in session.scalars(select(LocalityName)):
            self.known.setdefault((each.locality_id, each.name), {})[each.language] = each

    def put(self, row: dict[str, str], outcome: Outcome) -> None:
        name, language = _name(row), _language(row)
        place = self.places.at(filled(row, "locality")) if "locality" in row else self._place_of(name, row)
        known = self.known.setdefault((place.id, name), {})
        if language in known or (known and language == UNDETERMINED):
            outcome.unchanged += 1
            return
        unsaid = known.pop(UNDETERMINED, None)
        if unsaid is not None:
            self.session.delete(unsaid)
            self.session.flush()
            outcome.changed += 1
        else:
            outcome.added += 1
        main = unsaid is not None and unsaid.main
        known[language] = LocalityName(locality_id=place.id, name=name, language=language, main=main)
        self.session.add(known[language])

    def _place_of(self, name: str, row: Mapping[str, str]) -> KnownPlace:
        """The place that is spelt so below all that the row's other columns name."""
        above = [value for column, value in row.items() if column not in {"name", "language"} and value]
        if not above:
            raise BadValueError("nothing says which place it is: give a column locality with its code")
        below = [place for place in self.places if self._lies_in(place, above)]
        meant = innermost([place for place in self.places.named(name) if place in below])
        if meant is not None:
            return meant
        near = get_close_matches(normalise(name), [normalise(place.name) for place in below], 3, _NEAR)
        hint = listed(place for place in below if normalise(place.name) in near)
        raise BadValueError(
            f"no one place there is spelt {shown(name)}; give a column locality with its code"
            + (f", perhaps {hint}" if hint else "")
        )

    def _lies_in(self, place: KnownPlace, above: Sequence[str]) -> bool:
        """In as many other places as are named, so that of a region and its prefecture of one name both are meant."""
        found = [{each.id for each in self.places.named(name)} & (place.up - {place.id}) for name in above]
        return all(found) and len(set().union(*found)) >= len(above)


def _name(row: dict[str, str]) -> str:
    name = " ".join(filled(row, "name").split())
    if sum(each.isdigit() for each in name) >= FEWEST_DIGITS_HIDDEN or not any(each.isalpha() for each in name):
        raise BadValueError(f"name {shown(name)} is no name of a place")
    return name


def _language(row: Mapping[str, str]) -> str:
    language = row.get("language", "").lower() or UNDETERMINED
    if not _LANGUAGE.fullmatch(language):
        raise BadValueError(f"language {shown(language)} is no ISO 639 code like fr")
    return language
