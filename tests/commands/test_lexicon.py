"""kibaro lexicon: what an operator adds, tries, sees and removes."""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from commands.lexicon import cli
from models.faults import Fault
from models.lexicon_terms import LexiconTerm
from tests.conftest import Store
from tests.intake.factories import all_of, events_of, hand_in

Run = Callable[..., Any]
"""Words of a command in, its outcome out."""
TERM = ("vehicle_theft", "zanzibulle boulangi")


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("KIBARO_DATABASE_URL", store.settings.database_url)
    monkeypatch.setenv("KIBARO_KEY_FILE", str(store.settings.key_file))
    return lambda *words: CliRunner().invoke(cli, words)


def test_a_phrase_is_tried_added_listed_and_removed(store: Store, run: Run) -> None:
    hand_in(store, "Incendie hier à Boffa, le feu a brûlé le marché, zanzibullé boulangi")
    for words in (("try", *TERM), ("add", *TERM, "--language", "fr", "--yes")):
        done = run(*words)
        assert done.exit_code == 0, done.output
        (line,) = done.stdout.splitlines()
        assert line.split("\t")[1:] == ["fire", "vehicle_theft"]
        assert "zanzibul" not in done.stdout
    assert run("list").stdout == "zanzibulle boulangi\tvehicle_theft\tfr\n"
    assert run("try", *TERM).stdout == ""  # it is so already
    assert run("remove", "Zanzibullé boulangi").exit_code == 0
    assert all_of(store, LexiconTerm) == []
    assert [event.actor for event in events_of(store, "lexicon.removed")] == ["operator"]
    assert len(events_of(store, "lexicon.tried")) == 3


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["add", "no_such", "moto"], "no category no_such", id="no such category"),
        pytest.param(["try", "theft", "!!"], "3 letters", id="no phrase"),
        pytest.param(["remove", "moto volante"], "lexicon list", id="no such phrase"),
    ],
)
def test_what_cannot_be_is_said(run: Run, words: list[str], says: str) -> None:
    fault = run(*words).exception
    assert isinstance(fault, Fault)
    assert says in fault.detail
