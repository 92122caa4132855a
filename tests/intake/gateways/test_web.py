"""Reports posted on the web: their shape, and the advice a refusal gives."""

import json

import pytest

from intake.gateways.contract import Outgoing, Rejected, Request, Text, Unusable, WrongContentType
from intake.gateways.web import WebGateway
from tests.intake.gateways.channels import web_channel

GATEWAY = WebGateway(web_channel())
CODED = {"category": "theft", "locality": "GN001", "occurred_on": "2026-11-21"}


def request(report: object, **headers: str) -> Request:
    body = report if isinstance(report, bytes) else json.dumps(report, ensure_ascii=False).encode()
    usual = {"content-type": "application/json", "x-kibaro-key-id": "7"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "https://kibaro.example.org/v1/reports", usual | given, body)


def receive(report: object, **headers: str) -> Text:
    (text,) = GATEWAY.receive(request(report, **headers))
    return text


def test_a_report_in_words_gives_its_bytes() -> None:
    text = receive({"text": "Vol à Matoto ߒߞߏ 🔥 \x00"})
    assert text.body == "Vol à Matoto ߒߞߏ 🔥 \x00".encode()
    assert (text.coded, text.sender, text.recipient, text.media) == (None, "", "", ())


def test_a_report_in_codes_gives_them_and_no_body() -> None:
    text = receive(CODED)
    assert (text.body, text.coded) == (b"", CODED)


def test_bytes_that_are_no_text_are_kept() -> None:
    assert receive(b'{"text": "vol \xe0 Matoto"}').body == b"vol \xe0 Matoto"


@pytest.mark.parametrize("contact", ["+12025550123", "+1 202 555 0123", "+1 (202) 555-0123"])
def test_a_contact_is_written_the_same_way_however_typed(contact: str) -> None:
    assert receive({"text": "x", "contact": contact}).sender == "+12025550123"


def test_a_national_number_needs_the_country_the_api_knows() -> None:
    assert receive({"text": "x", "contact": "202 555 0123"}, x_kibaro_country="US").sender == "+12025550123"
    with pytest.raises(Unusable, match="contact"):
        receive({"text": "x", "contact": "202 555 0123"})


def test_the_same_idempotency_key_names_the_same_report() -> None:
    assert receive(CODED, idempotency_key="a b").provider_id == receive(CODED, idempotency_key="a b").provider_id


def test_the_same_idempotency_key_of_two_callers_names_two_reports() -> None:
    one = receive(CODED, idempotency_key="a", x_kibaro_key_id="7").provider_id
    assert one != receive(CODED, idempotency_key="a", x_kibaro_key_id="8").provider_id


def test_without_an_idempotency_key_each_report_is_new() -> None:
    assert receive(CODED).provider_id != receive(CODED).provider_id


@pytest.mark.parametrize(
    ("report", "advice"),
    [
        pytest.param({"text": "x", "colour": "red"}, "unknown field", id="unknown field"),
        pytest.param({"text": "x", **CODED}, "not both", id="words and codes"),
        pytest.param({"text": "x", "category": "theft"}, "not both", id="words and one code"),
        pytest.param({}, "give text, or codes", id="neither"),
        pytest.param({"text": None}, "give text, or codes", id="text null"),
        pytest.param({"contact": "+12025550123"}, "give text, or codes", id="contact alone"),
        pytest.param({"category": "theft"}, "missing: locality, occurred_on", id="codes incomplete"),
        pytest.param({"text": ""}, "says something", id="text empty"),
        pytest.param({"text": " \n"}, "says something", id="text blank"),
        pytest.param({"text": 5}, "says something", id="text no string"),
        pytest.param({"text": "x" * 10_001}, "at most 10000", id="text too long"),
        pytest.param(CODED | {"category": "ti ti"}, "category must be a code", id="category no code"),
        pytest.param(CODED | {"locality": 5}, "locality must be a code", id="locality no string"),
        pytest.param(CODED | {"locality": ""}, "locality must be a code", id="locality empty"),
        pytest.param(CODED | {"occurred_on": "2026-02-30"}, "day of the calendar", id="no such day"),
        pytest.param(CODED | {"occurred_on": "21/11/2026"}, "YYYY-MM-DD", id="day in another form"),
        pytest.param(CODED | {"occurred_on": "20261121"}, "YYYY-MM-DD", id="day without dashes"),
        pytest.param(CODED | {"occurred_on": "2026-1\u0661-21"}, "YYYY-MM-DD", id="day in other digits"),
        pytest.param(CODED | {"occurred_on": 20261121}, "YYYY-MM-DD", id="day no string"),
        pytest.param({"text": "x", "contact": "call me"}, "contact", id="contact in words"),
        pytest.param({"text": "x", "contact": "+1"}, "contact", id="contact too short"),
        pytest.param({"text": "x", "contact": "ring +12025550123"}, "contact", id="contact inside a sentence"),
        pytest.param({"text": "x", "contact": 12025550123}, "contact", id="contact no string"),
        pytest.param(b'{"text": "x", "text": "y"}', "each name once", id="text twice"),
        pytest.param(b"[]", "JSON object", id="a list"),
        pytest.param(b"", "JSON object", id="nothing"),
    ],
)
def test_a_refusal_says_what_to_do(report: object, advice: str) -> None:
    with pytest.raises(Unusable, match=advice) as caught:
        receive(report)
    assert caught.value.status == 422


def test_ten_thousand_characters_are_taken() -> None:
    assert len(receive({"text": "é" * 10_000}).body) == 20_000


@pytest.mark.parametrize("key", ["", "x" * 256, "clé", "a\tb"], ids=["empty", "too long", "not ASCII", "tab"])
def test_an_idempotency_key_out_of_form_is_refused(key: str) -> None:
    with pytest.raises(Unusable, match="Idempotency-Key"):
        receive(CODED, idempotency_key=key)


def test_another_content_type_is_refused_with_415() -> None:
    with pytest.raises(WrongContentType):
        receive(CODED, content_type="text/plain")


def test_there_is_no_way_out() -> None:
    assert not WebGateway.can_send
    result = GATEWAY.send(Outgoing("id", "+12025550123", "x", None))
    assert isinstance(result, Rejected)
    assert not result.retry


def test_it_does_not_authenticate_and_says_so() -> None:
    assert not WebGateway.authenticates
