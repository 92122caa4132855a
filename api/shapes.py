"""The shapes of answers, for the description of the API, with what a member means where its name does not say it.

Answers are not made from these: the fuzzer holds real answers against them, a test the examples of api/examples.py.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.formats.figures import FIGURES
from api.formats.table import Column, Kind
from intake.forms.definition import Form

Schema = dict[str, Any]

_TYPES: Final[dict[Kind, Schema]] = {
    "text": {"type": "string"},
    "whole": {"type": "integer"},
    "decimal": {"type": "number"},
    "share": {"type": "number", "minimum": 0, "maximum": 1},
    "day": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "date-time"},
    "flag": {"type": "boolean"},
}
FIGURE_COLUMNS: Final = tuple(each for each in FIGURES if each.name not in {"locality_name", "category_label"})


def schema_of_row(columns: Sequence[Column]) -> Schema:
    """A row as JSON gives it: every column, null where it is empty."""
    members = {
        each.name: {**_TYPES[each.kind], "type": [_TYPES[each.kind]["type"], "null"], "description": each.meaning_en}
        for each in columns
    }
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProblemShape(BaseModel):
    """RFC 9457. code is stable: programs go by it; detail says what to do; neither quotes what was sent."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str


class LocalityShape(Shape):
    code: str = Field(description="Never changes; a P-code where OCHA gave one.")
    name: str
    level: int = Field(description="0 is a country.")
    parent: str | None
    timezone: str | None
    emergency_number: str | None


class CategoryShape(Shape):
    code: str = Field(description="Never changes.")
    parent: str | None
    protect: Literal["none", "survivor", "agent", "armed"]
    merged_into: str | None = Field(description="What it counts as since a merge.")
    merged_since: date | None
    danger: Literal["no", "if_now", "always"]
    labels: dict[str, str] = Field(description="By language.")


class HowShape(Shape):
    """What the text told of how it happened; null: nothing, or there was no text."""

    victim: Literal["woman", "man", "girl", "boy", "child", "several"] | None
    setting: Literal["home", "road", "school", "market", "checkpoint"] | None
    part_of_day: Literal["morning", "afternoon", "evening", "night"] | None
    by: Literal["uniform", "family", "armed", "unknown"] | None = Field(description="Who did it.")


class ReportShape(HowShape):
    id: UUID
    reference: str | None = Field(description="What the reporter was given.")
    status: Literal["waiting", "open", "referred", "resolved", "closed"]
    close_reason: Literal["handled", "no_action", "expired", "duplicate", "test"] | None
    credibility: Literal["unassessed", "confirmed", "doubtful", "false"]
    category: str | None
    protect: Literal["none", "survivor", "agent", "armed"]
    confidence: int | None = Field(description="0 to 100, of the category as it was understood.")
    locality: str | None
    place_basis: Literal["said", "approximate"] | None = Field(
        description="approximate: nobody said it; the sender's home or the channel's area."
    )
    occurred_on: date | None
    day_basis: Literal["said", "assumed"] | None
    killed: int | None
    injured: int | None
    danger: bool
    weight: int = Field(description="1, or an imported count.")
    incident: UUID | None
    desk: str | None = Field(description="Kind of desk it was referred to.")
    review: str | None = Field(description="Why a person must look.")
    source: str = Field(description="citizen, officer, monitor, relay, staff or import.")
    channel: str | None
    recorded_at: datetime
    changed_at: datetime
    revision: int


class GoneShape(Shape):
    """With changed_since: a report that this key saw, or that the filters matched, and no longer."""

    id: UUID
    deleted: Literal[True]
    changed_at: datetime


class IncidentShape(Shape):
    id: UUID
    category: str
    locality: str
    occurred_on: date
    killed: int
    injured: int
    weight: int
    counts: bool
    stated: list[str] = Field(description="Which of these staff stated; the others follow the reports.")
    changed_at: datetime
    revision: int


class WholeIncidentShape(IncidentShape):
    reports: list[UUID] = Field(description="Those this key may see.")


class MessageShape(Shape):
    id: UUID
    direction: Literal["in", "out"]
    channel: str
    report: UUID | None
    in_reply_to: UUID | None
    kind: str | None
    purpose: str | None
    status: str | None
    error_code: str | None
    language: str | None
    media: int
    late: bool
    review: str | None
    created_at: datetime
    sent_at: datetime | None


class BodyShape(Shape):
    id: UUID
    body: str
    because: list[str] = Field(description="Words of it that spoke for the likeliest category.")
    unknown_places: list[str] = Field(description="Names in it that the gazetteer does not know.")


class LikelyShape(Shape):
    category: str
    percent: int | None = Field(description="How likely, 0 to 100; null where only words spoke for it.")


class UnderReviewShape(HowShape):
    id: UUID = Field(description="Of the report, or of the message that opened none.")
    of: Literal["report", "message"]
    reason: str = Field(description="Why a person must look.")
    danger: bool
    protect: Literal["none", "survivor", "agent", "armed"]
    reference: str | None
    status: Literal["waiting", "open", "referred", "resolved", "closed"] | None
    kind: str | None = Field(description="What the text was taken for.")
    category: str | None
    confidence: int | None
    locality: str | None
    place_basis: Literal["said", "approximate"] | None
    occurred_on: date | None
    day_basis: Literal["said", "assumed"] | None
    killed: int | None
    injured: int | None
    categories: list[LikelyShape] = Field(description="Likeliest first; none that is hidden from this key.")
    places: list[str] = Field(description="What a place named may be, likeliest first.")
    message: UUID | None = Field(description="The text to open.")
    channel: str | None
    recorded_at: datetime
    etag: str = Field(description="What a decision sends as If-Match.")


class DecidedShape(Shape):
    id: UUID
    listed: bool = Field(description="It still lacks something, and report.review says what.")
    report: ReportShape | None


class ExampleShape(Shape):
    id: UUID
    kept: bool
    text: str = Field(description="As it is kept or, where nothing was sent to keep, as it might be.")


class UnknownPlaceShape(Shape):
    id: UUID
    name: str | None = Field(description="As the newest text spells it; null: fewer than two numbers have written it.")
    texts: int = Field(description="How many named it.")
    near: list[str] = Field(description="Where those texts seem to come from.")
    first_at: datetime
    last_at: datetime


class NamedShape(Shape):
    id: UUID
    name: str
    locality: str
    placed: int = Field(description="Reports that have a place by this.")


class TermShape(Shape):
    id: UUID
    category: str
    phrase: str = Field(description="As it is looked for: lower case, without accents.")
    language: str | None
    created_at: datetime


class TermChangeShape(Shape):
    message: UUID
    reference: str | None = Field(description="What the reporter was given.")
    old: str | None
    new: str | None


class FormShape(Form):
    """A form as it was defined; tags, choices and codes in capitals."""

    version: int = Field(description="1 is the first; what was said under one stays as it was said.")


class UnitShape(Shape):
    unit: str
    kind: Literal["officer", "monitor", "relay"]
    status: Literal["complete", "partial", "contradiction"] | None = Field(description="null: nothing has come.")
    reporter: UUID | None = Field(description="Only for a key with the scope admin.")


class CompletenessShape(Shape):
    locality: str
    period: str = Field(description="2026-11-22, 2026-W47, or once.")
    start: date
    end: date
    expected: int = Field(description="Enrolled people who were to send it.")
    reported: int
    complete: int
    units: list[UnitShape]


class ObservationShape(Shape):
    id: UUID
    form: str | None
    version: int | None
    number: int | None = Field(description="As the reporter counts them.")
    status: Literal["complete", "partial", "contradiction"]
    values: dict[str, Any] = Field(description="By tag: numbers, codes, true and false, days; decimals as text.")
    problems: dict[str, str] = Field(description="By tag, what was wrong with what was said of it last.")
    missing: list[str] = Field(description="Tags that must be said and were not.")
    locality: str | None
    day: date
    source: str = Field(description="Kind of reporter at the time.")
    on_behalf: bool
    protect: Literal["none", "survivor", "agent", "armed"]
    report: UUID | None
    message: UUID = Field(description="The last text that said it; free text is opened there.")
    opened_at: datetime
    changed_at: datetime
    revision: int


class EnrolledShape(Shape):
    id: UUID
    kind: Literal["officer", "monitor", "relay"]
    unit: str | None
    locality: str | None
    enrolled_at: datetime | None
    suspended: bool


class ExpectedShape(Shape):
    locality: str
    category: str | None
    period: str
    start: date
    end: date
    incidents: int
    expected: float | None
    low: float | None
    high: float | None
    state: Literal["usual", "more", "less", "too_early", "set_aside"]
    last_three: list[int] | None
    set_aside_by: list[dict[str, str]]


class SignalShape(Shape):
    id: UUID
    locality: str
    category: str | None
    period: str
    start: date
    end: date
    direction: Literal["more", "less"]
    incidents: int
    expected: float
    low: float
    high: float
    raised_at: datetime


class NoteShape(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: UUID
    locality: str | None
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    kind: Literal["radio", "airtime", "outage", "campaign", "other"]
    note: str


class EventShape(Shape):
    id: UUID
    position: int | None = Field(description="Commit order without holes; null for keys that may not see everything.")
    name: str = Field(description="noun.past")
    version: int
    subject: UUID
    actor: str
    recorded_at: datetime
    payload: dict[str, Any]


class TakenShape(Shape):
    message: UUID
    reference: str


class HealthShape(Shape):
    status: str
