"""kibaro forms …: what the codes of trained reporters mean."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import ExistingFile, opened, tell
from intake.forms.definition import document_of
from jobs.imports.forms import as_yaml, import_forms
from models.faults import NotFound

cli = typer.Typer(no_args_is_help=True, help="Forms and checklists that trained reporters fill in by text.")

ACTOR = "operator"


@cli.command("import")
def forms_import(file: ExistingFile) -> None:
    """Forms from a YAML file; what changed becomes a new version. A file with a mistake changes nothing."""
    with opened() as store:
        outcome = import_forms(store.database, store.keeper, file, datetime.now(UTC), ACTOR)
    tell(outcome, "forms")


@cli.command("list")
def forms_list() -> None:
    """Code, version, kind and title of every form."""
    with opened() as store, store.database.reading() as session:
        for code, each in sorted(store.keeper.current(session).forms.newest.items()):
            title = each.form.title.get(store.settings.language) or next(iter(each.form.title.values()))
            print(f"{code}  version {each.version}  {each.form.kind}  {title}")


@cli.command("show")
def forms_show(code: Annotated[str, typer.Argument(help="As in `kibaro forms list`.")]) -> None:
    """A form as YAML that can be imported again."""
    with opened() as store, store.database.reading() as session:
        found = store.keeper.current(session).forms.newest.get(code.upper())
    if found is None:
        raise NotFound("There is no such form; `kibaro forms list` shows them.")
    print(as_yaml(document_of(found.form)), end="")
