"""Answering: which reply a text gets, whether it may be sent at all, and its row in the queue.

The words and the choice among them are in replies/; handing texts over is a job.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from intake.gateways.contract import Channel
from intake.guessing import approximate_place
from intake.incoming import Incoming, Means
from intake.labels import category_labels, place_labels
from intake.languages import languages
from intake.obeying import Outcome
from intake.reference import Spot
from intake.replies.choice import EVEN_IF_STOPPED, Grounds, Reply, budget_of, choose
from intake.replies.texts import render
from intake.rows import Rows
from intake.sources import address_of
from intake.turns import Turn
from intake.understand.values import Kind, Reading
from models.channels import WEB

TELL_AGAIN_AFTER: Final = timedelta(days=30)
"""Somebody who writes what is not for us is told so once in this time, then there is silence."""


def grounds_of(  # noqa: PLR0913  what a reply depends on
    means: Means,
    channel: Channel,
    reading: Reading,
    quoted: str,
    *,
    language: str | None = None,
    home_id: int | None = None,
    late: bool = False,
    told_this_month: bool = False,
    asked: bool = False,
    place: Spot | None = None,
) -> Grounds:
    """quoted: the reference to give. language, home_id: what is known of the reporter. asked: a question was asked
    before. place: what stands for one that was not said.
    """
    reference = means.reference
    category = reference.categories.get(reading.category or "")
    language = language_of(means, channel, reading, language)
    home = reference.spots.get(home_id) if home_id else None
    said = reference.spot(reading.locality)
    place = said or place or approximate_place(reference, channel, reading, home_id)
    return Grounds(
        reading=reading,
        echo=category.echo if category else False,
        protected=reading.protect != "none",
        reference=quoted,
        place_name=place.name if place else None,
        category_label=category.labels.get(language, category.code) if category else None,
        emergency_number=reference.emergency_number(
            place, home, reference.spot(channel.area), country=means.settings.country
        ),
        language=language,
        late=late,
        free_to_sender=channel.free_to_sender,
        receipt_only=channel.receipt_only,
        told_this_month=told_this_month,
        proves_sender=channel.provider != WEB,
        approximate=said is None,
        asked=asked,
        place_choices=place_labels(reference, reading.options, language),
        category_choices=category_labels(reference, reading, language),
    )


def language_of(means: Means, channel: Channel, reading: Reading, stored: str | None) -> str:
    """The reporter's choice, else the text's, else the channel's, else the programme's; only one we have words in."""
    wanted = (stored, reading.language, channel.language)
    return next((code for code in wanted if code in languages()), means.settings.language)


def tell(means: Means, incoming: Incoming, name: str, values: Mapping[str, str]) -> Reply:
    """The words of a command's reply."""
    source, reference = incoming.source, means.reference
    language = language_of(means, incoming.channel, incoming.reading, source.language)
    home = reference.spots.get(source.home_id) if source.home_id else None
    number = reference.emergency_number(home, reference.spot(incoming.channel.area), country=means.settings.country)
    return Reply(name, render(name, language, num=number, **values), language)


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

    def answer(self, incoming: Incoming, report_id: UUID | None, quoted: str | None = None) -> Reply | None:
        """Queues the reply this text gets and returns it; None where nothing may or need be said. quoted: the
        reference to give, else the text's own.
        """
        reply = choose(self._grounds(incoming, incoming.reading, quoted or incoming.delivery.reference or ""))
        if reply is None or self.is_withheld(incoming, reply.name):
            return None
        if reply.name == "not-a-report":
            incoming.source.told_at = self._now
            self._rows.told.append({"id": incoming.source.id, "told_at": self._now})
        self._queue(incoming, reply, report_id, incoming.reading.protect)
        return reply

    def answer_to_turn(self, incoming: Incoming, turn: Turn) -> None:
        """This text completed or corrected a report: answer as if it had said all of it, under the reference first
        given. It was asked about once, or could have been: it is not asked about again.
        """
        report, reference = turn.report, self._means.reference
        said = {"category": report.category_id, "locality": report.locality_id, "day": report.occurred_on}
        whole = Reading(
            Kind.REPORT,
            category=reference.category_codes.get(report.category_id or 0),
            locality=None if report.place_basis == "approximate" else reference.code_of(report.locality_id),
            occurred_on=report.occurred_on,
            protect=report.protect,  # type: ignore[arg-type]  # the table's check constraint holds the values
            missing=tuple(name for name, value in said.items() if value is None),
            review=report.review,
            language=incoming.reading.language or turn.language,
        )
        place = reference.spots.get(report.locality_id or 0)
        grounds = self._grounds(incoming, whole, report.reference or "", asked=True, place=place)
        reply = choose(grounds)
        if turn.only_no and reply is not None and reply.name.startswith("understood"):
            words = render("correct-how", grounds.language, ref=report.reference, num=grounds.emergency_number)
            reply = Reply("correct-how", words, grounds.language)
        if reply is not None and not self.is_withheld(incoming, reply.name):
            self._queue(incoming, reply, report.id, report.protect)

    def answer_to_command(self, incoming: Incoming, outcome: Outcome) -> None:
        """To one that was obeyed; not to the last one of somebody who leaves, who has no key any more."""
        reply = self.last_answer(incoming, outcome)
        if reply is not None:
            self._queue(incoming, reply, None, "none")

    def last_answer(self, incoming: Incoming, outcome: Outcome) -> Reply | None:
        if outcome.reply is None or self.is_withheld(incoming, outcome.reply):
            return None
        return tell(self._means, incoming, outcome.reply, outcome.values)

    def say(self, incoming: Incoming, reply: Reply, report_id: UUID | None, protect: str) -> None:
        """A reply chosen elsewhere, if it may be sent."""
        if not self.is_withheld(incoming, reply.name):
            self._queue(incoming, reply, report_id, protect)

    def _grounds(
        self, incoming: Incoming, reading: Reading, quoted: str, *, asked: bool = False, place: Spot | None = None
    ) -> Grounds:
        source, told_at = incoming.source, incoming.source.told_at
        return grounds_of(
            self._means,
            incoming.channel,
            reading,
            quoted,
            language=source.language,
            home_id=source.home_id,
            late=incoming.late,
            told_this_month=told_at is not None and self._now - told_at < TELL_AGAIN_AFTER,
            asked=asked,
            place=place,
        )

    def is_withheld(self, incoming: Incoming, name: str) -> bool:
        """Whether a reply of that name must not be sent; if so, the reason is recorded."""
        reason = self._reason_to_withhold(incoming, name)
        if reason is not None:
            payload = {"purpose": name, "reason": reason}
            self._rows.record(
                "reply.withheld", incoming.delivery.id, payload, at=self._now, reporter_id=incoming.source.id
            )
        return reason is not None

    def _reason_to_withhold(self, incoming: Incoming, name: str) -> str | None:
        """None if it may be sent."""
        settings, source, channel = self._means.settings, incoming.source, incoming.channel
        number = source.address.e164
        if not self._means.reference.gateways[channel.id].can_send:
            return "no-way-out"
        if number is None:
            return "no-number"
        if number in self._ours:
            return "our-own-number"
        if settings.prefixes and not number.startswith(settings.prefixes):
            return "prefix-not-allowed"
        if channel.id in source.stopped and name not in EVEN_IF_STOPPED:
            return "opted-out"
        budget, per_hour, per_day = budget_of(name), settings.replies_per_hour, settings.replies_per_sender_day
        if source.enrolled and not source.suspended:
            per_hour, per_day = settings.replies_per_enrolled_hour, settings.replies_per_enrolled_day
        if source.replies_hour[budget] >= per_hour or source.replies_day[budget] >= per_day:
            return "budget"
        return None

    def _queue(self, incoming: Incoming, reply: Reply, report_id: UUID | None, protect: str) -> None:
        source = incoming.source
        budget = budget_of(reply.name)
        source.replies_hour[budget] += 1
        source.replies_day[budget] += 1
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
