"""Reports: what counts is one rule, said for values and for the databases."""

from datetime import date
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from models.reports import CLOSE_REASONS, COUNTING, CREDIBILITIES, STATUSES, Report, counts
from tests.conftest import Store


def test_the_databases_count_what_the_rule_counts(store: Store) -> None:
    with store.database.reading() as session:
        reference = store.keeper.current(session)
    category, place, day = reference.category_ids["theft"], reference.spot_ids["GN-C"], date(2026, 11, 20)
    rows: list[dict[str, Any]] = []
    wanted: set[UUID] = set()
    for status, credibility in product(STATUSES, CREDIBILITIES):
        for reason in CLOSE_REASONS if status == "closed" else (None,):
            for known in product((category, None), (place, None), (day, None)):
                named = dict(zip(("category_id", "locality_id", "occurred_on"), known, strict=True))
                said: dict[str, Any] = {"status": status, "credibility": credibility, "close_reason": reason}
                rows.append({"id": uuid4(), "source": "citizen", "protect": "none", **said, **named} | _times(store))
                if counts(**said, category=known[0], locality=known[1], occurred_on=known[2]):
                    wanted.add(rows[-1]["id"])
    with store.database.writing() as session:
        session.execute(insert(Report), rows)
        assert set(session.scalars(select(Report.id).where(COUNTING))) == wanted
    assert 0 < len(wanted) < len(rows)


def _times(store: Store) -> dict[str, Any]:
    return {"recorded_at": store.clock(), "changed_at": store.clock()}
