"""Teaching: words and phrases that an operator gives a category, and what they would change, seen before they do."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session, aliased

from intake.incoming import Means
from intake.readings import keys_of
from intake.reference import Reference, understanding_with
from intake.rows import Rows
from intake.understand.normalise import normalise
from intake.understand.understand import Understanding
from intake.understand.values import Kind, Reading, Situation
from models.channels import WEB
from models.faults import Conflict, Invalid, NoSuchCategory
from models.lexicon_terms import LONGEST_PHRASE, LexiconTerm
from models.messages import Message
from models.readings import ReadingRow
from models.reference import count_reference_change
from models.reporters import Reporter
from models.reports import Report

TRIED_ON: Final = 1000
"""How many texts, the newest, a phrase is tried on before it is kept."""
FEWEST_LETTERS: Final = 3
MOST_WORDS: Final = 8
MOST_DIGITS: Final = 3
"""A phrase with more may hold a phone number; "kalach 47" does not."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Change:
    """What a text would be understood as. old, new: codes of categories, None where it would have none."""

    message_id: UUID
    reference: str | None
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Trial:
    """texts: how many were read."""

    texts: int
    changes: tuple[Change, ...]


def phrase_of(written: str) -> str:
    """In the normal form of understanding. Raises Invalid for what is no word or phrase."""
    phrase = normalise(written)
    letters = sum(each.isalpha() for each in phrase)
    if letters < FEWEST_LETTERS or len(phrase) > LONGEST_PHRASE or len(phrase.split()) > MOST_WORDS:
        raise Invalid(
            f"A phrase has {FEWEST_LETTERS} letters or more, up to {MOST_WORDS} words and {LONGEST_PHRASE} characters."
        )
    if sum(each.isdigit() for each in phrase) > MOST_DIGITS:
        raise Invalid("A phrase with so many digits may hold a phone number; leave them out.")
    return phrase


def add_term(  # noqa: PLR0913  a term is these facts
    session: Session, reference: Reference, code: str, written: str, language: str | None, now: datetime, actor: str
) -> LexiconTerm:
    """From now on that phrase means that category. language: for the list only. Raises Invalid, NoSuchCategory, and
    Conflict where it means one already.
    """
    phrase = phrase_of(written)
    if code not in reference.category_ids:
        raise NoSuchCategory
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise Invalid("language is an ISO 639 code like fr.")
    known = session.scalar(select(LexiconTerm).where(LexiconTerm.phrase == phrase))
    if known is not None:
        raise Conflict(f"That phrase means {reference.category_codes[known.category_id]} already: remove it first.")
    term = LexiconTerm(
        id=uuid4(), category_id=reference.category_ids[code], phrase=phrase, language=language, created_at=now
    )
    session.add(term)
    _record(session, reference, "lexicon.added", term, now, actor)
    return term


def remove_term(session: Session, reference: Reference, term: LexiconTerm, now: datetime, actor: str) -> None:
    session.delete(term)
    _record(session, reference, "lexicon.removed", term, now, actor)


def _record(  # noqa: PLR0913  an event is these facts
    session: Session, reference: Reference, name: str, term: LexiconTerm, now: datetime, actor: str
) -> None:
    """The phrase itself stays out of the events."""
    count_reference_change(session)
    rows = Rows()
    payload = {"category": reference.category_codes[term.category_id], "language": term.language}
    rows.record(name, term.id, payload, at=now, actor=actor)
    rows.write(session)


def record_trial(session: Session, code: str, trial: Trial, now: datetime, actor: str) -> None:
    """Trying tells of texts that a word stands in them, so it is recorded as opening one is."""
    rows = Rows()
    payload = {"category": code, "texts": trial.texts, "changed": len(trial.changes)}
    rows.record("lexicon.tried", uuid4(), payload, at=now, actor=actor)
    rows.write(session)


# -- trying ------------------------------------------------------------------------------------------------------------


def try_term(  # noqa: PLR0913  a phrase, and who may see what of it
    session: Session,
    means: Means,
    code: str,
    written: str,
    *,
    seen: ColumnElement[bool] | None = None,
    shown: AbstractSet[str] | None = None,
) -> Trial:
    """Which of the newest texts would get another category. Bodies are opened in memory only and nothing is written.

    seen: a condition on messages. shown: protections of which may be told. Both default to everything.
    """
    phrase = phrase_of(written)
    if code not in means.reference.category_ids:
        raise NoSuchCategory
    then = understanding_with(session, means.reference, {phrase: code})
    rows = session.execute(_newest_texts(true() if seen is None else seen)).all()
    return Trial(len(rows), tuple(_changes(session, means, rows, then, shown)))


def _newest_texts(seen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    opened = aliased(Report)  # what is seen may ask about Report itself
    return (
        select(Message, func.coalesce(opened.reference, ReadingRow.reference), Reporter.home_id)
        .outerjoin(opened, opened.id == Message.report_id)
        .outerjoin(ReadingRow, ReadingRow.message_id == Message.id)
        .outerjoin(Reporter, Reporter.id == Message.reporter_id)
        .where(seen, Message.direction == "in", Message.body.is_not(None))
        .order_by(Message.created_at.desc(), Message.id)
        .limit(TRIED_ON)
    )


def _changes(
    session: Session,
    means: Means,
    rows: Sequence[Row[*tuple[Any, ...]]],
    then: Understanding,
    shown: AbstractSet[str] | None,
) -> Iterator[Change]:
    reference = means.reference
    keys = keys_of(session, means.vault, [message.reporter_id for message, _, _ in rows])
    for message, quoted, home_id in rows:
        key = keys.get(message.reporter_id)
        if key is None or message.body is None:
            continue
        body = key.open(f"messages.body.{message.id}", message.body)
        situation = _situation(means, message, home_id)
        before, after = reference.understanding.read(body, situation), then.read(body, situation)
        old, new = _category(before), _category(after)
        if old != new and (shown is None or _protections(reference, before, after) <= shown):
            yield Change(message.id, quoted, old, new)


def _situation(means: Means, message: Message, home_id: int | None) -> Situation:
    channel = means.reference.channels_by_id.get(message.channel_id)
    return Situation(
        sent_at=min(message.sent_at or message.created_at, message.created_at),
        home=means.reference.code_of(home_id),
        area=channel.area if channel else None,
        timezone=means.settings.timezone,
        proves_sender=channel is None or channel.provider != WEB,
    )


def _category(reading: Reading) -> str | None:
    return reading.category if reading.kind is Kind.REPORT else None


def _protections(reference: Reference, *readings: Reading) -> set[str]:
    """Of all that these readings tell."""
    codes = {reading.category for reading in readings if reading.category}
    return {reading.protect for reading in readings} | {reference.categories[code].protect for code in codes}
