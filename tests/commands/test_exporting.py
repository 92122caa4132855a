"""kibaro export figures: the same rows as the API gives, in the format its file's ending says."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kibaro
from models.faults import Refusal
from tests.conftest import Store
from tests.intake.factories import fold, hand_in


def export(store: Store, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setenv("KIBARO_DATABASE_URL", store.settings.database_url)
    monkeypatch.setenv("KIBARO_KEY_FILE", str(store.settings.key_file))
    done = CliRunner().invoke(kibaro.cli, ["export", "figures", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output


def test_figures_leave_as_the_file_s_ending_says(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hand_in(store, "vol à Dixinn le 20/11")
    hand_in(store, "mariage forcé à Matoto")
    fold(store)
    path = tmp_path / "out.csv"
    words = (str(path), "--group-by", "locality,category,period", "--from", "2026-11-01", "--to", "2026-11-30")
    export(store, monkeypatch, *words)
    header, tags, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert tags[0].startswith("#")
    assert [dict(zip(header, row, strict=True))["category"] for row in rows] == ["theft"]
    export(store, monkeypatch, *words, "--protected", "--exact")
    _, _, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert [row[header.index("category")] for row in rows] == ["forced_marriage", "theft"]
    assert [row[header.index("reporters")] for row in rows] == ["1", "1"]


def test_a_format_that_is_none_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="format must be one of"):
        export(store, monkeypatch, str(tmp_path / "out.pdf"))
    assert not list(tmp_path.glob("out.*"))
