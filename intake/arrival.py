"""Arrival: a batch of deliveries becomes reporters, messages, reports, replies, events and tally changes.

Runs inside the dispatcher's transaction: all of it stands, or none. What a text means is decided in understand/, what
is answered in replies/; here their verdicts become rows.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from intake import parcel
from intake.answering import Answering
from intake.coded import coded_reading
from intake.gateways.contract import Channel, Status, Text
from intake.guessing import approximate_place
from intake.incoming import LATE_AFTER, Incoming, Means
from intake.leaving import Leaving
from intake.obeying import Obeying, Outcome
from intake.observing import Observing, watched
from intake.readings import keep_reading
from intake.records import (
    incident_facts,
    incident_of,
    incident_payload,
    protection,
    report_facts,
    report_payload,
    row_counts,
)
from intake.replies.choice import QUESTIONS, Reply
from intake.rows import Rows
from intake.sources import Address, Source, address_of, anonymous_source, find_or_create
from intake.statuses import apply_statuses
from intake.turns import Turns
from intake.understand.values import Kind, Reading, Situation
from models.channels import WEB
from models.deliveries import Delivery
from models.reports import CIRCUMSTANCES, Report
from models.tallies import cells_of_incident, cells_of_message, cells_of_report, change_rows, summed
from models.vault import Sealed


def take_in(session: Session, means: Means, deliveries: Sequence[Delivery], now: datetime) -> bool:
    """Deliveries in the order they came; raises when any of them cannot be taken in. True where somebody has left."""
    opened = [(delivery, _open(means, delivery)) for delivery in deliveries]
    texts = [(delivery, item) for delivery, item in opened if isinstance(item, Text)]
    statuses = [(delivery, item) for delivery, item in opened if isinstance(item, Status)]
    left = Batch(session, means, now).take(texts)
    early = apply_statuses(session, means.vault, statuses, now)
    _empty(session, [delivery for delivery in deliveries if delivery not in early])
    return left


def _open(means: Means, delivery: Delivery) -> Text | Status:
    sealed = Sealed(delivery.inbox_version or 0, delivery.sealed or b"")
    return parcel.unseal(means.vault, delivery.id, sealed)


def _empty(session: Session, deliveries: Sequence[Delivery]) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.sequence.in_([delivery.sequence for delivery in deliveries]))
        .values(sealed=None, inbox_version=None, sender_tag=None, error=None)
        .execution_options(synchronize_session=False)
    )


class Batch:
    """The texts of one transaction, in order."""

    def __init__(self, session: Session, means: Means, now: datetime) -> None:
        self._session = session
        self._means = means
        self._now = now
        self._rows = Rows()
        self._answering = Answering(means, self._rows, now)
        self._observing = Observing(session, means, self._rows, self._answering, now)
        self._turns = Turns(session, means, self._rows, now)
        self._leaving = Leaving(session, means, now)
        self._obeying = Obeying(self._leaving, means, self._rows, self._answering.is_withheld)

    def take(self, texts: Sequence[tuple[Delivery, Text]]) -> bool:
        """True where somebody has left."""
        if not texts:
            return False
        left = False
        region = self._means.settings.country
        addresses = [address_of(text.sender, region) for _, text in texts]
        sources = find_or_create(self._session, self._means.vault, addresses, self._now)
        self._turns.prepare(source.id for source in sources.values())
        for (delivery, text), address in zip(texts, addresses, strict=True):
            incoming = self._read(delivery, text, self._source_of(address, sources))
            if self._take_one(incoming):
                left = True
                del sources[address.e164 or ""]  # who left and writes again is somebody new
        self._rows.write(self._session)
        return left

    def _source_of(self, address: Address, sources: dict[str, Source]) -> Source:
        if address.e164 and address.e164 not in sources:
            sources |= find_or_create(self._session, self._means.vault, [address], self._now)
        known = sources.get(address.e164 or "")
        return known or anonymous_source(self._session, self._means.vault, address, self._now)

    def _read(self, delivery: Delivery, text: Text, source: Source) -> Incoming:
        reference = self._means.reference
        channel = reference.channels_by_id[delivery.channel_id]
        sent_at = min(text.sent_at or delivery.received_at, delivery.received_at)
        if text.coded is not None:
            place_id = reference.spot_ids.get(text.coded["locality"])
            reading = coded_reading(reference, text.coded, self._local_day(place_id, sent_at))
        else:
            reading = reference.understanding.read(text.body, self._situation(channel, source, sent_at))
        reading = watched(reading, source)
        return Incoming(delivery, text, channel, source, reading, sent_at, late=self._now - sent_at > LATE_AFTER)

    def _situation(self, channel: Channel, source: Source, sent_at: datetime) -> Situation:
        return Situation(
            sent_at=sent_at,
            home=self._means.reference.code_of(source.home_id),
            area=channel.area,
            timezone=self._means.settings.timezone,
            proves_sender=channel.provider != WEB,
        )

    def _take_one(self, incoming: Incoming) -> bool:
        """True where the sender has left with this text."""
        taken = self._observing.take(incoming, self._open_observed)
        if taken is not None:
            self._keep_message(taken.incoming, taken.report_id, None)
            keep_reading(self._rows, self._means, taken.incoming, taken.report_id, taken.corrected)
            return False
        report_id: UUID | None = None
        outcome: Outcome | None = None
        situation = self._situation(incoming.channel, incoming.source, incoming.sent_at)
        turn = self._turns.take(incoming, situation)
        answered = turn.report if turn is not None else None
        if turn is not None:
            report_id = turn.report.id
            self._answering.answer_to_turn(incoming, turn)
        elif (outcome := self._obeying.obey(incoming)) is not None and not outcome.leaves:
            self._answering.answer_to_command(incoming, outcome)
        elif outcome is None:
            incoming = self._turns.compared(incoming)
            if incoming.reading.kind is Kind.REPORT:
                report_id = uuid4()
            reply = self._answering.answer(incoming, report_id)
            if report_id is not None:
                self._open_report(incoming, report_id, reply)
        self._keep_message(incoming, report_id, answered)
        keep_reading(self._rows, self._means, incoming, report_id, answered)
        if outcome is not None and outcome.leaves:
            self._let_go(incoming, outcome)
            return True
        return False

    def _let_go(self, incoming: Incoming, outcome: Outcome) -> None:
        reply = self._answering.last_answer(incoming, outcome)
        self._rows.write(self._session)
        self._leaving.leave(incoming)
        if reply is not None:
            self._leaving.say_goodbye(incoming, reply.text, reply.language)

    # -- what becomes of it ------------------------------------------------------------------------------------------

    def _open_observed(self, incoming: Incoming, report_id: UUID, place_doubt: str | None) -> None:
        self._open_report(incoming, report_id, None, may_assume_place=place_doubt is None)

    def _open_report(
        self, incoming: Incoming, report_id: UUID, reply: Reply | None, *, may_assume_place: bool = True
    ) -> None:
        reading, reference = incoming.reading, self._means.reference
        about = QUESTIONS.get(reply.name) if reply is not None else None
        locality_id, place_basis = self._place_of(incoming, may_assume=may_assume_place and about != "locality")
        category_id = reference.category_ids.get(reading.category or "")
        row: dict[str, Any] = {
            "id": report_id,
            "reference": incoming.delivery.reference,
            "reporter_id": incoming.source.id,
            "channel_id": incoming.channel.id,
            "incident_id": None,
            "source": incoming.source.kind,
            "status": "waiting" if about else "open",
            "close_reason": None,
            "credibility": "unassessed",
            "protect": reading.protect,
            "danger": reading.danger,
            "category_id": category_id,
            "confidence": round(reading.confidence * 100) if reading.category else None,
            "locality_id": locality_id,
            "occurred_on": reading.occurred_on,
            "place_basis": place_basis,
            "day_basis": None if reading.occurred_on is None else "said" if reading.day_said else "assumed",
            "killed": reading.killed,
            "injured": reading.injured,
            **{name: getattr(reading, name) for name in CIRCUMSTANCES},
            "weight": 1,
            "review": reading.review or _lack(reading, locality_id),
            "recorded_at": self._now,
            "changed_at": self._now,
            "revision": 1,
        }
        cells = [cells_of_report(report_facts(reference, row, incoming.source.home_id))]
        if row_counts(row):
            incident = incident_of(row, self._now)
            row["incident_id"] = incident["id"]
            cells.append(cells_of_incident(incident_facts(reference, incident)))
            self._rows.incidents.append(incident)
            self._rows.record("incident.opened", incident["id"], incident_payload(reference, incident), at=self._now)
        self._rows.reports.append(row)
        self._turns.opened(report_id)
        if about:
            options = reading.options if about == "locality" else reading.candidates
            self._turns.ask(incoming, report_id, about, options)
        payload = report_payload(reference, row, incoming.source.home_id)
        self._rows.record("report.opened", report_id, payload, at=self._now, reporter_id=incoming.source.id)
        if reading.danger:
            self._rows.record("danger.seen", report_id, {"late": incoming.late}, at=self._now)
        self._rows.tally_changes += change_rows({}, summed(cells), incoming.source.id, cause="report.opened")

    def _place_of(self, incoming: Incoming, *, may_assume: bool) -> tuple[int | None, str | None]:
        """Where it counts and on what that rests. What we ask about is not guessed."""
        reference, reading = self._means.reference, incoming.reading
        if reading.locality is not None and reading.locality in reference.spot_ids:
            return reference.spot_ids[reading.locality], "said"
        if not may_assume or incoming.text.coded is not None:
            return None, None
        place = approximate_place(reference, incoming.channel, reading, incoming.source.home_id)
        return (place.id, "approximate") if place else (None, None)

    def _keep_message(self, incoming: Incoming, report_id: UUID | None, answered: Report | None) -> None:
        reading, source, delivery, text = incoming.reading, incoming.source, incoming.delivery, incoming.text
        reference = self._means.reference
        place = answered.locality_id if answered else reference.spot_ids.get(reading.locality or "")
        category_id = answered.category_id if answered else reference.category_ids.get(reading.category or "")
        doubt = answered.protect if answered else reading.protect
        protect = protection(reference, category_id, doubt)
        counted_at = place if report_id else None
        counted_at = counted_at or source.home_id
        counted_on = self._local_day(counted_at, incoming.sent_at)
        self._rows.received.append(
            {
                "id": delivery.id,
                "reporter_id": source.id,
                "channel_id": incoming.channel.id,
                "report_id": report_id,
                "direction": "in",
                "created_at": delivery.received_at,
                "sent_at": text.sent_at,
                "body": source.key.seal(f"messages.body.{delivery.id}", text.body),
                "envelope": source.key.seal(f"messages.envelope.{delivery.id}", _envelope(text)),
                "media_count": len(text.media),
                "language": reading.language,
                "protect": doubt,
                "kind": (Kind.ANSWER if answered else reading.kind).value,
                "review": None if report_id else _review(reading),
                "late": incoming.late,
                "counted_at_id": counted_at,
                "counted_on": counted_on,
            }
        )
        payload = {
            "channel": incoming.channel.name,
            "kind": (Kind.ANSWER if answered else reading.kind).value,
            "command": reading.command,
            "report": str(report_id) if report_id else None,
            "locality": reference.code_of(counted_at),
            "day": counted_on.isoformat(),
            "category": reference.category_codes.get(category_id or 0),
            "protect": protect,
            "media": len(text.media),
            "late": incoming.late,
        }
        self._rows.record("message.received", delivery.id, payload, at=self._now, reporter_id=source.id)
        cells = cells_of_message(counted_at, counted_on, protect)
        self._rows.tally_changes += change_rows({}, cells, source.id, cause="message.received")

    def _local_day(self, locality_id: int | None, at: datetime) -> date:
        spot = self._means.reference.spots.get(locality_id) if locality_id else None
        zone = spot.timezone if spot and spot.timezone else ZoneInfo(self._means.settings.timezone)
        return at.astimezone(zone).date()


def _lack(reading: Reading, locality_id: int | None) -> str | None:
    missing = [name for name in reading.missing if name != "locality" or locality_id is None]
    return f"no-{missing[0]}" if missing else None


def _review(reading: Reading) -> str | None:
    """Why a person must look at a text that opened no report: an answer that nothing was asked for is one."""
    return reading.review or ("no-question" if reading.kind is Kind.ANSWER else None)


def _envelope(text: Text) -> bytes:
    media = [[media.url, media.content_type] for media in text.media]
    return json.dumps({"provider_id": text.provider_id, "media": media}).encode()
