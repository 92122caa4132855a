"""Which reply a text gets, from what was understood and what is known about the channel. Sends nothing, stores nothing.

The order is SECURITY's "Do no harm by answering": danger first, and nothing that tells a finder of the phone too much.
"""

from dataclasses import dataclass

from intake.replies.texts import render
from intake.understand.values import Kind, Reading

TURNED_AWAY = frozenset({None, "advertisement", "question", "wrong-number"})
"""Reasons for review, or none, with which an unclear text is told what this number is for."""
COMMAND_REPLIES = {"stop": "stopped", "start": "started", "help": "help"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the choice depends on.

    echo: the category may be named in a reply. protected: the category, or one it might be, is protected.
    place_name, category_label: in the language of the reply; None where unknown.
    emergency_number: of the area; None where none is set.
    late: the text is over an hour old, so that "call now" would mislead.
    free_to_sender: an answer costs the sender nothing, so that we may ask.
    receipt_only: the channel says only "received".
    told_this_month: the sender was already told that this number is for reports.
    proves_sender: the number is the sender's own; a contact typed into a web form may be anybody's.
    """

    reading: Reading
    echo: bool
    protected: bool
    reference: str
    place_name: str | None
    category_label: str | None
    emergency_number: str | None
    language: str
    late: bool
    free_to_sender: bool
    receipt_only: bool
    told_this_month: bool
    proves_sender: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """name: of the text in replies.ftl, without its variant."""

    name: str
    text: str
    language: str


def choose(facts: Facts) -> Reply | None:
    """The one reply, or None for silence."""
    name = _name_of(facts)
    if name is None:
        return None
    occurred_on = facts.reading.occurred_on
    text = render(
        name,
        facts.language,
        ref=facts.reference,
        num=facts.emergency_number,
        place=facts.place_name,
        cat=facts.category_label,
        day=f"{occurred_on:%d/%m}" if occurred_on else None,
    )
    return Reply(name, text, facts.language)


def _name_of(facts: Facts) -> str | None:
    reading = facts.reading
    if reading.kind is Kind.COMMAND:
        return COMMAND_REPLIES.get(reading.command or "") if facts.proves_sender else None
    if reading.danger and not facts.late:
        return "danger" if _may_speak(facts) and "locality" in reading.missing else "danger-no-place"
    if facts.receipt_only or facts.protected or reading.protect != "none":
        return "receipt"
    if reading.kind in {Kind.UNCLEAR, Kind.GREETING}:
        if reading.review not in TURNED_AWAY:
            return "receipt"  # somebody will look at it: perhaps we only lack the words
        return "not-a-report" if facts.proves_sender and not facts.told_this_month else None
    return _name_for_report(facts)


def _name_for_report(facts: Facts) -> str:
    if not _may_speak(facts):
        return "receipt"
    if "locality" in facts.reading.missing:
        return "ask-place" if facts.free_to_sender else "receipt"
    understood = not facts.reading.missing and facts.place_name and facts.category_label and facts.reading.occurred_on
    return "understood" if understood else "receipt"


def _may_speak(facts: Facts) -> bool:
    """More than "received" may be said: we know what it is about, and that harms nobody who reads it on this phone."""
    known = facts.reading.category is not None and facts.reading.protect == "none"
    return known and facts.echo and not facts.protected and not facts.receipt_only and facts.proves_sender
