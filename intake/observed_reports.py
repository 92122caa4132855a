"""The report that an observation means: what it says, as if told in a sentence, and what later texts change of it.

When one is opened and what its reporter is answered is in observing.py.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, get_args
from uuid import UUID

from sqlalchemy.orm import Session

from intake.cases import Case
from intake.corrections import ReportChanges, insist_on_day, state_of_report
from intake.forms.merging import Facts
from intake.forms.reading import CodeReading
from intake.incoming import Incoming, Means
from intake.reference import Reference
from intake.rows import Rows
from intake.understand.values import Kind, Protect, Reading, Situation
from models.faults import Invalid
from models.reports import Report

CORRECTED: Final = "corrected-by-reporter"
"""Reason for review: the reporter says otherwise of a report that somebody is done with or has judged."""
MAYBE_PROTECTED: Final = "maybe-protected"
_CHANGEABLE: Final = frozenset({"waiting", "open"})
_MOST_WORDS_OF_A_NAME: Final = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words of a code text say besides its codes: those that a person chose freely, wherever they stand.

    cry_from: code of the place that a cry for help names.
    """

    danger: bool = False
    protect: Protect = "none"
    cry_from: str | None = None


def hear(means: Means, incoming: Incoming, reading: CodeReading) -> Heard:
    """Codes cannot be in danger. Who writes HELP between them asks for no explanation."""
    if not reading.loose:
        return Heard()
    situation = Situation(incoming.sent_at, timezone=means.settings.timezone)
    words = means.reference.understanding.read(reading.loose, situation)
    danger = incoming.reading.danger or words.danger or words.command == "help"
    return Heard(danger, words.protect if words.kind is Kind.REPORT else "none", words.locality if danger else None)


def strictest(*protections: str) -> Protect:
    known: tuple[Protect, ...] = get_args(Protect)
    return max((each for each in known if each in protections), key=known.index, default="none")


def protection_of(reference: Reference, facts: Facts) -> Protect:
    """The strictest of what it may be: unsure between protected and not is protected."""
    return strictest(*(reference.categories[code].protect for code in facts.may_be if code in reference.categories))


def unknown_places(reading: CodeReading) -> tuple[str, ...]:
    """What was said for a place and no gazetteer knows, where it is short enough to be a name."""
    given = [words for problem in reading.problems if problem.why == "place" for words in problem.given]
    return tuple(words for words in given if len(words.split()) <= _MOST_WORDS_OF_A_NAME)


def meaning_of(  # noqa: PLR0913  what a text says, in codes and in words
    reference: Reference, facts: Facts, protect: Protect, today: date, heard: Heard, unknown: tuple[str, ...]
) -> Reading:
    """As if the text had said it in a sentence."""
    review = facts.place_doubt if facts.category else None
    day = facts.day or (None if facts.day_is_open else today)
    place = facts.place or (heard.cry_from if facts.place_doubt else None)
    lacks = {"category": facts.category is None, "locality": place is None, "day": day is None}
    missing = tuple(name for name, is_lacking in lacks.items() if is_lacking)
    return Reading(
        Kind.FORM,
        category=facts.category,
        candidates=facts.may_be,
        locality=place,
        occurred_on=day,
        day_said=facts.day is not None,
        killed=facts.killed,
        injured=facts.injured,
        danger=heard.danger,
        protect=protect,
        unknown_places=unknown,
        confidence=1.0 if facts.category else 0.0,
        missing=missing if facts.category or heard.danger else (),
        review=review if protect == protection_of(reference, facts) else MAYBE_PROTECTED,
    )


def meaning_of_report(reference: Reference, report: Report, heard: Heard, unknown: tuple[str, ...]) -> Reading:
    """Of a report that is there already: what it is."""
    return Reading(
        Kind.FORM,
        category=reference.category_codes.get(report.category_id or 0),
        locality=reference.code_of(report.locality_id),
        protect=report.protect,  # type: ignore[arg-type]  # the table's check constraint holds the values
        danger=heard.danger,
        unknown_places=unknown,
    )


class ObservedReports:
    """Of one batch."""

    def __init__(self, session: Session, means: Means, rows: Rows, now: datetime) -> None:
        self._session = session
        self._means = means
        self._rows = rows
        self._now = now

    def locked(self, report_id: UUID | None) -> Report | None:
        if report_id is None:
            return None
        return self._session.get_one(Report, report_id, with_for_update=True, populate_existing=True)

    def correct(  # noqa: PLR0913  what two texts say, in codes and in words
        self, report: Report, before: Facts, after: Facts, heard: Heard, protect_by_words: Protect, *, late: bool
    ) -> None:
        """Only what this text changed: what staff corrected meanwhile stays, and so does what is no longer open.

        report: locked. protect_by_words: by those of all texts so far.
        """
        case = Case(self._session, self._means.reference, self._rows, self._now).take([report])
        changes = self._changes(report, before, after)
        is_open = report.status in _CHANGEABLE and report.credibility != "false"
        if is_open:
            if changes.get("locality_id", report.locality_id) is None:
                report.review = report.review or after.place_doubt
            state_of_report(case, report, changes, self._means.settings.timezone)
        elif changes or heard.danger:
            report.review = report.review or CORRECTED
        said = strictest(heard.protect, protect_by_words if is_open and "category_id" in changes else "none")
        if strictest(report.protect, said) != report.protect:
            report.protect, report.review = said, MAYBE_PROTECTED
        report.danger = report.danger or heard.danger
        case.record("report.corrected")
        if heard.danger:
            self._rows.record("danger.seen", report.id, {"late": late}, at=self._now)

    def _changes(self, report: Report, before: Facts, after: Facts) -> ReportChanges:
        reference = self._means.reference
        changes: ReportChanges = {}
        if after.category != before.category and after.category is not None:
            changes["category_id"] = reference.category_ids[after.category]
        if after.place != before.place and after.place is not None:
            changes["locality_id"] = reference.spot_ids[after.place]
        elif after.place_doubt is not None and report.place_basis == "approximate":
            changes["locality_id"] = None
        if after.day != before.day and after.day is not None:
            place_id = changes.get("locality_id", report.locality_id)
            try:
                insist_on_day(reference, after.day, place_id, self._now, self._means.settings.timezone)
                changes["occurred_on"] = after.day
            except Invalid:
                pass  # today here is still tomorrow there: the day stays as it was
        if after.killed != before.killed and after.killed is not None:
            changes["killed"] = after.killed
        if after.injured != before.injured and after.injured is not None:
            changes["injured"] = after.injured
        return changes
