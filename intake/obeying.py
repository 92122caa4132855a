"""Obeying: what a command does, and which reply tells of it. Only for numbers that are the sender's own.

STATUS tells only the number that sent the report, and never what it is about: the reply is the same for every category,
and the same for a stranger's reference as for one that never was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from intake.incoming import Incoming, Means
from intake.leaving import Leaving
from intake.reference import Reference, Spot
from intake.references import reference_meant
from intake.rows import Rows
from models.channels import WEB
from models.messages import Message
from models.readings import ReadingRow
from models.reporters import Reporter
from models.reports import Report
from models.tallies import ALL, Tally

DEEPEST_PUBLIC: Final = 3
"""Level: the figures of a smaller place are those of the one around it, as on the public pages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a command that was obeyed. reply: by name, None for silence; values: what stands in it. leaves: the sender is
    to be erased once this is said.
    """

    reply: str | None
    values: Mapping[str, str] = field(default_factory=dict)
    leaves: bool = False


class Obeying:
    """The commands of one batch. is_withheld: whether a reply of that name may not be sent to this sender."""

    def __init__(
        self, leaving: Leaving, means: Means, rows: Rows, is_withheld: Callable[[Incoming, str], bool]
    ) -> None:
        self._leaving = leaving
        self._session = leaving.session
        self._now = leaving.now
        self._means = means
        self._rows = rows
        self._is_withheld = is_withheld

    def obey(self, incoming: Incoming) -> Outcome | None:  # noqa: PLR0911  one line a command
        """None for what is no command, and for those that change nothing and tell of nothing: help."""
        if incoming.channel.provider == WEB or incoming.source.address.e164 is None:
            return None
        match incoming.reading.command:
            case "status":
                return self._status(incoming)
            case "stats":
                return self._stats(incoming)
            case "language":
                return self._set_language(incoming)
            case "join":
                return self._join(incoming)
            case "stop":
                return self._stop(incoming)
            case "start":
                return self._start(incoming)
            case "delete":
                return self._delete(incoming)
            case "confirm":
                told = self._leaving.confirm(incoming.source, incoming.reading.argument or "")
                return Outcome(told, leaves=told == "erased")
        return None

    # -- stop, start, delete -------------------------------------------------------------------------------------------

    def _stop(self, incoming: Incoming) -> Outcome:
        """Said again it is obeyed in silence."""
        source, channel = incoming.source, incoming.channel
        was_stopped = channel.id in source.stopped
        source.stopped.add(channel.id)
        self._rows.opt_outs.append({"reporter_id": source.id, "channel_id": channel.id, "since": self._now})
        if (key := (source.id, channel.id)) in self._rows.opt_ins:
            self._rows.opt_ins.remove(key)
        self._record(incoming, "reporter.stopped", {"channel": channel.name})
        return Outcome(None if was_stopped else "stopped")

    def _start(self, incoming: Incoming) -> Outcome:
        source, channel = incoming.source, incoming.channel
        key = (source.id, channel.id)
        source.stopped.discard(channel.id)
        self._rows.opt_ins.append(key)
        self._rows.opt_outs = [row for row in self._rows.opt_outs if (row["reporter_id"], row["channel_id"]) != key]
        self._record(incoming, "reporter.started", {"channel": channel.name})
        return Outcome("started")

    def _delete(self, incoming: Incoming) -> Outcome:
        """No code is made that cannot be sent: a guesser would be the only one to use it."""
        if self._is_withheld(incoming, "delete-code"):
            return Outcome(None)
        code = self._leaving.ask(incoming.source)
        return Outcome("delete-code", {"code": code}) if code is not None else Outcome("delete-cancelled")

    # -- status --------------------------------------------------------------------------------------------------------

    def _status(self, incoming: Incoming) -> Outcome:
        typed = incoming.reading.argument
        if typed is None:
            return Outcome("status-which")
        self._rows.write(self._session)  # the report may be of this very batch
        own = select(Report).where(Report.reporter_id == incoming.source.id, Report.reference.is_not(None))
        states = self._texts_without_report(incoming)
        states |= {each.reference or "": each.close_reason or each.status for each in self._session.scalars(own)}
        reference = reference_meant(typed, states)
        if reference is None:
            return Outcome("status-unknown", {"ref": typed})
        return Outcome(f"status-{states[reference]}", {"ref": reference})

    def _texts_without_report(self, incoming: Incoming) -> dict[str, str]:
        """Their references were given too. What nobody need look at any more was left as no report."""
        texts = (
            select(ReadingRow.reference, Message.review)
            .join(Message, Message.id == ReadingRow.message_id)
            .where(Message.reporter_id == incoming.source.id, ReadingRow.reference.is_not(None))
        )
        return {each or "": "open" if review else "no_action" for each, review in self._session.execute(texts)}

    # -- figures -------------------------------------------------------------------------------------------------------

    def _stats(self, incoming: Incoming) -> Outcome:
        """This month against last, of the all-categories cell, which holds no protected category."""
        reference = self._means.reference
        code = incoming.reading.argument or next(iter(incoming.reading.options), None)
        named = reference.spot(code)
        if named is None and incoming.reading.argument is None and _names_no_place(incoming):
            named = reference.spots.get(incoming.source.home_id or 0) or reference.spot(incoming.channel.area)
        if named is None:
            return Outcome("stats-unknown")
        spot = _public(reference, named)
        zone = spot.timezone or ZoneInfo(self._means.settings.timezone)
        this_month = self._now.astimezone(zone).date().replace(day=1)
        last_month = (this_month - timedelta(days=1)).replace(day=1)
        values = {"now": str(self._reports(spot, this_month)), "before": str(self._reports(spot, last_month))}
        return Outcome("stats", {"place": spot.name, **values})

    def _reports(self, spot: Spot, start: date) -> int:
        cell = (Tally.locality_id == spot.id, Tally.grain == "month", Tally.start == start, Tally.category_id == ALL)
        return self._session.scalar(select(Tally.reports).where(*cell)) or 0

    # -- what is remembered of the sender ------------------------------------------------------------------------------

    def _set_language(self, incoming: Incoming) -> Outcome:
        language = incoming.reading.argument
        incoming.source.language = language
        self._change(incoming, language=language)
        self._record(incoming, "reporter.language_set", {"language": language})
        return Outcome("language-set")

    def _join(self, incoming: Incoming) -> Outcome:
        """An enrolled one's locality says whose codes count where: staff alone change it."""
        if incoming.source.enrolled:
            return Outcome("join-enrolled")
        spot = self._means.reference.spot(incoming.reading.argument)
        if spot is None:
            return Outcome("join-unknown")
        incoming.source.home_id = spot.id
        self._change(incoming, home_id=spot.id)
        self._record(incoming, "reporter.joined", {"locality": spot.code})
        return Outcome("joined", {"place": spot.name})

    def _change(self, incoming: Incoming, **values: object) -> None:
        changed = update(Reporter).where(Reporter.id == incoming.source.id).values(**values)
        self._session.execute(changed.execution_options(synchronize_session=False))

    def _record(self, incoming: Incoming, name: str, payload: Mapping[str, str | None]) -> None:
        self._rows.record(name, incoming.delivery.id, payload, at=self._now, reporter_id=incoming.source.id)


def _names_no_place(incoming: Incoming) -> bool:
    """Then it is about where the sender lives; "STATS" with a name we do not know is not."""
    return len(incoming.text.body.split()) == 1


def _public(reference: Reference, spot: Spot) -> Spot:
    while spot.level > DEEPEST_PUBLIC and (above := spot.parent_on(None)) is not None:
        spot = reference.spots[above]
    return spot
