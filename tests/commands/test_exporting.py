"""kibaro export figures: the same rows as the API gives, in the format its file's ending says."""

import csv
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kibaro
from api.formats.parquet import NotInstalled
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


def test_a_file_that_cannot_be_made_leaves_the_old_one_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "out.parquet"
    path.write_text("last month's", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as where the extra is not installed
    with pytest.raises(NotInstalled):
        export(store, monkeypatch, str(path))
    assert [(each.name, each.read_text(encoding="utf-8")) for each in tmp_path.glob("*out*")] == [
        ("out.parquet", "last month's")
    ]


def test_a_file_is_for_its_owner_only(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.touch(mode=0o644)
    export(store, monkeypatch, str(path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_place_where_no_file_can_be_is_told(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "nowhere" / "out.csv", tmp_path / "folder.csv"):
        with pytest.raises(Refusal, match=r"cannot be written \(.+\): name a file in a folder"):
            export(store, monkeypatch, str(path))
    assert not list(tmp_path.glob(".*"))
