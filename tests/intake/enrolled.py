"""Forms in the store and people who may use them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from intake.defining import define_form
from intake.enrolling import Wanted, change, enrol
from intake.forms.definition import form_of
from models.reporters import Reporter
from tests.conftest import Store
from tests.intake.forms.factories import SEX, field

KINDS = [
    {"code": "1", "label": {"fr": "vol"}, "category": "theft"},
    {"code": "2", "label": {"fr": "accident"}, "category": "road_crash"},
    {"code": "9", "label": {"fr": "autre"}},
]
ROAD: dict[str, Any] = {
    "code": "OB",
    "title": {"fr": "Observation"},
    "fields": [
        field("A", label={"fr": "morts", "en": "killed"}, required=True, max=50),
        field("B", label={"fr": "blessés"}, max=50),
        field("K", "choice", required=True, choices=KINDS),
        field("L", "place"),
        field("D", "date"),
        field("S", "choice", choices=SEX),
        field("T", "text"),
    ],
    "report": {"category_from": "K", "place": "L", "day": "D", "killed": "A", "injured": "B"},
}
WEEKLY: dict[str, Any] = {
    "code": "CL",
    "title": {"fr": "Liste de la semaine"},
    "kind": "checklist",
    "period": "week",
    "expected": {"kinds": ["officer"], "localities": ["GN-C"]},
    "fields": [field("P", required=True), field("V", "yes_no", required=True)],
}


def define(store: Store, *documents: dict[str, Any]) -> list[int]:
    """Versions."""
    with store.database.writing() as session:
        reference = store.keeper.current(session)
        return [define_form(session, reference, form_of(each), store.clock(), "test").version for each in documents]


def enrol_as(store: Store, number: str, kind: Any = "officer", unit: str = "CSP", locality: str = "GN-C-DIX") -> UUID:
    with store.database.writing() as session:
        reference = store.keeper.current(session)
        wanted = Wanted(kind, unit, locality)
        return enrol(session, store.vault, reference, number, "GN", wanted, store.clock(), "test").id


def suspend(store: Store, reporter_id: UUID) -> None:
    with store.database.writing() as session:
        reporter = session.scalars(select(Reporter).where(Reporter.id == reporter_id)).one()
        change(session, store.keeper.current(session), reporter, store.clock(), "test", suspended=True)
