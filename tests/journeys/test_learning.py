"""What a person corrects in review becomes a word the model knows: corrected, kept, exported, learned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from commands.lexicon import cli
from intake.languages import languages, texts_source
from intake.understand import training
from intake.understand.model import read_model
from intake.understand.normalise import words_of
from intake.understand.training import Example, examples_of
from intake.understand.values import Kind, Reading
from jobs.erasing import erase
from models.faults import Invalid
from models.labelled_examples import TrainingExample
from tests.api.editing import EDITS
from tests.api.reviewing import decide, listed, take_in
from tests.conftest import Store
from tests.intake.factories import all_of, events_of
from tests.serving import Served

pytestmark = pytest.mark.anyio

SENDER = "+224920000001"
WORD = "zanzibulle"
SURE = 0.8
TOLD = f"{WORD} chez moi || appelez 920 00 00 09"
UNSURE = Reading(
    Kind.REPORT,
    candidates=("theft", "fire"),
    locality="GN-BF",
    occurred_on=date(2026, 11, 21),
    review="several-categories",
    language="fr",
)
Kibaro = Callable[..., Any]


@pytest.fixture
def kibaro(store: Store) -> Kibaro:
    """Words of `kibaro lexicon` in, its outcome out."""
    settings = store.settings
    environment = {"KIBARO_DATABASE_URL": settings.database_url, "KIBARO_KEY_FILE": str(settings.key_file)}
    return lambda *words: CliRunner(env=environment).invoke(cli, words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def written(folder: Path) -> dict[str, str]:
    """By name, what is in the files, which are for their owner's eyes."""
    assert [path for path in folder.iterdir() if path.stat().st_mode & 0o077] == []
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


async def keep(
    served: Served, patch: pytest.MonkeyPatch, text: str, reading: Reading = UNSURE, **decision: Any
) -> None:
    """Decided on in review, then kept for training as the program proposes it."""
    key = served.key(*EDITS, "bodies:read")
    await take_in(served, patch, reading, text, From=SENDER)
    (row,) = await listed(served, key)
    assert (await decide(served, key, row, **decision)).status_code == 200
    path, reason = f"/v1/review/{row['id']}/example", {"reason": "For training"}
    proposed = (await served.post(path, key, reason)).json()["text"]
    assert (await served.post(path, key, reason | {"text": proposed})).json()["kept"]


def tiny() -> list[Example]:
    """Enough of each kind for a model that takes a second."""
    every = [each for code in languages() for each in examples_of(code, texts_source(code))]
    few = [each for each in every if each.section in {"theft", "fire", "_stop", "_none"}][::20]
    return few + [each for each in every if each.danger or each.dead or each.hurt][::50]


def meaning(into: Path, *words: str) -> tuple[float, list[str]]:
    """How likely the word is a fire to a model that is trained with these words of the command, and what that tells."""
    told: list[str] = []
    assert training.main([*words, "--into", str(into)], lambda line: told.append(str(line))) == 0
    return read_model(into.read_bytes()).read(words_of(WORD).tokens, []).categories["fire"], told


async def test_what_is_corrected_in_review_is_learned(
    served: Served, kibaro: Kibaro, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    store = served.store
    for n in range(4):
        await keep(served, monkeypatch, f"{n} {TOLD}", action="correct", category="fire", killed=1, injured=n)
    await keep(served, monkeypatch, "quelle belle journee", action="reject")
    erase(store.database, store.keeper, store.vault, store.settings, SENDER, store.clock())

    done = kibaro("examples", str(folder), "--reason", "to train in November")
    assert done.exit_code == 0, done.output
    lines = written(folder)["fr.txt"].splitlines()
    assert lines[:4] == ["= _none", "? quelle belle journee", "", "= fire"]
    marks = ("?*", "?*+", "?*", "?*")
    assert sorted(lines[4:]) == sorted(f"{mark} {n} {WORD} chez moi appelez" for n, mark in enumerate(marks))
    (event,) = events_of(store, "example.opened")
    assert (event.actor, event.payload) == ("operator", {"examples": 5, "reason": "to train in November"})

    path = folder / "fr.txt"
    monkeypatch.setattr(training, "shipped", tiny)
    assert meaning(folder / "none.npz")[0] < SURE
    likely, told = meaning(folder / "tiny.npz", "--with", str(path))
    assert likely > SURE
    assert told[0] == f"5 texts of {path}"
    assert told[1].startswith(f"{len(tiny()) + 5} texts learned")


async def test_kept_texts_come_back_as_they_were_written_and_marked(
    served: Served, kibaro: Kibaro, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    for text in ("= feu", "!! feu", "* + feu\n? feu"):
        await keep(served, monkeypatch, text, action="correct", category="fire")
    assert kibaro("examples", str(folder), "--reason", "a look").exit_code == 0
    found = list(examples_of("fr", written(folder)["fr.txt"]))
    assert {each.text for each in found} == {"= feu", "!! feu", "* + feu ? feu"}
    assert {(each.section, each.danger, each.dead, each.hurt) for each in found} == {("fire", None, False, False)}


async def test_examples_of_no_known_language_count_as_the_programme_s(
    served: Served, kibaro: Kibaro, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    unknown = replace(UNSURE, language=None)
    await keep(served, monkeypatch, "feu", unknown, action="correct", category="fire")
    assert kibaro("examples", str(folder), "--reason", "a look").exit_code == 0
    assert written(folder).keys() == {"fr.txt"}


async def test_nothing_is_opened_without_a_reason(
    served: Served, kibaro: Kibaro, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    await keep(served, monkeypatch, "feu", action="correct", category="fire")
    assert kibaro("examples", str(folder)).exit_code == 2
    assert isinstance(kibaro("examples", str(folder), "--reason", " ").exception, Invalid)
    assert (written(folder), events_of(served.store, "example.opened")) == ({}, [])
    assert len(all_of(served.store, TrainingExample)) == 1


def test_a_file_whose_name_is_no_language_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "kept.txt"
    path.write_text("= fire\nfeu\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        training.main(["--with", str(path)])
    assert "its name is no language" in capsys.readouterr().err
