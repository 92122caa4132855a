"""Any question to /v1/aggregates answered in plain Python, slow and short: every fact is looked at for every question.

Only as_of is not answered here: what was answered then is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.conftest import Store
from tests.figures.facts import MEASURES, Facts, Sum, Thing, period_of

CLOSES_AFTER = 30
Row = dict[str, Any]
RowKey = tuple[str, date, str]


@dataclass(frozen=True)
class Asker:
    """What of a key decides what it is shown. root: the locality it is bound to."""

    protected: bool = False
    exact: bool = False
    root: str = ""
    body: str = "other"

    @property
    def scopes(self) -> list[str]:
        return ["aggregates:read", *["protected:read"] * self.protected, *["reports:read"] * self.exact]

    def may_see(self, protect: str) -> bool:
        own = protect == "agent" and self.body in {"police", "administration"}
        return protect == "none" or (self.protected and not own)


def band(reporters: int) -> str:
    return "<5" if reporters < 5 else "5-19" if reporters < 20 else "20+"


class Oracle:
    """Of one moment of the store."""

    def __init__(self, store: Store) -> None:
        self.facts = Facts(store)

    def answer(self, asker: Asker, query: Mapping[str, Any]) -> list[Row]:
        """All rows, in order. query: as in the URL."""
        asked = _Asked(self.facts, asker, query)
        rows = asked.open_rows() + asked.guarded_rows()
        rows.sort(key=lambda row: [(row[name] or "").encode() for name in ("locality", "start", "category")])
        return rows


class _Asked:
    """One question taken apart."""

    def __init__(self, facts: Facts, asker: Asker, query: Mapping[str, Any]) -> None:
        self._facts = facts
        self._asker = asker
        self._grain: str = query.get("period", "month")
        self._groups = set(filter(None, query.get("group_by", "period").split(",")))
        self._boundaries = date.fromisoformat(query["boundaries"]) if "boundaries" in query else None
        self._first, self._last = self._span(query)
        self._one_period = "period" in self._groups or period_of(self._grain, self._first)[2] == self._last
        self._places = self._asked_places(query)
        self._one_place = "locality" in self._groups or len(self._places) == 1
        self._categories(query.get("category", ""))

    def _span(self, query: Mapping[str, Any]) -> tuple[date, date]:
        last = date.fromisoformat(query["to"]) if "to" in query else self._facts.today
        _, start, end = period_of(self._grain, last)
        if "from" in query:
            return period_of(self._grain, date.fromisoformat(query["from"]))[1], end
        for _ in range(11):
            start = period_of(self._grain, start - timedelta(days=1))[1]
        return start, end

    def _asked_places(self, query: Mapping[str, Any]) -> list[str]:
        facts, root = self._facts, self._asker.root
        countries = [code for code, level in facts.levels.items() if level == 0]
        roots = [query["locality"]] if "locality" in query else [root] if root else countries
        found = list(roots)
        if query.get("depth"):
            found += [
                code
                for code in facts.levels
                if facts.parent(code, self._boundaries) in roots and (not root or root in facts.up(code, None))
            ]
        return found

    def _categories(self, wanted: str) -> None:
        """Of which rows are made, which of them only the public rule shows, and what a row is called."""
        rules, star = self._facts.rules, wanted.endswith("*")
        code = wanted.rstrip("*")
        each = "category" in self._groups and not star
        codes: list[str] = []
        if star:
            codes = [code]
            for found in codes:  # grows while it is walked
                codes += [rule.code for rule in rules.values() if rule.parent_id == rules[found].id]
        elif wanted:
            codes = [code]
        elif each:
            codes = list(rules)
        self._all = not codes
        self._seen = {one for one in codes if self._asker.may_see(rules[one].protect)}
        self._guarded = [one for one in codes if one not in self._seen and not star]
        self._label = code
        self._each = each
        self._one_category = each or self._all or len(self._seen) == 1

    def open_rows(self) -> list[Row]:
        cells: dict[RowKey, Sum] = defaultdict(Sum)
        for thing in self._facts.things:
            if self._is_wanted(thing):
                for place in self._up(thing):
                    cells[self._key(place, thing)].add(thing)
        exact = self._one_period and self._one_place and self._one_category
        return [self._row(*key, found, exact=exact) for key, found in cells.items() if any(found.measures.values())]

    def _is_wanted(self, thing: Thing) -> bool:
        inside = self._first <= thing.day <= self._last
        return inside and (thing.in_all if self._all else thing.category in self._seen)

    def _up(self, thing: Thing) -> Iterable[str]:
        root = self._asker.root
        above = self._facts.up(thing.place, self._boundaries or thing.day)
        if self._boundaries is not None and root and root not in self._facts.up(thing.place, thing.day):
            return []
        return [place for place in self._places if place in above]

    def _key(self, place: str, thing: Thing) -> RowKey:
        return (
            place if "locality" in self._groups else "",
            period_of(self._grain, thing.day)[1] if "period" in self._groups else date.min,
            thing.category if self._each else self._label,
        )

    def guarded_rows(self) -> list[Row]:
        alone = self._one_period and self._one_place and ("category" in self._groups or len(self._guarded) == 1)
        if self._grain != "quarter" or not alone or self._boundaries is not None:
            return []
        found = []
        for start, end in self._quarters():
            for category in self._guarded:
                found += [
                    self._guarded_row(place, (start, end), category, shown)
                    for place in self._places
                    if (shown := self._facts.shown(place, start, end, category))
                ]
        return found

    def _guarded_row(self, place: str, quarter: tuple[date, date], category: str, shown: Sum) -> Row:
        key = (
            place if "locality" in self._groups else "",
            quarter[0] if "period" in self._groups else date.min,
            category,
        )
        return self._row(*key, shown, exact=not self._facts.has_parts(place, *quarter, category))

    def _quarters(self) -> Sequence[tuple[date, date]]:
        found, day = [], self._first
        while day <= self._last:
            _, start, end = period_of("quarter", day)
            found.append((start, end))
            day = end + timedelta(days=1)
        return found

    def _row(self, locality: str, start: date, category: str, found: Sum, *, exact: bool) -> Row:
        told = "period" in self._groups
        label, first, end = period_of(self._grain, start) if told else (None, self._first, self._last)
        return {
            "locality": locality or None,
            "category": category or None,
            "period": label,
            "start": first.isoformat() if told else None,
            "end": end.isoformat() if told else None,
            **{name: found.measures[name] for name in MEASURES},
            "reporters": len(found.reporters) if exact and self._asker.exact else None,
            "reporters_band": band(len(found.reporters)),
            "final": self._facts.today > end + timedelta(days=CLOSES_AFTER),
        }


def differing(found: Collection[Row], wanted: Collection[Row]) -> list[tuple[Row | None, Row | None]]:
    """Rows that are not as they should be: what is there, what should be."""
    names = ("locality", "period", "category")
    left, right = ({tuple(row[name] for name in names): row for row in rows} for rows in (found, wanted))
    keys = sorted(left.keys() | right.keys(), key=str)
    return [(left.get(key), right.get(key)) for key in keys if left.get(key) != right.get(key)]
