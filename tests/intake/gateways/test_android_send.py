"""Sending through the phone app's API to a stand-in over real HTTP: every class of outcome, and looking up."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from intake.gateways import outbound
from intake.gateways.android import AndroidGateway
from intake.gateways.contract import Accepted, Outgoing, Rejected, SendResult, Uncertain, Unknown
from tests.fakes.phone_server import PhoneServer
from tests.fakes.served import Fault
from tests.intake.gateways.channels import phone_channel

TEXT = Outgoing("6f9619ff-8b86-4011-b42d-00c04fc964ff", "+12025550123", "Bien recu. ߒߞߏ 🔥", None)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def phone() -> Iterator[PhoneServer]:
    with PhoneServer() as server:
        yield server


def gateway(server: PhoneServer) -> AndroidGateway:
    return AndroidGateway(phone_channel(server.url + "/"))


def test_a_text_is_handed_over_under_our_id(phone: PhoneServer) -> None:
    assert gateway(phone).send(TEXT) == Accepted(TEXT.id)
    (message,) = phone.messages.values()
    assert message == {
        "id": TEXT.id,
        "textMessage": {"text": TEXT.body},
        "phoneNumbers": [TEXT.recipient],
        "withDeliveryReport": True,
    }


def test_the_same_text_again_is_not_sent_again(phone: PhoneServer) -> None:
    sending = gateway(phone)
    assert sending.send(TEXT) == sending.send(TEXT)
    assert len(phone.messages) == 1


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        pytest.param(Fault(409, b'{"message": "exists"}'), Accepted(TEXT.id), id="the server has it"),
        pytest.param(Fault(400), Rejected("http-400", retry=False), id="no number"),
        pytest.param(Fault(401), Rejected("http-401", retry=True, channel_down=True), id="wrong password"),
        pytest.param(Fault(403), Rejected("http-403", retry=True, channel_down=True), id="forbidden"),
        pytest.param(Fault(404), Rejected("http-404", retry=True, channel_down=True), id="not the app"),
        pytest.param(Fault(301), Rejected("http-301", retry=True, channel_down=True), id="moved"),
        pytest.param(
            Fault(429, headers={"Retry-After": "9"}), Rejected("http-429", retry=True, retry_after_s=9.0), id="too fast"
        ),
        pytest.param(Fault(500), Uncertain("http-500"), id="the app fails"),
        pytest.param(Fault(503), Uncertain("http-503"), id="queue full"),
        pytest.param(Fault(200, b"<html>"), Uncertain("unreadable-answer"), id="captive portal"),
        pytest.param(Fault(200, b'{"id": "another"}'), Uncertain("unreadable-answer"), id="about another text"),
        pytest.param(Fault(drop=True), Uncertain("connection-broken"), id="dropped"),
    ],
)
def test_each_outcome_has_its_class(phone: PhoneServer, fault: Fault, result: SendResult) -> None:
    phone.faults.append(fault)
    assert gateway(phone).send(TEXT) == result
    assert len(phone.requests) == 1


def test_a_wrong_password_is_the_channels_fault(phone: PhoneServer) -> None:
    channel = phone_channel(phone.url)
    wrong = replace(channel, secrets={**channel.secrets, "password": "wrong"})
    assert AndroidGateway(wrong).send(TEXT) == Rejected("http-401", retry=True, channel_down=True)


def test_an_answer_that_does_not_come_leaves_us_uncertain(phone: PhoneServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", httpx.Timeout(0.2))
    phone.faults.append(Fault(hang_s=5, works_first=True))
    assert gateway(phone).send(TEXT) == Uncertain("timeout")


def test_a_phone_that_is_off_was_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening
        channel = phone_channel(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert AndroidGateway(channel).send(TEXT) == Rejected("not-connected", retry=True)
        assert isinstance(AndroidGateway(channel).look_up(TEXT, NOW), Unknown)


@pytest.mark.parametrize("url", ["not a url", "ftp://x", "http://[::1", "http://x:99999999"])
def test_a_senseless_address_was_sent_nothing(url: str) -> None:
    result = AndroidGateway(phone_channel(url)).send(TEXT)
    assert isinstance(result, Rejected)
    assert result.retry


def test_a_text_taken_before_the_connection_broke_is_found(phone: PhoneServer) -> None:
    sending = gateway(phone)
    phone.faults.append(Fault(drop=True, works_first=True))
    assert isinstance(sending.send(TEXT), Uncertain)
    assert sending.look_up(TEXT, NOW) == Accepted(TEXT.id)
    assert [method for method, *_ in phone.requests] == ["POST", "GET"]


def test_a_text_that_never_arrived_is_not_found(phone: PhoneServer) -> None:
    assert gateway(phone).look_up(TEXT, NOW) is None


@pytest.mark.parametrize(
    "fault", [Fault(500), Fault(401), Fault(200, b"<html>"), Fault(200, b'{"id": 5}'), Fault(drop=True)]
)
def test_a_look_up_that_fails_leaves_it_unknown(phone: PhoneServer, fault: Fault) -> None:
    phone.faults.append(fault)
    assert isinstance(gateway(phone).look_up(TEXT, NOW), Unknown)


def test_nothing_is_logged_of_what_is_sent(phone: PhoneServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        gateway(phone).send(TEXT)
        gateway(phone).look_up(TEXT, NOW)
    assert not caplog.records
