"""The indicator sheet: always the same lines, and every number the one that another way of asking gives."""

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from figures.sheet import INDICATORS, SECTIONS
from figures.sources import SOURCES
from jobs.imports.incidents import import_incidents
from models.incidents import Incident
from models.reports import Report
from models.tallies import Measures
from tests.jobs.recount import INCIDENTS_HEADER, write_csv
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

DIXINN, KALOUM, KAMSAR = "GN-C-DIX", "GN-C-KAL", "GN-BK-KAM"
Q3 = {"period": "quarter", "from": "2026-07-01", "to": "2026-09-30"}
BODY_KEYS = {"quarter", "start", "end", "final", "as_of", "counts", "sections", "rows"}

PROTECTED = ("domestic_violence", "kidnapping", "police_abuse")


@pytest.fixture
def served(served: Served, tmp_path: Path) -> Served:
    """A third quarter of the year with a bit of everything, and a report before and after it."""
    for category, count in (("theft", 3), ("robbery", 2), *((each, 6) for each in PROTECTED)):
        served.add_reports([(category, DIXINN, "2026-08-10")] * count)
    served.add_reports([("kidnapping", KAMSAR, "2026-08-10")])
    served.add_reports([("road_crash", KALOUM, "2026-09-30")], killed=2, injured=5, source="officer")
    served.add_reports([("theft", KAMSAR, "2026-07-01")] * 2, credibility="confirmed", source="monitor")
    served.add_reports([("theft", KAMSAR, "2026-07-02")], status="resolved", source="staff")
    served.add_reports([("fire", KAMSAR, "2026-07-03")], status="referred", source="relay")
    served.add_reports([("theft", DIXINN, "2026-06-30"), ("theft", DIXINN, "2026-10-01")])
    store = served.store
    path = write_csv(tmp_path / "counted.csv", INCIDENTS_HEADER, [("2026-09-01", DIXINN, "burglary", 7)])
    import_incidents(store.database, store.keeper, path, "counted", store.clock())
    served.fold()
    return served


async def sheet(served: Served, *scopes: str, root: str = "", body: str = "other", **query: Any) -> dict[str, Any]:
    key = served.key("aggregates:read", *scopes, locality=root, body=body)
    answer = await served.get("/v1/indicators", key, **query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def values(document: dict[str, Any], *, by: str) -> dict[tuple[str, str], Any]:
    return {(row["indicator"], row[by]): row["value"] for row in document["rows"] if row[by] is not None}


@pytest.mark.parametrize(
    ("scopes", "root", "body"),
    [
        pytest.param((), "", "other", id="a partner"),
        pytest.param(("protected:read", "reports:read"), "", "other", id="who reads all"),
        pytest.param(("protected:read",), "", "police", id="the police"),
        pytest.param((), "GN-C", "other", id="a region"),
    ],
)
async def test_every_number_is_the_one_that_the_other_lists_give(
    served: Served, scopes: tuple[str, ...], root: str, body: str
) -> None:
    document = await sheet(served, *scopes, root=root, body=body, quarter="2026-Q3")
    key = served.key("aggregates:read", *scopes, locality=root, body=body)
    own = root or "GIN"
    found = values(document, by="locality")
    places = await served.rows("/v1/aggregates", key, **Q3, group_by="locality", depth=1, locality=own)
    nonzero = {place for name, place in found if name == "reports_by_locality" and found[name, place]}
    assert nonzero == {row["locality"] for row in places}
    for row in places:
        assert found["reports_by_locality", row["locality"]] == row["reports"]
        assert found["incidents_by_locality", row["locality"]] == row["incidents"]
    (whole,) = [row for row in places if row["locality"] == own]
    for name in ("killed", "injured", "confirmed", "referred", "resolved"):
        assert found[name, own] == whole[name]
    categories = await served.rows("/v1/aggregates", key, **Q3, group_by="category", locality=own, limit=500)
    by_category = values(document, by="category")
    assert {category for _, category in by_category if by_category["reports_by_category", category]} == {
        row["category"] for row in categories
    }
    for row in categories:
        assert by_category["reports_by_category", row["category"]] == row["reports"]
        assert by_category["incidents_by_category", row["category"]] == row["incidents"]
    by_source = values(document, by="source")
    for name in ("reports", "incidents"):
        assert sum(by_source[f"{name}_by_source", source] for source in SOURCES) == whole[name]
    (took_part,) = await served.rows("/v1/participation", key, **Q3, locality=own)
    for name in ("messages", "reporters", "busiest_share", "completeness", "sub_localities", "population"):
        assert found[name, own] == took_part[name], name
    revised = await served.rows("/v1/revisions", key, **Q3, locality=own, limit=500)
    assert found["revisions", own] == len(revised) > 0
    assert found["reports_changed", own] == sum(abs(row["reports"]) for row in revised)
    assert found["incidents_changed", own] == sum(abs(row["incidents"]) for row in revised)


async def test_the_numbers_of_a_quarter(served: Served) -> None:
    document = await sheet(served, "reports:read", quarter="2026-Q3")
    found = values(document, by="locality")
    expected = {
        "killed": 2, "injured": 5, "confirmed": 2, "referred": 1, "resolved": 1, "confirmed_share": 0.1176,
        "referred_share": 0.0588, "resolved_share": 0.0588, "sub_localities": 8, "population": 10_523_000,
    }  # fmt: skip
    assert {name: found[name, "GIN"] for name in expected} == expected
    assert {place: found["reports_by_locality", place] for place in ("GIN", "GN-B", "GN-C", "GN-D")} == {
        "GIN": 17, "GN-B": 4, "GN-C": 13, "GN-D": 0,
    }  # fmt: skip
    sources = values(document, by="source")
    reports = {source: sources["reports_by_source", source] for source in SOURCES}
    assert reports == {"citizen": 5, "officer": 1, "monitor": 2, "relay": 1, "staff": 1, "import": 7}
    assert reports == {source: sources["incidents_by_source", source] for source in SOURCES}
    categories = values(document, by="category")
    assert categories["reports_by_category", "burglary"] == 7
    assert categories["reports_by_category", "vandalism"] == 0


async def test_an_incident_belongs_to_the_source_of_its_first_report_that_counts(served: Served) -> None:
    """A citizen tells of it, an officer and a monitor later; then the citizen's report turns out false."""
    store = served.store
    with store.database.writing() as session:
        session.execute(update(Report).values(weight=0, source="import"))
        session.execute(update(Incident).values(counts=False))
    ids = []
    for source in ("citizen", "officer", "monitor"):
        ids += served.add_reports([("theft", DIXINN, "2026-08-11")], source=source)
        store.clock.go_on(minutes=1)
    with store.database.writing() as session:
        first, *others = (session.get_one(Report, each) for each in ids)
        for other in others:
            assert other.incident_id is not None
            session.get_one(Incident, other.incident_id).counts = False
            other.incident_id = first.incident_id
    found = values(await sheet(served, quarter="2026-Q3"), by="source")
    assert [found["incidents_by_source", source] for source in SOURCES] == [1, 0, 0, 0, 0, 0]
    assert [found["reports_by_source", source] for source in SOURCES] == [1, 1, 1, 0, 0, 0]
    with store.database.writing() as session:
        session.get_one(Report, ids[0]).credibility = "false"
    found = values(await sheet(served, quarter="2026-Q3"), by="source")
    assert [found["incidents_by_source", source] for source in SOURCES] == [0, 1, 0, 0, 0, 0]


async def test_lines_that_are_ahead_of_the_others_say_so_until_all_is_folded(served: Served) -> None:
    """In every format; of what is protected, elsewhere or of another quarter they say nothing."""
    key = served.key("aggregates:read", "reports:read")

    async def ahead(**query: Any) -> dict[str, set[str | None]]:
        rows = await served.rows("/v1/indicators", key, quarter="2026-Q3", **query)
        found = [row for row in rows if "ask again shortly" in (row["note"] or "")]
        return {
            row["indicator"]: {each["source"] for each in found if each["indicator"] == row["indicator"]}
            for row in found
        }

    held = key | {"If-None-Match": (await served.get("/v1/indicators", key, quarter="2026-Q3")).headers["etag"]}
    served.add_reports([(category, DIXINN, "2026-08-10") for category in PROTECTED])
    served.add_reports([("theft", DIXINN, "2026-10-10")])
    assert await ahead() == {}
    assert (await served.get("/v1/indicators", held, quarter="2026-Q3")).status_code == 304
    served.add_reports([("theft", DIXINN, "2026-08-10")])
    sources = set(SOURCES)
    everywhere = {"reports_by_source": sources, "incidents_by_source": sources, "busiest_share": {None}}
    assert await ahead() == everywhere
    assert await ahead(locality="GN-C") == everywhere
    assert await ahead(locality="GN-B") == {}
    changed = await served.get("/v1/indicators", held, quarter="2026-Q3")
    assert changed.status_code == 200
    by_source = values(changed.json(), by="source")
    assert by_source["reports_by_source", "citizen"] == 6
    file = await served.get("/v1/indicators", key, quarter="2026-Q3", format="csv")
    assert file.text.count("ask again shortly") == 2 * len(SOURCES) + 1
    served.fold()
    assert await ahead() == {}


# -- its form ----------------------------------------------------------------------------------------------------------


async def test_every_sheet_has_the_same_lines_in_the_same_order(served: Served) -> None:
    def lines(document: dict[str, Any]) -> list[tuple[Any, ...]]:
        names = ("section", "indicator", "locality", "category", "source", "unit", "label_en", "label_fr")
        return [tuple(row[name] for name in names) for row in document["rows"]]

    full = await sheet(served, quarter="2026-Q3")
    empty = await sheet(served, quarter="2021-Q1")
    privileged = await sheet(served, "reports:read", "protected:read", quarter="2026-Q3")
    assert lines(full) == lines(empty) == lines(privileged)
    sections = list(dict.fromkeys(row["section"] for row in full["rows"]))
    assert sections == list(SECTIONS) == [each["code"] for each in full["sections"]]
    assert list(dict.fromkeys(row["indicator"] for row in full["rows"])) == [
        name for section in SECTIONS for name, meaning in INDICATORS.items() if meaning.section == section
    ]
    assert set(full) == BODY_KEYS
    participation = next(each for each in full["sections"] if each["code"] == "participation")
    assert (participation["en"], participation["fr"]) == ("Participation, not danger", "Participation, et non danger")


async def test_an_empty_quarter_is_zeros_and_no_share_of_nothing(served: Served) -> None:
    document = await sheet(served, "reports:read", quarter="2021-Q1")
    for row in document["rows"]:
        share = row["unit"] == "share" and row["indicator"] != "completeness"
        known = row["indicator"] in {"population", "sub_localities"}
        guarded = row["category"] and row["note"]
        assert known or row["value"] == (None if share or guarded else 0), row
    assert document["final"] is True


async def test_a_quarter_is_the_last_that_ended_unless_another_is_asked_for(served: Served) -> None:
    document = await sheet(served)
    assert [document[name] for name in ("quarter", "start", "end", "final")] == [
        "2026-Q3", "2026-07-01", "2026-09-30", True,
    ]  # fmt: skip
    running = await sheet(served, quarter="2026-Q4")
    assert running["final"] is False
    notes = {row["note"] for row in running["rows"] if row["section"] == "corrections"}
    assert notes == {"not closed yet / pas encore clos"}


async def test_without_reports_read_numbers_of_people_and_texts_are_bands_in_the_note(served: Served) -> None:
    exact = await sheet(served, "reports:read", quarter="2026-Q3")
    banded = await sheet(served, quarter="2026-Q3")
    notes = {
        row["indicator"]: row["note"] for row, other in zip(banded["rows"], exact["rows"], strict=True) if row != other
    }
    assert notes == {
        "messages": "band 0 / tranche 0",
        "reporters": "band <5 / tranche <5",
        "messages_per_10000": "band 0 / tranche 0",
        "reporters_per_10000": "not told / non donné",
        "busiest_share": "not told / non donné",
    }


# -- what is protected -------------------------------------------------------------------------------------------------


async def test_a_guarded_category_has_a_line_that_tells_what_the_public_rule_tells(served: Served) -> None:
    """Imported counts stand for as many people as they weigh."""
    store = served.store
    key = served.key("aggregates:read")

    async def line(name: str, category: str, **query: Any) -> dict[str, Any]:
        found = await served.rows("/v1/indicators", key, quarter="2026-Q3", **query)
        (row,) = [row for row in found if (row["indicator"], row["category"]) == (name, category)]
        return row

    before = await line("reports_by_category", "kidnapping")
    assert before["value"] is None
    assert before["note"].startswith(
        "told from 5 incidents and 3 reporters on, 7 days after the quarter, down to level 2"
    )
    path = write_csv(Path(store.settings.key_file).with_name("more.csv"), INCIDENTS_HEADER, [
        ("2026-09-01", "GN-BK", "kidnapping", 9),
    ])  # fmt: skip
    import_incidents(store.database, store.keeper, path, "more", store.clock())
    served.fold()
    after = await line("reports_by_category", "kidnapping", locality="GN-BK")
    (figure,) = await served.rows("/v1/aggregates", key, **Q3, locality="GN-BK", category="kidnapping")
    assert (after["value"], after["note"]) == (figure["reports"], before["note"])


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"quarter": "2026-Q5"}, id="a fifth quarter"),
        pytest.param({"quarter": "2026-09"}, id="a month"),
        pytest.param({"quarter": "0000-Q1"}, id="no year"),
        pytest.param({"quarter": "2027-Q1"}, id="a quarter to come"),
        pytest.param({"limit": 5}, id="a part of it"),
        pytest.param({"format": "parquet"}, id="no such file"),
    ],
)
async def test_what_cannot_be_asked_is_a_422(served: Served, query: dict[str, Any]) -> None:
    problem_of(await served.get("/v1/indicators", served.key("aggregates:read"), **query), 422, "invalid")


async def test_outside_the_key_s_locality_is_a_404_and_the_scope_is_needed(served: Served) -> None:
    bound = served.key("aggregates:read", locality="GN-B")
    outside = await served.get("/v1/indicators", bound, locality=DIXINN)
    nowhere = await served.get("/v1/indicators", bound, locality="GN-NOWHERE")
    problem_of(outside, 404, "not-found")
    assert outside.content == nowhere.content
    problem_of(await served.get("/v1/indicators", served.key("reports:read")), 403, "scope-missing")


async def test_what_is_held_already_is_a_304_until_a_figure_changes(served: Served) -> None:
    key = served.key("aggregates:read")
    first = await served.get("/v1/indicators", key)
    held = key | {"If-None-Match": first.headers["etag"]}
    assert (await served.get("/v1/indicators", held)).status_code == 304
    served.add_reports([("theft", DIXINN, "2026-08-10")])
    served.fold()
    assert (await served.get("/v1/indicators", held)).status_code == 200


async def test_a_file_holds_the_same_cells(served: Served) -> None:
    key = served.key("aggregates:read", "reports:read")
    listed = await served.rows("/v1/indicators", key)
    answer = await served.get("/v1/indicators", key, format="csv")
    assert answer.headers["kibaro-rows"] == str(len(listed))
    assert 'filename="kibaro-indicators-2026-Q3.csv"' in answer.headers["content-disposition"]
    header, _tags, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert header[:-1] == list(listed[0])
    assert [line[:-1] for line in lines] == [
        ["" if cell is None else str(cell) for cell in row.values()] for row in listed
    ]
    book = openpyxl.load_workbook(io.BytesIO((await served.get("/v1/indicators", key, format="xlsx")).content))
    first, *others = book["indicators-2026-Q3"].iter_rows(values_only=True)
    assert [dict(zip(first, row, strict=True)) for row in others] == listed


def test_every_section_and_indicator_has_its_words_in_both_languages() -> None:
    assert {meaning.section for meaning in INDICATORS.values()} == set(SECTIONS)
    for words in (*SECTIONS.values(), *(meaning.words for meaning in INDICATORS.values())):
        assert words.en
        assert words.fr
    assert len(Measures._fields) == 9, "a new measure may want a line in the sheet"
