"""What a form is: its code, its fields, what they allow and what they mean for a report. How a text is read against it
is in reading.py; where its versions are kept, in models/forms.py.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from intake.forms.words import no_words, yes_words

FieldType = Literal["text", "integer", "decimal", "choice", "yes_no", "date", "place"]
Period = Literal["day", "week", "once"]
EnrolledKind = Literal["officer", "monitor", "relay"]

RESERVED: Final = frozenset({"REF"})
"""Tags with a meaning of their own: REF goes before the reference of a report."""
LARGEST: Final = 999_999_999
LOOK_ALIKES: Final = str.maketrans("OILSB", "01158")
"""Letters that are typed where a digit was meant, and the digit."""


def _upper(value: Any) -> Any:
    return str(value).strip().upper() if isinstance(value, str | int) and not isinstance(value, bool) else value


Label = Annotated[str, Field(min_length=1, max_length=60)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Labels = Annotated[dict[Language, Label], Field(min_length=1, description="By language, as fr or en.")]
FormCode = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z]{2,6}$", description="Two to six letters.")]
Tag = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z]{1,8}$", description="One to eight letters.")]
ChoiceCode = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z0-9]{1,8}$")]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Bound = Annotated[int, Field(ge=-LARGEST, le=LARGEST)] | Annotated[float, Field(ge=-LARGEST, le=LARGEST)] | date


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(Strict):
    """category: what it means for the report, where the form says that this field decides it."""

    code: ChoiceCode
    label: Labels
    category: Code | None = None


class FormField(Strict):
    """min, max: both allowed themselves; of integers, decimals and dates. A date is never later than today unless max
    says so, and at most a year back unless min says so.
    """

    tag: Tag
    label: Labels
    type: FieldType
    required: bool = False
    min: Bound | None = None
    max: Bound | None = None
    choices: tuple[Choice, ...] = Field((), max_length=40)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("a choice, and nothing else, has choices")
        _insist_unlike([choice.code for choice in self.choices])
        self._insist_on_bounds()
        return self

    def _insist_on_bounds(self) -> None:
        given = [bound for bound in (self.min, self.max) if bound is not None]
        kinds = {"integer": (int,), "decimal": (int, float), "date": (date,)}.get(self.type, ())
        if any(not isinstance(bound, kinds) for bound in given):
            raise ValueError("min and max are whole numbers of an integer, numbers of a decimal, days of a date")
        if self.min is not None and self.max is not None and self.min > self.max:  # type: ignore[operator]  # alike
            raise ValueError("min is more than max")

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)

    @property
    def least(self) -> Decimal:
        """Of a number."""
        return Decimal(str(self.min)) if isinstance(self.min, int | float) else Decimal(0)

    @property
    def most(self) -> Decimal:
        return Decimal(str(self.max)) if isinstance(self.max, int | float) else Decimal(LARGEST)


def _insist_unlike(codes: list[str]) -> None:
    for one, other in combinations(codes, 2):
        if one.translate(LOOK_ALIKES) == other.translate(LOOK_ALIKES):
            raise ValueError(f"the choices {one} and {other} look alike on a phone")


class ReportMeaning(Strict):
    """What an observation claims happened. category: of every one; category_from: tag of the choice that decides. The
    others are tags; without a place it is the reporter's own locality, without a day that of sending.
    """

    category: Code | None = None
    category_from: Tag | None = None
    place: Tag | None = None
    day: Tag | None = None
    killed: Tag | None = None
    injured: Tag | None = None


class Expected(Strict):
    """Who fills in a checklist: enrolled people of these kinds whose locality is one of these, or below; no localities:
    everywhere.
    """

    kinds: tuple[EnrolledKind, ...] = Field(("officer", "monitor"), min_length=1)
    localities: tuple[Code, ...] = Field((), max_length=200)


class Form(Strict):
    """number: whether the reporter numbers what they observe, as in OB 104: under its number it is completed and
    corrected for 30 days. Without one, a text within two hours completes the last observation or mends what was wrong
    in it; where it says something else of a field it is another one, unless NO stands after the code. period,
    expected: of a checklist.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "OB",
                    "title": {"fr": "Observation", "en": "Observation"},
                    "fields": [
                        {"tag": "A", "label": {"fr": "morts"}, "type": "integer", "required": True, "max": 50},
                        {"tag": "L", "label": {"fr": "lieu"}, "type": "place"},
                    ],
                    "report": {"category": "road_crash", "killed": "A", "place": "L"},
                }
            ]
        }
    )

    code: FormCode
    title: Labels
    kind: Literal["form", "checklist"] = "form"
    number: Literal["none", "optional", "required"] = "optional"
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=40)
    report: ReportMeaning | None = None
    period: Period | None = None
    expected: Expected | None = None

    @model_validator(mode="before")
    @classmethod
    def _count_no_checklists(cls, given: Any) -> Any:
        """A checklist is known by its period, not by a number."""
        if isinstance(given, Mapping) and given.get("kind") == "checklist" and "number" not in given:
            return {**given, "number": "none"}
        return given

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        is_checklist = self.kind == "checklist"
        if is_checklist != (self.period is not None) or is_checklist != (self.expected is not None):
            raise ValueError("a checklist, and nothing else, has a period and says who is expected")
        if is_checklist and self.number != "none":
            raise ValueError("a checklist is known by its period and takes no number")
        _insist_on_clear_tags(self)
        if self.report is not None:
            _insist_on_meaning(self, self.report)
        return self

    def field(self, tag: str | None) -> FormField | None:
        return next((field for field in self.fields if field.tag == tag), None)

    def categories(self) -> Iterator[str]:
        """Every category that one of its reports may have."""
        if self.report is None:
            return
        if self.report.category is not None:
            yield self.report.category
        decides = self.field(self.report.category_from)
        for choice in decides.choices if decides else ():
            if choice.category is not None:
                yield choice.category


def _insist_on_clear_tags(form: Form) -> None:
    """No text may be readable in two ways."""
    tags = [field.tag for field in form.fields]
    if len(set(tags)) < len(tags):
        raise ValueError("two fields have the same tag")
    if taken := sorted({*tags} & {form.code, *RESERVED}):
        raise ValueError(f"{', '.join(taken)} cannot be a tag")
    for field in form.fields:
        words = [choice.code for choice in field.choices]
        if field.type == "yes_no":
            words = [word.upper() for word in (*yes_words(), *no_words())]
        if clash := sorted({*tags} & {*words, *(field.tag + word for word in words)}):
            raise ValueError(f"{', '.join(clash)} would be a tag and an answer of {field.tag} at once")


def _insist_on_meaning(form: Form, meaning: ReportMeaning) -> None:
    if (meaning.category is None) == (meaning.category_from is None):
        raise ValueError("report says either category or category_from")
    wanted = {"category_from": "choice", "place": "place", "day": "date", "killed": "integer", "injured": "integer"}
    for name, kind in wanted.items():
        tag = getattr(meaning, name)
        field = form.field(tag)
        if tag is not None and (field is None or field.type != kind):
            raise ValueError(f"report.{name} must be the tag of a field of type {kind}")
        if kind == "integer" and field is not None and field.least < 0:
            raise ValueError(f"report.{name}: nobody is hurt less than 0 times")
    decides = form.field(meaning.category_from)
    if decides is not None and not any(choice.category for choice in decides.choices):
        raise ValueError("report.category_from must be a choice with categories")


class BadForm(Exception):
    """This is no form. errors: one sentence each, that names the member."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors))


_LIST_TYPE: Final = re.compile(r"^(int|float|date|constrained-.*)$")
"""What pydantic calls the kinds that a bound may have; they say nothing to who writes a form."""


def form_of(document: object) -> Form:
    """Raises BadForm."""
    try:
        return Form.model_validate(document)
    except ValidationError as error:
        told = {_told(each) for each in error.errors(include_url=False, include_context=False, include_input=False)}
        raise BadForm(sorted(told)) from None


def _told(error: Any) -> str:
    where = [str(part) for part in error["loc"] if not _LIST_TYPE.match(str(part))]
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{'.'.join(where)}: {said}" if where else said


def document_of(form: Form) -> dict[str, Any]:
    """As it is kept and shown."""
    return form.model_dump(mode="json", exclude_defaults=False)
