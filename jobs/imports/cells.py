"""Cells of imported tables: what they must be, and what is said when they are not."""

from datetime import date
from typing import Final

from jobs.imports.outcome import shown

LONGEST_CODE: Final = 64
LONGEST_NAME: Final = 200
LARGEST: Final = 2_000_000_000
"""What the store's columns have room for; PostgreSQL refuses the whole import otherwise."""
LONGEST_NUMBER: Final = 40  # digits; Python reads thousands of them slowly, or not at all


class BadValueError(ValueError):
    """A cell cannot be used; the message is the reason told to the operator."""


def filled(row: dict[str, str], name: str, longest: int = LONGEST_NAME) -> str:
    value = row.get(name, "")
    if not value:
        message = f"{name} is empty"
        raise BadValueError(message)
    if len(value) > longest:
        message = f"{name} {shown(value)} has more than {longest} characters"
        raise BadValueError(message)
    return value


def level_of(value: str) -> int:
    if value not in set("012345"):
        message = f"level {shown(value)} is not 0 to 5"
        raise BadValueError(message)
    return int(value)


def day_of(value: str, name: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        message = f"{name} {shown(value)} is no date like 2024-03-12"
        raise BadValueError(message) from None


def whole_of(value: str, name: str) -> int | None:
    if value and not value.isdecimal():
        message = f"{name} {shown(value)} is no whole number"
        raise BadValueError(message)
    if value and (len(value) > LONGEST_NUMBER or int(value) > LARGEST):
        message = f"{name} {shown(value)} is more than {LARGEST:,}"
        raise BadValueError(message)
    return int(value) if value else None


def decimal_of(value: str, name: str, limit: float) -> float | None:
    try:
        number = float(value) if value else None
    except ValueError:
        number = limit * 2
    if number is not None and not -limit <= number <= limit:
        message = f"{name} {shown(value)} is no number from -{limit:g} to {limit:g}"
        raise BadValueError(message)
    return number
