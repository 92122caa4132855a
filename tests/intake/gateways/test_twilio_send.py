"""Sending through the twilio library to a stand-in over real HTTP: each class of outcome, looking up after a crash."""

import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs

import httpx
import pytest

from intake.gateways import outbound
from intake.gateways.contract import Accepted, Outgoing, Rejected, SendResult, Uncertain, Unknown
from intake.gateways.twilio import TwilioGateway
from tests.fakes.served import Fault
from tests.fakes.twilio_server import TwilioServer, error
from tests.fakes.twilio_signer import ACCOUNT_SID, NUMBER, SENDER
from tests.intake.gateways.channels import TWILIO_URL, twilio_channel

TEXT = Outgoing("6f9619ff-8b86-4011-b42d-00c04fc964ff", SENDER, "Bien recu. ߒߞߏ 🔥", TWILIO_URL + "/status")


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


def gateway(server: TwilioServer, address: str = NUMBER) -> TwilioGateway:
    return TwilioGateway(twilio_channel(server.url, address))


def now() -> datetime:
    return datetime.now(UTC)


def test_a_text_is_handed_over_with_its_callback(twilio: TwilioServer) -> None:
    result = gateway(twilio).send(TEXT)
    (message,) = twilio.messages.values()
    assert result == Accepted(message.sid)
    assert (message.account_sid, message.sender, message.recipient) == (ACCOUNT_SID, NUMBER, SENDER)
    assert (message.body, message.status_callback) == (TEXT.body, TEXT.callback_url)


def test_without_a_callback_address_none_is_named(twilio: TwilioServer) -> None:
    gateway(twilio).send(Outgoing(TEXT.id, SENDER, "oui", None))
    assert "StatusCallback" not in parse_qs(twilio.requests[0][3].decode())


def test_a_whatsapp_channel_writes_to_whatsapp(twilio: TwilioServer) -> None:
    whatsapp = gateway(twilio, "whatsapp:" + NUMBER)
    attempted_at = now()
    result = whatsapp.send(TEXT)
    (message,) = twilio.messages.values()
    assert (message.sender, message.recipient) == ("whatsapp:" + NUMBER, "whatsapp:" + SENDER)
    assert whatsapp.look_up(TEXT, attempted_at) == result


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        pytest.param(error(400, 21610), Rejected("21610", retry=False, opted_out=True), id="recipient said STOP"),
        pytest.param(error(400, 21211), Rejected("21211", retry=False), id="no number"),
        pytest.param(error(400, 21611), Rejected("21611", retry=True), id="queue of our number full"),
        pytest.param(error(429, 20429, Retry_After="7"), Rejected("429", retry=True, retry_after_s=7.0), id="too fast"),
        pytest.param(error(429, 20429), Rejected("429", retry=True, retry_after_s=None), id="too fast, no hint"),
        pytest.param(
            error(401, 20003), Rejected("20003", retry=True, channel_down=True), id="wrong token or no credit"
        ),
        pytest.param(error(403, 20403), Rejected("20403", retry=True, channel_down=True), id="forbidden"),
        pytest.param(error(400, 30002), Rejected("30002", retry=True, channel_down=True), id="account suspended"),
        pytest.param(error(404, 20404), Rejected("20404", retry=True, channel_down=True), id="no such account"),
        pytest.param(
            Fault(302, headers={"Location": "/"}), Rejected("302", retry=True, channel_down=True), id="portal"
        ),
        pytest.param(error(500, 20500), Uncertain("20500"), id="Twilio fails"),
        pytest.param(Fault(503, b"<html>"), Uncertain("503"), id="its proxy fails"),
        pytest.param(Fault(201, b"<html>"), Uncertain("unreadable-answer"), id="taken, but by whom"),
        pytest.param(Fault(201, b"[]"), Uncertain("unreadable-answer"), id="taken, a list"),
        pytest.param(Fault(201, b"{}"), Uncertain("unreadable-answer"), id="taken without an id"),
        pytest.param(Fault(drop=True), Uncertain("connection-broken"), id="dropped before the work"),
        pytest.param(Fault(drop=True, works_first=True), Uncertain("connection-broken"), id="dropped after the work"),
    ],
)
def test_each_outcome_has_its_class(twilio: TwilioServer, fault: Fault, result: SendResult) -> None:
    twilio.faults.append(fault)
    assert gateway(twilio).send(TEXT) == result
    assert len(twilio.requests) == 1


def test_an_answer_that_does_not_come_leaves_us_uncertain(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT", httpx.Timeout(0.2))
    twilio.faults.append(Fault(hang_s=5, works_first=True))
    assert gateway(twilio).send(TEXT) == Uncertain("timeout")
    assert len(twilio.requests) == 1


def test_we_wait_ten_seconds_and_no_longer() -> None:
    assert outbound.open_client().timeout == httpx.Timeout(10.0)


def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening
        channel = twilio_channel(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert TwilioGateway(channel).send(TEXT) == Rejected("not-connected", retry=True)


@pytest.mark.parametrize("api_url", ["not a url", "ftp://x", "http://[::1", "http://x:99999999"])
def test_a_senseless_api_address_is_the_channels_fault(api_url: str) -> None:
    result = TwilioGateway(twilio_channel(api_url)).send(TEXT)
    assert isinstance(result, Rejected)
    assert result.retry


def test_a_text_taken_before_the_connection_broke_is_found_and_not_sent_again(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    attempted_at = now()
    twilio.faults.append(Fault(drop=True, works_first=True))
    assert isinstance(sending.send(TEXT), Uncertain)
    (message,) = twilio.messages.values()
    assert message.sent_at is None  # still queued: a filter on DateSent would not find it
    assert sending.look_up(TEXT, attempted_at) == Accepted(message.sid)
    assert [method for method, *_ in twilio.requests] == ["POST", "GET"]


def test_a_text_that_never_arrived_is_not_found(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    attempted_at = now()
    twilio.faults.append(Fault(drop=True))
    sending.send(TEXT)
    assert sending.look_up(TEXT, attempted_at) is None


def test_an_earlier_text_in_the_same_words_is_not_taken_for_this_one(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    sending.send(TEXT)
    (earlier,) = twilio.messages.values()
    earlier.created_at -= timedelta(minutes=1)
    assert sending.look_up(TEXT, now()) is None


def test_texts_to_others_or_in_other_words_are_not_taken_for_this_one(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    attempted_at = now()
    sending.send(Outgoing(TEXT.id, "+12025550188", TEXT.body, None))
    sending.send(Outgoing(TEXT.id, SENDER, TEXT.body + "!", None))
    assert sending.look_up(TEXT, attempted_at) is None


def test_two_texts_in_the_same_words_leave_it_unknown(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    attempted_at = now()
    sending.send(TEXT)
    sending.send(TEXT)
    assert isinstance(sending.look_up(TEXT, attempted_at), Unknown)


def test_more_texts_than_a_page_leave_it_unknown(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    attempted_at = now()
    for n in range(100):
        sending.send(Outgoing(TEXT.id, SENDER, f"autre {n}", None))
    assert isinstance(sending.look_up(TEXT, attempted_at), Unknown)


def test_a_trial_accounts_prefix_does_not_hide_the_text(twilio: TwilioServer) -> None:
    sending = gateway(twilio)
    attempted_at = now()
    sending.send(TEXT)
    (message,) = twilio.messages.values()
    message.body = "Sent from your Twilio trial account - " + message.body
    assert sending.look_up(TEXT, attempted_at) == Accepted(message.sid)


@pytest.mark.parametrize(
    "fault",
    [
        error(500, 20500),
        error(401, 20003),
        error(429, 20429),
        Fault(200, b"<html>"),
        Fault(200, b"{}"),
        Fault(drop=True),
    ],
)
def test_a_look_up_that_fails_leaves_it_unknown(twilio: TwilioServer, fault: Fault) -> None:
    twilio.faults.append(fault)
    assert isinstance(gateway(twilio).look_up(TEXT, now()), Unknown)


def test_nothing_is_logged_of_what_is_sent_or_looked_up(twilio: TwilioServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        sending = gateway(twilio)
        sending.send(TEXT)
        sending.look_up(TEXT, now())
        twilio.faults.append(error(400, 21211, f"{SENDER} is not valid"))
        sending.send(TEXT)
    assert SENDER.removeprefix("+") not in caplog.text
    assert "Bien recu" not in caplog.text
    assert not caplog.records


@pytest.mark.parametrize(
    ("stated", "wait_s"),
    [("0", 0.0), ("30", 30.0), ("999999999999", 86_400.0), ("-1", None), ("soon", None), ("", None), ("Nan", None)],
)
def test_retry_after_is_believed_within_reason(stated: str, wait_s: float | None) -> None:
    assert outbound.retry_after_s({"retry-after": stated}) == wait_s


def test_retry_after_may_be_a_date() -> None:
    wait_s = outbound.retry_after_s({"retry-after": format_datetime(now() + timedelta(seconds=60), usegmt=True)})
    assert wait_s is not None
    assert 55 < wait_s <= 60
