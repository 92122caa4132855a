"""What follows from which event: the one screen to read. A handler runs once for an event, in the dispatcher's
transaction.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import ScalarSelect, exists, select, update
from sqlalchemy.orm import Session

from intake.replies.choice import EVEN_IF_STOPPED
from models.channels import ChannelRow
from models.database import insert_unless_there
from models.events import Event
from models.messages import Message
from models.reporters import OptOut

Handler = Callable[[Session, Event, datetime], None]


def cancel_queued_replies(session: Session, event: Event, now: datetime) -> None:
    """Somebody said STOP: nothing that still waits for them goes out, except the word that it was understood.

    Unless they have said START since, as they may within one batch.
    """
    del now
    session.execute(
        update(Message)
        .where(
            Message.reporter_id == event.reporter_id,
            Message.channel_id == _channel_id(event),
            Message.direction == "out",
            Message.status == "queued",
            Message.purpose.not_in(EVEN_IF_STOPPED),
            Message.created_at <= event.recorded_at,
            exists().where(OptOut.reporter_id == Message.reporter_id, OptOut.channel_id == Message.channel_id),
        )
        .values(status="cancelled", error_code="opted-out")
        .execution_options(synchronize_session=False)
    )


def stop_at_the_provider_s_word(session: Session, event: Event, now: datetime) -> None:
    """The provider says that this number told it to stop: so do we."""
    channel_id = session.scalar(select(_channel_id(event)))
    if event.reporter_id is not None and channel_id is not None:
        row = {"reporter_id": event.reporter_id, "channel_id": channel_id, "since": now}
        insert_unless_there(session, OptOut, [row])


def _channel_id(event: Event) -> ScalarSelect[int]:
    return select(ChannelRow.id).where(ChannelRow.name == event.payload["channel"]).scalar_subquery()


HANDLERS: Final[dict[str, tuple[Handler, ...]]] = {
    "reporter.stopped": (cancel_queued_replies,),
    "reply.refused": (stop_at_the_provider_s_word, cancel_queued_replies),
}
