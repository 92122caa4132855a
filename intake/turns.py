"""Turns: a text that goes on with an earlier report: the answer to what we asked, or what is right instead.

What was asked stands in the store, so that a restart forgets nothing. A text that says an event of its own is never a
turn: a new report in the middle of a question is a new report. Nor is one that tells of danger or of what is protected.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from intake.cases import Case
from intake.corrections import SETTLES, ReportChanges, still_missing
from intake.guessing import approximate_place
from intake.incoming import Incoming, Means
from intake.rows import Rows
from intake.understand.answers import NO, YES
from intake.understand.values import Kind, Reading, Situation
from models.channels import WEB
from models.conversations import Question
from models.messages import Message
from models.reports import Report

ANSWER_WITHIN: Final = timedelta(hours=24)
"""What comes later is no longer taken for the answer, nor for a correction."""
PLACE_DOUBTS: Final = SETTLES["locality_id"]
"""Reasons for review that a place named in an answer settles."""
SAID_WRONG: Final = "said-wrong"
"""Reason for review: the sender says that we understood something wrong, and not what is right."""
_FEW_WORDS: Final = 4  # "vol de moto svp": more is a report of its own


@dataclass(frozen=True, slots=True)
class Turn:
    """report: as this text left it. language: of the report's first texts; a number or a name alone has none.

    only_no: the text says that something is wrong and not what is right.
    """

    report: Report
    language: str | None
    only_no: bool = False


class Turns:
    """The turns of one batch."""

    def __init__(self, session: Session, means: Means, rows: Rows, now: datetime) -> None:
        self._session = session
        self._means = means
        self._rows = rows
        self._now = now
        self._asked: set[UUID] = set()
        self._opened: list[UUID] = []  # reports of this very batch, whose times are all the same

    def prepare(self, reporter_ids: Iterable[UUID]) -> None:
        """Notes who owes us an answer: the others' texts need not be looked at for one."""
        owing = select(Question.reporter_id).where(
            Question.reporter_id.in_(list(reporter_ids)), Question.ended_at.is_(None)
        )
        self._asked = set(self._session.scalars(owing))

    def opened(self, report_id: UUID) -> None:
        self._opened.append(report_id)

    def ask(self, incoming: Incoming, report_id: UUID, about: str, options: tuple[str, ...]) -> None:
        self._asked.add(incoming.source.id)
        self._rows.questions.append(
            {
                "report_id": report_id,
                "reporter_id": incoming.source.id,
                "channel_id": incoming.channel.id,
                "about": about,
                "options": list(options),
                "asked_at": self._now,
                "ended_at": None,
            }
        )

    def take(self, incoming: Incoming, situation: Situation) -> Turn | None:
        """None where the text is none; else the report it went on with, changed as it says."""
        reading, says_no = incoming.reading, incoming.reading.argument == NO
        if incoming.channel.provider == WEB or incoming.text.coded is not None:
            return None
        if reading.danger or reading.kind is Kind.COMMAND or (reading.protect != "none" and not says_no):
            return None
        if not (says_no or reading.kind is Kind.ANSWER or incoming.source.id in self._asked):
            return None
        self._rows.write(self._session)  # what becomes of two texts must not hang on our speed
        if says_no:
            return self._correct(incoming, situation)
        question = self._question(incoming)
        if question is not None and (turn := self._answer(incoming, question)) is not None:
            return turn
        if reading.kind is Kind.ANSWER and reading.locality is not None:
            report = self._recent(incoming, _LACKS_PLACE)
            return self._place(report, reading.locality, reading) if report is not None else None
        return None

    def compared(self, incoming: Incoming) -> Incoming:
        """A report that begins with a No and comes soon after another may tell of the same: a person compares them."""
        reading = incoming.reading
        if reading.kind is not Kind.REPORT or reading.argument != NO or self._recent(incoming) is None:
            return incoming
        return replace(incoming, reading=replace(reading, review=reading.review or SAID_WRONG))

    # -- answers -------------------------------------------------------------------------------------------------------

    def _question(self, incoming: Incoming) -> Question | None:
        """The newest that this conversation has open."""
        query = select(Question).where(
            Question.reporter_id == incoming.source.id,
            Question.channel_id == incoming.channel.id,
            Question.ended_at.is_(None),
            Question.asked_at > self._now - ANSWER_WITHIN,
        )
        return self._session.scalar(query.order_by(Question.asked_at.desc(), Question.report_id).limit(1))

    def _answer(self, incoming: Incoming, question: Question) -> Turn | None:
        report = self._session.get_one(Report, question.report_id, with_for_update=True, populate_existing=True)
        if report.status not in {"waiting", "open"}:
            return None
        if question.about == "category":
            return self._answer_what(incoming, question, report) if report.category_id is None else None
        if report.locality_id is not None and report.place_basis != "approximate":
            return None
        return self._answer_where(incoming, question, report)

    def _answer_what(self, incoming: Incoming, question: Question, report: Report) -> Turn | None:
        code = self._chosen(incoming, question)
        if code is not None:
            return self._categorise(incoming, report, code)
        return self._give_up(report, report.review or "no-category") if incoming.reading.kind is Kind.UNCLEAR else None

    def _answer_where(self, incoming: Incoming, question: Question, report: Report) -> Turn | None:
        reading, code = incoming.reading, self._chosen(incoming, question)
        if code is not None:
            return self._place(report, code, reading)
        if reading.kind is Kind.ANSWER and reading.options:
            return self._give_up(report, "several-places")
        if reading.kind is Kind.UNCLEAR or (reading.kind is Kind.ANSWER and reading.unknown_places):
            return self._give_up(report, "place-unsure")
        return None

    def _chosen(self, incoming: Incoming, question: Question) -> str | None:
        """The code that was chosen by number, by yes, or by its name."""
        reading, options = incoming.reading, question.options
        if reading.kind is Kind.ANSWER and reading.argument is not None:
            number = 1 if reading.argument == YES and len(options) == 1 else 0
            number = int(reading.argument) if reading.argument.isdigit() else number
            return options[number - 1] if 0 < number <= len(options) else None
        if question.about == "category":
            alone = reading.locality is None and not reading.day_said and not reading.options
            short = len(incoming.text.body.split()) <= _FEW_WORDS
            return reading.category if alone and short and reading.category in options else None
        if reading.kind is not Kind.ANSWER:
            return None
        both = [code for code in reading.options if code in options]
        return reading.locality or (both[0] if len(both) == 1 else None)

    # -- corrections ---------------------------------------------------------------------------------------------------

    def _correct(self, incoming: Incoming, situation: Situation) -> Turn | None:
        """As "NON vol", "NO Dixinn" say it, of the newest report of this conversation. What cannot be put right so is
        doubted only. None for a No that begins a report of its own, and where nothing was reported lately.
        """
        reading, report = incoming.reading, self._recent(incoming)
        right = self._means.reference.understanding.read_correction(incoming.text.body, situation)
        if report is None or (right is None and reading.kind in {Kind.REPORT, Kind.GREETING}):
            return None
        if report.protect != "none":
            return self._doubt(report)  # no No opens up what is protected
        stated = self._stated(right) if right is not None else {}
        if stated:
            return self._put_right(report, stated)
        return self._doubt(report) if reading.protect == "none" else None

    def _stated(self, right: Reading) -> ReportChanges:
        reference, stated = self._means.reference, ReportChanges()
        if right.category is not None:
            stated["category_id"] = reference.category_ids[right.category]
        if right.locality is not None:
            stated["locality_id"] = reference.spot_ids[right.locality]
        if right.day_said and right.occurred_on is not None:
            stated["occurred_on"] = right.occurred_on
        return stated

    def _put_right(self, report: Report, stated: ReportChanges) -> Turn:
        case = self._case(report)
        if (category_id := stated.get("category_id")) is not None:
            report.category_id, report.confidence = category_id, 100
            report.protect = self._means.reference.rules[category_id].protect
        if "locality_id" in stated:
            report.locality_id, report.place_basis = stated["locality_id"], "said"
        if "occurred_on" in stated:
            report.occurred_on, report.day_basis = stated["occurred_on"], "said"
        settled = {SAID_WRONG}.union(*(SETTLES[name] for name in stated))
        report.status = "open"
        report.review = still_missing(report) if report.review is None or report.review in settled else report.review
        case.record("report.corrected")
        return self._ended(report)

    def _doubt(self, report: Report) -> Turn:
        case = self._case(report)
        report.review = report.review or SAID_WRONG
        case.record("report.corrected")
        return Turn(report, self._language(report), only_no=True)

    # -- what follows --------------------------------------------------------------------------------------------------

    def _recent(self, incoming: Incoming, *conditions: ColumnElement[bool]) -> Report | None:
        """The newest report of the conversation that its sender may still change."""
        query = (
            select(Report)
            .where(
                Report.reporter_id == incoming.source.id,
                Report.channel_id == incoming.channel.id,
                Report.status.in_(["waiting", "open"]),
                Report.recorded_at > self._now - ANSWER_WITHIN,
                *conditions,
            )
            .order_by(Report.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        order = {report_id: place for place, report_id in enumerate(self._opened)}
        found = self._session.scalars(query).all()
        return max(found, key=lambda report: (report.recorded_at, order.get(report.id, -1)), default=None)

    def _place(self, report: Report, code: str, reading: Reading) -> Turn:
        """A day it has stays what it is: correcting a locality never changes the day."""
        case = self._case(report)
        report.locality_id, report.place_basis = self._means.reference.spot_ids[code], "said"
        report.status = "open"
        if report.occurred_on is None and reading.day_said:
            report.occurred_on, report.day_basis = reading.occurred_on, "said"
        if report.review is None or report.review in PLACE_DOUBTS:
            report.review = still_missing(report)
        case.record("report.placed")
        return self._ended(report)

    def _categorise(self, incoming: Incoming, report: Report, code: str) -> Turn:
        reference = self._means.reference
        case = self._case(report)
        report.category_id, report.confidence = reference.category_ids[code], 100
        report.protect = reference.categories[code].protect
        report.status = "open"
        if report.locality_id is None:
            place = approximate_place(reference, incoming.channel, Reading(Kind.REPORT), incoming.source.home_id)
            report.locality_id, report.place_basis = (place.id, "approximate") if place else (None, None)
        if report.review is None or report.review in SETTLES["category_id"]:
            report.review = still_missing(report)
        case.record("report.corrected")
        return self._ended(report)

    def _give_up(self, report: Report, review: str) -> Turn:
        """The answer does not tell what was asked, as far as we understand it; nobody is asked twice."""
        case = self._case(report)
        report.status, report.review = "open", review
        case.record("report.corrected")
        return self._ended(report)

    def _case(self, report: Report) -> Case:
        return Case(self._session, self._means.reference, self._rows, self._now).take([report])

    def _ended(self, report: Report) -> Turn:
        ended = update(Question).where(Question.report_id == report.id, Question.ended_at.is_(None))
        self._session.execute(ended.values(ended_at=self._now).execution_options(synchronize_session="fetch"))
        return Turn(report, self._language(report))

    def _language(self, report: Report) -> str | None:
        own = select(Message.language).where(
            Message.report_id == report.id, Message.direction == "in", Message.language.is_not(None)
        )
        return self._session.scalar(own.order_by(Message.created_at).limit(1))


_LACKS_PLACE: Final = or_(Report.locality_id.is_(None), Report.place_basis == "approximate")
