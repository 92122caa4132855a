"""Forms from a YAML file: a list under `forms`, or one form by itself."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

from intake.defining import define_form
from intake.forms.definition import BadForm, form_of
from intake.reference import ReferenceKeeper
from jobs.imports.outcome import Outcome
from models.database import Database
from models.faults import Invalid, Refusal

LARGEST: Final = 1_000_000


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the package carries no types
    """YAML in which only true and false are such: NO and ON are codes."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|True|False)$"), list("tTfF"))


def import_forms(database: Database, keeper: ReferenceKeeper, path: Path, now: datetime, actor: str) -> Outcome:
    """All or none: a file with a mistake changes nothing. Raises Refusal for what is no YAML."""
    outcome = Outcome(unit="form")
    with database.writing() as session:
        reference = keeper.current(session)
        forms = []
        for number, document in enumerate(_documents(path), start=1):
            try:
                forms.append(form_of(document))
            except BadForm as bad:
                for error in bad.errors:
                    outcome.refuse(number, error)
        if len({form.code for form in forms}) < len(forms):
            raise Refusal("Two forms of this file have the same code.")
        for form in forms if not outcome.bad else ():
            try:
                defined = define_form(session, reference, form, now, actor)
            except Invalid as fault:
                raise Refusal(fault.detail) from None
            outcome.unchanged += not defined.is_new
            outcome.added += defined.is_new and defined.version == 1
            outcome.changed += defined.is_new and defined.version > 1
    return outcome


def as_yaml(document: dict[str, Any]) -> str:
    """A form as it can be imported again."""
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))


def _documents(path: Path) -> Iterator[object]:
    try:
        if path.stat().st_size > LARGEST:
            raise Refusal(f"{path} is too large to be a file of forms.")
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  ours is a safe one
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise Refusal(f"{path} is no YAML; the README shows a form.") from None
    listed = found.get("forms") if isinstance(found, dict) and "forms" in found else [found]
    if not isinstance(listed, list) or not listed:
        raise Refusal(f"{path} holds no forms: write them as a list under `forms:`.")
    yield from listed
