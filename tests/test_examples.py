"""The examples run: the notebook, the walk through a spreadsheet, and the questions of the README, as a reader would
run them, against a served store with the demonstration's texts and three years of invented counts.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import nbformat
import openpyxl
import pytest
from nbclient import NotebookClient

from models.settings import Settings
from tests.faults.processes import SERVE, Kibaro, free_port

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
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


def questions() -> list[str]:
    """The shell blocks of the README's section of questions."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, section = page.partition("## Questions of a programme officer")
    return BLOCK.findall(section.partition("\n## ")[0])


def test_the_readme_asks_five_questions() -> None:
    assert len(questions()) >= 5


@pytest.mark.parametrize("number", range(5))
def test_the_questions_of_the_readme_are_answered(programme: Programme, number: int, tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-euc", questions()[number]],
        cwd=tmp_path,
        env=programme.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or list(tmp_path.iterdir())
