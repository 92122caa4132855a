"""kibaro forms … and kibaro reporters …: what an operator types, from an empty store to an answer."""

from pathlib import Path

import pytest

from jobs.imports.forms import import_forms
from models.faults import Refusal
from models.observations import Observation
from models.settings import Settings
from tests.conftest import Store
from tests.intake.factories import all_of
from tests.test_kibaro import Run, run

__all__ = ["run"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "forms.yaml"
NUMBER = "+12025550123"


def test_a_form_is_imported_an_officer_enrolled_and_a_code_answered(
    run: Run, settings: Settings, store: Store, tmp_path: Path
) -> None:
    assert "2 forms added" in run(settings, "forms", "import", str(EXAMPLE)).stderr
    assert "2 as they were" in run(settings, "forms", "import", str(EXAMPLE)).stderr
    assert "OB  version 1  form  Observation" in run(settings, "forms", "list").stdout
    enrol = ("reporters", "enrol", "--kind", "officer", "--unit", "CSP Dixinn", "--locality", "GN-C-DIX")
    identifier = run(settings, *enrol, stdin=f"{NUMBER}\n").stdout.strip()
    listed = run(settings, "reporters", "list").stdout
    assert listed == f"{identifier}  officer  GN-C-DIX  CSP Dixinn\n"
    answer = run(settings, "text", "ob 104 k2 mO b3 l Matam", "--from", NUMBER).stdout
    assert answer.startswith("OB 104: noté K=2 M=0 B=3 L=Matam. Ref ")
    assert "Il manque" in run(settings, "text", "CL P6", "--from", NUMBER).stdout
    run(settings, "reporters", "suspend", identifier)
    assert "suspended" in run(settings, "reporters", "list").stdout
    run(settings, "text", "OB 105 K2 M0", "--from", NUMBER)
    assert len(all_of(store, Observation)) == 2
    run(settings, "reporters", "resume", identifier)
    run(settings, "text", "OB 105 K2 M0", "--from", NUMBER)
    assert len(all_of(store, Observation)) == 3

    shown = tmp_path / "shown.yaml"
    shown.write_text(run(settings, "forms", "show", "OB").stdout, encoding="utf-8")
    assert "1 as they were" in run(settings, "forms", "import", str(shown)).stderr


def test_a_number_is_never_said_back(run: Run, settings: Settings) -> None:
    enrol = ("reporters", "enrol", "--kind", "officer", "--unit", "CSP", "--locality", "GN-C-DIX")
    done = run(settings, *enrol, stdin="12345678901234567890\n")
    assert done.code == 2
    assert "1234567" not in done.stdout + done.stderr


def test_a_file_with_a_mistake_changes_nothing(run: Run, settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "forms.yaml"
    broken.write_text(EXAMPLE.read_text(encoding="utf-8").replace("type: yes_no", "type: maybe"), encoding="utf-8")
    done = run(settings, "forms", "import", str(broken))
    assert done.code == 1
    assert "form 2: fields.1.type" in done.stderr
    assert run(settings, "forms", "list").stdout == ""


@pytest.mark.parametrize("content", ["[1, 2", "forms: 3", "", "\xff", "!!python/object:os.system {}"])
def test_what_is_no_file_of_forms_is_refused(store: Store, tmp_path: Path, content: str) -> None:
    path = tmp_path / "forms.yaml"
    path.write_bytes(content.encode("latin-1"))
    try:
        outcome = import_forms(store.database, store.keeper, path, store.clock(), "test")
    except Refusal:
        return
    assert outcome.bad
    assert not outcome.added


def test_codes_that_look_like_yaml_s_truths_stay_codes(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "forms.yaml"
    path.write_text(
        "code: OFF\ntitle: {fr: x}\nfields: [{tag: ON, label: {fr: x}, type: integer, required: true}]\n", "utf-8"
    )
    assert import_forms(store.database, store.keeper, path, store.clock(), "test").added == 1
