"""kibaro calendar: what an operator notes, sees and removes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from commands.calendar import cli
from models.calendar_notes import CalendarNote
from models.faults import Fault
from tests.conftest import Store
from tests.intake.factories import all_of, events_of

Run = Callable[..., Any]
"""Words of a command in, its outcome out."""
DAYS = ("--from", "2026-11-02", "--to", "2026-11-06")


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("KIBARO_DATABASE_URL", store.settings.database_url)
    monkeypatch.setenv("KIBARO_KEY_FILE", str(store.settings.key_file))
    return lambda *words: CliRunner().invoke(cli, words)


def test_a_note_is_added_listed_and_removed(store: Store, run: Run) -> None:
    added = run("add", *DAYS, "--kind", "radio", "--locality", "GN-C", "--note", "Call-in show")
    assert added.exit_code == 0, added.output
    identifier = UUID(added.stdout.strip())
    assert run("add", *DAYS, "--kind", "outage").exit_code == 0
    lines = sorted(line.partition("  ")[2] for line in run("list").stdout.splitlines())
    assert lines == [
        "2026-11-02 to 2026-11-06  outage  everywhere  ",
        "2026-11-02 to 2026-11-06  radio  GN-C  Call-in show",
    ]
    assert run("remove", str(identifier)).exit_code == 0
    assert [note.kind for note in all_of(store, CalendarNote)] == ["outage"]
    assert [event.actor for event in events_of(store, "note.removed")] == ["operator"]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["add", *DAYS, "--kind", "radio", "--locality", "XX"], "no locality 'XX'", id="no such place"),
        pytest.param(
            ["add", "--from", "2026-11-02", "--to", "2026-11-01", "--kind", "radio"], "before the first", id="backwards"
        ),
        pytest.param(["remove", str(uuid4())], "no such note", id="no such note"),
    ],
)
def test_what_cannot_be_done_says_why(store: Store, run: Run, words: list[str], says: str) -> None:
    done = run(*words)
    assert isinstance(done.exception, Fault)
    assert says in done.exception.detail
    assert not all_of(store, CalendarNote)
