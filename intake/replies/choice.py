"""Which reply a text gets, from what was understood and what is known about the channel. Sends nothing, stores nothing.

The order is SECURITY's "Do no harm by answering": danger first, and nothing that tells a finder of the phone too much.
What commands with an effect are answered is in intake/obeying.py.
"""

from dataclasses import dataclass
from typing import Final

from intake.replies.numbered import numbered
from intake.replies.texts import render
from intake.understand.values import Kind, Reading

TURNED_AWAY = frozenset({None, "advertisement", "question", "wrong-number"})
"""Reasons for review, or none, with which an unclear text is told what this number is for."""
COMMAND_REPLIES = {"stop": "stopped", "start": "started", "help": "help"}
QUESTIONS: Final = {
    "ask-place": "locality",
    "ask-which-place": "locality",
    "confirm-place": "locality",
    "ask-category": "category",
}
"""Replies that ask something, and about what."""
DANGER: Final = frozenset({"danger", "danger-no-place"})
LEAVING: Final = frozenset({"delete-code", "delete-wrong", "delete-cancelled", "erased"})
EVEN_IF_STOPPED: Final = frozenset({"stopped"}) | DANGER | LEAVING
"""Replies that go out after STOP all the same: danger goes first, and who wants to be forgotten must be able to."""


def budget_of(name: str) -> str:
    """Of those that each sender has: danger must be answered and leaving be possible, whatever else was said."""
    return "danger" if name in DANGER else "leaving" if name in LEAVING else "ordinary"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the choice depends on.

    echo: the category may be named in a reply. protected: the category, or one it might be, is protected.
    place_name, category_label: in the language of the reply; None where unknown. approximate: the place was not said.
    place_choices, category_choices: what to offer where it cannot be told which, each as it may be named; the latter
    only where none of them is protected.
    emergency_number: of the area; None where none is set.
    late: the text is over an hour old, so that "call now" would mislead.
    free_to_sender: an answer costs the sender nothing, so that we may ask. asked: something was asked already.
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
    approximate: bool = False
    asked: bool = False
    place_choices: tuple[str, ...] = ()
    category_choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """name: of the text in replies.ftl, without its variant."""

    name: str
    text: str
    language: str


def choose(grounds: Grounds) -> Reply | None:
    """The one reply, or None for silence."""
    name = _name_of(grounds)
    if name is None:
        return None
    occurred_on = grounds.reading.occurred_on
    choices = grounds.category_choices if name == "ask-category" else grounds.place_choices
    text = render(
        name,
        grounds.language,
        ref=grounds.reference,
        num=grounds.emergency_number,
        place=choices[0] if name == "confirm-place" else grounds.place_name,
        cat=grounds.category_label,
        day=f"{occurred_on:%d/%m}" if occurred_on else None,
        choices=numbered(choices) or None,
    )
    return Reply(name, text, grounds.language)


def _name_of(grounds: Grounds) -> str | None:
    reading = grounds.reading
    if reading.kind is Kind.COMMAND:
        return COMMAND_REPLIES.get(reading.command or "") if grounds.proves_sender else None
    if reading.danger and not grounds.late:
        return "danger" if _may_speak(grounds) and "locality" in reading.missing else "danger-no-place"
    if grounds.receipt_only or grounds.protected or reading.protect != "none":
        return "receipt"
    if reading.kind in {Kind.UNCLEAR, Kind.GREETING}:
        if reading.review not in TURNED_AWAY:
            return "receipt"  # somebody will look at it: perhaps we only lack the words
        return "not-a-report" if grounds.proves_sender and not grounds.told_this_month else None
    return _name_for_report(grounds)


def _name_for_report(grounds: Grounds) -> str:
    missing = grounds.reading.missing
    may_ask = grounds.free_to_sender and not grounds.asked and grounds.proves_sender and not grounds.reading.danger
    if "category" in missing and "locality" not in missing and len(grounds.category_choices) > 1 and may_ask:
        return "ask-category"
    if not _may_speak(grounds):
        return "receipt"
    if "locality" in missing and may_ask:
        return _question_about_the_place(grounds)
    complete = (
        set(missing) <= {"locality"} and grounds.place_name and grounds.category_label and grounds.reading.occurred_on
    )
    if not complete:
        return "receipt"
    return "understood-near" if grounds.approximate else "understood"


def _question_about_the_place(grounds: Grounds) -> str:
    if not grounds.place_choices:
        return "ask-place"
    return "ask-which-place" if len(grounds.place_choices) > 1 else "confirm-place"


def _may_speak(grounds: Grounds) -> bool:
    """More than "received" may be said: we know what it is about, and that harms nobody who reads it on this phone."""
    known = grounds.reading.category is not None and grounds.reading.protect == "none"
    return known and grounds.echo and not grounds.protected and not grounds.receipt_only and grounds.proves_sender
