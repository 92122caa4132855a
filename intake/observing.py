"""Observing: a code text of an enrolled reporter becomes an observation, and the report that this means.

How codes are read is in forms/, what they mean for the report in observed_reports.py; here their verdict becomes rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from intake.answering import Answering
from intake.forms.definition import Form
from intake.forms.merging import Facts, Said, facts_of
from intake.forms.reading import CodeReading, Problem, read_code
from intake.forms.values import PlaceMeant
from intake.forms.words import tells_only_when
from intake.incoming import Incoming, Means
from intake.observations import kept_words, observation_meant, opened_said, sealed_words
from intake.observed_reports import (
    ObservedReports,
    hear,
    meaning_of,
    meaning_of_report,
    protection_of,
    strictest,
    unknown_places,
)
from intake.replies.choice import Reply
from intake.replies.form_answers import FormAnswer
from intake.replies.texts import render
from intake.rows import Rows
from intake.sources import Source
from intake.understand.normalise import normalise
from intake.understand.values import Kind, Reading, Situation
from models.channels import WEB
from models.observations import Observation
from models.reports import Report

SUSPENDED: Final = "suspended-reporter"
"""Reason for a person to look at what a suspended reporter wrote."""

OpenReport = Callable[[Incoming, UUID, str | None], None]
"""The text, an id for its report, and why no place may be assumed for it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """incoming: read as what the code text means. report_id: of the report that it opened or corrected."""

    incoming: Incoming
    report_id: UUID | None
    corrected: Report | None = None


class Looking:
    """What a value can be looked up in: gazetteer and calendar, as of one text."""

    def __init__(self, means: Means, incoming: Incoming) -> None:
        reference, source = means.reference, incoming.source
        home = reference.spots.get(source.home_id) if source.home_id else None
        zone = home.timezone.key if home and home.timezone else means.settings.timezone
        self.today: date = incoming.sent_at.astimezone(ZoneInfo(zone)).date()
        self._reference = reference
        self._situation = Situation(
            sent_at=incoming.sent_at, home=home.code if home else None, area=incoming.channel.area, timezone=zone
        )

    def place(self, words: str) -> PlaceMeant:
        if words.upper() in self._reference.spot_ids:
            return PlaceMeant(words.upper())
        reading = self._reference.understanding.read(words, self._situation)
        codes = (reading.locality,) if reading.locality is not None else reading.options
        is_bare = reading.kind is Kind.ANSWER and not reading.danger
        if not is_bare and not self._is_name(words, codes):
            return PlaceMeant()
        return PlaceMeant(reading.locality, reading.options if reading.locality is None else ())

    def _is_name(self, words: str, codes: Sequence[str]) -> bool:
        """Names of places may sound like anything: Palmas del Socorro."""
        spots = filter(None, map(self._reference.spot, codes))
        return normalise(words) in {normalise(spot.name) for spot in spots}

    def day(self, words: str) -> date | None:
        if not tells_only_when(words):
            return None
        reading = self._reference.understanding.read(words, self._situation)
        return reading.occurred_on if reading.day_said else None


class Observing:
    """The code texts of one batch."""

    def __init__(self, session: Session, means: Means, rows: Rows, answering: Answering, now: datetime) -> None:
        self._session = session
        self._means = means
        self._rows = rows
        self._answering = answering
        self._reports = ObservedReports(session, means, rows, now)
        self._now = now

    def take(self, incoming: Incoming, open_report: OpenReport) -> Taken | None:
        """None for whatever is no code text of somebody whose codes are read."""
        book = self._means.reference.forms
        if not book.newest or not may_use_codes(incoming):
            return None
        looking = Looking(self._means, incoming)
        reading = read_code(incoming.text.body, book.forms, looking)
        if reading is None:
            return None
        self._rows.write(self._session)  # what becomes of two texts must not hang on our speed
        form_id = book.newest[reading.form.code].id
        found = observation_meant(self._session, self._means, incoming, reading, now=self._now, day=looking.today)
        if found is not None and found.form_id != form_id:
            old = book.by_id.get(found.form_id)
            again = read_code(incoming.text.body, {old.form.code: old.form}, looking) if old else None
            found, reading = (found, again) if again is not None else (None, reading)
        if found is None and (reading.reference is not None or reading.corrects):
            return self._deny(incoming, open_report, reading, looking.today)
        return self._observe(incoming, open_report, reading, found, looking.today)

    def _deny(self, incoming: Incoming, open_report: OpenReport, reading: CodeReading, today: date) -> Taken:
        """What it is about is not there: nothing is noted but danger."""
        heard, unknown = hear(self._means, incoming, reading), unknown_places(reading)
        meaning = meaning_of(self._means.reference, Facts(), heard.protect, today, heard, unknown)
        meant = replace(incoming, reading=meaning)
        report_id = uuid4() if heard.danger else None
        if report_id is not None:
            open_report(meant, report_id, None)
        if (heard.danger and not incoming.late) or incoming.channel.receipt_only:
            self._answering.answer(meant, report_id)
        else:
            language = self._language(incoming)
            words = render("form-unknown", language, form=reading.form.code)
            self._answering.say(meant, Reply("form-unknown", words, language), report_id, heard.protect)
        return Taken(meant, report_id)

    def _observe(
        self,
        incoming: Incoming,
        open_report: OpenReport,
        reading: CodeReading,
        found: Observation | None,
        today: date,
    ) -> Taken:
        form, reference = reading.form, self._means.reference
        before = opened_said(form, found, incoming.source.key) if found is not None else Said()
        said = before.after(reading)
        facts, was = facts_of(form, said), facts_of(form, before)
        heard, unknown = hear(self._means, incoming, reading), unknown_places(reading)
        by_words = heard.protect
        if found is not None and found.protect != protection_of(reference, was):
            by_words = strictest(heard.protect, found.protect)  # earlier texts said what the codes do not
        protect = strictest(protection_of(reference, facts), by_words)
        observation = found or self._new(incoming, reading, today)
        report = self._reports.locked(observation.report_id)
        if report is not None:
            report_id: UUID | None = report.id
            self._reports.correct(report, was, facts, heard, by_words, late=incoming.late)
            meant = replace(incoming, reading=meaning_of_report(reference, report, heard, unknown))
        else:
            report_id = uuid4() if facts.category is not None or heard.danger else None
            meant = replace(incoming, reading=meaning_of(reference, facts, protect, today, heard, unknown))
        if report is None and report_id is not None:
            open_report(meant, report_id, facts.place_doubt)
            self._rows.write(self._session)  # before the observation that refers to it
        observation.number = observation.number if reading.number is None else reading.number
        self._keep(observation, incoming, form, said, facts, protect, report_id)
        self._record(observation, form, said, is_new=found is None, changed=said != before, incoming=incoming)
        self._answer(meant, form, reading, said, observation, report, report_id)
        return Taken(meant, report_id, report)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _new(self, incoming: Incoming, reading: CodeReading, today: date) -> Observation:
        return Observation(
            id=uuid4(),
            form_id=self._means.reference.forms.newest[reading.form.code].id,
            reporter_id=incoming.source.id,
            source=incoming.source.kind,
            on_behalf=reading.on_behalf,
            number=reading.number,
            day=today,
            opened_at=self._now,
            revision=0,
        )

    def _keep(  # noqa: PLR0913  the observation and all that it becomes
        self,
        observation: Observation,
        incoming: Incoming,
        form: Form,
        said: Said,
        facts: Facts,
        protect: str,
        report_id: UUID | None,
    ) -> None:
        reference, source = self._means.reference, incoming.source
        place = facts.place or next(
            (str(said.values[each.tag]) for each in form.fields if each.type == "place" and each.tag in said.values), ""
        )
        observation.report_id = report_id
        observation.message_id = incoming.delivery.id
        home_id = source.home_id if facts.place_doubt is None else None
        observation.locality_id = reference.spot_ids.get(place) or home_id
        observation.day = facts.day or observation.day
        observation.status = said.status(form)
        observation.said_values = kept_words(form, said)
        observation.problems = dict(said.problems)
        observation.words = sealed_words(form, said, source.key, observation.id)
        observation.protect = protect
        observation.changed_at = self._now
        observation.revision += 1
        self._session.add(observation)
        self._session.flush()

    def _record(  # noqa: PLR0913  what an event tells of an observation
        self, observation: Observation, form: Form, said: Said, *, is_new: bool, changed: bool, incoming: Incoming
    ) -> None:
        if not is_new and not changed:
            return
        name = "observation.opened" if is_new else "observation.corrected"
        if not is_new and observation.status == "complete":
            name = "observation.completed"
        payload: Mapping[str, Any] = {
            "form": form.code,
            "version": self._means.reference.forms.by_id[observation.form_id].version,
            "status": observation.status,
            "said": sorted(said.values),
            "problems": dict(said.problems),
            "locality": self._means.reference.code_of(observation.locality_id),
            "day": observation.day.isoformat(),
            "source": observation.source,
            "on_behalf": observation.on_behalf,
            "protect": observation.protect,
            "report": str(observation.report_id) if observation.report_id else None,
            "message": str(observation.message_id),
        }
        self._rows.record(name, observation.id, payload, at=self._now, reporter_id=incoming.source.id)

    # -- what is answered ----------------------------------------------------------------------------------------------

    def _answer(  # noqa: PLR0913  what an answer depends on
        self,
        meant: Incoming,
        form: Form,
        reading: CodeReading,
        said: Said,
        observation: Observation,
        report: Report | None,
        report_id: UUID | None,
    ) -> None:
        if (meant.reading.danger and not meant.late) or meant.channel.receipt_only:
            self._answering.answer(meant, report_id, report.reference if report is not None else None)
            return
        reference, protect = self._means.reference, strictest(observation.protect, meant.reading.protect)
        told = {problem.tag for problem in reading.problems}
        older = [Problem(why, tag) for tag, why in said.problems.items() if tag not in told and form.field(tag)]  # type: ignore[arg-type]  # as it was kept
        answer = FormAnswer(
            form=form,
            number=observation.number,
            language=self._language(meant),
            values=said.values,
            problems=[*reading.problems, *older],
            missing=said.missing(form),
            place_names={code: reference.spots[spot_id].name for code, spot_id in self._places(said)},
            reference=report.reference if report else meant.delivery.reference if report_id else None,
            quiet=self._must_be_quiet(form, protect),
        )
        self._answering.say(meant, answer.reply(), report_id, protect)

    def _language(self, incoming: Incoming) -> str:
        return incoming.source.language or incoming.channel.language or self._means.settings.language

    def _places(self, said: Said) -> list[tuple[str, int]]:
        ids = self._means.reference.spot_ids
        return [(value, ids[value]) for value in said.values.values() if isinstance(value, str) and value in ids]

    def _must_be_quiet(self, form: Form, protect: str) -> bool:
        """A category that no reply may name: neither its values are told."""
        categories = self._means.reference.categories
        unnamed = any(not categories[code].echo for code in form.categories() if code in categories)
        return unnamed or protect != "none"


def watched(reading: Reading, source: Source) -> Reading:
    """What a suspended reporter writes is kept and counts as any text does, and a person looks at it."""
    if not source.suspended or reading.kind is Kind.COMMAND:
        return reading
    return replace(reading, review=SUSPENDED)


def may_use_codes(incoming: Incoming) -> bool:
    """An enrolled reporter who is not suspended, by a way that proves whose number it is. A
    command stays a command, but a code text may name a reference too.
    """
    source = incoming.source
    proven = incoming.channel.provider != WEB and incoming.text.coded is None
    return proven and source.enrolled and not source.suspended and incoming.reading.command in {None, "status"}
