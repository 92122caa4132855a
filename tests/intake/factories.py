"""Texts handed in as a gateway would, and looks into the store afterwards. Plain functions over the fixture `store`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select

from intake.gateways.contract import Delivered, Text
from intake.journal import Journal
from jobs.dispatcher import Dispatcher
from jobs.issuing import WantedChannel, add_channel
from jobs.tallies import fold_tallies
from models.channels import ChannelRow
from models.database import Base
from models.events import Event
from models.localities import Locality
from models.messages import Message
from models.reporters import DataKeyRow, Reporter
from models.reports import Report
from models.settings import Settings
from models.tallies import ALL, NOTHING, Measures, Tally
from models.vault import Sealed
from tests.conftest import Store
from tests.fakes import phone_server, twilio_signer

AMINATA = "+224920000001"
BOUBACAR = "+224920000002"
CIRE = "+224920000003"
OUR_NUMBER = twilio_signer.NUMBER

Record = TypeVar("Record", bound=Base)


# -- channels ----------------------------------------------------------------------------------------------------------


def add_twilio(store: Store, name: str = "conakry", api_url: str = "http://127.0.0.1:9", **changes: Any) -> str:
    """A Twilio channel on OUR_NUMBER; api_url: the stand-in it sends through."""
    account = (
        f"account_sid={twilio_signer.ACCOUNT_SID}",
        f"auth_token={twilio_signer.AUTH_TOKEN}",
        f"api_url={api_url}",
    )
    address = changes.pop("address", OUR_NUMBER)
    wanted = WantedChannel(name, "twilio", address, account, **changes)
    add_channel(store.database, store.vault, store.settings, wanted, store.clock())
    return name


def add_phone(store: Store, name: str = "phone", url: str = "http://127.0.0.1:9", **changes: Any) -> str:
    secrets = (
        f"signing_key={phone_server.SIGNING_KEY}",
        f"url={url}",
        f"username={phone_server.USERNAME}",
        f"password={phone_server.PASSWORD}",
    )
    wanted = WantedChannel(name, "android-sms-gateway", phone_server.PHONE, secrets, **changes)
    add_channel(store.database, store.vault, store.settings, wanted, store.clock())
    return name


# -- handing in --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sms:
    """One text to hand in. coded: a web report in codes."""

    text: str | bytes
    sender: str = AMINATA
    channel: str = "terminal"
    sent_at: datetime | None = None
    provider_id: str = field(default_factory=lambda: f"TT{uuid4().hex}")
    coded: Mapping[str, str] | None = None

    def delivered(self) -> Text:
        body = self.text if isinstance(self.text, bytes) else self.text.encode()
        return Text(self.provider_id, self.sender, OUR_NUMBER, body, self.sent_at, coded=self.coded)


def write_down(store: Store, *deliveries: Sms | tuple[str, Delivered]) -> list[UUID]:
    """Through the journal only, together and in this order; a pair is channel name and what it delivered."""
    with store.database.reading() as session:
        channels = store.keeper.current(session).channels
    pairs = [(each.channel, each.delivered()) if isinstance(each, Sms) else each for each in deliveries]

    async def append_all() -> list[UUID]:
        journal = Journal(store.database, store.vault, clock=store.clock)
        journal.start()
        try:
            receipts = await asyncio.gather(*(journal.append(channels[name], item) for name, item in pairs))
        finally:
            journal.stop()
        return [receipt.message_id for receipt in receipts]

    return asyncio.run(append_all())


def with_settings(store: Store, **changes: Any) -> Store:
    settings = Settings.model_validate(store.settings.model_dump() | changes)
    return Store(settings, store.database, store.vault, store.keeper, store.clock)


def dispatcher_of(store: Store) -> Dispatcher:
    return Dispatcher(store.database, store.vault, store.keeper, store.settings, clock=store.clock)


def dispatch(store: Store) -> None:
    """Until nothing is due any more."""
    dispatcher = dispatcher_of(store)
    while dispatcher.run_once():
        pass


def hand_in(store: Store, text: str | bytes, **changes: Any) -> UUID:
    """One text through journal and dispatcher; its message's id. changes: fields of Sms."""
    (message_id,) = write_down(store, Sms(text, **changes))
    dispatch(store)
    return message_id


def fold(store: Store) -> int:
    return fold_tallies(store.database, store.keeper, store.settings, store.clock())


# -- looking -----------------------------------------------------------------------------------------------------------


def all_of(store: Store, model: type[Record], *conditions: Any) -> Sequence[Record]:
    with store.database.reading() as session:
        found = session.scalars(select(model).where(*conditions)).all()
        session.expunge_all()  # the values of this moment, also after the transaction
        return found


def one_of(store: Store, model: type[Record], *conditions: Any) -> Record:
    (found,) = all_of(store, model, *conditions)
    return found


def message_of(store: Store, message_id: UUID) -> Message:
    return one_of(store, Message, Message.id == message_id)


def report_of(store: Store, message_id: UUID) -> Report:
    """The report that this text opened or completed."""
    return one_of(store, Report, Report.id == message_of(store, message_id).report_id)


def opened(store: Store, message: Message) -> bytes:
    """The body, under its reporter's own key."""
    row = one_of(store, DataKeyRow, DataKeyRow.reporter_id == message.reporter_id)
    key = store.vault.data_key(row.reporter_id, Sealed(row.wrapping_version, row.wrapped))
    return key.open(f"messages.body.{message.id}", message.body or b"")


def replies_to(store: Store, message_id: UUID) -> list[str]:
    """Which replies this text got, by purpose."""
    return [reply.purpose or "" for reply in all_of(store, Message, Message.in_reply_to == message_id)]


def reply_to(store: Store, message_id: UUID) -> Message:
    return one_of(store, Message, Message.in_reply_to == message_id)


def events_of(store: Store, name: str) -> list[Event]:
    return sorted(all_of(store, Event, Event.name == name), key=lambda event: event.sequence)


def withheld(store: Store) -> list[str]:
    """Why replies were withheld, in order."""
    return [event.payload["reason"] for event in events_of(store, "reply.withheld")]


def locality_id(store: Store, code: str) -> int:
    return one_of(store, Locality, Locality.code == code).id


def channel_id(store: Store, name: str) -> int:
    return one_of(store, ChannelRow, ChannelRow.name == name).id


def give_home(store: Store, message_id: UUID, code: str) -> None:
    """The sender of this text is known to live there."""
    home_id, reporter_id = locality_id(store, code), message_of(store, message_id).reporter_id
    with store.database.writing() as session:
        session.get_one(Reporter, reporter_id).home_id = home_id


def figure(store: Store, locality: str, category: str | None, grain: str, start: date) -> Measures:
    """The stored cell; category None is all categories. Nothing where there is no row."""
    with store.database.reading() as session:
        reference = store.keeper.current(session)
        category_id = reference.category_ids[category] if category else ALL
        row = session.get(Tally, (reference.spot_ids[locality], grain, start, category_id))
        return Measures(*(getattr(row, name) for name in Measures._fields)) if row else NOTHING
