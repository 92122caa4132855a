"""A protection that comes later is hidden from everybody until `Caller.shown_protections` names it."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from models.categories import Category
from models.keys import SCOPES
from models.messages import Message
from models.reference import count_reference_change
from models.reports import Report
from models.tallies import TallyVersion
from tests.conftest import Store
from tests.serving import Served, add_message

pytestmark = pytest.mark.anyio

NEW = "witness"
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
THEFT, FIRE = ("theft", "GN-C-DIX", "2026-11-20"), ("fire", "GN-C-DIX", "2026-11-20")


def protect_as_new(session: Session, store: Store) -> None:
    """All fires, as a release would that knows it."""
    if store.database.is_sqlite:
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        for table in ("reports", "categories", "messages"):
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_protect"))
    fire = store.keeper.current(session).category_ids["fire"]
    session.execute(update(Category).where(Category.id == fire).values(protect=NEW))
    session.execute(update(Report).where(Report.category_id == fire).values(protect=NEW))
    session.execute(update(Message).where(Message.report_id.is_(None)).values(protect=NEW))
    session.add(TallyVersion(protect=NEW, version=1))
    count_reference_change(session)
    session.flush()
    if store.database.is_sqlite:
        session.execute(text("PRAGMA ignore_check_constraints = OFF"))


async def test_no_key_sees_it_anywhere(served: Served) -> None:
    store = served.store
    theft_id, fire_id = served.add_reports([THEFT, FIRE])
    with store.database.writing() as session:
        add_message(session, store, report_id=theft_id)
        add_message(session, store)
    served.fold()
    key = served.key(*(each for each in SCOPES if each != "admin"))
    paths = ("/v1/reports", "/v1/incidents", "/v1/messages")
    assert [len(await served.rows(path, key)) for path in paths] == [2, 2, 2]
    with store.database.writing() as session:
        protect_as_new(session, store)
    assert [len(await served.rows(path, key)) for path in paths] == [1, 1, 1]
    assert (await served.get(f"/v1/reports/{fire_id}", key)).status_code == 404
    figures = await served.rows("/v1/aggregates", key, **NOVEMBER, group_by="category")
    assert {row["category"] for row in figures} == {"theft"}
    expected = await served.get("/v1/expected", key, locality="GN-C-DIX", category="fire", period="week")
    assert not expected.json()["rows"]


async def test_it_leaves_no_trace_in_an_etag(served: Served) -> None:
    store, key = served.store, served.key("aggregates:read", "protected:read")
    served.add_reports([THEFT, FIRE])
    served.fold()
    with store.database.writing() as session:
        protect_as_new(session, store)
    before = await served.get("/v1/aggregates", key, **NOVEMBER)
    with store.database.writing() as session:
        session.execute(update(TallyVersion).where(TallyVersion.protect == NEW).values(version=2))
    after = await served.get("/v1/aggregates", key, **NOVEMBER)
    assert before.headers["etag"] == after.headers["etag"]
    held = key | {"If-None-Match": after.headers["etag"]}
    assert (await served.get("/v1/aggregates", held, **NOVEMBER)).status_code == 304
