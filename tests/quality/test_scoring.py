"""The scorer: what counts as right, as asked and as wrong."""

from typing import Any

import pytest

from tests.quality.scoring import Pair, measures

STATS = {"kind": "command", "command": "stats", "locality": "GN-C-DIX", "locality_also": ["GN-C"], "danger": False}
LANGUAGE = {"kind": "command", "command": "language", "argument": "sw", "danger": False}
HELP = {"kind": "command", "command": "help", "danger": False}


def pair(right: dict[str, Any], **told: Any) -> Pair:
    nothing = {"command": None, "argument": None, "category": None, "locality": None, "danger": False}
    return Pair(right, nothing | {"kind": "command", "protect": "none"} | told)


@pytest.mark.parametrize(
    ("right", "told", "obeyed", "wrong"),
    [
        pytest.param(STATS, {"command": "stats", "argument": "GN-C-DIX"}, True, False, id="the place"),
        pytest.param(STATS, {"command": "stats", "argument": "GN-C"}, True, False, id="another that is right too"),
        pytest.param(STATS, {"command": "stats", "argument": "GN-BF"}, False, True, id="a wrong place"),
        pytest.param(STATS, {"command": "stats"}, False, False, id="no place"),
        pytest.param(STATS, {"command": "join", "argument": "GN-C-DIX"}, False, True, id="another command"),
        pytest.param(STATS, {"kind": "unclear"}, False, True, id="no command"),
        pytest.param(LANGUAGE, {"command": "language", "argument": "sw"}, True, False, id="the language"),
        pytest.param(LANGUAGE, {"command": "language", "argument": "fr"}, False, True, id="a wrong language"),
        pytest.param(HELP, {"command": "help"}, True, False, id="about nothing"),
    ],
)
def test_a_command_is_obeyed_when_it_is_about_what_was_meant(
    right: dict[str, Any], told: dict[str, Any], obeyed: bool, wrong: bool
) -> None:
    one = pair(right, **told)
    assert (one.obeyed, one.wrong) == (obeyed, wrong)
    (measure,) = [each for each in measures([one], frozenset()) if each.name == "commands obeyed"]
    assert measure.value == obeyed
