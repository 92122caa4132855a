"""Requests as Twilio posts them, signed by Twilio's own validator and not by our code."""

from urllib.parse import quote_plus

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from intake.gateways.contract import Request

ACCOUNT_SID = "AC" + "0f" * 16
AUTH_TOKEN = "1" * 32
NUMBER = "+12025550100"
SENDER = "+12025550123"
MESSAGE_SID = "SM" + "5a" * 16


def sms_form(body: str = "Vol de moto hier à Matoto", **changes: str) -> dict[str, str]:
    """The fields of an SMS as Twilio sends them. changes: more fields, or other values."""
    sid = changes.get("MessageSid", MESSAGE_SID)
    return {
        "ToCountry": "US",
        "ToState": "DC",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "WASHINGTON",
        "FromZip": "20001",
        "SmsSid": sid,
        "FromState": "DC",
        "SmsStatus": "received",
        "FromCity": "WASHINGTON",
        "Body": body,
        "FromCountry": "US",
        "To": NUMBER,
        "ToZip": "20001",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": SENDER,
        "ApiVersion": "2010-04-01",
    } | changes


def status_form(status: str = "delivered", **changes: str) -> dict[str, str]:
    """The fields of a status callback for a text we sent."""
    sid = changes.get("MessageSid", MESSAGE_SID)
    return {
        "SmsSid": sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": SENDER,
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": NUMBER,
        "ApiVersion": "2010-04-01",
    } | changes


def encoded(form: dict[str, str] | list[tuple[str, str]]) -> bytes:
    """The form as a body. Lone surrogates (U+DC80 to U+DCFF) stand for bytes that are no UTF-8."""
    pairs = form.items() if isinstance(form, dict) else form
    return "&".join(f"{name}={quote_plus(value, errors='surrogateescape')}" for name, value in pairs).encode()


def signature(url: str, form: dict[str, str], auth_token: str = AUTH_TOKEN) -> str:
    """What X-Twilio-Signature holds, according to Twilio's library. Valid Unicode only."""
    return str(RequestValidator(auth_token).compute_signature(url, form))


def signed(url: str, form: dict[str, str], auth_token: str = AUTH_TOKEN) -> Request:
    """A whole signed request for url, the configured public address."""
    return Request(
        method="POST",
        url=url,
        headers={
            "content-type": "application/x-www-form-urlencoded; charset=utf-8",
            "x-twilio-signature": signature(url, form, auth_token),
        },
        body=encoded(form),
    )
