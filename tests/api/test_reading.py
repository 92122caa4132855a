"""The reading API: which rows, in which order, page by page, and what an ETag does and does not tell."""

import asyncio
import re
import subprocess
import sys
from typing import Any
from uuid import UUID

import httpx
import pytest

from models.tallies import Measures
from tests.serving import Served, add_message, problem_of

pytestmark = pytest.mark.anyio

WINDOW = {"from": "2026-09-01", "to": "2026-11-30"}
MEASURES = list(Measures._fields)
UNPROTECTED = [
    ("theft", "GN-C-MTO", "2026-11-21"),
    ("theft", "GN-C-MTO", "2026-11-21"),
    ("vehicle_theft", "GN-C-MTO", "2026-11-20"),
    ("livestock_theft", "GN-BF", "2026-10-05"),
    ("robbery", "GN-C-RTM", "2026-10-31"),
    ("robbery", "GN-BF", "2026-09-30"),
]


async def places(served: Served) -> dict[str, str]:
    """Codes of two communes of Conakry, by the names the cases use."""
    rows = await served.rows("/v1/localities", served.key("aggregates:read"), parent="GN-C")
    return {"GN-C-MTO": rows[0]["code"], "GN-C-RTM": rows[1]["code"]}


async def put(served: Served, reports: list[tuple[str, str, str]], **changes: Any) -> list[UUID]:
    real = await places(served)
    made = served.add_reports([(category, real.get(code, code), day) for category, code, day in reports], **changes)
    served.fold()
    return made


async def aggregates(served: Served, key: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
    return await served.rows("/v1/aggregates", key or served.key("aggregates:read"), **(WINDOW | query))


def told(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


# -- aggregates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "columns", "expected"),
    [
        pytest.param({}, "period reports", [("2026-09", 1), ("2026-10", 2), ("2026-11", 3)], id="by month"),
        pytest.param({"period": "quarter"}, "period reports", [("2026-Q3", 1), ("2026-Q4", 5)], id="by quarter"),
        pytest.param({"period": "year"}, "period reports", [("2026", 6)], id="by year"),
        pytest.param({"period": "week", "from": "2026-11-16"}, "period reports", [("2026-W47", 3)], id="by week"),
        pytest.param(
            {"period": "day", "from": "2026-11-01"},
            "period start end reports",
            [("2026-11-20", "2026-11-20", "2026-11-20", 1), ("2026-11-21", "2026-11-21", "2026-11-21", 2)],
            id="by day, days without anything left out",
        ),
        pytest.param({"group_by": ""}, "period reports", [(None, 6)], id="one sum"),
        pytest.param(
            {"group_by": "category"},
            "category period reports",
            [("livestock_theft", None, 1), ("robbery", None, 2), ("theft", None, 2), ("vehicle_theft", None, 1)],
            id="by category",
        ),
        pytest.param(
            {"group_by": "period,category", "category": "robbery"},
            "period category reports",
            [("2026-09", "robbery", 1), ("2026-10", "robbery", 1)],
            id="one category by period",
        ),
        pytest.param({"category": "theft", "group_by": ""}, "reports", [(2,)], id="a category counts its own"),
        pytest.param(
            {"category": "theft*", "group_by": "category"}, "category reports", [("theft", 4)], id="with descendants"
        ),
        pytest.param(
            {"category": "theft*"},
            "category period reports",
            [("theft", "2026-10", 1), ("theft", "2026-11", 3)],
            id="with descendants by period",
        ),
        pytest.param({"locality": "GN-BF"}, "period reports", [("2026-09", 1), ("2026-10", 1)], id="one prefecture"),
        pytest.param({"locality": "GN-B"}, "period reports", [("2026-09", 1), ("2026-10", 1)], id="its region"),
        pytest.param(
            {"locality": "GIN", "depth": 1, "group_by": "locality"},
            "locality reports",
            [("GIN", 6), ("GN-B", 2), ("GN-C", 4)],
            id="with children, the empty ones left out",
        ),
        pytest.param(
            {"from": "2026-10-15", "to": "2026-10-15"},
            "period start end reports",
            [("2026-10", "2026-10-01", "2026-10-31", 2)],
            id="a period that is touched comes whole",
        ),
        pytest.param({"from": "2020-01-01", "to": "2020-12-31"}, "reports", [], id="nothing there"),
    ],
)
async def test_figures_are_grouped_and_bounded_as_asked(
    served: Served, query: dict[str, Any], columns: str, expected: list[tuple[Any, ...]]
) -> None:
    await put(served, UNPROTECTED)
    assert told(await aggregates(served, **query), *columns.split()) == expected


async def test_rows_come_in_the_order_locality_period_category(served: Served) -> None:
    await put(served, UNPROTECTED)
    rows = await aggregates(served, locality="GIN", depth=1, group_by="category,period,locality")
    order = told(rows, "locality", "period", "category")
    assert len(order) == 10
    assert order == sorted(order)


async def test_a_row_has_every_measure_and_null_for_what_is_not_grouped_by(served: Served) -> None:
    await put(served, UNPROTECTED[:1], killed=2, injured=3, credibility="confirmed")
    (row,) = await aggregates(served, group_by="")
    assert {name: row[name] for name in ("locality", "category", "period", "start", "end")} == dict.fromkeys(
        ("locality", "category", "period", "start", "end")
    )
    assert {name: row[name] for name in MEASURES} == {
        **dict.fromkeys(MEASURES, 0), "reports": 1, "incidents": 1, "killed": 2, "injured": 3, "confirmed": 1,
    }  # fmt: skip


async def test_by_default_the_last_twelve_months_of_each_country_are_shown(served: Served) -> None:
    await put(served, [("theft", "GN-BF", day) for day in ("2025-11-30", "2025-12-01", "2026-11-22")])
    rows = await served.rows("/v1/aggregates", served.key("aggregates:read"))
    assert told(rows, "period", "reports") == [("2025-12", 1), ("2026-11", 1)]


async def test_every_answer_says_what_it_counts_and_as_of_when(served: Served) -> None:
    await put(served, [])
    answer = (await served.get("/v1/aggregates", served.key("aggregates:read"), **WINDOW)).json()
    assert answer["counts"] == "texts received, not crimes committed"
    assert answer["as_of"] == "2026-11-22T09:00:00Z"
    assert (answer["start"], answer["end"]) == ("2026-09-01", "2026-11-30")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"perod": "week"}, id="an unknown parameter"),
        pytest.param({"group_by": "reporter"}, id="an unknown group"),
        pytest.param({"depth": 1}, id="children without locality"),
        pytest.param({"depth": 2, "group_by": "locality"}, id="grandchildren"),
        pytest.param({"period": "decade"}, id="an unknown period"),
        pytest.param({"from": "2026-11-22", "to": "2026-11-21", "period": "day"}, id="the wrong way round"),
        pytest.param({"category": "sorcery"}, id="an unknown category"),
        pytest.param({"category": "*"}, id="every category"),
        pytest.param({"limit": 0}, id="no rows"),
        pytest.param({"limit": 501}, id="too many rows"),
        pytest.param([("period", "day"), ("period", "week")], id="a parameter twice"),
    ],
)
async def test_a_question_that_makes_no_sense_is_a_422(served: Served, query: Any) -> None:
    answer = await served.http.get("/v1/aggregates", params=query, headers=served.key("aggregates:read"))
    problem_of(answer, 422, "invalid")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("path", ["localities", "localities/GIN", "categories", "reports", "messages"])
async def test_unknown_and_repeated_parameters_are_a_422_on_every_list(served: Served, path: str) -> None:
    key = served.key("reports:read", "messages:read")
    problem_of(await served.http.get(f"/v1/{path}?wrong=1", headers=key), 422, "invalid")
    if "/" not in path:
        problem_of(await served.http.get(f"/v1/{path}?limit=1&limit=2", headers=key), 422, "invalid")


# -- pages -------------------------------------------------------------------------------------------------------------


def next_of(answer: httpx.Response) -> str | None:
    match = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
    return match[1] if match else None


async def walk(served: Served, path: str, key: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    going_on: str | None = path
    while going_on:
        answer = await served.http.get(going_on, headers=key)
        assert answer.status_code == 200, answer.text
        assert answer.json()["rows"], "a page is never empty when another led to it"
        found += answer.json()["rows"]
        going_on = next_of(answer)
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/v1/localities?",
        "/v1/localities?level=2&",
        "/v1/categories?",
        "/v1/reports?",
        "/v1/reports?category=theft&",
        "/v1/messages?",
        "/v1/aggregates?from=2026-09-01&to=2026-11-30&period=day&depth=1&group_by=locality,category,period&",
        "/v1/aggregates?from=2026-09-01&to=2026-11-30&group_by=category&",
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_the_pages_of_a_list_are_the_whole_list_without_gap_or_repeat(
    served: Served, path: str, limit: int
) -> None:
    if limit == 1 and "localities?" in path:
        return  # a hundred pages show nothing three do not
    key = served.key("aggregates:read", "reports:read", "messages:read")
    await put(served, UNPROTECTED)  # all changed at the same instant: the order needs more than the time
    with served.store.database.writing() as session:
        for _ in range(7):
            add_message(session, served.store)
    whole = (await served.http.get(f"{path}limit=500", headers=key)).json()["rows"]
    assert len(whole) > 1
    assert await walk(served, f"{path}limit={limit}", key) == whole


@pytest.mark.parametrize(
    ("other", "path"),
    [
        pytest.param(True, "/v1/reports?limit=2", id="another key"),
        pytest.param(False, "/v1/reports?limit=2&status=open", id="another query"),
        pytest.param(False, "/v1/messages?limit=2", id="another list"),
    ],
)
async def test_a_cursor_belongs_to_its_key_and_its_query(served: Served, other: bool, path: str) -> None:
    await put(served, UNPROTECTED)
    key = served.key("reports:read", "messages:read")
    first = await served.http.get("/v1/reports?limit=2", headers=key)
    cursor = str(next_of(first)).partition("cursor=")[2]
    used_by = served.key("reports:read", "messages:read") if other else key
    problem_of(await served.http.get(f"{path}&cursor={cursor}", headers=used_by), 422, "invalid")
    assert (await served.http.get(f"/v1/reports?limit=3&cursor={cursor}", headers=key)).status_code == 200


async def test_a_report_that_changes_while_the_list_is_read_is_seen_again_and_none_is_missed(served: Served) -> None:
    made = await put(served, UNPROTECTED)
    key = served.key("reports:read")
    first = await served.http.get("/v1/reports?limit=2", headers=key)
    served.store.clock.go_on(seconds=1)
    late = served.add_reports([("robbery", "GN-BF", "2026-11-22")])
    rest = await walk(served, str(next_of(first)), key)
    assert {row["id"] for row in first.json()["rows"] + rest} == {str(each) for each in made + late}


# -- lists -------------------------------------------------------------------------------------------------------------


async def test_localities_are_found_by_level_parent_and_any_part_of_a_name(served: Served) -> None:
    key = served.key("aggregates:read")
    assert [row["code"] for row in await served.rows("/v1/localities", key, level=0)] == ["GIN"]
    assert {row["parent"] for row in await served.rows("/v1/localities", key, parent="GN-B")} == {"GN-B"}
    assert "GN-N" in [row["code"] for row in await served.rows("/v1/localities", key, q="NZEREK", level=1)]
    assert (await served.get("/v1/localities/GN-B", key)).json()["timezone"] == "Africa/Conakry"


async def test_categories_have_codes_protection_and_labels(served: Served) -> None:
    rows = await served.rows("/v1/categories", served.key("aggregates:read"))
    by_code = {row["code"]: row for row in rows}
    assert by_code["vehicle_theft"]["parent"] == "theft"
    assert by_code["domestic_violence"]["protect"] == "survivor"
    assert by_code["theft"]["labels"]["fr"] == "Vol"
    assert list(by_code) == sorted(by_code)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"category": "theft"}, 2, id="a category"),
        pytest.param({"locality": "GN-C"}, 4, id="a region, what lies below included"),
        pytest.param({"from": "2026-11-21"}, 2, id="from a day"),
        pytest.param({"to": "2026-10-05"}, 2, id="to a day"),
        pytest.param({"from": "2026-10-05", "to": "2026-10-05"}, 1, id="one day"),
        pytest.param({"status": "open"}, 6, id="open"),
        pytest.param({"status": "closed"}, 0, id="closed"),
        pytest.param({"review": "true"}, 0, id="to be looked at"),
        pytest.param({"review": "false"}, 6, id="not to be looked at"),
        pytest.param({"changed_since": "2026-11-22T09:00:00Z"}, 6, id="changed since"),
        pytest.param({"changed_since": "2026-11-22T09:00:01Z"}, 0, id="not changed since"),
    ],
)
async def test_reports_are_filtered_as_asked(served: Served, query: dict[str, str], expected: int) -> None:
    await put(served, UNPROTECTED)
    assert len(await served.rows("/v1/reports", served.key("reports:read"), **query)) == expected


async def test_no_list_holds_a_body_a_number_or_a_reporter(served: Served) -> None:
    served.add_twilio()
    await served.text("Vol de moto hier à Matoto, appelez Sékouba", From="+12025550123")
    served.dispatch()
    key = served.key("reports:read", "messages:read", "protected:read")
    for path in ("/v1/reports", "/v1/messages"):
        rows = await served.rows(path, key)
        assert rows
        shown = str(rows)
        assert not {"reporter", "reporter_id", "body", "number", "from", "to"} & {name for row in rows for name in row}
        assert "Sékouba" not in shown
        assert "5550123" not in shown


async def test_messages_are_filtered_by_direction_and_report(served: Served) -> None:
    served.add_twilio()
    await served.text("Vol de moto hier à Matoto")
    await served.text("Bonjour", From="+12025550199")
    served.dispatch()
    key = served.key("messages:read", "reports:read")
    (report,) = await served.rows("/v1/reports", key)
    came = await served.rows("/v1/messages", key, direction="in")
    went = await served.rows("/v1/messages", key, direction="out")
    assert {row["direction"] for row in came} == {"in"}
    assert len(came) == 2
    assert {row["status"] for row in went} == {"queued"}
    of_report = await served.rows("/v1/messages", key, report=report["id"])
    assert sorted(row["direction"] for row in of_report) == ["in", "out"]


# -- ETags -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["aggregates", "localities", "localities/GIN", "categories", "reports", "messages", "reports/{id}"]
)
async def test_what_is_held_already_is_a_304(served: Served, path: str) -> None:
    made = await put(served, UNPROTECTED)
    key = served.key("aggregates:read", "reports:read", "messages:read")
    url = f"/v1/{path.format(id=made[0])}"
    first = await served.get(url, key)
    assert first.status_code == 200
    etag = first.headers["etag"]
    for held in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = await served.get(url, key | {"if-none-match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag), held
    assert (await served.get(url, key | {"if-none-match": '"other"'})).status_code == 200
    assert "Authorization" in first.headers["vary"]


async def test_an_etag_changes_with_the_figures_and_not_with_the_time(served: Served) -> None:
    await put(served, UNPROTECTED)
    key = served.key("aggregates:read")
    before = await served.get("/v1/aggregates", key, **WINDOW)
    served.store.clock.go_on(seconds=60)
    served.fold()
    later = await served.get("/v1/aggregates", key, **WINDOW)
    assert before.json()["as_of"] != later.json()["as_of"]
    assert before.headers["etag"] == later.headers["etag"]
    await put(served, UNPROTECTED[:1])
    assert (await served.get("/v1/aggregates", key, **WINDOW)).headers["etag"] != before.headers["etag"]


async def test_an_etag_differs_by_question_and_by_what_a_key_may_see(served: Served) -> None:
    await put(served, UNPROTECTED)
    plain = served.key("aggregates:read")
    asked: list[tuple[dict[str, str], dict[str, Any]]] = [
        (plain, {}),
        (plain, {"period": "day"}),
        (plain, {"category": "theft"}),
        (plain, {"category": "theft*"}),
        (plain, {"limit": 1}),
        (plain, {"group_by": "category"}),
        (served.key("aggregates:read", locality="GN-C"), {}),
        (served.key("aggregates:read", "protected:read"), {}),
    ]
    etags = [(await served.get("/v1/aggregates", key, **(WINDOW | query))).headers["etag"] for key, query in asked]
    assert len(set(etags)) == len(etags)


async def test_a_new_name_changes_the_etag_of_everything_that_shows_names(served: Served) -> None:
    key = served.key("aggregates:read")
    before = (await served.get("/v1/localities", key)).headers["etag"]
    served.add_twilio()  # counts as a change of the reference
    assert (await served.get("/v1/localities", key)).headers["etag"] != before


def test_two_processes_make_the_same_etag_of_the_same_question() -> None:
    """Sets of words come in another order in each process; an ETag must not."""
    script = """
from types import SimpleNamespace as N
from api.caching import etag_of
from api.asking import categories_of
codes = [f"c{n}" for n in range(30)]
categories = {c: N(protect="none", parent="c0") for c in codes}
rules = dict.fromkeys(range(30), N(protect="none"))
reference = N(categories=categories, category_ids={c: n for n, c in enumerate(codes)}, rules=rules)
caller = N(shown_protections=frozenset({"none"}))
print(etag_of(categories_of(reference, caller, None, each=True), categories_of(reference, caller, "c0*", each=False)))
"""
    made = set()
    for seed in ("1", "2", "3"):
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed})
        made.add(done.stdout)
    assert len(made) == 1


async def test_reading_while_figures_are_folded_shows_one_state(served: Served) -> None:
    """The total of an answer is that of one instant, though a fold commits in between its two questions."""
    await put(served, UNPROTECTED)
    key = served.key("aggregates:read")
    served.add_reports([("theft", "GN-BF", "2026-11-22")] * 20)
    fold = asyncio.to_thread(served.fold)
    answers = await asyncio.gather(fold, *(aggregates(served, key, group_by="") for _ in range(10)))
    assert {rows[0]["reports"] for rows in answers[1:]} <= {6, 26}
