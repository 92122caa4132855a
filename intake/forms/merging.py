"""What several texts say of one observation together: later ones complete and correct earlier ones, and never take a
value away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, Self

from intake.forms.definition import Form
from intake.forms.reading import CodeReading
from intake.forms.values import Value

Status = Literal["complete", "partial", "contradiction"]
NUMBER: Final = "#"
"""Stands for the observation's number among the problems; no tag is written so."""


@dataclass(frozen=True, slots=True)
class Said:
    """values: by tag. problems: by tag what is wrong with what was said of it last."""

    values: Mapping[str, Value] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def missing(self, form: Form) -> tuple[str, ...]:
        """Tags that must be said and were not, not even wrongly."""
        return tuple(
            each.tag
            for each in form.fields
            if each.required and each.tag not in self.values and each.tag not in self.problems
        )

    def status(self, form: Form) -> Status:
        if "two-values" in self.problems.values():
            return "contradiction"
        lacks = any(each.required and each.tag not in self.values for each in form.fields)
        return "partial" if lacks or self.problems else "complete"

    def after(self, reading: CodeReading) -> Self:
        problems = {tag: why for tag, why in self.problems.items() if tag not in reading.values}
        if reading.number is not None:
            problems.pop(NUMBER, None)
        for problem in reading.problems:
            if problem.why == "number":
                problems[NUMBER] = "number"
            elif problem.tag is not None:
                problems[problem.tag] = problem.why
        return type(self)({**self.values, **reading.values}, problems)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an observation claims happened, as far as the form says. None: not said, or not certain.

    category, place: codes. protections go by may_be: the category or, while it is open, all that it may become.
    place_doubt, day_is_open: the form asks for it and it is not there yet, so that nothing may be assumed; the doubt is
    the reason for a person to look.
    """

    category: str | None = None
    may_be: tuple[str, ...] = ()
    place: str | None = None
    day: date | None = None
    killed: int | None = None
    injured: int | None = None
    place_doubt: str | None = None
    day_is_open: bool = False


def facts_of(form: Form, said: Said) -> Facts:
    meaning = form.report
    if meaning is None:
        return Facts()
    category = meaning.category
    may_be: tuple[str, ...] = tuple(form.categories())
    decides = form.field(meaning.category_from)
    if decides is not None and decides.tag in said.values:
        choice = decides.choice(str(said.values[decides.tag]))
        category = choice.category if choice else None
        may_be = (category,) if category else ()

    def value(tag: str | None) -> Any:
        return said.values.get(tag) if tag is not None else None

    def is_open(tag: str | None) -> bool:
        asked = form.field(tag)
        return asked is not None and tag not in said.values and (asked.required or tag in said.problems)

    return Facts(
        category=category,
        may_be=may_be,
        place=value(meaning.place),
        day=value(meaning.day),
        killed=value(meaning.killed),
        injured=value(meaning.injured),
        place_doubt=_place_doubt(said.problems.get(meaning.place or "")) if is_open(meaning.place) else None,
        day_is_open=is_open(meaning.day),
    )


def _place_doubt(problem: str | None) -> str:
    if problem is None:
        return "no-locality"
    return "several-places" if problem == "places" else "place-unsure"
