"""The operator's own words: tried on the newest texts, kept, listed and taken back, without code."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from intake.understand.values import Situation
from models.lexicon_terms import LexiconTerm
from tests.api.editing import Key
from tests.conftest import START
from tests.intake.factories import all_of, events_of, report_of
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

PHRASE = "zanzibulle boulangi"
TERM = {"category": "vehicle_theft", "phrase": PHRASE, "language": "fr"}
TRIED = {"category": "vehicle_theft", "phrase": PHRASE}
TEXT = "Incendie hier à Boffa, le feu a brûlé le marché, zanzibullé boulangi"


def category_of(served: Served, text: str) -> str | None:
    """As a text would be understood now."""
    with served.store.database.reading() as session:
        understanding = served.store.keeper.current(session).understanding
    return understanding.read(text, Situation(START + timedelta(hours=1))).category


async def added(served: Served, key: Key, **changes: Any) -> dict[str, Any]:
    answer = await served.post("/v1/lexicon", key, TERM | changes)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()
    return row


async def preview(served: Served, key: Key, **changes: Any) -> dict[str, Any]:
    answer = await served.post("/v1/lexicon/preview", key, TRIED | changes)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_a_phrase_means_its_category_from_now_on_and_no_more_when_taken_back(served: Served) -> None:
    key = served.key("admin")
    assert category_of(served, TEXT) == "fire"
    row = await added(served, key, phrase=" Zanzibullé  BOULANGI ")
    assert (row["phrase"], row["category"], row["language"]) == (PHRASE, "vehicle_theft", "fr")
    assert category_of(served, TEXT) == "vehicle_theft"
    assert await served.rows("/v1/lexicon", key) == [row]
    assert await served.rows("/v1/lexicon", key, category="theft") == []
    assert (await served.http.delete(f"/v1/lexicon/{row['id']}", headers=key)).status_code == 204
    assert category_of(served, TEXT) == "fire"
    problem_of(await served.http.delete(f"/v1/lexicon/{row['id']}", headers=key), 404, "not-found")
    (event,) = events_of(served.store, "lexicon.added")
    assert event.payload == {"category": "vehicle_theft", "language": "fr"}


async def test_what_it_would_change_is_seen_before_it_is_kept(served: Served) -> None:
    served.add_twilio()
    for text in (TEXT, "Vol de moto hier à Boffa", "bonjour"):
        await served.text(text)
    served.dispatch()
    key = served.key("admin")
    found = await preview(served, key)
    assert found["texts"] == 3
    (row,) = found["rows"]
    assert (row["old"], row["new"]) == ("fire", "vehicle_theft")
    assert row["reference"]
    assert "zanzibul" not in str(found)
    assert all_of(served.store, LexiconTerm) == []
    (event,) = events_of(served.store, "lexicon.tried")
    assert event.payload == {"category": "vehicle_theft", "texts": 3, "changed": 1}


async def test_the_reference_is_the_one_its_sender_was_given(served: Served) -> None:
    served.add_twilio()
    await served.text(TEXT)
    served.dispatch()
    (row,) = (await preview(served, served.key("admin"), category="theft"))["rows"]
    report = report_of(served.store, UUID(row["message"]))
    assert (row["reference"], row["old"]) == (report.reference, "fire")


@pytest.mark.parametrize(("category", "scopes", "seen"), [
    ("sexual_violence", ("admin",), 0),
    ("sexual_violence", ("admin", "protected:read"), 1),
    ("vehicle_theft", ("admin",), 1),
])  # fmt: skip
async def test_what_would_become_or_was_protected_is_told_to_those_who_may_see_it(
    served: Served, category: str, scopes: tuple[str, ...], seen: int
) -> None:
    served.add_twilio()
    await served.text(TEXT)
    await served.text("Ma voisine a été violée hier à Boffa, zanzibulle boulangi", From="+224920000002")
    served.dispatch()
    found = await preview(served, served.key(*scopes), category=category)
    assert len([row for row in found["rows"] if row["old"] == "fire"]) == seen
    if "protected:read" not in scopes:
        assert found["texts"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "no-such"},
        {"phrase": "ab"},
        {"phrase": "!!!"},
        {"phrase": "appelez le 92 00 00 01"},
        {"phrase": "un deux trois quatre cinq six sept huit neuf"},
        {"phrase": "x" * 81},
        {"language": "français"},
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_no_phrase_is_refused(served: Served, changes: dict[str, str]) -> None:
    problem_of(await served.post("/v1/lexicon", served.key("admin"), TERM | changes), 422, "invalid")
    assert all_of(served.store, LexiconTerm) == []


async def test_a_phrase_means_one_category(served: Served) -> None:
    key = served.key("admin")
    await added(served, key)
    problem_of(await served.post("/v1/lexicon", key, TERM | {"category": "theft"}), 409, "conflict")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_key_bound_to_a_place_reads_and_changes_nothing(served: Served) -> None:
    row = await added(served, served.key("admin"))
    bound = served.key("admin", locality="GN-BF")
    assert await served.rows("/v1/lexicon", bound) == [row]
    for path, body in (("/v1/lexicon", TERM), ("/v1/lexicon/preview", TRIED)):
        problem_of(await served.post(path, bound, body), 403, "scope-missing")
    problem_of(await served.http.delete(f"/v1/lexicon/{row['id']}", headers=bound), 403, "scope-missing")
