"""One field's value: read from what was written for it, printed so that it reads back, kept as JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, Protocol

from intake.forms.definition import LOOK_ALIKES, FormField
from intake.forms.splitting import QUOTES
from intake.forms.words import no_words, yes_words
from intake.understand.normalise import normalise

Value = int | Decimal | str | bool | date
"""Of integer, decimal, text and choice and place (codes), yes_no, date."""

Why = Literal["range", "choice", "yes-no", "date", "place", "places", "two-values", "unclear", "number", "unread"]
"""What is wrong: outside what is allowed; no such choice; …; several places; said twice, differently; readable in two
ways; the number of the observation; words that belong to no field.
"""
LONGEST_TEXT: Final = 1_000
OLDEST: Final = timedelta(days=366)
"""As of a report's day: one over a year back is more often a slip than news."""

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,6})?")
_PERHAPS_THOUSANDS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_ISO: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})")
_PACKED: Final = re.compile(r"[0-9]{8}|[0-9]{6}")
_INERT: Final = str.maketrans(dict.fromkeys(QUOTES, "'"))
_SURE: Final = frozenset("OIL")
"""Letters that stand for a digit even where no digit stands beside them."""


@dataclass(frozen=True, slots=True)
class PlaceMeant:
    """code: None where it is none or several; several then holds their codes."""

    code: str | None = None
    several: tuple[str, ...] = ()


class Finder(Protocol):
    """Looks up what only gazetteer and calendar know. Words that hold more than a place or a day are neither."""

    @property
    def today(self) -> date:
        """The local day of sending."""

    def place(self, words: str) -> PlaceMeant: ...

    def day(self, words: str) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Read:
    """value: None where it could not be read, and why says what is wrong."""

    value: Value | None = None
    why: Why | None = None


def read_value(field: FormField, written: str, finder: Finder) -> Read:
    """written: without the tag and what stood between; of a number with its sign."""
    match field.type:
        case "integer" | "decimal":
            return _number(field, written)
        case "choice":
            return _choice(field, written)
        case "yes_no":
            return _yes_no(written)
        case "date":
            return _date(field, written, finder)
        case "place":
            return _place(written, finder)
        case "text":
            return Read(cleaned(written) or None)


def cleaned(text: str) -> str:
    """Free text as it is kept and printed: on one line, without the quotation marks that hold it, nothing invisible."""
    spaced = "".join(char if char.isprintable() else " " for char in text.translate(_INERT))
    return " ".join(spaced.split())[:LONGEST_TEXT].rstrip()


def as_digits(written: str, *, to_the_end: bool = False) -> str | None:
    """Where digits must be: letters that look like one become it. None where that would be guessing, as in 12B or 12L;
    to_the_end: nothing but digits can stand there.
    """
    up = written.upper()
    digits = up.translate(LOOK_ALIKES)
    if not (digits.isascii() and digits.isdigit()):
        return None
    if not any(char.isdigit() for char in up):
        return digits if set(up) <= _SURE else None
    return digits if to_the_end or up[-1].isdigit() else None


def _number(field: FormField, written: str) -> Read:
    pattern = _WHOLE if field.type == "integer" else _DECIMAL
    if not pattern.fullmatch(written):
        sign = written[:1] if written[:1] in {"+", "-"} else ""
        parts = re.split("([.,])", written[len(sign) :])
        mended = [part if part in {".", ","} else as_digits(part) for part in parts]
        if None in mended:
            return Read(why="range")
        written = sign + "".join(part or "" for part in mended)
        if not pattern.fullmatch(written):
            return Read(why="range")
    if _PERHAPS_THOUSANDS.fullmatch(written):
        return Read(why="unclear")
    amount = Decimal(written.replace(",", "."))
    if not field.least <= amount <= field.most:
        return Read(why="range")
    return Read(int(amount) if field.type == "integer" else amount)


def _choice(field: FormField, written: str) -> Read:
    up = written.upper()
    if field.choice(up):
        return Read(up)
    words = normalise(written)
    labelled = {c.code for c in field.choices if words and words in {normalise(label) for label in c.label.values()}}
    if len(labelled) == 1:
        return Read(labelled.pop())
    alike = [c.code for c in field.choices if c.code.translate(LOOK_ALIKES) == up.translate(LOOK_ALIKES)]
    return Read(alike[0]) if len(alike) == 1 else Read(why="choice")


def _yes_no(written: str) -> Read:
    """Neither O nor 0: the one may be "oui" and the other "no", and on a phone they look the same."""
    word = normalise(written)
    if word == "1" or word in yes_words():
        return Read(value=True)
    return Read(value=False) if word in no_words() else Read(why="yes-no")


def _date(field: FormField, written: str, finder: Finder) -> Read:
    day = _written_out(written, finder.today)
    if day is None and not _PACKED.fullmatch(written):
        day = finder.day(written)
    latest = field.max if isinstance(field.max, date) else finder.today
    earliest = field.min if isinstance(field.min, date) else finder.today - OLDEST
    return Read(day) if day is not None and earliest <= day <= latest else Read(why="date")


def _written_out(written: str, today: date) -> date | None:
    """Year first, day first, or packed: 22112026, 221126. None where that is no day, or two."""
    if match := _ISO.fullmatch(written):
        return _day(match[3], match[2], match[1])
    if match := _DAY_FIRST.fullmatch(written):
        return _day(match[1], match[2], match[3])
    if not _PACKED.fullmatch(written):
        return None
    ways = [_day(written[:2], written[2:4], written[4:])]
    if len(written) == len("20261122"):
        ways.append(_day(written[6:], written[4:6], written[:4]))
    near = {day for day in ways if day is not None and abs(day - today) <= 20 * OLDEST}
    return near.pop() if len(near) == 1 else None


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == len("26") else 0), int(month), int(day))
    except ValueError:
        return None


def _place(written: str, finder: Finder) -> Read:
    meant = finder.place(written)
    return Read(meant.code) if meant.code else Read(why="places" if meant.several else "place")


# -- what it looks like inside a word of several: A1B2C17 --------------------------------------------------------------


def shapes(field: FormField, up: str, start: int) -> Iterator[tuple[int, bool]]:
    """Where a value of this field that begins at start may end, and whether digits must be repaired for it. up: upper
    case. Nothing for what runs over words.
    """
    match field.type:
        case "integer":
            yield from _digits_from(up, start)
        case "decimal":
            yield from _matches(up, start, _DECIMAL)
            yield from _digits_from(up, start)
        case "choice":
            yield from _choices_from(field, up, start)
        case "yes_no":
            yield from ((start + len(word), False) for word in _yes_no_answers() if up.startswith(word, start))
        case "date":
            yield from _matches(up, start, _ISO, _DAY_FIRST, _PACKED)
        case _:
            return


@cache
def _yes_no_answers() -> tuple[str, ...]:
    return ("1", *(word.upper() for word in (*yes_words(), *no_words())))


def _matches(up: str, start: int, *patterns: re.Pattern[str]) -> Iterator[tuple[int, bool]]:
    for pattern in patterns:
        if match := pattern.match(up, start):
            yield match.end(), False


def _choices_from(field: FormField, up: str, start: int) -> Iterator[tuple[int, bool]]:
    for choice in field.choices:
        end = start + len(choice.code)
        if up.startswith(choice.code, start):
            yield end, False
        elif up[start:end].translate(LOOK_ALIKES) == choice.code.translate(LOOK_ALIKES):
            yield end, True


def _digits_from(up: str, start: int) -> Iterator[tuple[int, bool]]:
    for end in range(start + 1, min(len(up), start + 9) + 1):
        if up[start:end].isdigit():
            yield end, False
        elif as_digits(up[start:end]) is not None:
            yield end, True


# -- printing and keeping ----------------------------------------------------------------------------------------------


def printed(field: FormField, value: Value) -> str:
    """In the canonical text."""
    if field.type in {"text", "place"}:
        return f'"{value}"'
    if isinstance(value, bool):
        return "YES" if value else "NO"
    if isinstance(value, date):
        return value.isoformat()
    return _unlike_thousands(value) if isinstance(value, Decimal) else str(value)


def _unlike_thousands(value: Decimal) -> str:
    amount = format(value, "f")
    return f"{amount}0" if _PERHAPS_THOUSANDS.fullmatch(amount) else amount


def as_json(value: Value) -> Any:
    if isinstance(value, bool | int):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def from_json(field: FormField, kept: Any) -> Value:
    if field.type == "decimal":
        return Decimal(str(kept))
    return date.fromisoformat(kept) if field.type == "date" else kept
