"""Answering: which reply a text gets, whether it may be sent at all, and its row in the queue.

The words and the choice among them are in replies/; handing texts over is a job.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from intake.gateways.contract import Channel
from intake.incoming import Incoming, Means
from intake.replies.choice import Facts, Reply, choose
from intake.rows import Rows
from intake.sources import address_of
from intake.understand.values import Kind, Reading
from models.channels import WEB
from models.reports import Report

TELL_AGAIN_AFTER: Final = timedelta(days=30)
"""Somebody who writes what is not for us is told so once in this time, then there is silence."""


def facts_of(  # noqa: PLR0913  what a reply depends on
    means: Means,
    channel: Channel,
    reading: Reading,
    quoted: str,
    *,
    language: str | None = None,
    home_id: int | None = None,
    late: bool = False,
    told_this_month: bool = False,
) -> Facts:
    """quoted: the reference to give. language, home_id: what is known of the reporter."""
    reference = means.reference
    category = reference.categories.get(reading.category or "")
    language = language or reading.language or channel.language or means.settings.language
    spot = reference.spot(reading.locality)
    home = reference.spots.get(home_id) if home_id else None
    return Facts(
        reading=reading,
        echo=category.echo if category else False,
        protected=reading.protect != "none",
        reference=quoted,
        place_name=spot.name if spot else None,
        category_label=category.labels.get(language, category.code) if category else None,
        emergency_number=reference.emergency_number(
            spot, home, reference.spot(channel.area), country=means.settings.country
        ),
        language=language,
        late=late,
        free_to_sender=channel.free_to_sender,
        receipt_only=channel.receipt_only,
        told_this_month=told_this_month,
        proves_sender=channel.provider != WEB,
    )


class Answering:
    """The replies of one batch."""

    def __init__(self, means: Means, rows: Rows, now: datetime) -> None:
        self._means = means
        self._rows = rows
        self._now = now
        region = means.settings.country
        self._ours = {
            address_of(channel.address, region).e164
            for channel in means.reference.channels_by_id.values()
            if channel.address
        }

    def answer(self, incoming: Incoming, report_id: UUID | None) -> Reply | None:
        """Queues the reply this text gets and returns it; None where nothing may or need be said."""
        reply = choose(self._facts(incoming, incoming.reading, incoming.delivery.reference or ""))
        if reply is None or self._is_withheld(incoming, reply):
            return None
        if reply.name == "not-a-report":
            incoming.source.told_at = self._now
            self._rows.told.append({"id": incoming.source.id, "told_at": self._now})
        self._queue(incoming, reply, report_id, incoming.reading.protect)
        return reply

    def answer_to_placed_report(self, incoming: Incoming, report: Report, language: str | None) -> None:
        """This text completed the report: answer as if it had said all of it, under the reference first given.

        language: of the report's first texts; a place alone has none.
        """
        reference = self._means.reference
        whole = replace(
            incoming.reading,
            kind=Kind.REPORT,
            category=reference.category_codes.get(report.category_id or 0),
            occurred_on=report.occurred_on,
            protect=report.protect,  # type: ignore[arg-type]  # the table's check constraint holds the values
            missing=tuple(
                name for name, value in (("category", report.category_id), ("day", report.occurred_on)) if value is None
            ),
            review=report.review,
            language=incoming.reading.language or language,
        )
        reply = choose(self._facts(incoming, whole, report.reference or ""))
        if reply is not None and not self._is_withheld(incoming, reply):
            self._queue(incoming, reply, report.id, report.protect)

    def _facts(self, incoming: Incoming, reading: Reading, quoted: str) -> Facts:
        source, told_at = incoming.source, incoming.source.told_at
        return facts_of(
            self._means,
            incoming.channel,
            reading,
            quoted,
            language=source.language,
            home_id=source.home_id,
            late=incoming.late,
            told_this_month=told_at is not None and self._now - told_at < TELL_AGAIN_AFTER,
        )

    def _is_withheld(self, incoming: Incoming, reply: Reply) -> bool:
        reason = self._reason_to_withhold(incoming, reply)
        if reason is not None:
            payload = {"purpose": reply.name, "reason": reason}
            self._rows.record(
                "reply.withheld", incoming.delivery.id, payload, at=self._now, reporter_id=incoming.source.id
            )
        return reason is not None

    def _reason_to_withhold(self, incoming: Incoming, reply: Reply) -> str | None:
        """Why this reply must not be sent; None if it may."""
        settings, source, channel = self._means.settings, incoming.source, incoming.channel
        number = source.address.e164
        danger = reply.name.startswith("danger")
        if not self._means.reference.gateways[channel.id].can_send:
            return "no-way-out"
        if number is None:
            return "no-number"
        if number in self._ours:
            return "our-own-number"
        if settings.prefixes and not number.startswith(settings.prefixes):
            return "prefix-not-allowed"
        if channel.id in source.stopped and incoming.reading.command != "start":
            return "opted-out"
        if (
            source.replies_hour[danger] >= settings.replies_per_hour
            or source.replies_day[danger] >= settings.replies_per_sender_day
        ):
            return "budget"
        return None

    def _queue(self, incoming: Incoming, reply: Reply, report_id: UUID | None, protect: str) -> None:
        source = incoming.source
        danger = reply.name.startswith("danger")
        source.replies_hour[danger] += 1
        source.replies_day[danger] += 1
        message_id = uuid4()
        self._rows.queued.append(
            {
                "id": message_id,
                "reporter_id": source.id,
                "channel_id": incoming.channel.id,
                "report_id": report_id,
                "in_reply_to": incoming.delivery.id,
                "direction": "out",
                "created_at": self._now,
                "body": source.key.seal(f"messages.body.{message_id}", reply.text.encode()),
                "language": reply.language,
                "protect": protect,
                "purpose": reply.name,
                "status": "queued",
                "attempts": 0,
                "due_at": self._now,
            }
        )
