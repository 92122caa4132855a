"""Merging categories: from a day on, what was one category counts as another. History stays where it was."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from jobs.rebuild import rebuild_tallies, with_tallies_at_rest
from models.categories import Category, CategoryMerge
from models.database import Database, insert_rows
from models.events import Event, event_row
from models.faults import Refusal
from models.localities import Locality
from models.reference import count_reference_change
from models.tallies import ALL, TallyChange


def merge_categories(database: Database, code: str, into: str, since: date, now: datetime) -> None:
    """Figures follow at once. Raises Refusal."""

    def merge(session: Session) -> None:
        known = {row.code: row for row in session.scalars(select(Category))}
        if unknown := [each for each in (code, into) if each not in known]:
            named = " and no ".join(map(repr, unknown))
            raise Refusal(f"There is no category {named}; `kibaro categories list` shows them.")
        _insist(session, known[code], known[into])
        session.add(CategoryMerge(category_id=known[code].id, into_id=known[into].id, since=since))
        session.flush()
        count_reference_change(session)
        rebuild_tallies(session)
        payload = {"category": code, "into": into, "since": since.isoformat(), "protect": known[code].protect}
        row = event_row("category.merged", uuid4(), payload, recorded_at=now, actor="operator")
        insert_rows(session, Event, [row])
        _note(session, since)

    with_tallies_at_rest(database, merge)


def _insist(session: Session, category: Category, into: Category) -> None:
    merges = {row.category_id: row.into_id for row in session.scalars(select(CategoryMerge))}
    if category.id in merges:
        raise Refusal(f"{category.code} is merged already; a merge is never taken back, but what it became can merge.")
    if category.protect != into.protect:
        raise Refusal(
            f"{category.code} is protected as {category.protect}, {into.code} as {into.protect}: "
            "import a taxonomy that protects both alike first."
        )
    at: int | None = into.id
    while at is not None:
        if at == category.id:
            raise Refusal(f"{into.code} counts as {category.code} itself.")
        at = merges.get(at)


def _note(session: Session, since: date) -> None:
    """A line of zeros in the history of every country: why figures before and after differ."""
    countries = session.scalars(select(Locality.id).where(Locality.level == 0)).all()
    lines = [
        {"locality_id": each, "category_id": ALL, "in_all": True, "day": since, "cause": "category.merged"}
        for each in countries
    ]
    if lines:
        session.execute(insert(TallyChange), lines)
