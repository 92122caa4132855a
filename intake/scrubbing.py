"""Scrubbing: a copy of a text for training, which outlives the text. What a program can tell is masked; names of
persons it cannot tell, so a person reads the copy before it is kept. What is kept goes out as example texts.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.opening import reason_in
from intake.references import ALPHABET
from intake.rows import Rows
from models.faults import Conflict, Invalid
from models.labelled_examples import LabelledExample, TrainingExample
from models.reports import Report
from models.vault import Sealed, Vault

LONGEST: Final = 2000  # characters; more is no text message
_PAD_TO: Final = 128  # as bodies are: a length tells little
_URL: Final = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}/\S*", re.IGNORECASE)
_MAIL: Final = re.compile(r"\S+@\S+")
_NUMBER: Final = re.compile(r"\+?\d(?:[\s.,()/:+-]{0,3}\d){3,}")
"""Four digits or more, however they are set apart: phone numbers, plates, cards; a day written in digits goes too."""
_MAYBE_REFERENCE: Final = re.compile(rf"\b[{ALPHABET}]{{4,8}}\b", re.IGNORECASE)


def scrubbed(text: str, references: Collection[str] = ()) -> str:
    """references: those of reports, in capitals; what mixes letters and digits as they do is masked anyway."""

    def masked(found: re.Match[str]) -> str:
        word = found[0]
        mixed = any(each.isdigit() for each in word) and any(each.isalpha() for each in word)
        return "<reference>" if mixed or word.upper() in references else word

    text = _MAIL.sub("<address>", _URL.sub("<link>", text))
    return _MAYBE_REFERENCE.sub(masked, _NUMBER.sub("<number>", text))


def scrub(session: Session, text: str) -> str:
    """With every reference that there is masked."""
    words = {found[0].upper() for found in _MAYBE_REFERENCE.finditer(text)}
    known = session.scalars(select(Report.reference).where(Report.reference.in_(words)))
    return scrubbed(text, {each for each in known if each})


def keep_copy(  # noqa: PLR0913  the text, its label, and where it is kept
    session: Session, vault: Vault, message_id: UUID, text: str, language: str | None, now: datetime
) -> str:
    """The text as it is kept. Nothing in the copy leads back to message or reporter. Raises Invalid; Conflict where
    nobody has decided what the text is, or a copy was made.
    """
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(f"text has 1 to {LONGEST} characters.")
    decided = select(LabelledExample).where(LabelledExample.message_id == message_id)
    newest = decided.order_by(LabelledExample.decided_at.desc(), LabelledExample.id).limit(1).with_for_update()
    example = session.scalar(newest)
    if example is None:
        raise Conflict("Nobody has decided what this text is: accept, correct or reject it first.")
    if example.copied_at is not None:
        raise Conflict("A copy of this text was made already.")
    example.copied_at = now
    kept = scrub(session, text)
    given = example.given
    label = {"text": kept, "kind": given["kind"], "category": given.get("category")}
    label |= {"dead": given.get("killed") == 1, "hurt": given.get("injured") == 1}
    plain = json.dumps(label).encode()
    copy_id = uuid4()
    sealed = vault.seal_under("inbox", _where(copy_id), plain + b" " * (-len(plain) % _PAD_TO))
    session.add(
        TrainingExample(
            id=copy_id, made_on=now.date(), language=language, sealed=sealed.value, key_version=sealed.version
        )
    )
    return kept


def _where(copy_id: UUID) -> str:
    return f"training_examples.sealed.{copy_id}"


# -- going out ---------------------------------------------------------------------------------------------------------


_MASK: Final = re.compile(r"<\w+>")
_NONE: Final = "_none"
"""Section of what is no report."""


@dataclass(frozen=True, slots=True)
class KeptExample:
    """section: of a texts.txt. line: as it stands there."""

    language: str
    section: str
    line: str


def open_examples(  # noqa: PLR0913  what is opened, by whom and why
    session: Session, vault: Vault, language: str, reason: str, now: datetime, actor: str
) -> list[KeptExample]:
    """All copies that say what they are. language: of those whose own is not known. Recorded with the reason. Raises
    Invalid for a reason that is none.
    """
    why = reason_in(reason)
    found = list(_examples(session, vault, language))
    rows = Rows()
    rows.record("example.opened", uuid4(), {"examples": len(found), "reason": why}, at=now, actor=actor)
    rows.write(session)
    return found


def _examples(session: Session, vault: Vault, language: str) -> Iterator[KeptExample]:
    for row in session.scalars(select(TrainingExample).order_by(TrainingExample.made_on, TrainingExample.id)):
        label = json.loads(vault.open_under("inbox", _where(row.id), Sealed(row.key_version, row.sealed)))
        section = label["category"] if label["kind"] == "report" else _NONE
        text = " ".join(_MASK.sub(" ", label["text"]).replace("||", " ").split())
        if section and text:
            marks = "?" + "*" * label.get("dead", False) + "+" * label.get("hurt", False)
            yield KeptExample(row.language or language, section, f"{marks} {text}")


def source_of(examples: Iterable[KeptExample]) -> str:
    """As a texts.txt. Whether somebody is in danger nobody has decided: each is marked as one that could be either."""
    sections: dict[str, list[str]] = {}
    for each in examples:
        sections.setdefault(each.section, []).append(each.line)
    return "\n".join("\n".join([f"= {name}", *lines, ""]) for name, lines in sorted(sections.items()))
