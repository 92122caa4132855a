"""The command line as an operator meets it: what it prints and how it ends."""

import io
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

import kibaro
from commands import keeping
from models.database import Database
from models.faults import Unavailable
from models.settings import Settings

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Done:
    code: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, through the same entrance as the installed one."""

    def run_here(settings: Settings | None, *words: str, stdin: str = "", **environment: str) -> Done:
        if settings is not None:
            environment |= {"KIBARO_DATABASE_URL": settings.database_url, "KIBARO_KEY_FILE": str(settings.key_file)}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["kibaro", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = 0
        try:
            kibaro.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return Done(code, *capsys.readouterr())

    return run_here


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


COMMANDS = [
    (),
    ("demo",),
    ("serve",),
    ("work",),
    ("migrate",),
    ("localities", "import"),
    ("localities", "emergency"),
    ("localities", "aliases"),
    ("localities", "populations"),
    ("localities", "boundaries"),
    ("localities", "list"),
    ("categories", "import"),
    ("categories", "list"),
    ("categories", "merge"),
    ("lexicon", "examples"),
    ("channels", "add"),
    ("channels", "secret"),
    ("channels", "stop"),
    ("keys", "create"),
    ("forms", "import"),
    ("forms", "show"),
    ("reporters", "enrol"),
    ("reporters", "suspend"),
    ("text",),
    ("understand",),
    ("import", "incidents"),
    ("import", "ushahidi"),
    ("export", "figures"),
    ("calendar", "add"),
    ("erase",),
    ("rebuild",),
    ("jobs", "run"),
    ("doctor",),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(run: Run, words: tuple[str, ...]) -> None:
    done = run(None, *words, "--help")
    assert done.code == 0
    assert "Usage" in done.stdout


def test_the_demonstration_shows_figures_and_a_key_that_works(run: Run, empty_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=empty_url, key_file=tmp_path / "demo.key")
    done = run(settings, "demo", "--texts", "60", "--no-serve", "--port", str(free_port()))
    assert done.code == 0, done.stderr
    assert "Conakry" in done.stdout
    assert "not crimes committed" in done.stdout
    assert re.search(r"Bearer [A-Za-z0-9_-]{24,}", done.stdout)


def test_the_demonstration_refuses_a_store_that_is_used(run: Run, settings: Settings) -> None:
    done = run(settings, "demo", "--texts", "5", "--no-serve", "--port", str(free_port()))
    assert done.code == 2
    assert "make demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_text_from_the_terminal_is_answered(run: Run, settings: Settings) -> None:
    done = run(settings, "text", "vol de moto à Dixinn hier soir", "--from", "+12025550123")
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("Noté: Vol de véhicule ou de moto, Dixinn")


def test_understand_answers_each_line_and_writes_nothing(run: Run, settings: Settings) -> None:
    lines = [
        {"id": "a", "text": "vol de moto hier à Dixinn", "sent_at": "2026-11-22T10:00:00+00:00", "home": None},
        {"id": "b", "text": "STOP"},
    ]
    done = run(settings, "understand", "--jsonl", "-", stdin="\n".join(json.dumps(line) for line in lines))
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], first["kind"], first["category"]) == ("a", "report", "vehicle_theft")
    assert (first["locality"], first["occurred_on"], first["killed"]) == ("GN-C-DIX", "2026-11-21", None)
    assert (second["id"], second["kind"], second["command"]) == ("b", "command", "stop")
    assert "0 changes" in run(settings, "jobs", "run", "tallies").stderr


def test_a_key_stands_alone_on_the_last_line(run: Run, settings: Settings) -> None:
    done = run(settings, "keys", "create", "staff", "--scope", "aggregates:read")
    assert re.fullmatch(r"[A-Za-z0-9_-]{24,}", done.stdout.splitlines()[-1])


REFUSED = {
    "no such scope": (("keys", "create", "x", "--scope", "everything"), "There is no scope everything"),
    "no such provider": (("channels", "add", "x", "--provider", "pigeon"), "choose android-sms-gateway or twilio"),
    "a secret is missing": (("channels", "add", "x", "--provider", "twilio", "--address", "+12025550100"), "--secret"),
    "no such job": (("jobs", "run", "everything"), "There is no job"),
    "no such locality": (
        ("export", "figures", "x.csv", "--locality", "GN-X"),
        "no locality 'GN-X'; `kibaro localities list`",
    ),
    "no such category": (
        ("export", "figures", "x.csv", "--category", "thef*"),
        "no category 'thef'; `kibaro categories list`",
    ),
    "no such place of a note": (
        ("calendar", "add", "--from", "2026-11-02", "--to", "2026-11-03", "--kind", "radio", "--locality", "GN-X"),
        "no locality 'GN-X'; `kibaro localities list`",
    ),
    "nothing to merge": (
        ("categories", "merge", "thef", "theft", "--since", "2026-11-01"),
        "no category 'thef'; `kibaro categories list`",
    ),
    "no number": (("text", "vol", "--from", "somebody"), "--from is no phone number"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run, settings: Settings, case: tuple[tuple[str, ...], str]
) -> None:
    words, expected = case
    done = run(settings, *words)
    assert done.code == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_that_was_never_founded_is_refused_with_the_command_to_run(
    run: Run, empty_url: str, tmp_path: Path
) -> None:
    done = run(Settings(database_url=empty_url, key_file=tmp_path / "none.key"), "doctor")
    assert done.code == 2
    assert "kibaro migrate" in done.stderr


def test_settings_that_cannot_be_used_are_named(run: Run) -> None:
    done = run(None, "doctor", KIBARO_TIMEZONE="Mars/Olympus", KIBARO_PUBLIC_URL="ftp://x")
    assert done.code == 2
    assert "KIBARO_TIMEZONE" in done.stderr
    assert "KIBARO_PUBLIC_URL" in done.stderr


def test_the_installed_command_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kibaro", "doctor"]
    environment = dict(os.environ) | {"KIBARO_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "kibaro migrate" in done.stderr


def test_several_workers_need_postgresql(run: Run, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'k.db'}", key_file=tmp_path / "k.key")
    done = run(settings, "serve", "--workers", "2", "--port", str(free_port()))
    assert done.code == 2
    assert "PostgreSQL" in done.stderr


def test_a_store_that_another_process_writes_to_is_told_apart_from_one_that_is_gone(
    run: Run, sqlite_template: Path, key_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "k.db"
    shutil.copy(sqlite_template, path)
    settings = Settings(database_url=f"sqlite:///{path}", key_file=key_file)
    words = ("keys", "create", "staff", "--scope", "aggregates:read")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = run(settings, *words)
    assert done.code == 2
    assert "Another process is writing" in done.stderr
    gone = Settings(database_url=f"sqlite:///{tmp_path / 'nowhere' / 'k.db'}", key_file=key_file)
    assert "The store's file cannot be used (SQLITE_CANTOPEN)" in run(gone, *words).stderr


def test_what_a_command_waited_for_in_vain_is_told(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_vain(_: Database) -> int:
        raise Unavailable("Stop `kibaro work` and try again.")

    monkeypatch.setattr(keeping, "rebuild_all", in_vain)
    done = run(settings, "rebuild")
    assert done.code == 2
    assert done.stderr.endswith("Stop `kibaro work` and try again.\n")


def test_a_database_that_is_down_is_told(run: Run, key_file: Path) -> None:
    settings = Settings(database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none", key_file=key_file)
    assert "the database running?" in run(settings, "doctor").stderr


def test_places_and_categories_are_listed(run: Run, settings: Settings) -> None:
    assert run(settings, "localities", "list", "dixi").stdout == "GN-C-DIX  2  Dixinn  GN-C\n"
    assert "GIN  0  Guinée\n" in run(settings, "localities", "list").stdout
    assert "theft  Theft  none\n" in run(settings, "categories", "list").stdout
    run(settings, "categories", "merge", "vehicle_theft", "theft", "--since", "2026-11-01")
    assert "  none  counts as theft\n" in run(settings, "categories", "list").stdout
