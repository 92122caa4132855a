"""Every form in every version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake.forms.definition import Form


@dataclass(frozen=True, slots=True)
class FormVersion:
    id: int
    version: int
    form: Form


class FormBook:
    """newest: by code. by_id: also old ones, under which something was said."""

    __slots__ = ("by_id", "forms", "newest")

    def __init__(self, versions: Iterable[FormVersion] = ()) -> None:
        self.by_id: Mapping[int, FormVersion] = {each.id: each for each in versions}
        ordered = sorted(self.by_id.values(), key=lambda each: each.version)
        self.newest: Mapping[str, FormVersion] = {each.form.code: each for each in ordered}
        self.forms: Mapping[str, Form] = {code: each.form for code, each in self.newest.items()}

    def ids_of(self, code: str) -> list[int]:
        """Of all versions."""
        return [each.id for each in self.by_id.values() if each.form.code == code]
