"""Populations: dated rows, of which each year takes its own. Rates are never stored."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from figures.tree import Tree
from models.localities import LocalityPopulation


class Population(NamedTuple):
    """year: of the count or forecast; of a sum the oldest one in it."""

    people: int
    year: int


class Populations:
    """Of these places, and of all below where one of them has none of its own."""

    def __init__(self, session: Session, tree: Tree, places: Collection[int]) -> None:
        self._tree = tree
        self._known = _read(session, places)
        if len(self._known) < len(places):
            self._known = _read(session, None)

    def on(self, locality_id: int, day: date) -> Population | None:
        """The newest of that day's year or before, else the earliest; without any, the sum of the children's of that
        day if all have one.
        """
        years = self._known.get(locality_id)
        if years:
            past = [each for each in years if each.year <= day.year]
            return max(past, key=_year) if past else min(years, key=_year)
        parts = [self.on(child, day) for child in self._tree.children(locality_id, day)]
        counted = [part for part in parts if part is not None]
        if not counted or len(counted) < len(parts):
            return None
        return Population(sum(part.people for part in counted), min(part.year for part in counted))


def _year(population: Population) -> int:
    return population.year


def _read(session: Session, places: Iterable[int] | None) -> dict[int, list[Population]]:
    row = LocalityPopulation
    query = select(row.locality_id, row.population, row.year)
    if places is not None:
        query = query.where(row.locality_id.in_(sorted(places)))
    found: dict[int, list[Population]] = {}
    for locality_id, people, year in session.execute(query):
        found.setdefault(locality_id, []).append(Population(people, year))
    return found
