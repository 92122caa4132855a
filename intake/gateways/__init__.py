"""Gateways: one provider's wire format each, in and out. Here only their list; what they share is in contract.py."""

from typing import Final

from intake.gateways.android import AndroidGateway
from intake.gateways.contract import Channel, Gateway
from intake.gateways.terminal import TerminalGateway
from intake.gateways.twilio import TwilioGateway
from intake.gateways.web import WebGateway
from models.faults import Refusal

GATEWAYS: Final[dict[str, type[Gateway]]] = {
    gateway.provider: gateway for gateway in (TwilioGateway, AndroidGateway, WebGateway, TerminalGateway)
}


def gateway_of(channel: Channel) -> Gateway:
    """The gateway that speaks for channel. Raises Refusal where its provider is none of ours or a secret is missing."""
    gateway = GATEWAYS.get(channel.provider)
    if gateway is None:
        raise Refusal(f"there is no provider {channel.provider!r}; choose one of {', '.join(GATEWAYS)}")
    if missing := [name for name in gateway.secret_names if name not in channel.secrets]:
        raise Refusal(f"channel {channel.name!r} lacks --secret {', '.join(missing)}")
    return gateway(channel)
