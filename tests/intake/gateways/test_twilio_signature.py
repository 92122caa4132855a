"""Our signature against Twilio's own library, and every way to tamper with a signed request."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from intake.gateways.contract import Malformed, NotSigned, Refused, Request
from intake.gateways.twilio import TwilioGateway
from tests.fakes.twilio_signer import AUTH_TOKEN, NUMBER, encoded, signature, signed, sms_form, status_form
from tests.intake.gateways.channels import TWILIO_URL, twilio_channel

GATEWAY = TwilioGateway(twilio_channel())
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,12}", fullmatch=True).map(lambda name: "X" + name)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FORMS = st.builds(lambda body, more: sms_form(body) | more, VALUES, st.dictionaries(NAMES, VALUES, max_size=5))


def is_taken(request: Request) -> bool:
    try:
        GATEWAY.receive(request)
    except Refused:
        return False
    return True


def tampered(request: Request, pairs: list[tuple[str, str]]) -> Request:
    return replace(request, body=encoded(pairs))


@given(FORMS)
def test_what_twilio_signs_is_taken(form: dict[str, str]) -> None:
    (text,) = GATEWAY.receive(signed(TWILIO_URL, form))
    assert text.body == form["Body"].encode()


@given(FORMS, st.text("ABCDEFabcdef0123456789+/=", max_size=30))
def test_our_verdict_on_a_signature_is_that_of_twilios_library(form: dict[str, str], stated: str) -> None:
    for candidate in (stated, signature(TWILIO_URL, form)):
        request = signed(TWILIO_URL, form)
        request = replace(request, headers={**request.headers, "x-twilio-signature": candidate})
        assert is_taken(request) == RequestValidator(AUTH_TOKEN).validate(TWILIO_URL, form, candidate)


@pytest.mark.parametrize(
    ("configured", "signed_as"),
    [
        pytest.param("https://a.example/intake/x", "https://a.example:443/intake/x", id="443 written out"),
        pytest.param("https://a.example:443/intake/x", "https://a.example/intake/x", id="443 left out"),
        pytest.param("http://a.example/intake/x", "http://a.example:80/intake/x", id="80 written out"),
        pytest.param("http://a.example:80/intake/x", "http://a.example/intake/x", id="80 left out"),
        pytest.param("https://a.example/intake/x?k=v%20w", "https://a.example/intake/x?k=v%20w", id="query string"),
        pytest.param(
            "https://a.example/intake/x?k=v", "https://a.example:443/intake/x?k=v", id="query string and port"
        ),
    ],
)
def test_a_default_port_may_be_written_or_not(configured: str, signed_as: str) -> None:
    assert is_taken(replace(signed(signed_as, sms_form()), url=configured))


@pytest.mark.parametrize(
    "signed_as",
    [
        "https://b.example/intake/x",
        "http://a.example/intake/x",
        "https://a.example/intake/y",
        "https://a.example/intake/x?k=v",
        "https://a.example/intake/x#rc=3",
        "https://a.example:80/intake/x",
    ],
)
def test_another_address_is_refused(signed_as: str) -> None:
    with pytest.raises(NotSigned):
        GATEWAY.receive(replace(signed(signed_as, sms_form()), url="https://a.example/intake/x"))


@given(FORMS, st.data())
def test_a_changed_value_is_refused(form: dict[str, str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(form)))
    value = data.draw(VALUES)
    assume(value != form[name])
    assert not is_taken(tampered(signed(TWILIO_URL, form), list((form | {name: value}).items())))


@given(FORMS, st.data())
def test_a_dropped_field_is_refused(form: dict[str, str], data: st.DataObject) -> None:
    dropped = data.draw(st.sampled_from(sorted(form)))
    rest = [(name, value) for name, value in form.items() if name != dropped]
    assert not is_taken(tampered(signed(TWILIO_URL, form), rest))


@given(FORMS, NAMES, VALUES)
def test_an_added_field_is_refused(form: dict[str, str], name: str, value: str) -> None:
    assume(name not in form)
    assert not is_taken(tampered(signed(TWILIO_URL, form), [*form.items(), (name, value)]))


@given(FORMS, st.data())
def test_swapped_values_are_refused(form: dict[str, str], data: st.DataObject) -> None:
    one, other = data.draw(st.lists(st.sampled_from(sorted(form)), min_size=2, max_size=2, unique=True))
    assume(form[one] != form[other])
    swapped = form | {one: form[other], other: form[one]}
    assert not is_taken(tampered(signed(TWILIO_URL, form), list(swapped.items())))


@given(FORMS, st.data())
def test_a_repeated_field_is_refused_though_its_signature_fits(form: dict[str, str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(form)))
    request = tampered(signed(TWILIO_URL, form), [*form.items(), (name, form[name])])
    with pytest.raises(Malformed):
        GATEWAY.receive(request)


@pytest.mark.parametrize("name", sorted(sms_form()))
def test_a_boundary_between_name_and_value_cannot_be_moved(name: str) -> None:
    form = sms_form("bonjour")
    joined = name + form[name]
    rest = [(other, value) for other, value in form.items() if other != name]
    for cut in range(len(joined) + 1):
        if cut != len(name):
            request = tampered(signed(TWILIO_URL, form), [*rest, (joined[:cut], joined[cut:])])
            assert not is_taken(request), joined[:cut]


@pytest.mark.parametrize("name", ["Body", "From", "To", "MessageSid", "AccountSid", "NumMedia"])
def test_a_value_we_read_cannot_swallow_the_field_behind_it(name: str) -> None:
    form = sms_form("bonjour")
    names = sorted(form)
    behind = names[names.index(name) + 1 :]
    for end in range(1, len(behind) + 1):
        swallowed = form[name] + "".join(other + form[other] for other in behind[:end])
        rest = [(other, value) for other, value in form.items() if other not in {name, *behind[:end]}]
        assert not is_taken(tampered(signed(TWILIO_URL, form), [*rest, (name, swallowed)]))


def test_the_order_of_fields_does_not_matter() -> None:
    form = sms_form()
    assert is_taken(tampered(signed(TWILIO_URL, form), sorted(form.items(), reverse=True)))


@pytest.mark.parametrize("stated", [None, "", "x", "é", "\udc80"])
def test_a_missing_or_strange_signature_is_refused(stated: str | None) -> None:
    request = signed(TWILIO_URL, sms_form())
    headers = {"content-type": request.headers["content-type"]}
    if stated is not None:
        headers["x-twilio-signature"] = stated
    with pytest.raises(NotSigned):
        GATEWAY.receive(replace(request, headers=headers))


def test_another_token_is_refused() -> None:
    with pytest.raises(NotSigned):
        GATEWAY.receive(signed(TWILIO_URL, sms_form(), auth_token="2" * 32))


def test_a_status_is_no_text_and_a_text_no_status() -> None:
    with pytest.raises(Malformed):
        GATEWAY.receive(signed(TWILIO_URL, status_form(To=NUMBER)))
    with pytest.raises(Malformed):
        GATEWAY.receive_status(signed(TWILIO_URL, sms_form(From=NUMBER)))
