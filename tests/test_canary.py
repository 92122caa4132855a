"""The canary sweep: a number goes in by every path and in every spelling, and no disk, log or metric shows it."""

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from intake import arrival
from jobs import dispatcher as dispatcher_module
from jobs.imports.categories import import_categories
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.incidents import import_incidents
from jobs.imports.localities import import_localities
from jobs.send import Sender
from jobs.terminal import text_from_terminal
from models.deliveries import Delivery
from models.faults import Fault
from models.messages import Message
from tests.conftest import Store
from tests.fakes import phone_server, twilio_server
from tests.fakes.twilio_signer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, sms_form, status_form
from tests.serving import PHONE, PUBLIC_URL, TWILIO, Served

pytestmark = pytest.mark.anyio

E164 = "+224922987654"
SPELLINGS = (
    E164,
    "224922987654",
    "00224922987654",
    "922987654",
    "922 98 76 54",
    "922-98-76-54",
    "922.98.76.54",
    "+224 922 98 76 54",
    "(+224) 922 987 654",
    "+224-922-987-654",
    "９２２９８７６５４",  # noqa: RUF001  full-width digits, which phonenumbers reads
    "٩٢٢٩٨٧٦٥٤",
)
ROUTES_TO_SEND = (E164, "whatsapp:" + E164)


def needles() -> set[bytes]:
    """Every spelling as text, escaped, in hex, in base64 wherever it begins, in UTF-16, and hashed without a key."""
    found: set[bytes] = set()
    for spelling in SPELLINGS:
        raw = spelling.encode()
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode(), spelling.encode("utf-16-le")}
        found |= {json.dumps(spelling)[1:-1].encode(), raw.replace(b"+", b"%2B"), raw.replace(b" ", b"+")}
        found |= {raw.replace(b" ", b"%20"), hashlib.sha256(raw).digest(), hashlib.sha256(raw).hexdigest().encode()}
        found |= {hashlib.md5(raw, usedforsecurity=False).hexdigest().encode(), hashlib.sha1(raw).hexdigest().encode()}  # noqa: S324
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + raw)
            found.add(whole[-(-shift * 4 // 3) + (1 if shift else 0) : len(raw) * 4 // 3])
    return {needle for needle in found if len(needle) >= 8}


NEEDLES = needles()


def hits(haystack: bytes) -> list[bytes]:
    return sorted(needle for needle in NEEDLES if needle in haystack)


def everything_on_disk(store: Store) -> bytes:
    """SQLite: the file, its WAL and what else lies beside it. PostgreSQL: every table as text."""
    if store.database.is_sqlite:
        folder = Path(store.database.url.database or "").parent
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("kibaro.db"))
    found = b""
    with psycopg.connect(store.settings.database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            query = sql.SQL("COPY (SELECT t::text FROM {} t) TO STDOUT").format(sql.Identifier(table))
            with connection.cursor().copy(query) as copy:
                found += b"".join(bytes(piece) for piece in copy)
    return found


@pytest.fixture
async def provider() -> AsyncIterator[twilio_server.TwilioServer]:
    with twilio_server.TwilioServer() as server:
        yield server


class Sweep:
    """Everything that was said to the outside, to be searched with what is on disk."""

    def __init__(self, served: Served, provider: twilio_server.TwilioServer, folder: Path) -> None:
        self.served = served
        self.provider = provider
        self.folder = folder
        self.said: list[str] = []

    async def through_the_door(self) -> None:
        for spelling in SPELLINGS:
            await self.served.text(f"Vol de moto hier à Matoto, appelez le {spelling}", From=E164)
        for sender in ROUTES_TO_SEND:
            await self.served.text("STOP", From=sender)
            await self.served.text("START", From=sender)
            await self.served.text("au secours ils sont là à Matoto", From=sender)
        await self.served.post_form(status_form(To=E164), f"/intake/{TWILIO}/status")

    async def turned_away(self) -> None:
        for spelling in SPELLINGS:
            form = sms_form(spelling, From=E164, ProfileName=spelling)
            await self.keep(self.served.post_form(form, signature="AAAA"))
            await self.keep(self.served.post_form(form, signature=""))
            await self.keep(self.served.post_form(form, content_type="text/plain"))
            await self.keep(self.served.post_form(form, "/intake/nowhere"))
            await self.keep(self.served.post_form(form | {"To": E164}))
            await self.keep(self.served.post_form(form | {"MessageSid": E164}))
            await self.keep(self.served.post_form(sms_form(spelling + "x" * 70_000, From=E164)))
            await self.keep(self.served.get(f"/intake/{TWILIO}", From=spelling))
            await self.keep(self.served.get(f"/v1/localities/{spelling}"))

    async def over_the_phone(self) -> None:
        url = f"{PUBLIC_URL}/intake/{PHONE}"
        for spelling in SPELLINGS:
            for body in (
                phone_server.received(spelling, uuid4().hex, sender=spelling, phoneNumber=spelling),
                phone_server.event("sms:failed", uuid4().hex, messageId="x", reason=f"no route to {spelling}"),
                phone_server.event("sms:received", uuid4().hex, message=spelling, receivedAt=spelling),
                phone_server.event(spelling, uuid4().hex),
            ):
                for key in (phone_server.SIGNING_KEY, "wrong"):
                    handed = phone_server.signed(url, body, key=key)
                    headers = dict(handed.headers)
                    await self.keep(self.served.http.post(f"/intake/{PHONE}", content=handed.body, headers=headers))

    async def over_the_web(self) -> None:
        key = self.served.key("aggregates:read", "reports:read", "reports:write", "messages:read")
        for spelling in SPELLINGS:
            for body in (
                {"text": f"Vol à Matoto {spelling}", "contact": spelling},
                {"text": spelling, spelling: spelling},
                {"category": spelling, "locality": spelling, "occurred_on": spelling},
                {"category": "theft", "locality": "224922987654", "occurred_on": "2026-11-21"},
                {"text": 7, "contact": spelling},
                [spelling],
            ):
                await self.keep(self.served.http.post("/v1/reports", json=body, headers=key))
            headers = key | {"idempotency-key": spelling.encode("ascii", "replace").decode()}
            await self.keep(self.served.http.post("/v1/reports", json={"text": "Vol"}, headers=headers))
            bearer = {"Authorization": f"Bearer {spelling}".encode()}
            await self.keep(self.served.http.get("/v1/reports", headers=bearer))  # type: ignore[arg-type]
            for path in ("aggregates", "reports", "messages", "localities", "categories"):
                for name in ("locality", "category", "group_by", "from", "cursor", "limit", "status", "q", spelling):
                    await self.keep(self.served.get(f"/v1/{path}", key, **{name: spelling}))

    async def keep(self, asking: Any) -> None:
        answer = await asking
        self.said.append(f"{answer.status_code} {answer.text} {answer.headers.multi_items()}")

    async def from_the_terminal(self) -> None:
        store = self.served.store
        arguments = (store.database, store.vault, store.keeper, store.settings)
        for spelling in SPELLINGS:
            try:
                said = await asyncio.to_thread(text_from_terminal, *arguments, f"Vol à Matoto {spelling}", spelling, "")
            except Fault as fault:
                self.said.append(fault.detail)
            else:
                self.said += said

    async def from_files(self) -> list[str]:
        """Files with a number where none belongs. Returns what is said of their lines, which a timer's log keeps."""
        said: list[str] = []
        store = self.served.store
        files: list[tuple[str, str, Callable[[Path], Any]]] = [
            ("occurred_on,locality,category,count", "{0},{0},{0},{0}", self._import_incidents),
            ("occurred_on,locality,category,count", "2026-11-21,GN-BF,theft,{0}x", self._import_incidents),
            (
                "code,name,parent,level,population,lat,lon,aliases",
                "{0},,{0},{0},{0},{0},{0},{0}",
                lambda path: import_localities(store.database, path, store.clock().date()),
            ),
            ("locality,number,tested_on", "{0},{0},{0}", lambda path: import_emergency_numbers(store.database, path)),
            (
                "code,parent,iccs,protect,desk_kind,min_level,min_count,delay_days,echo,danger,label_en,label_fr",
                ",".join(["{0}"] * 12),
                lambda path: import_categories(store.database, path),
            ),
        ]
        for number, (header, line, bring) in enumerate(files):
            path = self.folder / f"file-{number}.csv"
            path.write_text("\n".join([header, *(line.format(spelling) for spelling in SPELLINGS)]) + "\n", "utf-8")
            try:
                outcome = await asyncio.to_thread(bring, path)
            except Fault as fault:
                said.append(fault.detail)
            else:
                said += [bad.reason for bad in outcome.bad]
                assert outcome.bad, path
        return said

    def _import_incidents(self, path: Path) -> Any:
        store = self.served.store
        return import_incidents(store.database, store.keeper, path, "canary", store.clock())

    async def by_surprise(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A fault in the middle of things, whose words quote the number, in each thread that could meet one."""

        def surprised(*_: object, **__: object) -> None:
            raise LookupError(E164)

        with monkeypatch.context() as patch:
            patch.setattr(self.served.journal, "entry_of", surprised)
            await self.keep(self.served.text(E164, From=E164))
        with monkeypatch.context() as patch:
            patch.setattr("intake.journal.insert_new", surprised)
            await self.keep(self.served.text(E164, From=E164))
        await self.served.text(f"Vol à Matoto {E164}", From=E164)
        for module in (dispatcher_module, arrival):
            with monkeypatch.context() as patch:
                patch.setattr(module, "take_in" if module is dispatcher_module else "find_or_create", surprised)
                self.served.dispatch()
            self.served.store.clock.go_on(minutes=5)

    async def to_the_provider(self) -> None:
        store = self.served.store
        sender = Sender(store.database, store.vault, store.keeper, store.settings, clock=store.clock)
        words = f"The 'To' number {E164} is not a valid phone number."
        for status, code in ((400, 21211), (429, 20429), (500, 20500), (400, 21610)):
            self.provider.faults.append(twilio_server.error(status, code, words))
        for _ in range(4):
            await asyncio.to_thread(sender.run_once)
            store.clock.go_on(minutes=10)


async def test_a_number_is_in_clear_nowhere(
    served: Served,
    provider: twilio_server.TwilioServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)  # what an operator may set; the noisy libraries are quiet as the entrance makes them
    for noisy in ("httpx", "httpcore", "twilio", "twilio.http_client", "urllib3", "apscheduler"):
        monkeypatch.setattr(logging.getLogger(noisy), "level", logging.ERROR)
    from jobs.issuing import WantedChannel, add_channel  # noqa: PLC0415  beside its only use

    store = served.store
    secrets = (f"account_sid={ACCOUNT_SID}", f"auth_token={AUTH_TOKEN}", f"api_url={provider.url}")
    wanted = WantedChannel(TWILIO, "twilio", NUMBER, secrets)
    add_channel(store.database, store.vault, store.settings, wanted, store.clock())
    served.add_phone()
    sweep = Sweep(served, provider, tmp_path)

    await sweep.through_the_door()
    await sweep.turned_away()
    await sweep.over_the_phone()
    await sweep.over_the_web()
    before = everything_on_disk(store)  # while it all waits, sealed
    assert served.count(Delivery, Delivery.sealed.is_not(None)) > 3 * len(SPELLINGS)
    served.dispatch()
    await sweep.by_surprise(monkeypatch)
    await sweep.from_the_terminal()
    await sweep.from_files()
    await sweep.to_the_provider()
    served.dispatch()
    served.fold()
    after = everything_on_disk(store)
    metrics = (await served.get("/metrics")).text

    assert served.count(Message, Message.direction == "in") > 3 * len(SPELLINGS)
    assert any(E164.encode() in body for body in served.bodies()), "the sweep reached the messages"
    assert any(E164[1:].encode() in request[3] for request in provider.requests), "and the provider"
    assert len(after) > 10_000
    printed = capfd.readouterr()
    for name, haystack in (
        ("the store while texts wait", before),
        ("the store", after),
        ("the log", caplog.text.encode()),
        ("the metrics", metrics.encode()),
        ("an answer", "\n".join(sweep.said).encode()),
        ("standard output", (printed.out + printed.err).encode()),
    ):
        assert hits(haystack) == [], name


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_said_of_a_files_bad_lines_quotes_none_of_them(
    served: Served, provider: twilio_server.TwilioServer, tmp_path: Path
) -> None:
    said = await Sweep(served, provider, tmp_path).from_files()
    assert len(said) >= 4 * len(SPELLINGS)
    assert hits("\n".join(said).encode()) == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_sweep_would_see_a_number(spelling: str) -> None:
    raw = spelling.encode()
    for shift in range(3):
        assert hits(b"xyz" + base64.b64encode(b"a" * shift + raw + b"zz"))
    assert hits(b"\\x" + raw.hex().encode())
    assert hits(json.dumps({"from": spelling}).encode())
    assert hits(repr(spelling).encode())
