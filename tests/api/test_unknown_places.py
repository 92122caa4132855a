"""Names of places that nobody knows: counted for staff, read by nobody else, and placed in one call."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from intake.understand.values import Kind, Reading, Situation
from jobs.erasing import erase
from models.localities import LocalityName
from models.reports import Report
from models.unknown_places import UnknownPlace, UnknownPlaceMention
from tests.api.editing import EDITS, Key
from tests.api.reviewing import take_in, understand_as
from tests.conftest import START
from tests.intake.factories import all_of, events_of, figure, report_of
from tests.jobs.recount import disagreements
from tests.serving import Served, problem_of
from tests.test_canary import everything_on_disk

pytestmark = pytest.mark.anyio

NAME = "Zanzibulle"
LOST = Reading(
    Kind.REPORT,
    category="theft",
    confidence=0.9,
    occurred_on=date(2026, 11, 21),
    missing=("locality",),
    review="place-unsure",
    unknown_places=(NAME,),
)
AMINATA, BOUBACAR = "+224920000001", "+224920000002"
LISTED = "/v1/unknown-places"
READS = (*EDITS, "bodies:read")
"""The scopes of who may open names that stand in one text only."""


async def rows(served: Served, key: Key) -> list[dict[str, Any]]:
    """With every name opened."""
    return await served.rows(LISTED, key, reason="Names to place")


async def name(served: Served, key: Key, row: dict[str, Any], locality: str) -> httpx.Response:
    return await served.post(f"{LISTED}/{row['id']}", key, {"locality": locality})


async def test_a_name_is_one_however_it_is_written_and_counted(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for spelling in (NAME, "ZANZIBULLE", "zanzibulle "):
        await take_in(served, monkeypatch, replace(LOST, unknown_places=(spelling,)))
    await take_in(served, monkeypatch, replace(LOST, unknown_places=("Koubia-Nord",)))
    first, second = await rows(served, served.key(*READS))
    assert (first["name"], first["texts"], second["name"]) == ("zanzibulle", 3, "Koubia-Nord")
    assert first["first_at"] < first["last_at"]


async def test_a_name_of_one_number_is_words_of_a_body_and_opened_as_one(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sender, names in ((AMINATA, (NAME, "Koubia-Nord")), (AMINATA, (NAME,)), (BOUBACAR, ("koubia nord",))):
        await take_in(served, monkeypatch, replace(LOST, unknown_places=names), From=sender)
    editor, reader = served.key(*EDITS), served.key(*READS)
    for key in (editor, reader):
        answer = await served.get(LISTED, key)
        assert [(row["name"], row["texts"]) for row in answer.json()["rows"]] in (
            [(None, 2), ("koubia nord", 2)],
            [("koubia nord", 2), (None, 2)],
        )
        assert (await served.get(LISTED, key | {"If-None-Match": answer.headers["etag"]})).status_code == 304
    problem_of(await served.get(LISTED, editor, reason="Names to place"), 403, "scope-missing")
    problem_of(await served.get(LISTED, reader, reason="call 920 00 00 01"), 422, "invalid")
    for nothing in (" ", "\0"):  # PostgreSQL keeps no NUL
        problem_of(await served.get(LISTED, reader, reason=nothing), 422, "invalid")
    assert events_of(served.store, "place.opened") == []
    answer = await served.get(LISTED, reader, reason=" Names  to place")
    (row,) = [row for row in answer.json()["rows"] if row["name"] == NAME]
    assert answer.headers["cache-control"] == "no-store"
    (event,) = events_of(served.store, "place.opened")
    assert event.payload == {"places": [row["id"]], "reason": "Names to place"}
    assert event.actor.startswith("key:")
    problem_of(await name(served, editor, row, "GN-BF"), 403, "scope-missing")
    assert (await name(served, reader, row, "GN-BF")).json()["name"] == NAME


async def test_two_texts_from_the_web_may_be_one_person_s(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(served, monkeypatch, LOST)
    for _ in range(2):
        understand_as(monkeypatch, LOST)
        sent = {**served.key("reports:write"), "Idempotency-Key": uuid4().hex}
        assert (await served.post("/v1/reports", sent, {"text": "x"})).status_code == 202
        served.dispatch()
        monkeypatch.undo()
    (row,) = await served.rows(LISTED, served.key(*EDITS))
    assert (row["name"], row["texts"]) == (None, 3)


async def test_the_list_goes_from_page_to_page(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for names in ((NAME,), (NAME, "Koubia-Nord"), ("Timbi-Sud",)):
        await take_in(served, monkeypatch, replace(LOST, unknown_places=names))
    key, found, path = served.key(*READS), [], f"{LISTED}?limit=1&reason=Names"
    while path:
        answer = await served.http.get(path, headers=key)
        found += [row["name"] for row in answer.json()["rows"]]
        path = answer.links.get("next", {}).get("url", "")
    assert (found[0], sorted(found)) == (NAME, ["Koubia-Nord", "Timbi-Sud", NAME])


async def test_where_it_may_be_is_hinted_at(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("GN-CO", "GN-BF", "GN-BF"):
        await take_in(served, monkeypatch, replace(LOST, locality=place, missing=(), review=None))
    (row,) = await rows(served, served.key(*READS))
    assert row["near"] == ["GN-BF", "GN-CO"]


async def test_what_may_be_a_phone_number_is_no_name(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(served, monkeypatch, replace(LOST, unknown_places=("92 00 00 01", "٩٢٠٠٠٠٠١", "PK 36", "...")))
    assert [row["name"] for row in await rows(served, served.key(*READS))] == ["PK 36"]


async def test_a_name_stands_nowhere_in_clear_and_goes_with_its_sender(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = served.store
    for sender in (AMINATA, BOUBACAR):
        await take_in(served, monkeypatch, LOST, f"vol a {NAME}", From=sender)
    key = served.key(*READS)
    assert [row["texts"] for row in await rows(served, key)] == [2]
    erase(store.database, store.keeper, store.vault, store.settings, AMINATA, store.clock())
    assert [row["texts"] for row in await rows(served, key)] == [1]
    erase(store.database, store.keeper, store.vault, store.settings, BOUBACAR, store.clock())
    assert await rows(served, key) == []
    assert (all_of(store, UnknownPlace), all_of(store, UnknownPlaceMention)) == ([], [])
    found = everything_on_disk(store).lower()
    assert NAME.lower().encode() not in found


async def test_a_name_becomes_an_alias_and_what_waited_for_it_is_placed(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = served.store
    waiting = report_of(store, await take_in(served, monkeypatch, LOST))
    protected = report_of(
        store, await take_in(served, monkeypatch, replace(LOST, category="sexual_violence", protect="survivor"))
    )
    placed = report_of(store, await take_in(served, monkeypatch, replace(LOST, locality="GN-CO", missing=())))
    key = served.key(*READS)
    (row,) = await rows(served, key)
    version = (await served.get("/v1/localities", key)).headers["etag"]
    answer = await name(served, key, row, "GN-BF")
    assert answer.json() == {"id": row["id"], "name": NAME, "locality": "GN-BF", "placed": 1}  # of two: one is hidden
    assert (await served.get("/v1/localities", key)).headers["etag"] != version
    now = {report.id: report for report in all_of(store, Report)}
    assert (now[waiting.id].status, now[waiting.id].review, now[waiting.id].place_basis) == ("open", None, "said")
    assert now[protected.id].locality_id == now[waiting.id].locality_id != now[placed.id].locality_id
    served.fold()
    assert figure(store, "GN-BF", "theft", "day", date(2026, 11, 21)).reports == 1
    assert disagreements(store) == []
    assert len(all_of(store, LocalityName, LocalityName.name == NAME)) == 1
    with store.database.reading() as session:
        understanding = store.keeper.current(session).understanding
    reading = understanding.read(f"Vol de moto hier a {NAME}", Situation(START + timedelta(hours=1)))
    assert reading.locality == "GN-BF"
    assert await rows(served, key) == []
    problem_of(await name(served, key, row, "GN-BF"), 404, "not-found")
    (event,) = events_of(store, "place.named")
    assert event.payload == {"locality": "GN-BF", "reports": 2}


async def test_a_dismissed_name_does_not_come_back(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(served, monkeypatch, LOST)
    key = served.key(*READS)
    (row,) = await rows(served, key)
    path = f"{LISTED}/{row['id']}"
    problem_of(await served.http.delete(path, headers=served.key(*EDITS, locality="GN-BF")), 403, "scope-missing")
    assert (await served.http.delete(path, headers=key)).status_code == 204
    await take_in(served, monkeypatch, LOST)
    assert await rows(served, key) == []


async def test_a_name_is_not_put_where_a_key_does_not_reach(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(served, monkeypatch, replace(LOST, locality="GN-BF", missing=(), review=None))
    near, far = (served.key(*READS, locality=code) for code in ("GN-BF", "GN-CO"))
    assert await rows(served, far) == []
    (row,) = await rows(served, near)
    unknown = await name(served, far, {"id": uuid4()}, "GN-CO")
    hidden = await name(served, far, row, "GN-CO")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    problem_of(await name(served, near, row, "GN-CO"), 404, "not-found")
    problem_of(await name(served, near, row, "NOWHERE"), 404, "not-found")
    assert (await name(served, near, row, "GN-BF")).status_code == 200


@pytest.mark.parametrize(("body", "protect"), [("other", "survivor"), ("police", "agent"), ("administration", "agent")])
async def test_two_worlds_that_differ_in_a_hidden_text_s_name_look_the_same(
    served: Served, monkeypatch: pytest.MonkeyPatch, body: str, protect: Any
) -> None:
    await take_in(served, monkeypatch, replace(LOST, unknown_places=("Koubia-Nord",)))
    key = served.key(*READS, *(("protected:read",) if protect == "agent" else ()), body=body)
    before = await served.get(LISTED, key)
    opened = await served.get(LISTED, key, reason="Names to place")
    hidden = replace(LOST, category=None, protect=protect, unknown_places=("Koubia-Nord", NAME))
    await take_in(served, monkeypatch, hidden)
    after = await served.get(LISTED, key)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert (await served.get(LISTED, key, reason="Names to place")).content == opened.content
    all_see = await rows(served, served.key(*READS, "protected:read"))
    (only_there,) = [row for row in all_see if row["name"] == NAME]
    unknown = await name(served, key, {"id": UUID(int=7)}, "GN-BF")
    answer = await name(served, key, only_there, "GN-BF")
    assert (answer.status_code, answer.content) == (404, unknown.content)
