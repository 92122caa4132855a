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
from intake.gateways.contract import Status, Text
from intake.incoming import LATE_AFTER, Incoming, Means
from intake.placing import Conversation, load_waiting, place_report
from intake.records import (
    incident_facts,
    incident_of,
    incident_payload,
    protection,
    report_facts,
    report_payload,
    row_counts,
)
from intake.rows import Rows
from intake.sources import Source, address_of, anonymous_source, find_or_create
from intake.statuses import apply_statuses
from intake.understand.values import Kind, Reading, Situation
from models.deliveries import Delivery
from models.reports import Report
from models.tallies import cells_of_incident, cells_of_message, cells_of_report, change_rows, summed
from models.vault import Sealed


def take_in(session: Session, means: Means, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Deliveries in the order they came; raises when any of them cannot be taken in."""
    opened = [(delivery, _open(means, delivery)) for delivery in deliveries]
    texts = [(delivery, item) for delivery, item in opened if isinstance(item, Text)]
    statuses = [(delivery, item) for delivery, item in opened if isinstance(item, Status)]
    Batch(session, means, now).take(texts)
    early = apply_statuses(session, means.vault, statuses, now)
    _empty(session, [delivery for delivery in deliveries if delivery not in early])


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
        self._unplaced: dict[Conversation, UUID] = {}  # the report of this very batch that lacks its place

    def take(self, texts: Sequence[tuple[Delivery, Text]]) -> None:
        if not texts:
            return
        region = self._means.settings.country
        addresses = [address_of(text.sender, region) for _, text in texts]
        sources = find_or_create(self._session, self._means.vault, addresses, self._now)
        waiting = load_waiting(self._session, [source.id for source in sources.values()], self._now)
        for (delivery, text), address in zip(texts, addresses, strict=True):
            source = sources.get(address.e164 or "") or anonymous_source(
                self._session, self._means.vault, address, self._now
            )
            self._take_one(self._read(delivery, text, source), waiting)
        self._rows.write(self._session)

    def _read(self, delivery: Delivery, text: Text, source: Source) -> Incoming:
        reference = self._means.reference
        channel = reference.channels_by_id[delivery.channel_id]
        sent_at = min(text.sent_at or delivery.received_at, delivery.received_at)
        if text.coded is not None:
            place_id = reference.spot_ids.get(text.coded["locality"])
            reading = coded_reading(reference, text.coded, self._local_day(place_id, sent_at))
        else:
            situation = Situation(
                sent_at=sent_at,
                home=reference.code_of(source.home_id),
                area=channel.area,
                timezone=self._means.settings.timezone,
                proves_sender=channel.provider != "web",
            )
            reading = reference.understanding.read(text.body, situation)
        return Incoming(delivery, text, channel, source, reading, sent_at, late=self._now - sent_at > LATE_AFTER)

    def _take_one(self, incoming: Incoming, waiting: dict[Conversation, list[Report]]) -> None:
        report_id: UUID | None = None
        answered = self._answered(incoming, waiting)
        if answered is not None:
            language = place_report(
                self._session, self._means.reference, self._rows, answered, incoming.reading, self._now
            )
            report_id = answered.id
            self._answering.answer_to_placed_report(incoming, answered, language)
        else:
            if incoming.reading.kind is Kind.REPORT:
                report_id = uuid4()
            reply = self._answering.answer(incoming, report_id)
            if report_id is not None:
                self._open_report(incoming, report_id, asked=reply is not None and reply.name == "ask-place")
            self._obey(incoming)
        self._keep_message(incoming, report_id, answered)

    def _answered(self, incoming: Incoming, waiting: dict[Conversation, list[Report]]) -> Report | None:
        """The report that this text completes: the newest of the same conversation that lacks its place.

        Only a text that names a place and nothing else is an answer. A contact typed into a web form answers nothing.
        """
        if incoming.reading.kind is not Kind.ANSWER or incoming.reading.locality is None:
            return None
        conversation = (incoming.source.id, incoming.channel.id)
        if (report_id := self._unplaced.pop(conversation, None)) is not None:
            self._rows.write(self._session)  # what becomes of two texts must not hang on our speed
            return self._session.get_one(Report, report_id)
        reports = waiting.get(conversation)
        return reports.pop() if reports else None

    # -- what becomes of it ------------------------------------------------------------------------------------------

    def _open_report(self, incoming: Incoming, report_id: UUID, *, asked: bool) -> None:
        reading, reference = incoming.reading, self._means.reference
        locality_id = reference.spot_ids.get(reading.locality or "")
        category_id = reference.category_ids.get(reading.category or "")
        row: dict[str, Any] = {
            "id": report_id,
            "reference": incoming.delivery.reference,
            "reporter_id": incoming.source.id,
            "channel_id": incoming.channel.id,
            "incident_id": None,
            "source": incoming.source.kind,
            "status": "waiting" if asked else "open",
            "close_reason": None,
            "credibility": "unassessed",
            "protect": reading.protect,
            "danger": reading.danger,
            "category_id": category_id,
            "confidence": round(reading.confidence * 100) if reading.category else None,
            "locality_id": locality_id,
            "occurred_on": reading.occurred_on,
            "day_basis": None if reading.occurred_on is None else "said" if reading.day_said else "assumed",
            "killed": reading.killed,
            "injured": reading.injured,
            "weight": 1,
            "review": reading.review or (f"no-{reading.missing[0]}" if reading.missing else None),
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
        if locality_id is None:
            self._unplaced[incoming.source.id, incoming.channel.id] = report_id
        payload = report_payload(reference, row, incoming.source.home_id)
        self._rows.record("report.opened", report_id, payload, at=self._now, reporter_id=incoming.source.id)
        if reading.danger:
            self._rows.record("danger.seen", report_id, {"late": incoming.late}, at=self._now)
        self._rows.tally_changes += change_rows({}, summed(cells), incoming.source.id, cause="report.opened")

    def _obey(self, incoming: Incoming) -> None:
        reading, source, channel = incoming.reading, incoming.source, incoming.channel
        if reading.kind is not Kind.COMMAND or reading.command not in {"stop", "start"}:
            return
        key = (source.id, channel.id)
        if reading.command == "stop":
            source.stopped.add(channel.id)
            self._rows.opt_outs.append({"reporter_id": source.id, "channel_id": channel.id, "since": self._now})
            if key in self._rows.opt_ins:
                self._rows.opt_ins.remove(key)
        else:
            source.stopped.discard(channel.id)
            self._rows.opt_ins.append(key)
            self._rows.opt_outs = [r for r in self._rows.opt_outs if (r["reporter_id"], r["channel_id"]) != key]
        name = "reporter.stopped" if reading.command == "stop" else "reporter.started"
        payload = {"channel": channel.name}
        self._rows.record(name, incoming.delivery.id, payload, at=self._now, reporter_id=source.id)

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


def _review(reading: Reading) -> str | None:
    """Why a person must look at a text that opened no report: an answer that nothing was asked for is one."""
    return reading.review or ("no-question" if reading.kind is Kind.ANSWER else None)


def _envelope(text: Text) -> bytes:
    media = [[media.url, media.content_type] for media in text.media]
    return json.dumps({"provider_id": text.provider_id, "media": media}).encode()
