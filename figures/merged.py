"""Merges in SQL: the category that a thing counts in on its day."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case
from sqlalchemy.orm import InstrumentedAttribute

from intake.reference import Reference
from models.reports import Report

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def counted_category(reference: Reference, category_id: Column, day: Column) -> ColumnElement[Any]:
    """The id after all merges until that day; 0 (all categories) and NULL stay what they are."""
    merges = {each: rule.since for each, rule in reference.rules.items() if rule.into_id is not None}
    days = sorted(set(merges.values()))
    turns = [turn for each in merges for turn in reversed(_turns(reference, each, days))]
    whens = [(and_(category_id == each, day >= first), into) for each, first, into in turns]
    own: Any = category_id
    return case(*whens, else_=own) if whens else own


def counted_in(reference: Reference, categories: Collection[int] | None) -> ColumnElement[bool]:
    """A condition on reports: they count in one of these categories, after all merges; None is all that is public."""
    wanted = public_categories(reference) if categories is None else sorted(categories)
    return counted_category(reference, Report.category_id, Report.occurred_on).in_(wanted)


def public_categories(reference: Reference) -> list[int]:
    return [each for each in sorted(reference.rules) if reference.is_public(each)]


def _turns(reference: Reference, category_id: int, days: Sequence[date]) -> list[tuple[int, date, int]]:
    """Since when it counts in which other, in the order of days."""
    found: list[tuple[int, date, int]] = []
    before = category_id
    for day in days:
        if (into := reference.counted_as(category_id, day)) != before:
            found.append((category_id, day, into))
            before = into
    return found
