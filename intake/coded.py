"""Coded: what a web report given in codes says. A code that cannot be is left out, and a person looks at it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from intake.reference import Reference
from intake.understand.days import FUTURE_DAY, OLD_DAY
from intake.understand.values import Kind, Reading

OLDEST: Final = timedelta(days=366)
"""As for a day in words: one over a year back is more often a slip than news."""


def coded_reading(reference: Reference, coded: Mapping[str, str], today: date) -> Reading:
    """today: the local day of sending at the locality."""
    category = reference.categories.get(coded["category"])
    locality = coded["locality"] if coded["locality"] in reference.spot_ids else None
    day = date.fromisoformat(coded["occurred_on"])
    doubt = FUTURE_DAY if day > today else OLD_DAY if today - day > OLDEST else None
    lacks = {"category": category is None, "locality": locality is None, "day": doubt is not None}
    missing = tuple(name for name, is_lacking in lacks.items() if is_lacking)
    return Reading(
        kind=Kind.REPORT,
        category=category.code if category else None,
        candidates=(category.code,) if category else (),
        locality=locality,
        occurred_on=None if doubt else day,
        day_said=True,
        danger=False,
        protect=category.protect if category else "none",
        confidence=1.0 if category else 0.0,
        missing=missing,
        review=doubt or (f"no-{missing[0]}" if missing else None),
    )
