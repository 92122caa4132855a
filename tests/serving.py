"""An application over a test store, spoken to as the outside world does; what runs beside it is called by hand."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from api.app import make_app
from api.dependencies import House
from intake import parcel
from intake.gateways.contract import Status, Text
from intake.journal import Journal
from intake.records import (
    incident_facts,
    incident_of,
    incident_payload,
    report_facts,
    report_payload,
    row_counts,
)
from intake.rows import Rows
from jobs.dispatcher import Dispatcher
from jobs.issuing import WantedChannel, add_channel, create_key
from jobs.tallies import fold_tallies
from models.deliveries import Delivery
from models.messages import Message
from models.reporters import DataKeyRow
from models.reports import Report
from models.tallies import cells_of_incident, cells_of_report, change_rows, summed
from models.vault import Sealed
from tests.conftest import Store
from tests.fakes import phone_server, twilio_signer

PUBLIC_URL = "http://127.0.0.1:8000"
FORM = "application/x-www-form-urlencoded"
TWILIO = "conakry"
PHONE = "phone"


class Served:
    """The application of a store without its jobs. dispatch() and fold() do what those would."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.journal = Journal(store.database, store.vault, clock=store.clock)
        self.house = House(store.settings, store.database, store.vault, store.keeper, self.journal, store.clock)
        self.app: FastAPI = make_app(self.house, (self.journal,))
        self.http: httpx.AsyncClient
        self._dispatcher = Dispatcher(store.database, store.vault, store.keeper, store.settings, clock=store.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Served"]:
        transport = httpx.ASGITransport(self.app)
        async with (
            self.app.router.lifespan_context(self.app),
            httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as self.http,
        ):
            yield self

    # -- setting up --------------------------------------------------------------------------------------------------

    def add_twilio(self, name: str = TWILIO, **changes: Any) -> None:
        secrets = (f"account_sid={twilio_signer.ACCOUNT_SID}", f"auth_token={twilio_signer.AUTH_TOKEN}")
        self._add(WantedChannel(name, "twilio", twilio_signer.NUMBER, secrets, **changes))

    def add_phone(self, name: str = PHONE) -> None:
        secrets = (
            f"signing_key={phone_server.SIGNING_KEY}",
            "url=http://192.0.2.10:8080",
            f"username={phone_server.USERNAME}",
            f"password={phone_server.PASSWORD}",
        )
        self._add(WantedChannel(name, "android-sms-gateway", phone_server.PHONE, secrets))

    def _add(self, wanted: WantedChannel) -> None:
        store = self.store
        add_channel(store.database, store.vault, store.settings, wanted, store.clock())

    def key(self, *scopes: str, locality: str = "", body: str = "other") -> dict[str, str]:
        """The headers of a new key's bearer."""
        secret = create_key(self.store.database, uuid4().hex, scopes, locality, body, self.store.clock())
        return {"Authorization": f"Bearer {secret}"}

    # -- speaking to it ----------------------------------------------------------------------------------------------

    async def post_form(
        self,
        form: dict[str, str] | list[tuple[str, str]],
        path: str = f"/intake/{TWILIO}",
        *,
        signature: str | None = None,
        content_type: str = FORM,
    ) -> httpx.Response:
        """A form as Twilio posts it, signed by Twilio's validator unless a signature is given ("" sends none)."""
        if signature is None:
            signature = twilio_signer.signature(PUBLIC_URL + path, dict(form))
        headers = {"content-type": content_type} | ({"x-twilio-signature": signature} if signature else {})
        return await self.http.post(path, content=twilio_signer.encoded(form), headers=headers)

    async def text(self, body: str, **changes: str) -> httpx.Response:
        """One signed text over Twilio, with a MessageSid of its own unless one is given."""
        return await self.post_form(twilio_signer.sms_form(body, **({"MessageSid": f"SM{uuid4().hex}"} | changes)))

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query or None, headers=headers)

    async def post(self, path: str, headers: dict[str, str], body: Any) -> httpx.Response:
        return await self.http.post(path, headers=headers, json=body)

    async def rows(self, path: str, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
        answer = await self.get(path, headers, **query)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["rows"]
        return rows

    # -- what runs beside it -----------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Until nothing is due."""
        while self._dispatcher.run_once():
            pass

    def fold(self) -> None:
        store = self.store
        fold_tallies(store.database, store.keeper, store.settings, store.clock())

    # -- looking inside ----------------------------------------------------------------------------------------------

    def count(self, model: type, *conditions: Any) -> int:
        with self.store.database.reading() as session:
            return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0

    def pending(self) -> list[Text | Status]:
        """What the journal holds, opened, in the order it came."""
        with self.store.database.reading() as session:
            rows = session.scalars(select(Delivery).where(Delivery.sealed.is_not(None)).order_by(Delivery.sequence))
            return [
                parcel.unseal(self.store.vault, row.id, Sealed(row.inbox_version or 0, row.sealed or b""))
                for row in rows
            ]

    def bodies(self, direction: str = "in") -> list[bytes]:
        """The bodies of all messages, opened with their reporters' keys, oldest first."""
        with self.store.database.reading() as session:
            rows = session.execute(
                select(Message, DataKeyRow)
                .join(DataKeyRow, DataKeyRow.reporter_id == Message.reporter_id)
                .where(Message.direction == direction)
                .order_by(Message.created_at)
            )
            return [self._opened(message, key) for message, key in rows]

    def _opened(self, message: Message, row: DataKeyRow) -> bytes:
        key = self.store.vault.data_key(row.reporter_id, Sealed(row.wrapping_version, row.wrapped))
        return key.open(f"messages.body.{message.id}", message.body or b"")

    # -- reports without a text --------------------------------------------------------------------------------------

    def add_reports(self, wanted: Sequence[tuple[str, str, str]], **changes: Any) -> list[UUID]:
        """One report per (category, locality, day), written as arrival writes them. changes: of every report's row."""
        with self.store.database.writing() as session:
            return [add_report(session, self.store, *each, **changes) for each in wanted]


def add_report(session: Session, store: Store, category: str, locality: str, day: str, **changes: Any) -> UUID:
    """A report that counts, with its incident, its events and its tally changes."""
    reference, now = store.keeper.current(session), store.clock()
    row: dict[str, Any] = {column.key: None for column in Report.__table__.columns} | {
        "id": uuid4(),
        "source": "citizen",
        "status": "open",
        "credibility": "unassessed",
        "protect": reference.categories[category].protect,
        "danger": False,
        "category_id": reference.category_ids[category],
        "confidence": 90,
        "locality_id": reference.spot_ids[locality],
        "occurred_on": date.fromisoformat(day),
        "day_basis": "said",
        "weight": 1,
        "recorded_at": now,
        "changed_at": now,
        "revision": 1,
        **changes,
    }
    rows = Rows()
    cells = [cells_of_report(report_facts(reference, row))]
    if row_counts(row):
        incident = incident_of(row, now)
        row["incident_id"] = incident["id"]
        cells.append(cells_of_incident(incident_facts(reference, incident)))
        rows.incidents.append(incident)
        rows.record("incident.opened", incident["id"], incident_payload(reference, incident), at=now)
    rows.reports.append(row)
    rows.record("report.opened", row["id"], report_payload(reference, row), at=now)
    rows.tally_changes += change_rows({}, summed(cells), cause="report.opened")
    rows.write(session)
    identifier: UUID = row["id"]
    return identifier


def add_message(session: Session, store: Store, **changes: Any) -> UUID:
    """A message row without reporter or body: a fact that a text came or went."""
    reference = store.keeper.current(session)
    row = {
        "id": uuid4(),
        "channel_id": reference.channels["web"].id,
        "direction": "in",
        "created_at": store.clock(),
        "kind": "report",
        **changes,
    }
    session.execute(insert(Message), [row])
    identifier: UUID = row["id"]
    return identifier


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Asserts a problem document of this status and code, and returns it."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.content)
    assert (document["status"], document["code"]) == (status, code), document
    return document


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
