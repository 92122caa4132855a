"""Channels for the tests of gateways: plain factories, no database."""

from intake.gateways.contract import Channel
from tests.fakes import phone_server, twilio_signer

TWILIO_URL = "https://kibaro.example.org/intake/conakry"
PHONE_URL = "https://kibaro.example.org/intake/phone"


def twilio_channel(api_url: str | None = None, address: str = twilio_signer.NUMBER) -> Channel:
    secrets = {"account_sid": twilio_signer.ACCOUNT_SID, "auth_token": twilio_signer.AUTH_TOKEN}
    if api_url:
        secrets["api_url"] = api_url
    return Channel(1, "conakry", "twilio", address, secrets)


def phone_channel(url: str = "http://192.0.2.10:8080") -> Channel:
    secrets = {
        "signing_key": phone_server.SIGNING_KEY,
        "url": url,
        "username": phone_server.USERNAME,
        "password": phone_server.PASSWORD,
    }
    return Channel(2, "phone", "android-sms-gateway", phone_server.PHONE, secrets)


def web_channel() -> Channel:
    return Channel(3, "web", "web", None, {})
