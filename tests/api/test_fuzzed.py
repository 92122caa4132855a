"""Schemathesis against a served store: no surprise, no answer that the description does not tell of."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import issuing
from models.keys import SCOPES
from tests.conftest import Store
from tests.faults.processes import SERVE, Kibaro, free_port
from tests.intake.factories import fold, hand_in

# What no schema can say (a cursor of ours, `from` before `to`, a locality that exists) is refused with a 422.
UNFIT = "positive_data_acceptance"
EXAMPLES = 8
DOORS = 2
"""Operations under /intake speak a provider's form; tests of the gateways attack them."""


@pytest.mark.xdist_group("fuzzed")
def test_a_fuzzer_finds_nothing(store: Store, tmp_path: Path) -> None:
    for text in ("vol à Dixinn", "accident à Coyah 2 morts", "mariage forcé à Matoto", "racket au barrage à Coyah"):
        hand_in(store, text)
    fold(store)
    key = issuing.create_key(store.database, "fuzzer", sorted(SCOPES), "", "other", store.clock())
    port = free_port()
    server = Kibaro(store.settings, [*SERVE, str(port)], tmp_path / "serve.log")
    try:
        server.wait_until_ready(port)
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"http://127.0.0.1:{port}/openapi.json"),
            *("--header", f"Authorization: Bearer {key}", "--max-examples", str(EXAMPLES)),
            *("--phases", "examples,coverage,fuzzing", "--exclude-checks", UNFIT, "--exclude-path-regex", "^/intake"),
            *("--seed", "1958", "--request-timeout", "30", "--no-color"),
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-8_000:]
        counted = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", done.stdout)
        assert counted, done.stdout[-2_000:]
        selected, described, tested = map(int, counted.groups())
        assert tested == selected == described - DOORS
    finally:
        server.kill()
    assert "Something went wrong" not in (tmp_path / "serve.log").read_text(encoding="utf-8")
