"""The list of gateways, and what holds for each of them."""

import subprocess
import sys
from dataclasses import replace

import pytest

from intake.gateways import GATEWAYS, gateway_of
from intake.gateways.contract import Channel
from models.faults import Refusal
from tests.intake.gateways.channels import phone_channel, twilio_channel, web_channel

CHANNELS = [twilio_channel(), phone_channel(), web_channel()]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.provider)
def test_each_provider_has_its_gateway(channel: Channel) -> None:
    gateway = gateway_of(channel)
    assert type(gateway) is GATEWAYS[channel.provider]
    assert gateway.set_up("https://kibaro.example.org/intake/x")
    assert gateway.answer().content_type


def test_the_providers_are_those_of_the_design_and_our_own_terminal() -> None:
    assert set(GATEWAYS) == {"twilio", "android-sms-gateway", "web", "terminal"}


def test_an_unknown_provider_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match="twilio, android-sms-gateway, web"):
        gateway_of(replace(web_channel(), provider="pigeon"))


@pytest.mark.parametrize("channel", [twilio_channel(), phone_channel()], ids=lambda channel: channel.provider)
def test_a_missing_secret_is_named(channel: Channel) -> None:
    with pytest.raises(Refusal, match="--secret"):
        gateway_of(replace(channel, secrets={}))


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.provider)
def test_no_secret_shows_in_what_may_be_printed(channel: Channel) -> None:
    shown = repr(channel) + gateway_of(channel).set_up("https://kibaro.example.org/intake/x")
    assert not [
        name for name, secret in channel.secrets.items() if name != "url" and len(secret) > 3 and secret in shown
    ]


def test_importing_the_gateways_loads_neither_twilios_library_nor_the_web() -> None:
    code = "import sys, intake.gateways; print(*({'twilio', 'requests', 'fastapi', 'starlette'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.split()
