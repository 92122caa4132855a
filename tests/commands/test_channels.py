"""kibaro channels: connected, listed, its secret replaced, stopped and started; no secret is ever printed."""

import pytest

from models.settings import Settings
from tests.test_kibaro import Run, run

__all__ = ["run"]

SID, TOKEN, FRESH = "AC" + "a" * 32, "b" * 32, "c" * 32
ADD = ("add", "conakry", "--provider", "twilio", "--address", "+12025550100")


def test_a_channel_from_its_first_day_to_its_last(run: Run, settings: Settings) -> None:
    def said(*words: str) -> str:
        done = run(settings, "channels", *words)
        assert done.code == 0, done.stderr
        assert not {SID, TOKEN, FRESH} & set((done.stdout + done.stderr).replace("=", " ").split())
        return done.stdout + done.stderr

    said(*ADD, "--secret", f"account_sid={SID}", "--secret", f"auth_token={TOKEN}", "--area", "GN-C")
    assert "conakry has the new secrets" in said("secret", "conakry", "--secret", f"auth_token={FRESH}")
    assert "conakry is stopped; 0 replies" in said("stop", "conakry")
    assert "stopped already" in said("stop", "conakry")
    listed = said("list").splitlines()
    assert listed[0].startswith("conakry  twilio  +12025550100  GN-C  no language  stopped 20")
    assert "conakry works again" in said("start", "conakry")
    assert "was not stopped" in said("start", "conakry")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("words", [("secret", "conakry"), ("stop", "conakry"), ("start", "web")])
def test_what_cannot_be_is_said(run: Run, settings: Settings, words: tuple[str, ...]) -> None:
    done = run(settings, "channels", *words)
    assert (done.code, done.stdout) == (2, "")
    assert "kibaro" in done.stderr
