"""The requests we send, held against Twilio's own description of its API, which Prism serves and checks."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from intake.gateways.contract import Accepted, Outgoing
from intake.gateways.twilio import TwilioGateway
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_signer import NUMBER, SENDER
from tests.intake.gateways.channels import TWILIO_URL, twilio_channel

DESCRIPTION = os.environ.get("KIBARO_TWILIO_OPENAPI", "")
PRISM = ["prism"] if shutil.which("prism") else ["npx", "--yes", "@stoplight/prism-cli@5"]
START_S = 90.0  # npx may have to fetch Prism first, which then reads a description of two megabytes

pytestmark = [
    pytest.mark.skipif(not Path(DESCRIPTION).is_file(), reason="KIBARO_TWILIO_OPENAPI names no file"),
    pytest.mark.skipif(shutil.which(PRISM[0]) is None, reason="neither prism (@stoplight/prism-cli) nor npx is here"),
]


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    """Prism before the description. Not with --errors: Twilio's example of a list breaks its own description."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*PRISM, "mock", "--port", str(port), DESCRIPTION]
    # In a session of its own, because npx starts Prism as a child that would outlive it
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield _when_up(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)


def _when_up(url: str, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return url
    pytest.fail("prism did not start")


@pytest.mark.parametrize("address", [NUMBER, "whatsapp:" + NUMBER], ids=["SMS", "WhatsApp"])
@pytest.mark.parametrize("callback_url", [TWILIO_URL + "/status", None], ids=["with callback", "without"])
def test_a_text_is_handed_over_as_twilio_describes_it(prism: str, address: str, callback_url: str | None) -> None:
    text = Outgoing("6f9619ff-8b86-4011-b42d-00c04fc964ff", SENDER, "Bien recu 🔥", callback_url)
    assert isinstance(TwilioGateway(twilio_channel(prism, address)).send(text), Accepted)


def test_a_look_up_asks_as_twilio_describes_it(prism: str) -> None:
    text = Outgoing("6f9619ff-8b86-4011-b42d-00c04fc964ff", SENDER, "Bien recu", None)
    # The mock answers with the description's example, which is of 2023 and in other words
    assert TwilioGateway(twilio_channel(prism)).look_up(text, datetime.now(UTC)) is None


def test_prism_refuses_what_twilio_does_not_describe(prism: str) -> None:
    """So that the tests above can fail."""
    path = "/2010-04-01/Accounts/no-account/Messages.json"
    assert httpx.post(prism + path, data={"To": SENDER}, auth=("a", "b")).status_code == 422
    assert httpx.post(prism + path, data={"To": SENDER}).status_code == 401


def test_our_stand_in_answers_as_twilio_describes_it(prism: str) -> None:
    """The fake the other tests trust: its fields have the names and types of Twilio's."""
    path = "/2010-04-01/Accounts/AC" + "0f" * 16 + "/Messages.json"
    form = {"To": SENDER, "From": NUMBER, "Body": "x"}
    described = httpx.post(prism + path, data=form, auth=("a", "b")).json()
    with TwilioServer() as server:
        ours = httpx.post(server.url + path, data=form).json()
    assert ours.keys() <= described.keys()
    for name in ("sid", "status", "body", "to", "from", "date_created", "num_segments"):
        assert type(ours[name]) is type(described[name]), name
