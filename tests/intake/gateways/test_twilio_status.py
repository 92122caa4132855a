"""Twilio's status callbacks."""

import pytest

from intake.gateways.contract import Malformed, NotOurs, NotSigned, Progress, Status
from intake.gateways.twilio import TwilioGateway
from tests.fakes.twilio_signer import MESSAGE_SID, NUMBER, signed, status_form
from tests.intake.gateways.channels import TWILIO_URL, twilio_channel

STATUS_URL = TWILIO_URL + "/status"


def receive_status(form: dict[str, str]) -> Status:
    (status,) = TwilioGateway(twilio_channel()).receive_status(signed(STATUS_URL, form))
    return status


@pytest.mark.parametrize(
    ("stated", "progress"),
    [
        ("accepted", None),
        ("scheduled", None),
        ("queued", None),
        ("sending", None),
        ("sent", Progress.SENT),
        ("delivered", Progress.DELIVERED),
        ("read", Progress.DELIVERED),
        ("undelivered", Progress.UNDELIVERED),
        ("failed", Progress.FAILED),
        ("canceled", Progress.FAILED),
        ("partially_delivered", None),
    ],
)
def test_a_status_says_how_far_a_text_came(stated: str, progress: Progress | None) -> None:
    assert receive_status(status_form(stated)) == Status(MESSAGE_SID, progress, stated, None)


def test_a_failure_carries_its_code() -> None:
    assert receive_status(status_form("undelivered", ErrorCode="30003")).error_code == "30003"


def test_an_empty_code_is_none() -> None:
    assert receive_status(status_form("sent", ErrorCode="")).error_code is None


def test_a_whatsapp_status_is_ours() -> None:
    assert receive_status(status_form("read", From="whatsapp:" + NUMBER)).progress is Progress.DELIVERED


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        pytest.param(status_form(AccountSid="AC" + "1" * 32), NotOurs, id="foreign account"),
        pytest.param(status_form(From="+12025550199"), NotOurs, id="of another number"),
        pytest.param(status_form(MessageSid="x"), Malformed, id="no id"),
        pytest.param(status_form("Delivered!"), Malformed, id="no status word"),
        pytest.param(status_form(ErrorCode="abc"), Malformed, id="no code"),
    ],
)
def test_a_status_out_of_form_is_refused(form: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        receive_status(form)


def test_a_status_signed_for_the_intake_address_is_refused() -> None:
    request = signed(TWILIO_URL, status_form())
    with pytest.raises(NotSigned):
        TwilioGateway(twilio_channel()).receive_status(type(request)("POST", STATUS_URL, request.headers, request.body))
