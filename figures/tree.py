"""Who lies directly below whom on which day, turned round from the reference, which knows only who is above."""

from datetime import date

from intake.reference import Reference
from models.localities import Span


class Tree:
    def __init__(self, reference: Reference) -> None:
        self._below: dict[int, list[tuple[int, Span]]] = {}
        for spot in reference.spots.values():
            for span in spot.up:
                if span.distance == 1:
                    self._below.setdefault(span.ancestor_id, []).append((spot.id, span))

    def children(self, locality_id: int, day: date) -> dict[int, date]:
        """Those of that day, each with the day since when it has lain there."""
        return {
            child: span.from_day
            for child, span in self._below.get(locality_id, ())
            if span.from_day <= day < span.until_day
        }
