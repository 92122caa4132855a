"""The door over HTTP: what is signed and whole is kept byte for byte and answered; everything else leaves no trace."""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from intake.gateways.contract import Status, Text
from jobs.issuing import start_channel, stop_channel
from models.deliveries import Delivery
from models.messages import Message
from models.reports import Report
from tests.conftest import Store
from tests.fakes import phone_server, twilio_signer
from tests.fakes.twilio_signer import encoded, signature, sms_form, status_form
from tests.intake.gateways.raw_signer import raw_signed
from tests.serving import FORM, PHONE, PUBLIC_URL, TWILIO, Served, problem_of

pytestmark = pytest.mark.anyio

DOOR = f"/intake/{TWILIO}"
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
WITHIN_S = 3.0
SECRET_WORDS = "le voisin bat sa femme"


@pytest.fixture
async def door(served: Served) -> Served:
    served.add_twilio()
    return served


async def test_a_stopped_channel_is_answered_as_one_that_never_was(door: Served) -> None:
    store = door.store
    assert (await door.text("vol à Dixinn")).status_code == 200
    door.dispatch()
    (reply,) = await door.rows("/v1/messages", door.key("messages:read"), direction="out")
    stop_channel(store.database, TWILIO, store.clock())
    with store.database.reading() as session:
        store.keeper.current(session)  # as the timetable does every few seconds
    for path in ("", "/status"):
        unknown = await door.post_form(sms_form(), f"/intake/nowhere{path}")
        stopped = await door.post_form(sms_form(), f"{DOOR}{path}")
        problem_of(stopped, 404, "not-found")
        assert stopped.content == unknown.content
    assert door.count(Delivery) == 1
    (now,) = await door.rows("/v1/messages", door.key("messages:read"), direction="out")
    assert (reply["status"], now["status"], now["channel"]) == ("queued", "cancelled", TWILIO)
    start_channel(store.database, TWILIO, store.clock())
    with store.database.reading() as session:
        store.keeper.current(session)
    assert (await door.post_form(sms_form())).status_code == 200


# -- what is taken in --------------------------------------------------------------------------------------------------


async def test_a_signed_text_and_its_repeat_get_empty_twiml_and_are_one_row(door: Served) -> None:
    answers = [await door.post_form(sms_form()) for _ in range(3)]
    for answer in answers:
        assert (answer.status_code, answer.content) == (200, TWIML)
        assert answer.headers["content-type"].startswith("text/xml")
    assert door.count(Delivery) == 1


async def test_sixty_four_copies_at_once_are_one_message_one_report_and_one_answer(door: Served) -> None:
    answers = await asyncio.gather(*(door.post_form(sms_form()) for _ in range(64)))
    assert {answer.status_code for answer in answers} == {200}
    door.dispatch()
    assert door.count(Message, Message.direction == "in") == 1
    assert door.count(Report) == 1
    assert door.count(Message, Message.direction == "out") == 1


async def test_a_repeat_long_after_the_text_was_understood_changes_nothing(door: Served) -> None:
    await door.post_form(sms_form())
    door.dispatch()
    door.store.clock.go_on(days=100)
    assert (await door.post_form(sms_form())).status_code == 200
    door.dispatch()
    assert door.count(Delivery) == door.count(Message, Message.direction == "in") == 1


async def test_the_signature_counts_over_the_configured_address_and_its_query(door: Served) -> None:
    form = sms_form()
    path = f"{DOOR}?from=twilio"
    answer = await door.http.post(
        path,
        content=encoded(form),
        headers={
            "content-type": FORM,
            "host": "10.0.0.7",  # behind a proxy the host is another one
            "x-twilio-signature": signature(PUBLIC_URL + path, form),
        },
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" \n\t ", id="blank"),
        pytest.param(("ê" * 670).encode(), id="ten parts of UCS-2"),
        pytest.param("ߒߞߏ ߞߊ߲ ߘߐ߫".encode(), id="N'Ko"),
        pytest.param("𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪".encode(), id="Adlam"),
        pytest.param("🔥👨‍👩‍👧🇬🇳 Matoto".encode(), id="emoji"),
        pytest.param(b"Vol\x00 a Matoto", id="NUL"),
        pytest.param(b"Vol de moto \xff\xfe \xc3 Matoto", id="broken UTF-8"),
        pytest.param("\u202eotoM\u202c \ufdfd".encode(), id="right to left"),
        pytest.param(b"a+b %2B &x=1; 100%", id="what forms escape"),
        pytest.param(b"'; DROP TABLE reports; --", id="SQL"),
        pytest.param(b"=cmd|' /C calc'!A0", id="a formula"),
    ],
)
async def test_any_body_is_kept_byte_for_byte_from_the_door_to_the_message(door: Served, body: bytes) -> None:
    form = {name.encode(): value.encode() for name, value in sms_form().items()} | {b"Body": body}
    handed = raw_signed(PUBLIC_URL + DOOR, form)
    answer = await door.http.post(DOOR, content=handed.body, headers=dict(handed.headers))
    assert (answer.status_code, answer.content) == (200, TWIML)
    (text,) = door.pending()
    assert isinstance(text, Text)
    assert text.body == body
    door.dispatch()
    assert door.pending() == []
    assert door.bodies() == [body]


async def test_the_media_of_an_mms_are_noted(door: Served) -> None:
    media = {"NumMedia": "2"} | {f"MediaUrl{n}": f"https://api.twilio.com/m/{n}" for n in range(2)}
    media |= {f"MediaContentType{n}": "image/jpeg" for n in range(2)}
    assert (await door.text("", **media)).status_code == 200
    door.dispatch()
    assert door.count(Message, Message.media_count == 2) == 1


# -- what is refused ---------------------------------------------------------------------------------------------------


def resigned(form: dict[str, str]) -> dict[str, Any]:
    return {"form": form, "signature": signature(PUBLIC_URL + DOOR, form)}


SECRET_FORM = sms_form(SECRET_WORDS)
REFUSED = [
    pytest.param({"form": SECRET_FORM, "signature": ""}, "not-signed", id="no signature"),
    pytest.param({"form": SECRET_FORM, "signature": "AAAA"}, "not-signed", id="a wrong signature"),
    pytest.param(
        {"form": SECRET_FORM, "signature": signature(PUBLIC_URL + DOOR, SECRET_FORM, "2" * 32)},
        "not-signed",
        id="signed with another token",
    ),
    pytest.param(
        {"form": SECRET_FORM, "signature": signature("http://127.0.0.1:8000/intake/other", SECRET_FORM)},
        "not-signed",
        id="signed for another address",
    ),
    pytest.param(
        {"form": SECRET_FORM | {"From": "+12025550199"}, "signature": signature(PUBLIC_URL + DOOR, SECRET_FORM)},
        "not-signed",
        id="another sender under the same signature",
    ),
    pytest.param(resigned(sms_form(SECRET_WORDS, AccountSid="AC" + "11" * 16)), "not-ours", id="a foreign account"),
    pytest.param(resigned(sms_form(SECRET_WORDS, To="+12025550177")), "not-ours", id="a foreign number"),
    pytest.param(resigned(sms_form(SECRET_WORDS, MessageSid="SM1")), "malformed", id="no id of Twilio's form"),
    pytest.param(resigned(sms_form(SECRET_WORDS, From="voleur")), None, id="a name is a plausible sender"),
    pytest.param(resigned(sms_form(SECRET_WORDS, From="@@@")), "malformed", id="no plausible sender"),
    pytest.param(
        {
            "form": [*SECRET_FORM.items(), ("Body", SECRET_WORDS)],
            "signature": signature(PUBLIC_URL + DOOR, SECRET_FORM),
        },
        "malformed",
        id="a field repeated, which the signature folds",
    ),
    pytest.param(
        {
            "form": {n: v for n, v in SECRET_FORM.items() if n != "FromCity"} | {"FromCityW": "ASHINGTON"},
            "signature": signature(PUBLIC_URL + DOOR, SECRET_FORM),
        },
        "malformed",
        id="a field re-cut, which the signature cannot tell",
    ),
    pytest.param(
        {"form": list((SECRET_FORM | {"Bo[]dy": "x"}).items()), "signature": "AAAA"}, "malformed", id="a strange name"
    ),
]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("sent", "code"), REFUSED)
async def test_what_is_not_twilios_own_is_refused_without_a_row_or_a_word_in_the_log(
    door: Served, caplog: pytest.LogCaptureFixture, sent: dict[str, Any], code: str | None
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await door.post_form(**sent)
    if code is None:
        assert answer.status_code == 200
        return
    document = problem_of(answer, 403, code)
    assert door.count(Delivery) == 0
    for secret in (SECRET_WORDS, SECRET_WORDS.replace(" ", "+"), twilio_signer.SENDER, twilio_signer.SENDER[1:]):
        assert secret not in caplog.text
        assert secret not in json.dumps(document)


async def test_a_signature_given_twice_is_refused(door: Served) -> None:
    form = sms_form()
    stated = signature(PUBLIC_URL + DOOR, form)
    headers = [("content-type", FORM), ("x-twilio-signature", "AAAA"), ("x-twilio-signature", stated)]
    problem_of(await door.http.post(DOOR, content=encoded(form), headers=headers), 403, "refused")
    assert door.count(Delivery) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", [DOOR, f"{DOOR}/status"])
async def test_only_post_opens_the_door(door: Served, method: str, path: str) -> None:
    answer = await door.http.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
async def test_another_content_type_is_refused(door: Served, content_type: str) -> None:
    problem_of(await door.post_form(sms_form(), content_type=content_type), 415, "wrong-content-type")


async def test_a_body_over_64_kb_is_refused(door: Served) -> None:
    problem_of(await door.post_form(sms_form("x" * 65_536)), 413, "too-large")
    problem_of(await door.post_form(sms_form("x" * 65_536), f"{DOOR}/status"), 413, "too-large")


async def test_a_body_over_64_kb_in_pieces_is_refused_before_it_is_all_read(door: Served) -> None:
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"Body=" + b"x" * 8187

    answer = await door.http.post(DOOR, content=pieces(), headers={"content-type": FORM})
    problem_of(answer, 413, "too-large")
    assert read < 20


async def test_a_form_of_more_than_200_fields_is_refused(door: Served) -> None:
    few = sms_form() | {f"X{n}": "1" for n in range(200 - len(sms_form()))}
    assert (await door.post_form(few)).status_code == 200
    problem_of(await door.post_form(few | {"Y": "1"}), 413, "too-large")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("name", ["nowhere", "web", "terminal", "Conakry", "con%61kry%00", "%2e%2e"])
@pytest.mark.parametrize("tail", ["", "/status"])
async def test_a_channel_that_is_none_does_not_exist(door: Served, name: str, tail: str) -> None:
    problem_of(await door.post_form(sms_form(), f"/intake/{name}{tail}", signature="AAAA"), 404, "not-found")
    assert door.count(Delivery) == 0


async def test_a_channel_added_while_the_door_is_open_is_known_within_a_second(served: Served) -> None:
    problem_of(await served.text("Vol"), 404, "not-found")
    served.add_twilio()
    await asyncio.sleep(1.0)
    assert (await served.text("Vol")).status_code == 200


# -- statuses ----------------------------------------------------------------------------------------------------------


async def test_statuses_are_kept_in_any_order_and_before_their_text_is_known(door: Served) -> None:
    path = f"{DOOR}/status"
    for word in ("delivered", "queued", "sent", "delivered", "a-word-of-the-future"):
        answer = await door.post_form(status_form(word), path)
        assert (answer.status_code, answer.content) == (200, TWIML)
    assert [each.stated for each in door.pending() if isinstance(each, Status)] == [
        "delivered",
        "queued",
        "sent",
        "a-word-of-the-future",
    ]
    door.dispatch()
    assert len(door.pending()) == 4  # their text may still become known
    door.store.clock.go_on(hours=2)
    door.dispatch()
    assert door.pending() == []


@pytest.mark.parametrize(
    ("form", "code"),
    [
        pytest.param(status_form(AccountSid="AC" + "11" * 16), "not-ours", id="a foreign account"),
        pytest.param(status_form(From="+12025550177"), "not-ours", id="a foreign number"),
        pytest.param(status_form("DELIVERED!"), "malformed", id="no word of Twilio's"),
    ],
)
async def test_a_status_of_somebody_elses_text_is_refused(door: Served, form: dict[str, str], code: str) -> None:
    problem_of(await door.post_form(form, f"{DOOR}/status"), 403, code)
    assert door.count(Delivery) == 0


async def test_a_status_without_signature_is_refused(door: Served) -> None:
    problem_of(await door.post_form(status_form(), f"{DOOR}/status", signature=""), 403, "not-signed")


# -- a phone -----------------------------------------------------------------------------------------------------------


async def from_phone(served: Served, body: dict[str, Any] | bytes, **changes: Any) -> Any:
    handed = phone_server.signed(f"{PUBLIC_URL}/intake/{PHONE}", body, **changes)
    return await served.http.post(f"/intake/{PHONE}", content=handed.body, headers=dict(handed.headers))


async def test_a_phones_text_and_its_repeat_are_one_row(served: Served) -> None:
    served.add_phone()
    for _ in range(2):
        answer = await from_phone(served, phone_server.received("Vol de moto à Matoto 🔥"))
        assert (answer.status_code, answer.json()) == (200, {})
    assert served.count(Delivery) == 1
    served.dispatch()
    assert served.bodies() == ["Vol de moto à Matoto 🔥".encode()]


async def test_a_phones_batch_is_kept_whole(served: Served) -> None:
    served.add_phone()
    texts = [phone_server.received(str(n))["payload"] for n in range(5)]
    assert (await from_phone(served, phone_server.event("sms:batch:received", messages=texts))).status_code == 200
    assert [each.body for each in served.pending() if isinstance(each, Text)] == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize(
    ("changes", "body", "status", "code"),
    [
        pytest.param({"key": "other"}, phone_server.received(SECRET_WORDS), 403, "not-signed", id="another key"),
        pytest.param({"at": 1_000_000_000}, phone_server.received(SECRET_WORDS), 403, "not-signed", id="an old time"),
        pytest.param({}, b"[]", 403, "malformed", id="a list"),
        pytest.param({}, b'{"event":"a","event":"b"}', 403, "malformed", id="a name twice"),
        pytest.param({}, b"x" * 2_200_000, 413, "too-large", id="too large"),
    ],
)
async def test_what_is_not_the_phones_own_is_refused(
    served: Served,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, Any],
    body: Any,
    status: int,
    code: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    served.add_phone()
    problem_of(await from_phone(served, body, **changes), status, code)
    assert served.count(Delivery) == 0
    assert SECRET_WORDS not in caplog.text


# -- the store is down -------------------------------------------------------------------------------------------------


@contextmanager
def down(store: Store) -> Iterator[None]:
    """PostgreSQL: nobody gets in and who is in is thrown out. SQLite: another process holds the only write lock."""
    if store.database.is_sqlite:
        other = sqlite3.connect(Path(store.database.url.database or ""), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    maintenance, _, name = store.settings.database_url.rpartition("/")
    with psycopg.connect(f"{maintenance}/postgres", autocommit=True) as server:
        database = sql.Identifier(name)
        server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(database))
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(database))


async def test_without_the_store_the_door_says_503_within_three_seconds_and_recovers_by_itself(door: Served) -> None:
    assert (await door.text("Vol")).status_code == 200
    with down(door.store):
        began = time.monotonic()
        answers = await asyncio.gather(*(door.text("Vol") for _ in range(8)))
        assert time.monotonic() - began < WITHIN_S
        for answer in answers:
            problem_of(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
    assert (await door.text("Vol")).status_code == 200


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_without_the_store_nothing_is_ready_and_nothing_hangs(door: Served) -> None:
    key = door.key("aggregates:read")
    with down(door.store):
        assert (await door.get("/healthz")).status_code == 200
        began = time.monotonic()
        for path in ("/readyz", "/metrics", "/v1/aggregates"):
            problem_of(await door.get(path, key), 503, "unavailable")
        for _ in range(2):
            problem_of(await door.post_form(sms_form(), "/intake/nowhere"), 503, "unavailable")
        assert time.monotonic() - began < WITHIN_S
    for path in ("/readyz", "/metrics", "/v1/aggregates"):
        assert (await door.get(path, key)).status_code == 200


async def test_a_commit_that_fails_is_no_thank_you(door: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def broken() -> Iterator[None]:
        raise ValueError(SECRET_WORDS)
        yield

    monkeypatch.setattr(door.store.database, "appending", broken)
    document = problem_of(await door.text(SECRET_WORDS), 500, "journal-fault")
    assert SECRET_WORDS not in json.dumps(document)
    monkeypatch.undo()
    assert door.count(Delivery) == 0
