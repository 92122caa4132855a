"""The app's webhooks, and what we make of them."""

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.gateways.android import CLOCK_WINDOW_S, AndroidGateway
from intake.gateways.contract import (
    Delivered,
    Malformed,
    Media,
    NotSigned,
    Progress,
    Request,
    Status,
    Text,
    WrongContentType,
)
from tests.fakes.phone_server import PHONE, event, received, signed
from tests.intake.gateways.channels import PHONE_URL, phone_channel

GATEWAY = AndroidGateway(phone_channel())
EVENT_ID = "Ey6ECgOkVVFjz3CL48B8C"
SENT_AT = datetime(2026, 11, 22, 7, 46, 11, tzinfo=UTC)
MMS = {"messageId": "m1", "sender": "+12025550123", "phoneNumber": "+12025550123", "receivedAt": "2026-11-22T07:46:11Z"}


def receive(body: dict[str, Any] | bytes) -> Delivered:
    (item,) = GATEWAY.receive(signed(PHONE_URL, body))
    return item


def test_an_sms_gives_its_neutral_values() -> None:
    assert receive(received("Vol hier")) == Text(EVENT_ID, "+12025550123", PHONE, b"Vol hier", SENT_AT)


@pytest.mark.parametrize(
    "message",
    ["", "é" * 670, "ߒߞߏ", "𞤀𞤣𞤤𞤢𞤥", "🔥👮🏾‍♀️", "a\x00b", '"\\/\b\f\n', "<b>&amp;</b>"],
    ids=["empty", "ten parts", "N'Ko", "Adlam", "emoji", "NUL", "escapes", "markup"],
)
@pytest.mark.parametrize("ascii_only", [True, False], ids=["escaped", "raw"])
def test_a_body_comes_out_as_it_was_sent(message: str, *, ascii_only: bool) -> None:
    text = receive(json.dumps(received(message), ensure_ascii=ascii_only).encode())
    assert isinstance(text, Text)
    assert text.body == message.encode()


def test_bytes_that_are_no_text_are_kept() -> None:
    text = receive(json.dumps(received("@@")).encode().replace(b"@@", b"vol \xe0 \xff"))
    assert isinstance(text, Text)
    assert text.body == b"vol \xe0 \xff"


def test_half_a_surrogate_pair_is_kept_and_never_a_fault() -> None:
    text = receive(json.dumps(received("@@")).encode().replace(b"@@", rb"\ud83d"))
    assert isinstance(text, Text)
    assert text.body == b"\xed\xa0\xbd"


def test_two_texts_with_the_same_content_hash_are_two_texts() -> None:
    one, other = receive(received("oui", "first")), receive(received("oui", "second"))
    assert one.provider_id != other.provider_id


def test_the_older_name_of_the_sender_is_understood() -> None:
    text = receive(received("oui", sender=None, recipient=None, phoneNumber="Orange Info"))
    assert isinstance(text, Text)
    assert (text.sender, text.recipient) == ("Orange Info", PHONE)


def test_a_data_sms_gives_its_bytes() -> None:
    text = receive(event("sms:data-received", **MMS, data="AAH/gA=="))
    assert isinstance(text, Text)
    assert text.body == b"\x00\x01\xff\x80"


def test_an_mms_gives_its_subject_and_notes_its_media() -> None:
    attachment = {"id": "a", "mimeType": "image/jpeg", "size": 1, "downloadUrl": "https://phone.example/media/a"}
    text = receive(event("mms:received", **MMS, subject="Photo", attachments=[attachment]))
    assert isinstance(text, Text)
    assert (text.body, text.media) == (b"Photo", (Media("https://phone.example/media/a", "image/jpeg"),))


def test_a_downloaded_mms_gives_its_body_and_notes_its_media() -> None:
    attachment = {"partId": 7, "contentType": "image/jpeg", "name": None, "size": 1, "data": "AAAA"}
    text = receive(event("mms:downloaded", **MMS, body="Regardez", subject=None, attachments=[attachment]))
    assert isinstance(text, Text)
    assert (text.body, text.media) == (b"Regardez", (Media("", "image/jpeg"),))


def test_each_text_of_a_batch_is_a_text_of_its_own() -> None:
    texts = [received(body)["payload"] for body in ("un", "deux")]
    one, other = GATEWAY.receive(signed(PHONE_URL, event("sms:batch:received", messages=texts)))
    assert isinstance(one, Text)
    assert isinstance(other, Text)
    assert [one.body, other.body] == [b"un", b"deux"]
    assert one.provider_id != other.provider_id


@pytest.mark.parametrize(
    ("kind", "reason", "expected"),
    [
        ("sms:sent", None, (Progress.SENT, None)),
        ("sms:delivered", None, (Progress.DELIVERED, None)),
        ("sms:failed", "Send result: RESULT_ERROR_NO_SERVICE", (Progress.FAILED, "RESULT_ERROR_NO_SERVICE")),
        ("sms:failed", "no such number +12025550123", (Progress.FAILED, "failed")),
        ("sms:cancelled", None, (Progress.FAILED, "cancelled")),
    ],
)
def test_a_status_is_about_the_id_we_gave(kind: str, reason: str | None, expected: tuple[Progress, str | None]) -> None:
    body = event(kind, messageId="6f9619ff-8b86-4011-b42d-00c04fc964ff", recipient="+12025550123", reason=reason)
    progress, error_code = expected
    status = Status("6f9619ff-8b86-4011-b42d-00c04fc964ff", progress, kind, error_code)
    assert receive(body) == status
    assert list(GATEWAY.receive_status(signed(PHONE_URL, body))) == [status]


@pytest.mark.parametrize("body", [event("system:ping"), event("app:started"), event("sms:teleported"), {"event": "x"}])
def test_other_events_are_taken_in_and_hold_nothing(body: dict[str, Any]) -> None:
    assert not GATEWAY.receive(signed(PHONE_URL, body))


def _without(name: str) -> dict[str, Any]:
    body = received("oui")
    del body["payload"][name]
    return body


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b'{"event": "system:ping", "event": "x"}', id="a name twice"),
        pytest.param(b'{"event": "system:ping", "x": {"a": 1, "a": 1}}', id="a name twice, deeper"),
        pytest.param(b'{"event": "system:ping", "x": NaN}', id="not a number"),
        pytest.param(b'{"event":' + b"[" * 100_000, id="nested too deep"),
        pytest.param(b'{"event": "system:ping", "x": ' + b"1" * 5000 + b"}", id="a number of 5000 digits"),
        pytest.param(b'{"event": 1}', id="event no string"),
        pytest.param(event("sms:received", "", **MMS, message="x"), id="empty id"),
        pytest.param(received("x", "é"), id="id not ASCII"),
        pytest.param(received("x") | {"id": 5}, id="id no string"),
        pytest.param(received("x") | {"payload": None}, id="no payload"),
        pytest.param(received("x", message=5), id="message no string"),
        pytest.param(_without("message"), id="no message"),
        pytest.param(_without("receivedAt"), id="no time"),
        pytest.param(received("x", receivedAt="2026-11-22T09:46:11"), id="time without offset"),
        pytest.param(received("x", receivedAt="0001-01-01T00:00:00+14:00"), id="time before all times"),
        pytest.param(received("x", receivedAt="yesterday"), id="no time at all"),
        pytest.param(received("x", sender="+1\n2"), id="line end in the sender"),
        pytest.param(received("x", sender="1" * 65), id="sender too long"),
        pytest.param(received("x", sender=5), id="sender no string"),
        pytest.param(event("sms:data-received", **MMS, data="*"), id="data not base64"),
        pytest.param(event("mms:received", **MMS, attachments={}), id="attachments no list"),
        pytest.param(event("mms:received", **MMS, attachments=[1]), id="attachment no object"),
        pytest.param(event("mms:received", **MMS, attachments=[{}] * 51), id="fifty-one attachments"),
        pytest.param(event("mms:received", **MMS, attachments=[{"downloadUrl": "file:///x"}]), id="medium in a file"),
        pytest.param(event("sms:sent"), id="status without id"),
    ],
)
def test_signed_bodies_out_of_form_are_refused(body: dict[str, Any] | bytes) -> None:
    with pytest.raises(Malformed):
        GATEWAY.receive(signed(PHONE_URL, body))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_no_value_of_any_field_is_more_than_a_refusal(value: object) -> None:
    for name in ("message", "sender", "recipient", "receivedAt", "phoneNumber", "attachments"):
        with suppress(Malformed):
            GATEWAY.receive(signed(PHONE_URL, received("x", **{name: value})))


@given(st.data())
def test_any_change_of_a_signed_request_is_refused(data: st.DataObject) -> None:
    request = signed(PHONE_URL, received("Vol hier"))
    where = data.draw(st.integers(0, len(request.body)))
    byte = bytes([data.draw(st.integers(0, 255))])
    body = request.body
    mutants = [
        body[:where] + byte + body[where + 1 :],
        body[:where] + byte + body[where:],
        body[:where] + body[where + 1 :],
    ]
    for mutant in mutants:
        if mutant != body:
            with pytest.raises(NotSigned):
                GATEWAY.receive(replace(request, body=mutant))


def _with_headers(**changes: str | None) -> Request:
    """A signed request with headers changed, or taken away where the change is None."""
    request = signed(PHONE_URL, received("x"))
    headers = dict(request.headers)
    for name, value in changes.items():
        header = name.replace("_", "-")
        if value is None:
            del headers[header]
        else:
            headers[header] = value
    return replace(request, headers=headers)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(_with_headers(x_signature=None), id="no signature"),
        pytest.param(_with_headers(x_timestamp=None), id="no time"),
        pytest.param(_with_headers(x_signature="0" * 64), id="wrong signature"),
        pytest.param(_with_headers(x_signature="é" * 64), id="strange signature"),
        pytest.param(_with_headers(x_timestamp="1e9"), id="strange time"),
        pytest.param(_with_headers(x_timestamp=str(int(time.time()) + 5)), id="another time"),
        pytest.param(signed(PHONE_URL, received("x"), key="another"), id="another key"),
    ],
)
def test_a_missing_or_wrong_signature_is_refused(request_: Request) -> None:
    with pytest.raises(NotSigned) as caught:
        GATEWAY.receive(request_)
    assert caught.value.status == 403


def test_the_end_of_the_body_cannot_become_part_of_the_time() -> None:
    request = signed(PHONE_URL, b'{"event":"system:ping","x":5')
    headers = dict(request.headers) | {"x-timestamp": "5" + request.headers["x-timestamp"]}
    with pytest.raises(NotSigned, match="signature"):
        GATEWAY.receive(replace(request, body=request.body[:-1], headers=headers))


@pytest.mark.parametrize("off_s", [-CLOCK_WINDOW_S + 5, 0, CLOCK_WINDOW_S - 5])
def test_a_phone_whose_clock_is_a_little_off_is_heard(off_s: float) -> None:
    assert GATEWAY.receive(signed(PHONE_URL, received("x"), at=time.time() + off_s))


@pytest.mark.parametrize("off_s", [-CLOCK_WINDOW_S - 5, CLOCK_WINDOW_S + 5, -86_400])
def test_an_old_or_early_signature_is_refused_and_the_clock_named(off_s: float) -> None:
    with pytest.raises(NotSigned, match="clock"):
        GATEWAY.receive(signed(PHONE_URL, received("x"), at=time.time() + off_s))


def test_a_retry_two_days_later_is_signed_anew_and_taken() -> None:
    body = received("x")
    later = time.time() + 2 * 86_400
    gateway = AndroidGateway(phone_channel(), clock=lambda: later)
    assert gateway.receive(signed(PHONE_URL, body, at=later))


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_another_content_type_is_refused_with_415(content_type: str) -> None:
    with pytest.raises(WrongContentType) as caught:
        GATEWAY.receive(_with_headers(content_type=content_type))
    assert caught.value.status == 415


def test_the_set_up_registers_each_event_at_the_phone() -> None:
    told = GATEWAY.set_up(PHONE_URL)
    assert "sms:received" in told
    assert f'"url":"{PHONE_URL}"' in told
    assert "http://192.0.2.10:8080/webhooks" in told
    assert "gateway-password" not in told
