"""Incoming: one opened text with all that is known of it, and what a batch needs to take it in. Values only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from intake.gateways.contract import Channel, Text
from intake.reference import Reference
from intake.sources import Source
from intake.understand.values import Reading
from models.deliveries import Delivery
from models.settings import Settings
from models.vault import Vault

LATE_AFTER: Final = timedelta(hours=1)
"""A text older than this when it is understood is late: nobody is told to call now because of it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a batch needs besides its deliveries."""

    reference: Reference
    vault: Vault
    settings: Settings


@dataclass(frozen=True, slots=True)
class Incoming:
    """sent_at: the provider's sending time where there is one, else that of receipt; never later than receipt."""

    delivery: Delivery
    text: Text
    channel: Channel
    source: Source
    reading: Reading
    sent_at: datetime
    late: bool
