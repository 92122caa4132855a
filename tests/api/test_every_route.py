"""Every operation that the description names, by scope, locality and body: none may be forgotten in this table."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from models.keys import BODIES, SCOPES, UNBOUND_ONLY
from models.reports import Report
from tests.api.feed import publish
from tests.intake.enrolled import ROAD, WEEKLY, define
from tests.serving import Served, add_message, add_report, problem_of

pytestmark = pytest.mark.anyio

OPEN = {"/healthz", "/readyz", "/metrics", "/intake/{channel_name}", "/intake/{channel_name}/status"}
"""What needs no key; test_door.py and test_problems.py try them."""


@dataclass(frozen=True)
class Call:
    """scopes: all of them are needed. body: what is sent. of: what the id in its path is an id of."""

    scopes: frozenset[str]
    body: dict[str, Any] | None = None
    of: str | None = None
    query: dict[str, str] = field(default_factory=dict)


def call(*scopes: str, body: dict[str, Any] | None = None, of: str | None = None, **query: str) -> Call:
    return Call(frozenset(scopes), body, of, query)


EDITS = ("reports:read", "reports:write")
NOTE = {"from": "2026-11-02", "to": "2026-11-03", "kind": "radio"}
CODES: dict[str, str | UUID] = {"code": "GIN", "form": "CL"}
"""Of what goes by a code."""
OFFICER = {"number": "+12025550123", "kind": "officer", "unit": "CSP", "locality": "GN-C-DIX"}
PHRASE = {"category": "theft", "phrase": "a pris mon sac"}
TABLE = {
    "GET /v1/aggregates": call("aggregates:read"),
    "GET /v1/participation": call("aggregates:read"),
    "GET /v1/revisions": call("aggregates:read"),
    "GET /v1/indicators": call("aggregates:read"),
    "GET /v1/expected": call("aggregates:read"),
    "GET /v1/signals": call("aggregates:read"),
    "GET /v1/calendar": call("aggregates:read"),
    "POST /v1/calendar": call("admin", body=NOTE),
    "DELETE /v1/calendar/{note_id}": call("admin", of="note"),
    "GET /v1/localities": call(),
    "GET /v1/localities/{code}": call(of="code"),
    "GET /v1/categories": call(),
    "POST /v1/reports": call("reports:write", body={"text": "vol à Boffa"}),
    "GET /v1/reports": call("reports:read"),
    "GET /v1/reports/{report_id}": call("reports:read", of="report"),
    "PATCH /v1/reports/{report_id}": call(*EDITS, body={"killed": 1}, of="report"),
    "POST /v1/reports/{report_id}/transitions": call(*EDITS, body={"to": "resolved"}, of="report"),
    "GET /v1/review": call("reports:read"),
    "POST /v1/review/{item_id}": call(*EDITS, body={"action": "reject"}, of="report"),
    "POST /v1/review/{item_id}/example": call(*EDITS, "bodies:read", body={"reason": "x"}, of="message"),
    "GET /v1/unknown-places": call(*EDITS),
    "POST /v1/unknown-places/{place_id}": call(*EDITS, body={"locality": "GN-BF"}, of="unknown"),
    "DELETE /v1/unknown-places/{place_id}": call(*EDITS, of="unknown"),
    "GET /v1/incidents": call("reports:read"),
    "GET /v1/incidents/{incident_id}": call("reports:read", of="incident"),
    "PATCH /v1/incidents/{incident_id}": call(*EDITS, body={"killed": 1}, of="incident"),
    "POST /v1/incidents/{incident_id}/merge": call(*EDITS, body={"into": str(uuid4())}, of="incident"),
    "GET /v1/messages": call("messages:read"),
    "POST /v1/messages/{message_id}/open": call("bodies:read", body={"reason": "place unclear"}, of="message"),
    "GET /v1/lexicon": call("admin"),
    "POST /v1/lexicon": call("admin", body=PHRASE),
    "POST /v1/lexicon/preview": call("admin", body=PHRASE),
    "DELETE /v1/lexicon/{term_id}": call("admin", of="term"),
    "GET /v1/forms": call("reports:read"),
    "POST /v1/forms": call("admin", body=ROAD),
    "GET /v1/forms/{code}": call("reports:read", of="form"),
    "GET /v1/forms/{code}/completeness": call("reports:read", of="form"),
    "GET /v1/observations": call("reports:read"),
    "GET /v1/reporters": call("admin"),
    "POST /v1/reporters": call("admin", body=OFFICER),
    "PATCH /v1/reporters/{reporter_id}": call("admin", body={"suspended": True}, of="reporter"),
    "GET /v1/events": call("events:read"),
}
WITH_ID = [name for name, each in TABLE.items() if each.of in {"report", "incident", "message"}]
NOT_HERE = 404


@dataclass
class House:
    """A public report and one about an agent in Boffa, each with its incident and a message."""

    served: Served
    ids: dict[tuple[str, str], UUID]

    async def ask(self, name: str, key: dict[str, str], identifier: object = None) -> httpx.Response:
        method, _, path = name.partition(" ")
        wanted = TABLE[name]
        url = path.partition("{")[0] + str(identifier) + path.partition("}")[2] if "{" in path else path
        headers = {**key, "If-Match": '"nothing"'} if method == "PATCH" or "/review/" in path else key
        return await self.served.http.request(method, url, headers=headers, json=wanted.body, params=wanted.query)


@pytest.fixture
def house(served: Served) -> House:
    store, ids = served.store, {}
    with store.database.writing() as session:
        for kind, category, protect in (("public", "theft", "none"), ("agent", "police_abuse", "agent")):
            report_id = add_report(session, store, category, "GN-BF", "2026-11-20")
            ids["report", kind] = report_id
            ids["message", kind] = add_message(session, store, report_id=report_id, protect=protect)
    with store.database.reading() as session:
        for kind in ("public", "agent"):
            incident = session.scalar(select(Report.incident_id).where(Report.id == ids["report", kind]))
            ids["incident", kind] = incident or uuid4()
    define(store, ROAD, WEEKLY)
    served.fold()
    return House(served, ids)


async def test_the_table_holds_every_operation(served: Served) -> None:
    described = served.app.openapi()["paths"]
    operations = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert {name for name in operations if name.partition(" ")[2] not in OPEN} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
async def test_an_operation_opens_with_its_scopes_and_no_others(house: House, name: str) -> None:
    wanted = TABLE[name]
    identifier = house.ids.get((wanted.of or "", "public"), CODES.get(wanted.of or "", uuid4()))
    everything = [scope for scope in SCOPES if scope not in wanted.scopes]
    if wanted.scopes:
        for missing in wanted.scopes:
            scopes = [*everything, *(wanted.scopes - {missing})]
            problem_of(await house.ask(name, house.served.key(*scopes), identifier), 403, "scope-missing")
    opened = await house.ask(name, house.served.key(*(wanted.scopes or {"admin"})), identifier)
    assert opened.status_code not in {401, 403, 405, 500}, opened.text
    problem_of(await house.ask(name, {}, identifier), 401, "no-key")


@pytest.mark.parametrize("name", WITH_ID)
async def test_what_lies_outside_a_key_s_locality_is_not_there(house: House, name: str) -> None:
    wanted = TABLE[name]
    scopes = [*wanted.scopes, "protected:read"]
    inside, outside = (house.served.key(*scopes, locality=code) for code in ("GN-BF", "GN-CO"))
    unknown = await house.ask(name, outside, uuid4())
    hidden = await house.ask(name, outside, house.ids[wanted.of or "", "public"])
    assert (hidden.status_code, hidden.content) == (NOT_HERE, unknown.content)
    assert unknown.status_code == NOT_HERE
    seen = await house.ask(name, inside, house.ids[wanted.of or "", "public"])
    assert seen.status_code != NOT_HERE or "merge" in name, seen.text  # the other incident is nowhere


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("name", WITH_ID)
async def test_agents_matters_are_not_there_for_police_and_administration(house: House, name: str, body: str) -> None:
    wanted = TABLE[name]
    key = house.served.key(*wanted.scopes, "protected:read", body=body)
    unknown = await house.ask(name, key, uuid4())
    found = await house.ask(name, key, house.ids[wanted.of or "", "agent"])
    if body == "other":
        assert found.status_code != NOT_HERE or "merge" in name, found.text
    else:
        assert (found.status_code, found.content) == (unknown.status_code, unknown.content)
        assert found.status_code == NOT_HERE


@pytest.mark.parametrize("name", [name for name in TABLE if name.startswith("GET") and TABLE[name].of is None])
async def test_a_bound_key_s_lists_hold_nothing_from_outside(house: House, name: str) -> None:
    scopes = TABLE[name].scopes
    if scopes & set(UNBOUND_ONLY):
        return
    key = house.served.key(*(scopes or {"admin"}), "protected:read", locality="GN-CO")
    answer = await house.ask(name, key)
    assert answer.status_code == 200
    assert "GN-BF" not in answer.text
    for identifier in house.ids.values():
        assert str(identifier) not in answer.text


@pytest.mark.parametrize("name", [name for name in TABLE if name.startswith("GET")])
async def test_every_time_is_told_in_one_spelling(house: House, name: str) -> None:
    wanted = TABLE[name]
    publish(house.served)
    key = house.served.key(*(wanted.scopes or {"admin"}))
    identifier = house.ids.get((wanted.of or "", "public"), CODES.get(wanted.of or "", "GIN"))
    answer = await house.ask(name, key, identifier)
    assert answer.status_code == 200
    times = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*)"', answer.text)
    assert [each for each in times if not each.endswith("Z")] == []
    if name in {"GET /v1/reports", "GET /v1/incidents", "GET /v1/messages", "GET /v1/events", "GET /v1/aggregates"}:
        assert times
