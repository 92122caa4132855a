"""Forms to read against, and a finder that knows three places and a few days."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from intake.forms.definition import Form, form_of
from intake.forms.values import PlaceMeant

TODAY: Final = date(2026, 11, 22)
PLACES: Final = {"dixinn": "GN-C-DIX", "gn-c-dix": "GN-C-DIX", "matam": "GN-C-MTM", "ouaga 2000": "BF-OUA"}
DAYS: Final = {"hier": TODAY - timedelta(days=1), "il y a 3 jours": TODAY - timedelta(days=3)}


@dataclass(frozen=True)
class Finder:
    today: date = TODAY

    def place(self, words: str) -> PlaceMeant:
        if words.lower() == "kindia":
            return PlaceMeant(several=("GN-D", "GN-KD"))
        return PlaceMeant(PLACES.get(words.lower(), words if words.startswith("GN-") else None))

    def day(self, words: str) -> date | None:
        return DAYS.get(words.lower())


def field(tag: str, kind: str = "integer", **changes: Any) -> dict[str, Any]:
    return {"tag": tag, "label": {"fr": tag.lower()}, "type": kind, **changes}


def form(*fields: dict[str, Any], **changes: Any) -> Form:
    return form_of({"code": "OB", "title": {"fr": "Observation"}, "fields": list(fields), **changes})


SEX: Final = [{"code": "H", "label": {"fr": "homme", "en": "man"}}, {"code": "F", "label": {"fr": "femme"}}]
KIND: Final = [{"code": code, "label": {"fr": word}} for code, word in (("1", "vol"), ("2", "coups et blessures"))]
PLAIN: Final = form(field("A", max=50, required=True), field("B"), field("C"))
RICH: Final = form(
    field("A", max=50, required=True),
    field("AGE"),
    field("S", "choice", choices=SEX),
    field("K", "choice", choices=KIND),
    field("V", "yes_no"),
    field("P", "decimal", min=-5, max=100),
    field("D", "date"),
    field("L", "place"),
    field("LIEU", "place"),
    field("T", "text"),
)
