"""The examples of the description are true: what they name is there, and reads as real answers do."""

from datetime import date
from typing import Any

import pytest

from api.examples import EXAMPLES
from figures.expectation import FEWEST
from figures.revisions import WHY
from figures.sheet import INDICATORS, SECTIONS
from intake.reference import Reference
from intake.references import ALPHABET, LENGTH
from jobs.imports.emergency_numbers import import_emergency_numbers
from models.periods import Period
from tests.api.feed import FEED, STAFF, publish
from tests.conftest import GUINEA, START
from tests.serving import Served

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    return "sqlite"  # what is asked of the store here reads alike on both; other tests hold that


def members(found: Any, name: str) -> list[Any]:
    """All values under that name, however deep."""
    if isinstance(found, list):
        return [value for each in found for value in members(each, name)]
    if isinstance(found, dict):
        own = [found[name]] if name in found else []
        return own + [value for each in found.values() for value in members(each, name)]
    return []


def test_references_are_such_as_people_get() -> None:
    references = members(EXAMPLES, "reference")
    assert references
    for each in references:
        assert len(each) == LENGTH
        assert set(each) <= set(ALPHABET)


def test_periods_are_what_their_first_day_says() -> None:
    found = [row for each in EXAMPLES.values() for row in each.get("rows", []) if "period" in row and "start" in row]
    assert found
    for row in found:
        period = Period(date.fromisoformat(row["start"]), "week" if "-W" in row["period"] else "month")
        assert (row["period"], row["end"]) == (period.label, period.end.isoformat())


def test_what_is_unusual_lies_outside_its_interval_and_needs_no_last_three_counts() -> None:
    (row,) = EXAMPLES["GET /v1/expected"]["rows"]
    assert (row["state"], row["last_three"]) == ("more", None), f"only a series below {FEWEST} periods has them"
    assert row["low"] < row["expected"] < row["high"] < row["incidents"]


def test_the_words_of_a_revision_are_those_of_its_cause() -> None:
    (row,) = EXAMPLES["GET /v1/revisions"]["rows"]
    assert (row["why_en"], row["why_fr"]) == WHY[row["why"]]


def test_the_sheet_s_sections_and_labels_are_those_there_are() -> None:
    sheet = EXAMPLES["GET /v1/indicators"]
    assert [section["code"] for section in sheet["sections"]] == list(SECTIONS)
    (row,) = sheet["rows"]
    section, unit, words = INDICATORS[row["indicator"]]
    assert (row["section"], row["unit"]) == (section, unit)
    assert row["label_en"] == f"{SECTIONS[section].en}: {words.en}"
    assert row["label_fr"] == f"{SECTIONS[section].fr} : {words.fr}"


async def test_places_and_categories_answer_as_they_do_in_the_demonstration(served: Served) -> None:
    import_emergency_numbers(served.store.database, GUINEA.with_name("emergency.csv"))
    key = served.key("admin")
    assert (await served.get("/v1/localities/GN-C-DIX", key)).json() == EXAMPLES["GET /v1/localities/{code}"]
    categories = await served.rows("/v1/categories", key, limit=500)
    (example,) = EXAMPLES["GET /v1/categories"]["rows"]
    assert example in categories


async def test_places_and_categories_that_are_named_are_there(served: Served) -> None:
    with served.store.database.reading() as session:
        reference: Reference = served.store.keeper.current(session)
    assert {each for each in members(EXAMPLES, "locality") if not reference.spot(each)} == set()
    assert {each for each in members(EXAMPLES, "category") if each} <= set(reference.categories)


async def test_an_event_s_payload_has_the_members_of_a_real_one(served: Served) -> None:
    served.add_twilio()
    await served.text("vol de moto à Dixinn hier soir")
    served.dispatch()
    publish(served)
    (example,) = EXAMPLES["GET /v1/events"]["rows"]
    (real,) = [row for row in await served.rows(FEED, served.key(*STAFF)) if row["name"] == example["name"]]
    assert list(real["payload"]) == list(example["payload"])
    assert real["payload"] | {"incident": None} == example["payload"] | {"incident": None}
    assert real["recorded_at"][:10] == f"{START:%Y-%m-%d}"
