"""Who may see what: every route by scope, locality and body; and that what is hidden leaves no trace anywhere."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from models.database import FOREVER
from models.keys import BODIES, SCOPES, Key
from models.localities import Locality, LocalityParent, renew_ancestors
from models.reference import count_reference_change
from tests.serving import Served, add_message, add_report, problem_of

pytestmark = pytest.mark.anyio

WINDOW = {"from": "2026-09-01", "to": "2026-11-30"}
EVERYTHING = ("aggregates:read", "protected:read", "reports:read", "messages:read")
NEEDED = {
    "/v1/aggregates": "aggregates:read",
    "/v1/reports": "reports:read",
    "/v1/reports/{id}": "reports:read",
    "/v1/messages": "messages:read",
}
PUBLIC, SURVIVOR, ARMED, AGENT = "theft", "domestic_violence", "kidnapping", "police_abuse"
PROTECTED = (SURVIVOR, ARMED, AGENT)


@dataclass
class World:
    """Reports of each protection in two regions, each with a message, folded. ids: by (category, locality)."""

    served: Served
    ids: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def put(self, category: str, locality: str, day: str = "2026-11-20") -> UUID:
        store = self.served.store
        with store.database.writing() as session:
            report_id = add_report(session, store, category, locality, day)
            add_message(session, store, report_id=report_id)
        self.ids[category, locality] = report_id
        self.served.fold()
        return report_id

    async def status(self, path: str, key: dict[str, str]) -> int:
        return (await self.served.get(path, key)).status_code

    async def seen(self, key: dict[str, str]) -> set[tuple[str, str]]:
        rows = await self.served.rows("/v1/reports", key)
        return {(row["category"], row["locality"]) for row in rows}


@pytest.fixture
def world(served: Served) -> World:
    world = World(served)
    for locality in ("GN-BF", "GN-CO"):
        for category in (PUBLIC, *PROTECTED):
            world.put(category, locality)
    return world


# -- scopes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("path", NEEDED)
async def test_a_route_opens_with_its_own_scope_and_no_other(world: World, path: str, scope: str) -> None:
    url = path.format(id=world.ids[PUBLIC, "GN-BF"])
    answer = await world.served.get(url, world.served.key(scope))
    if scope == NEEDED[path]:
        assert answer.status_code == 200
    else:
        problem_of(answer, 403, "scope-missing")


@pytest.mark.parametrize("path", ["/v1/localities", "/v1/localities/GIN", "/v1/categories"])
async def test_any_key_reads_the_reference_and_nobody_without_one_does(served: Served, path: str) -> None:
    assert (await served.get(path, served.key("events:read"))).status_code == 200
    problem_of(await served.get(path), 401, "no-key")


@pytest.mark.parametrize("path", [*NEEDED, "/v1/localities", "/v1/localities/GIN", "/v1/categories"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": "Bearer "}, id="empty"),
        pytest.param({"Authorization": "Bearer wrong"}, id="wrong"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
        pytest.param({"Authorization": "Bearer " + "é" * 30}, id="no ASCII"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_key_every_route_is_a_401(served: Served, path: str, headers: dict[str, str]) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await served.http.get(path.format(id=uuid4()), headers=sent)  # type: ignore[arg-type]
    problem_of(answer, 401, "no-key")


async def test_a_revoked_key_is_no_key(served: Served) -> None:
    key = served.key("aggregates:read")
    with served.store.database.writing() as session:
        session.execute(update(Key).values(revoked_at=served.store.clock()))
    problem_of(await served.get("/v1/aggregates", key), 401, "no-key")


# -- localities --------------------------------------------------------------------------------------------------------


async def test_a_bound_key_sees_its_subtree_and_nothing_else(world: World) -> None:
    key = world.served.key(*EVERYTHING, locality="GN-B")
    assert await world.seen(key) == {(category, "GN-BF") for category in (PUBLIC, *PROTECTED)}
    places = await world.served.rows("/v1/localities", key, limit=500)
    prefectures = {"GN-BF", "GN-BK", "GN-FR", "GN-GA", "GN-KN"}
    assert {row["code"] for row in places if row["level"] < 3} == {"GN-B", *prefectures}
    assert {row["parent"] for row in places if row["level"] == 3} <= prefectures
    assert next(row for row in places if row["code"] == "GN-B")["parent"] is None
    assert len(await world.served.rows("/v1/messages", key)) == 4
    figures = await world.served.rows("/v1/aggregates", key, **WINDOW, group_by="locality", depth=1)
    assert [(row["locality"], row["reports"]) for row in figures] == [("GN-B", 1), ("GN-BF", 1)]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/aggregates?locality={code}",
        "/v1/aggregates?locality={code}&depth=1&group_by=locality",
        "/v1/localities/{code}",
        "/v1/localities?parent={code}",
        "/v1/reports?locality={code}",
    ],
)
@pytest.mark.parametrize("root", ["GN-B", "GN-BF"])
async def test_outside_and_nowhere_are_the_same_404_byte_for_byte(world: World, path: str, root: str) -> None:
    key = world.served.key(*EVERYTHING, locality=root)
    nowhere = await world.served.get(path.format(code="GN-NOWHERE"), key)
    problem_of(nowhere, 404, "not-found")
    for code in ("GN-D", "GN-CO", "GIN", "gn-b"):
        outside = await world.served.get(path.format(code=code), key)
        assert (outside.status_code, outside.content, sorted(outside.headers.items())) == (
            404,
            nowhere.content,
            sorted(nowhere.headers.items()),
        ), code
    assert await world.status(path.format(code=root), key) == 200


async def test_a_report_outside_and_none_at_all_are_the_same_404_byte_for_byte(world: World) -> None:
    bound = world.served.key(*EVERYTHING, locality="GN-B")
    unprotected = world.served.key("reports:read")
    nowhere = await world.served.get(f"/v1/reports/{uuid4()}", bound)
    problem_of(nowhere, 404, "not-found")
    hidden = [(bound, world.ids[PUBLIC, "GN-CO"])] + [(unprotected, world.ids[each, "GN-BF"]) for each in PROTECTED]
    for key, report_id in hidden:
        answer = await world.served.get(f"/v1/reports/{report_id}", key)
        assert (answer.status_code, answer.content) == (404, nowhere.content)
        assert await world.served.rows("/v1/messages", world.served.key("messages:read"), report=str(uuid4())) == []


async def test_a_bound_key_sees_no_text_without_a_report_in_its_subtree(world: World) -> None:
    store = world.served.store
    with store.database.writing() as session:
        add_message(session, store)
    bound, unbound = (world.served.key(*EVERYTHING, locality=code) for code in ("GIN", ""))
    assert len(await world.served.rows("/v1/messages", bound)) == 8
    assert len(await world.served.rows("/v1/messages", unbound)) == 9


async def test_reports_belong_to_the_key_of_the_day_they_happened(world: World) -> None:
    """GN-BF moves to another region: what happened before stays with the old one, what comes after goes with it."""
    served = world.served
    with served.store.database.writing() as session:
        spots = served.store.keeper.current(session).spot_ids
        moving = session.get(LocalityParent, (spots["GN-BF"], date.min))
        assert moving is not None
        moving.until_day = date(2026, 11, 21)
        session.add(
            LocalityParent(
                locality_id=spots["GN-BF"], parent_id=spots["GN-D"], from_day=date(2026, 11, 21), until_day=FOREVER
            )
        )
        session.flush()
        renew_ancestors(session)
        count_reference_change(session)
    world.put("robbery", "GN-BF", "2026-11-21")
    old, new = (served.key(*EVERYTHING, locality=code) for code in ("GN-B", "GN-D"))
    assert ("robbery", "GN-BF") not in await world.seen(old)
    assert (PUBLIC, "GN-BF") in await world.seen(old)
    assert ("robbery", "GN-BF") in await world.seen(new)
    assert (PUBLIC, "GN-BF") not in await world.seen(new)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_key_of_a_locality_that_is_the_whole_country_still_hides_other_countries(world: World) -> None:
    with world.served.store.database.writing() as session:
        session.add(Locality(code="SLE", level=0))
        session.flush()
        renew_ancestors(session)
        count_reference_change(session)
    world.put(PUBLIC, "SLE")
    assert ("theft", "SLE") not in await world.seen(world.served.key(*EVERYTHING, locality="GIN"))
    assert ("theft", "SLE") in await world.seen(world.served.key(*EVERYTHING))


# -- protection --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("locality", ["", "GN-B"])
@pytest.mark.parametrize("protected", [False, True], ids=["without protected:read", "with protected:read"])
async def test_what_is_seen_by_protection_locality_and_body(
    world: World, body: str, locality: str, protected: bool
) -> None:
    scopes = EVERYTHING if protected else [each for each in EVERYTHING if each != "protected:read"]
    key = world.served.key(*scopes, locality=locality, body=body)
    categories = {PUBLIC} | ({SURVIVOR, ARMED} if protected else set())
    categories |= {AGENT} if protected and body == "other" else set()
    expected = {(category, place) for category in categories for place in ("GN-BF", *([] if locality else ["GN-CO"]))}
    assert await world.seen(key) == expected
    assert len(await world.served.rows("/v1/messages", key)) == len(expected)
    figures = await world.served.rows("/v1/aggregates", key, **WINDOW, group_by="category")
    assert {row["category"] for row in figures} == categories
    for (category, place), report_id in world.ids.items():
        wanted = 200 if (category, place) in expected else 404
        assert await world.status(f"/v1/reports/{report_id}", key) == wanted, (category, place)
        asked = await world.served.rows("/v1/aggregates", key, **WINDOW, category=category)
        assert bool(asked) == (category in categories), category
        starred = await world.served.rows("/v1/aggregates", key, **WINDOW, category=f"{category}*")
        assert bool(starred) == (category in categories), category
    (whole,) = await world.served.rows("/v1/aggregates", key, **WINDOW, group_by="")
    assert whole["reports"] == (1 if locality else 2), "the cell of all categories holds nothing protected for anyone"


@pytest.mark.parametrize("body", ["police", "administration"])
async def test_no_scope_shows_a_report_about_agents_to_their_own(world: World, body: str) -> None:
    scopes = [scope for scope in SCOPES if scope != "events:read"]
    for locality in ("", "GIN"):
        key = world.served.key(*scopes, locality=locality, body=body)
        assert AGENT not in {category for category, _ in await world.seen(key)}
        for category in (AGENT, f"{AGENT}*", "bribery*", "arbitrary_detention"):
            assert await world.served.rows("/v1/aggregates", key, **WINDOW, category=category) == []


QUESTIONS = [
    ("/v1/aggregates", {**WINDOW}),
    ("/v1/aggregates", {**WINDOW, "group_by": "category"}),
    ("/v1/aggregates", {**WINDOW, "group_by": ""}),
    ("/v1/aggregates", {**WINDOW, "locality": "GIN", "depth": "1", "group_by": "locality,category,period"}),
    ("/v1/aggregates", {**WINDOW, "locality": "GN-BF", "period": "day"}),
    *(("/v1/aggregates", {**WINDOW, "category": each}) for each in (*PROTECTED, *(f"{each}*" for each in PROTECTED))),
    ("/v1/aggregates", {**WINDOW, "group_by": "category", "limit": "1"}),
    ("/v1/reports", {}),
    ("/v1/reports", {"limit": "1"}),
    ("/v1/reports", {"review": "false"}),
    *(("/v1/reports", {"category": each}) for each in PROTECTED),
    ("/v1/messages", {}),
    ("/v1/messages", {"limit": "1"}),
    ("/v1/localities", {}),
    ("/v1/categories", {}),
]


def shown(answer: httpx.Response) -> tuple[Any, ...]:
    """All of an answer that may tell something: as_of moves on with the clock alone."""
    body = answer.json()
    body.pop("as_of", None)
    link = answer.headers.get("link")
    return answer.status_code, str(body), answer.headers["etag"], link, answer.headers["content-length"]


async def look(served: Served, key: dict[str, str]) -> list[tuple[Any, ...]]:
    return [shown(await served.get(path, key, **query)) for path, query in QUESTIONS]


CANNOT_SEE = [
    pytest.param(SURVIVOR, (), "other", id="violence at home, a partner"),
    pytest.param(ARMED, (), "other", id="a kidnapping, a partner"),
    pytest.param(AGENT, (), "other", id="abuse by the police, a partner"),
    pytest.param(AGENT, ("protected:read",), "police", id="abuse by the police, the police itself"),
    pytest.param(AGENT, ("protected:read",), "administration", id="abuse by the police, the administration"),
    pytest.param("bribery", ("protected:read",), "administration", id="bribery, the administration"),
]


@pytest.mark.parametrize(("category", "scopes", "body"), CANNOT_SEE)
async def test_worlds_that_differ_by_one_hidden_report_look_the_same(
    world: World, category: str, scopes: tuple[str, ...], body: str
) -> None:
    """The same key before and after: every list, figure, header and ETag; the report has a text, and is folded."""
    key = world.served.key("aggregates:read", "reports:read", "messages:read", *scopes, body=body)
    before = await look(world.served, key)
    hidden = world.put(category, "GN-BF", "2026-11-19")
    assert await look(world.served, key) == before
    all_seeing = world.served.key(*EVERYTHING)
    assert (await world.served.get(f"/v1/reports/{hidden}", all_seeing)).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mon mari me frappe à Matoto", id="violence at home"),
        pytest.param("Les policiers demandent de l'argent au barrage de Matoto", id="racket"),
        pytest.param("Mon mari me frappe", id="violence at home, no place"),
    ],
)
async def test_a_text_about_something_protected_leaves_no_trace_either(served: Served, text: str) -> None:
    """From the door to the answer: the same before and after for a partner's key."""
    served.add_twilio(free_to_sender=True)
    await served.text("Vol de moto hier à Matoto", From="+12025550199")
    served.dispatch()
    served.fold()
    served.fold()  # the second in one slot: each further one changes the microseconds of as_of and no length
    key = served.key("aggregates:read", "reports:read", "messages:read")
    before = await look(served, key)
    await served.text(text)
    served.dispatch()
    served.fold()
    assert await look(served, key) == before


async def test_a_cursor_tells_nothing_of_what_lies_between_its_rows(world: World) -> None:
    key = world.served.key("reports:read")
    answer = await world.served.get("/v1/reports", key, limit=1)
    (first,) = answer.json()["rows"]
    link = answer.headers["link"]
    world.put(SURVIVOR, "GN-CO")
    again = await world.served.get("/v1/reports", key, limit=1)
    assert again.json()["rows"] == [first]
    assert again.headers["link"] == link


async def test_a_bound_key_no_longer_sees_a_locality_that_has_left(world: World) -> None:
    served = world.served
    before = served.key(*EVERYTHING, locality="GN-B")
    assert (await served.get("/v1/localities/GN-BF", before)).status_code == 200
    with served.store.database.writing() as session:
        spots = served.store.keeper.current(session).spot_ids
        moving = session.get(LocalityParent, (spots["GN-BF"], date.min))
        assert moving is not None
        moving.until_day = date(2026, 11, 21)
        parent = {"locality_id": spots["GN-BF"], "parent_id": spots["GN-D"]}
        session.add(LocalityParent(**parent, from_day=date(2026, 11, 21), until_day=FOREVER))
        session.flush()
        renew_ancestors(session)
        count_reference_change(session)
    for path in ("/v1/localities/GN-BF", "/v1/aggregates?locality=GN-BF", "/v1/reports?locality=GN-BF"):
        problem_of(await served.http.get(path, headers=before), 404, "not-found")


async def test_a_report_without_a_day_is_found_under_its_place(world: World) -> None:
    with world.served.store.database.writing() as session:
        report_id = add_report(session, world.served.store, PUBLIC, "GN-BF", "2026-11-21", occurred_on=None)
    key = world.served.key(*EVERYTHING)
    rows = await world.served.rows("/v1/reports", key, locality="GN-B")
    assert str(report_id) in {row["id"] for row in rows}


async def test_a_text_that_may_be_about_something_protected_is_hidden_with_its_reply(world: World) -> None:
    store = world.served.store
    with store.database.writing() as session:
        hidden = {str(add_message(session, store, protect=each)) for each in ("survivor", "agent", "armed")}
    for scopes, seen in ((("messages:read",), set()), (("messages:read", "protected:read"), hidden)):
        rows = await world.served.rows("/v1/messages", world.served.key(*scopes), limit=500)
        assert {row["id"] for row in rows} & hidden == seen
