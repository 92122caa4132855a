"""The examples run: the notebook, the walk through a spreadsheet, and the questions of the README, as a reader would
run them, against a served store with the demonstration's texts and three years of invented counts.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import nbformat
import openpyxl
import pytest
from nbclient import NotebookClient

from figures.revisions import WHY
from models.settings import Settings
from tests.faults.processes import SERVE, Kibaro, free_port

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
QUESTION = re.compile(r"^```sh\n(.*?)^```\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r'=SUMIFS\((\w):\w,(\w):\w,"([\w-]+)",(\w):\w,"(\w+)"\)')

pytestmark = [
    pytest.mark.xdist_group("examples"),
    pytest.mark.filterwarnings("ignore"),  # of the notebook's own machinery
]


@dataclass(frozen=True)
class Programme:
    url: str
    key: str
    key_with_protected: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KIBARO_URL": self.url, "KIBARO_KEY": self.key}


def kibaro(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "kibaro", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programme]:
    folder = tmp_path_factory.mktemp("examples")
    settings = Settings(database_url=f"sqlite:///{folder}/kibaro.db", key_file=folder / "kibaro.key")
    environment = {
        **os.environ,
        "KIBARO_DATABASE_URL": settings.database_url,
        "KIBARO_KEY_FILE": str(settings.key_file),
    }
    kibaro(environment, "demo", "--texts", "300", "--no-serve", "--port", str(free_port()))
    kibaro(environment, "localities", "import", str(EXAMPLES / "conakry.csv"))
    past = folder / "past.csv"
    with past.open("w") as file:
        subprocess.run([sys.executable, EXAMPLES / "past.py"], stdout=file, check=True)
    kibaro(environment, "import", "incidents", str(past))
    reading = ("--scope", "aggregates:read")
    keys = [
        kibaro(environment, "keys", "create", name, *reading, *more).split()[-1]
        for name, more in (("staff", ()), ("ministry", ("--scope", "protected:read", "--scope", "reports:read")))
    ]
    port = free_port()
    process = Kibaro(settings, [*SERVE, str(port)], folder / "serve.log")
    try:
        process.wait_until_ready(port)
        yield Programme(f"http://127.0.0.1:{port}", *keys)
    finally:
        process.kill()


def test_the_notebook_runs_from_beginning_to_end(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in programme.environment.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(EXAMPLES / "figures.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") for cell in notebook.cells), "committed without outputs"
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output for output in shown if output.output_type == "error"]
    assert "Matoto" in str(shown)
    assert "more" in str(shown)  # last week's thefts


def test_the_walk_through_a_spreadsheet_runs(programme: Programme, tmp_path: Path) -> None:
    page = (EXAMPLES / "spreadsheet.md").read_text(encoding="utf-8")
    for block in BLOCK.findall(page):
        commands = "\n".join(line for line in block.splitlines() if not line.startswith("export "))
        subprocess.run(["bash", "-euc", commands], cwd=tmp_path, env=programme.environment, check=True)
    book = openpyxl.load_workbook(tmp_path / "figures.xlsx")
    assert book.sheetnames == ["figures", "definitions"]
    assert book["figures"].auto_filter.ref
    for other in ("revisions.xlsx", "indicators.xlsx"):
        assert openpyxl.load_workbook(tmp_path / other).sheetnames[-1] == "definitions"


def test_the_formula_of_the_walk_through_adds_up_what_the_api_says(programme: Programme, tmp_path: Path) -> None:
    page = (EXAMPLES / "spreadsheet.md").read_text(encoding="utf-8")
    formula = FORMULA.search(page)
    assert formula
    total, where, place, what, category = formula.groups()
    first = BLOCK.findall(page)[0]
    commands = "\n".join(line for line in first.splitlines() if not line.startswith("export "))
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, env=programme.environment, check=True)
    sheet = openpyxl.load_workbook(tmp_path / "figures.xlsx")["figures"]
    rows = range(2, sheet.max_row + 1)
    chosen = [n for n in rows if sheet[f"{where}{n}"].value == place and sheet[f"{what}{n}"].value == category]
    summed = sum(sheet[f"{total}{n}"].value for n in chosen)
    answer = httpx.get(
        f"{programme.url}/v1/aggregates",
        params={"locality": place, "category": category, "period": "month"},
        headers={"Authorization": f"Bearer {programme.key}"},
    )
    assert summed == sum(row["reports"] for row in answer.json()["rows"]) > 0


@dataclass(frozen=True)
class Asked:
    """A question of the README: its commands, and the answer it shows."""

    commands: str
    shown: list[str]


def questions() -> list[Asked]:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, section = page.partition("## Questions of a programme officer")
    found = QUESTION.findall(section.partition("\n## ")[0])
    return [Asked(commands, shown.splitlines()) for commands, shown in found]


def printed(programme: Programme, number: int, folder: Path) -> list[str]:
    command = ["bash", "-euo", "pipefail", "-c", questions()[number - 1].commands]
    done = subprocess.run(command, cwd=folder, env=programme.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def rows_of(programme: Programme, path: str, **query: Any) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {programme.key}"}
    answer = httpx.get(f"{programme.url}/v1/{path}", params={"limit": 500, **query}, headers=headers)
    rows: list[dict[str, Any]] = answer.raise_for_status().json()["rows"]
    return rows


def as_csv(row: dict[str, Any], *names: str) -> str:
    cells = ("" if row[name] is None else row[name] for name in names)
    return ",".join(str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in cells)


def members_shown(line: str) -> list[str]:
    return re.findall(r'"(\w+)":', line)


def names(programme: Programme) -> dict[str, str]:
    return {row["code"]: row["name"] for row in rows_of(programme, "localities")}


FIGURE = ("period", "reports", "reporters_band", "final")


def test_the_readme_asks_five_questions() -> None:
    assert len(questions()) == 5


def test_this_month_s_thefts_are_those_of_this_month(programme: Programme, tmp_path: Path) -> None:
    first = f"{datetime.now(UTC):%Y-%m-01}"
    query = {"locality": "GN-C", "depth": 1, "group_by": "locality,period", "category": "theft", "from": first}
    called = names(programme)
    header, *lines = printed(programme, 1, tmp_path)
    assert header == questions()[0].shown[0]
    rows = rows_of(programme, "aggregates", **query)
    assert lines == [f"{called[row['locality']]},{as_csv(row, *FIGURE)}" for row in rows]
    assert {row["period"] for row in rows} <= {first[:7]}


def test_last_week_s_thefts_are_more_than_usual_and_those_of_the_week_before_are_not(
    programme: Programme, tmp_path: Path
) -> None:
    (text,) = printed(programme, 2, tmp_path)
    rows = json.loads(text)["rows"]
    assert [row["state"] for row in rows[-3:-1]] == ["usual", "more"]
    for line, row in zip(questions()[1].shown, rows[-3:-1], strict=True):
        shown = members_shown(line)
        assert shown == [name for name in row if name in shown]
        assert f'"state":"{row["state"]}"' in line


def test_who_wrote_this_month_is_told_for_every_commune(programme: Programme, tmp_path: Path) -> None:
    first = f"{datetime.now(UTC):%Y-%m-01}"
    header, *lines = printed(programme, 3, tmp_path)
    assert header == questions()[2].shown[0]
    rows = rows_of(programme, "participation", locality="GN-C", depth=1, period="month", **{"from": first})
    assert lines == [as_csv(row, *header.split(",")) for row in rows]
    assert len(lines) == 14
    assert {line.split(",")[4] for line in lines} <= {"heard", "silent", "never"}


def test_what_changed_in_september_is_told_with_its_reason(programme: Programme, tmp_path: Path) -> None:
    (text,) = printed(programme, 4, tmp_path)
    rows = json.loads(text)["rows"]
    assert len(rows) == 2
    for row in rows:
        assert row["period"] == "2026-09"
        assert row["as_of"] >= "2026-11-02T08:00:00Z"
        assert (row["why_en"], row["why_fr"]) == WHY[row["why"]]
    (line,) = questions()[3].shown
    shown = members_shown(line)
    assert shown == [name for name in rows[0] if name in shown]


def test_the_third_quarter_differs_by_the_communes_that_lay_elsewhere_before(
    programme: Programme, tmp_path: Path
) -> None:
    before, today = printed(programme, 5, tmp_path)
    days = {"from": "2026-07-01", "to": "2026-09-30"}
    rows = rows_of(programme, "aggregates", locality="GN-C", depth=1, period="quarter", group_by="locality", **days)
    reports = {row["locality"]: row["reports"] for row in rows}
    came = sum(reports.get(code, 0) for code in ("GN-C-KAG", "GN-C-MAN", "GN-C-SAN"))
    assert came > 0
    found = [line.split(",") for line in (before, today)]
    assert [int(cells[2]) for cells in found] == [reports["GN-C"] - came, reports["GN-C"]]
    assert [line.split(",")[:2] for line in questions()[4].shown] == [cells[:2] for cells in found]
    assert openpyxl.load_workbook(tmp_path / "indicators.xlsx").sheetnames[-1] == "definitions"


def test_the_answers_the_readme_shows_add_up() -> None:
    """Its numbers are of one day, so they cannot be compared with today's; but they must agree with each other."""
    _, whole, *communes = questions()[0].shown
    assert sum(int(line.split(",")[2]) for line in communes) <= int(whole.split(",")[2])
