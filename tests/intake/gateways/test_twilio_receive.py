"""What Twilio posts for texts, and what we make of it. Signatures have their own file."""

from dataclasses import replace

import pytest

from intake.gateways.contract import Malformed, Media, NotOurs, Refused, Text, TooManyFields, WrongContentType
from intake.gateways.twilio import TwilioGateway
from tests.fakes.twilio_signer import MESSAGE_SID, NUMBER, SENDER, signed, sms_form
from tests.intake.gateways.channels import TWILIO_URL, twilio_channel
from tests.intake.gateways.raw_signer import raw_signed

MEDIA_URL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


def receive(form: dict[str, str], address: str = NUMBER) -> Text:
    (text,) = TwilioGateway(twilio_channel(address=address)).receive(signed(TWILIO_URL, form))
    return text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Vol de moto hier à Matoto", id="french"),
        pytest.param("", id="empty body"),
        pytest.param("é" * 670, id="ten parts of UCS-2"),
        pytest.param("ߒߞߏ ߞߊ߲ߜߍ ߞߟߍ", id="N'Ko"),
        pytest.param("𞤀𞤣𞤤𞤢𞤥 𞤨𞤵𞤤𞤢𞤪", id="Adlam"),
        pytest.param("🔥👮🏾‍♀️", id="emoji"),
        pytest.param("a\x00b", id="NUL"),
        pytest.param("a+b & c=d % e\r\n\t", id="characters of the form itself"),
        pytest.param("  spaces kept  ", id="outer spaces"),
    ],
)
def test_a_body_comes_out_as_it_was_sent(body: str) -> None:
    assert receive(sms_form(body)).body == body.encode()


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x80", b"vol \xe0 Matoto", b"\xed\xa0\xbd"], ids=["no text", "latin-1", "half"]
)
def test_broken_utf8_is_signed_and_kept_byte_for_byte(body: bytes) -> None:
    request = raw_signed(
        TWILIO_URL, {name.encode(): value.encode() for name, value in sms_form().items()} | {b"Body": body}
    )
    (text,) = TwilioGateway(twilio_channel()).receive(request)
    assert text.body == body


def test_an_sms_gives_its_neutral_values() -> None:
    assert receive(sms_form("SOS")) == Text(MESSAGE_SID, SENDER, NUMBER, b"SOS", None, ())


def test_the_media_of_an_mms_are_noted() -> None:
    sid = "MM" + "b" * 32
    text = receive(
        sms_form(
            "",
            MessageSid=sid,
            NumMedia="2",
            MediaUrl0=MEDIA_URL,
            MediaContentType0="image/jpeg",
            MediaUrl1=MEDIA_URL + "2",
            MediaContentType1="audio/amr",
        )
    )
    assert text.provider_id == sid
    assert text.media == (Media(MEDIA_URL, "image/jpeg"), Media(MEDIA_URL + "2", "audio/amr"))


@pytest.mark.parametrize("address", ["whatsapp:" + NUMBER, NUMBER], ids=["whatsapp channel", "plain channel"])
def test_whatsapp_numbers_come_out_bare(address: str) -> None:
    form = sms_form(
        "bonjour", From="whatsapp:" + SENDER, To="whatsapp:" + NUMBER, ProfileName="Fanta", WaId="12025550123"
    )
    text = receive(form, address)
    assert (text.sender, text.recipient) == (SENDER, NUMBER)


def test_a_whatsapp_button_replaces_the_body() -> None:
    assert receive(sms_form("payload", ButtonText="Oui, en sécurité")).body == "Oui, en sécurité".encode()


def test_the_fields_twilio_adds_at_a_fallback_address_do_no_harm() -> None:
    assert receive(sms_form("aide", ErrorCode="11200", ErrorUrl=TWILIO_URL)).body == b"aide"


@pytest.mark.parametrize("sender", [SENDER, "12345", "222", "MTN Info", "Orange", "+2241234567"])
def test_plausible_senders_are_taken(sender: str) -> None:
    assert receive(sms_form(From=sender)).sender == sender


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"AccountSid": "AC" + "1" * 32}, NotOurs, id="foreign account"),
        pytest.param({"To": "+12025550199"}, NotOurs, id="foreign number"),
        pytest.param({"MessageSid": "SM" + "5A" * 16}, Malformed, id="capitals in the id"),
        pytest.param({"MessageSid": MESSAGE_SID + "0"}, Malformed, id="id too long"),
        pytest.param({"MessageSid": MESSAGE_SID + "\n"}, Malformed, id="id with line end"),
        pytest.param({"MessageSid": "CA" + "5a" * 16}, Malformed, id="id of a call"),
        pytest.param({"From": ""}, Malformed, id="no sender"),
        pytest.param({"From": "+0123"}, Malformed, id="no country begins with 0"),
        pytest.param({"From": "12"}, Malformed, id="too short for a short code"),
        pytest.param({"From": "123456789"}, Malformed, id="too long for a short code"),
        pytest.param({"From": "<script>"}, Malformed, id="no name"),
        pytest.param({"NumMedia": "11"}, Malformed, id="eleven media"),
        pytest.param({"NumMedia": "-1"}, Malformed, id="negative media"),
        pytest.param({"NumMedia": "1"}, Malformed, id="a medium without address"),
        pytest.param({"Body2": "x", "Bo-dy": "x"}, Malformed, id="dash in a name"),
        pytest.param({"1Body": "x"}, Malformed, id="name begins with a digit"),
        pytest.param({"": "x"}, Malformed, id="empty name"),
    ],
)
def test_well_signed_fields_out_of_form_are_refused(changes: dict[str, str], refusal: type[Refused]) -> None:
    with pytest.raises(refusal) as caught:
        receive(sms_form() | changes)
    assert caught.value.status == 403


@pytest.mark.parametrize("name", ["MessageSid", "AccountSid", "To", "From", "Body"])
def test_a_required_field_may_not_be_missing(name: str) -> None:
    form = sms_form()
    del form[name]
    with pytest.raises((Malformed, NotOurs)):
        receive(form)


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain", ""])
def test_another_content_type_is_refused_with_415(content_type: str) -> None:
    request = replace(signed(TWILIO_URL, sms_form()), headers={"content-type": content_type})
    with pytest.raises(WrongContentType) as caught:
        TwilioGateway(twilio_channel()).receive(request)
    assert caught.value.status == 415


def test_two_hundred_fields_are_taken_and_one_more_is_not() -> None:
    form = sms_form()
    form |= {f"Extra{n}": "x" for n in range(200 - len(form))}
    assert receive(form).body
    with pytest.raises(TooManyFields):
        receive(form | {"OneMore": "x"})


@pytest.mark.parametrize("body", [b"", b"&", b"Body", b"Body=a&", b"Body=%zz", b"Body=%4"])
def test_a_body_that_is_no_form_is_refused(body: bytes) -> None:
    request = replace(signed(TWILIO_URL, sms_form()), body=body)
    with pytest.raises(Malformed):
        TwilioGateway(twilio_channel()).receive(request)


@pytest.mark.parametrize(
    "form",
    [sms_form(From="secret!"), sms_form(To="secret!"), sms_form(MessageSid="secret!"), {"secret!": "secret!"}],
    ids=["sender", "recipient", "id", "name"],
)
def test_a_refusal_never_quotes_the_request(form: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        receive(form)
    assert "secret" not in str(caught.value)


def test_the_answer_is_empty_twiml() -> None:
    answer = TwilioGateway(twilio_channel()).answer()
    assert answer.content_type == "text/xml"
    assert answer.body == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def test_the_set_up_names_every_address_with_the_retry_override() -> None:
    told = TwilioGateway(twilio_channel()).set_up(TWILIO_URL)
    assert told.count(TWILIO_URL + "#rc=3&rp=all&ct=3000&rt=5000") == 2
    assert TWILIO_URL + "/status#rc=3" in told
