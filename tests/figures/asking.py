"""Asking the running application about figures, all pages of it; and questions made up at random."""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx

from tests.figures.oracle import Asker, Row
from tests.figures.worlds import FIRST_DAY, GUARDED, LAST_DAY, PLACES, PUBLIC
from tests.serving import Served

GRAINS = ["day", "week", "month", "quarter", "year"]
ASKERS = [
    Asker(),
    Asker(exact=True),
    Asker(protected=True, exact=True),
    Asker(protected=True, body="police"),
    Asker(protected=True, exact=True, root="GN-C"),
    Asker(exact=True, root="GIN", body="administration"),
]


class Window:
    """One key for each asker. as_of: what the last answer said."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.as_of = ""
        self._keys: dict[Asker, dict[str, str]] = {}

    def key(self, asker: Asker) -> dict[str, str]:
        if asker not in self._keys:
            self._keys[asker] = self.served.key(*asker.scopes, locality=asker.root, body=asker.body)
        return self._keys[asker]

    async def get(self, asker: Asker, query: dict[str, Any]) -> httpx.Response:
        return await self.served.get("/v1/aggregates", self.key(asker), **query)

    async def rows(self, asker: Asker, query: dict[str, Any], limit: int = 500) -> list[Row]:
        answer = await self.get(asker, query | {"limit": limit})
        assert answer.status_code == 200, (query, answer.text)
        found: list[Row] = answer.json()["rows"]
        self.as_of = answer.json()["as_of"]
        while further := re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", "")):
            answer = await self.served.http.get(further[1], headers=self.key(asker))
            assert answer.status_code == 200, (query, answer.text)
            assert 0 < len(answer.json()["rows"]) <= limit
            found += answer.json()["rows"]
        return found


def questions(dice: random.Random, asker: Asker, number: int, **fixed: Any) -> Iterator[dict[str, Any]]:
    for _ in range(number):
        yield a_question(dice, asker) | fixed


def a_question(dice: random.Random, asker: Asker) -> dict[str, Any]:
    query: dict[str, Any] = {"period": dice.choice([*GRAINS, "quarter", "quarter"])}
    if dice.random() < 0.95:
        first = FIRST_DAY + timedelta(days=dice.randint(-20, 180))
        query["from"] = first.isoformat()
        query["to"] = (first + timedelta(days=dice.choice([0, 6, 30, 90, 150, 300]))).isoformat()
    groups = [each for each in ("locality", "category", "period") if dice.random() < 0.6]
    dice.shuffle(groups)
    query["group_by"] = ",".join(groups)
    if "locality" in groups and dice.random() < 0.6:
        query["depth"] = 1
    if dice.random() < 0.6:
        within = ["GN-C", "GN-C-DIX"] if asker.root == "GN-C" else [p for p in PLACES if p.startswith("G")]
        query["locality"] = dice.choice(within if asker.root else PLACES)
    kind = dice.random()
    if kind < 0.35:
        query["category"] = dice.choice(PUBLIC + GUARDED)
    elif kind < 0.6:
        query["category"] = dice.choice(["theft*", "robbery*", "bribery*", "drugs*", "vehicle_theft*"])
    return query


def a_day(dice: random.Random) -> str:
    """For boundaries: before, in and after what happened."""
    return (FIRST_DAY + timedelta(days=dice.randint(-10, (LAST_DAY - FIRST_DAY).days + 30))).isoformat()


def as_date(text: str) -> date:
    return date.fromisoformat(text)
