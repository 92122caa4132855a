"""What a trained reporter is told about a code text: what was noted, what is wrong and what is allowed, what is
missing.

All in one segment: lists that do not fit end in how many more there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from intake.forms.definition import Form, FormField
from intake.forms.reading import Problem
from intake.forms.values import Value, printed
from intake.replies.choice import Reply
from intake.replies.gsm import fold, septets
from intake.replies.texts import LONGEST, render

_LONGEST_LABEL: Final = 12


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """place_names: by code. reference: of the report it opened. quiet: who finds the phone must learn nothing: no
    values and no labels.
    """

    form: Form
    number: int | None
    language: str
    values: Mapping[str, Value]
    problems: Sequence[Problem]
    missing: Sequence[str]
    place_names: Mapping[str, str]
    reference: str | None = None
    quiet: bool = False

    def reply(self) -> Reply:
        name = self._name()
        text = render(
            name,
            self.language,
            form=self._called(),
            again=self._called_again(),
            said=_joined(self._said(), " ", LONGEST["said"]),
            missing=_joined((self._field(tag) for tag in self.missing), ", ", LONGEST["missing"]),
            errors=_joined((self._error(problem) for problem in self.problems), "; ", LONGEST["errors"]),
            ref=self.reference,
        )
        return Reply(name, text, self.language)

    def _name(self) -> str:
        if self.problems:
            return "form-wrong-missing" if self.missing else "form-wrong"
        if self.missing:
            return "form-more" if self.quiet or not self.values else "form-partial"
        if self.quiet or not self.values:
            return "form-received"
        return "form-noted-ref" if self.reference else "form-noted"

    def _called(self) -> str:
        return self.form.code if self.number is None else f"{self.form.code} {self.number}"

    def _called_again(self) -> str:
        """Before what corrects it: without a number, another value would be of another observation."""
        if self.number is not None or self.form.period is not None:
            return self._called()
        return f"{self.form.code} {self._render('form-no')}"

    def _field(self, tag: str | None) -> str:
        field = self.form.field(tag)
        if field is None:
            return tag or ""
        label = field.label.get(self.language) or next(iter(field.label.values()))
        return tag or "" if self.quiet else f"{tag} ({fold(label, _LONGEST_LABEL)})"

    # -- what was noted ------------------------------------------------------------------------------------------------

    def _said(self) -> Iterable[str]:
        for field in self.form.fields:
            if field.tag in self.values:
                yield self._noted(field, self.values[field.tag])

    def _noted(self, field: FormField, value: Value) -> str:
        """Free text is not repeated: it may hold a name."""
        if field.type == "text":
            return field.tag
        if field.type == "place":
            return f"{field.tag}={fold(self.place_names.get(str(value), str(value)), LONGEST['place'])}"
        if isinstance(value, date):
            return f"{field.tag}={value:%d/%m/%y}"
        if isinstance(value, bool):
            return f"{field.tag}={self._render('form-yes' if value else 'form-no')}"
        return f"{field.tag}={printed(field, value)}"

    # -- what is wrong -------------------------------------------------------------------------------------------------

    def _error(self, problem: Problem) -> str:
        field = self.form.field(problem.tag)
        if problem.why == "number":
            return self._render("form-count" if self.form.number == "required" else "form-no-count")
        if field is None:
            return self._render("form-unread")  # which ones, is a fragment of the text
        name = self._field(problem.tag)
        if problem.why == "two-values" and not self.quiet and field.type != "text":
            one, other = list(dict.fromkeys(problem.given))[:2] if len({*problem.given}) > 1 else ("", "")
            return self._render("form-two", field=name, one=one, other=other)
        return self._allowed(field, name, problem)

    def _allowed(self, field: FormField, name: str, problem: Problem) -> str:
        if problem.why in {"two-values", "places"}:
            return self._render("form-twice" if problem.why == "two-values" else "form-places", field=name)
        match field.type:
            case "integer" | "decimal":
                whole = field.type == "integer"
                least, most = f"{field.least:f}", f"{field.most:f}"
                return self._render("form-range" if whole else "form-decimal", field=name, least=least, most=most)
            case "choice":
                codes = _joined((choice.code for choice in field.choices), "/", LONGEST["allowed"])
                return self._render("form-choice", field=name, allowed=codes)
            case "yes_no":
                return self._render("form-yes-no", field=name)
            case "date":
                return self._render("form-date", field=name)
            case "place":
                return self._render("form-place", field=name)
            case "text":
                return self._render("form-unclear", field=name)

    def _render(self, name: str, **values: str) -> str:
        return render(name, self.language, **{key: value or "?" for key, value in values.items()})


def _joined(items: Iterable[str], by: str, most: int) -> str:
    """As many as fit; the others as a count."""
    wanted = [fold(item, most) for item in items]
    for kept in range(len(wanted), 0, -1):
        rest = f"{by}+{len(wanted) - kept}" if kept < len(wanted) else ""
        text = by.join(wanted[:kept]) + rest
        if septets(text) <= most:
            return text
    return fold(wanted[0], most) if wanted else ""
