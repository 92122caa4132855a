"""The values understanding takes and returns. Plain data: no database, no clock, no network."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What a text is, before anything else is asked of it."""

    REPORT = "report"
    COMMAND = "command"
    ANSWER = "answer"
    GREETING = "greeting"
    UNCLEAR = "unclear"
    FORM = "form"


Protect = Literal["none", "survivor", "agent", "armed"]
DangerRule = Literal["no", "if_now", "always"]


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the taxonomy, as far as understanding and replying need it."""

    code: str
    parent: str | None
    protect: Protect
    danger: DangerRule
    echo: bool
    labels: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One locality with every name it goes by.

    level: 0 is a country. parents: codes from the direct parent up to the country, as valid today.
    timezone: an IANA name, already inherited; None where no ancestor has one.
    """

    code: str
    level: int
    name: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was understood to say; a thing that was not said is None.

    argument: of a command a reference as typed, the code of a locality or a language, or four digits; of an answer the
    number chosen, or "yes"; "no" where a text begins with a No that may correct what we understood before.
    danger: someone may be in danger now; when unsure, True.
    protect: the protection of the category, or of the most protected thing it might be; may exceed the category's own.
    candidates: category codes that remain possible, surest first.
    options: codes of the places that a place named may be, likeliest first, where it cannot be told which.
    scores: the likeliest categories with their probabilities. because: words of the text that spoke for the first.
    unknown_places: names that stand where places stand and are in no gazetteer; they are fragments of the body.
    victim: woman, man, girl, boy, child or several. setting: home, road, school, market or checkpoint. part_of_day:
    morning, afternoon, evening or night. by: who did it: uniform, family, armed or unknown.
    day_said: the text itself names the day (else the day of sending is assumed).
    missing: of "category", "locality", "day", what a report would still need, in that order.
    confidence: 0..1 for the category.
    review: the first reason for a person to look, None if there is none. Of a report: "question", "advertisement",
    "wrong-number", "no-category", "several-categories", "maybe-protected", "several-places", "place-unsure",
    "future-day", "old-day", "vague-day", "several-days", "unclear-day". Of an unclear text: "advertisement",
    "question", "wrong-number" (these three may be told that the number is for reports), "rumour", "no-category" (long
    enough to be news, or a word of violence without a protected category: never turned away).
    """

    kind: Kind
    command: str | None = None
    argument: str | None = None
    category: str | None = None
    candidates: tuple[str, ...] = ()
    locality: str | None = None
    occurred_on: date | None = None
    day_said: bool = False
    killed: int | None = None
    injured: int | None = None
    danger: bool = False
    protect: Protect = "none"
    victim: str | None = None
    setting: str | None = None
    part_of_day: str | None = None
    by: str | None = None
    options: tuple[str, ...] = ()
    unknown_places: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    because: tuple[str, ...] = ()
    language: str | None = None
    confidence: float = 0.0
    missing: tuple[str, ...] = ()
    review: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a text besides its words.

    sent_at: UTC; the provider's sending time where there is one, else the time of receipt.
    home: code of the sender's home locality, area: code of the channel's area; both only tell same-named places apart.
    timezone: IANA name used where no place gives one.
    proves_sender: False for a web text, whose contact anyone can type: then it is never a command or an answer.
    """

    sent_at: datetime
    home: str | None = None
    area: str | None = None
    timezone: str = "UTC"
    proves_sender: bool = True
