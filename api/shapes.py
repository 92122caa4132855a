"""The shapes of answers, for the description of the API: what every member means, once, and an example of each.

Answers are not made from these; a test and a fuzzer hold real answers against them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.formats.figures import FIGURES
from api.formats.table import Column, Kind

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


class ReportShape(Shape):
    id: UUID
    reference: str | None = Field(description="What the reporter was given.")
    status: Literal["waiting", "open", "referred", "resolved", "closed"]
    close_reason: Literal["handled", "no_action", "expired", "duplicate", "test"] | None
    credibility: Literal["unassessed", "confirmed", "doubtful", "false"]
    category: str | None
    protect: Literal["none", "survivor", "agent", "armed"]
    confidence: int | None = Field(description="0 to 100, of the category as it was understood.")
    locality: str | None
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
