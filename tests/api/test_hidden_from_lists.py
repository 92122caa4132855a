"""Participation, revisions, indicators: worlds that differ in one report hidden in both look the same, every byte."""

import re
from typing import Any

import pytest

from jobs.rebuild import rebuild
from tests.serving import Served, add_message, add_report

pytestmark = pytest.mark.anyio

DIXINN, KAMSAR = "GN-C-DIX", "GN-BK-KAM"
YEAR = {"from": "2026-01-01", "to": "2026-11-30"}
PROTECTED = ("domestic_violence", "kidnapping", "police_abuse", "bribery")

QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("participation", {"locality": DIXINN}),
    ("participation", {"depth": 1, **YEAR}),
    ("participation", {"depth": 1, "limit": 4, **YEAR}),
    ("participation", {"depth": 1, "period": "year", "format": "csv", **YEAR}),
    ("revisions", {}),
    *(("revisions", {"period": grain}) for grain in ("day", "week", "quarter", "year")),
    ("revisions", {"limit": 1}),
    ("revisions", {"locality": "GN-C", **YEAR}),
    *(("revisions", {"category": each}) for each in (*PROTECTED, "bribery*")),
    ("revisions", {"format": "csv"}),
    ("indicators", {"quarter": "2026-Q2"}),
    ("indicators", {"quarter": "2026-Q4", "locality": "GN-C"}),
    ("indicators", {"quarter": "2026-Q2", "locality": DIXINN, "format": "csv"}),
]

CANNOT_SEE = [
    pytest.param("domestic_violence", (), "other", id="violence at home, a partner"),
    pytest.param("kidnapping", (), "other", id="a kidnapping, a partner"),
    pytest.param("kidnapping", ("reports:read",), "other", id="a kidnapping, who reads reports"),
    pytest.param("police_abuse", ("protected:read",), "police", id="abuse by the police, the police itself"),
    pytest.param("bribery", ("protected:read", "reports:read"), "administration", id="bribery, the administration"),
]


MOMENT = re.compile(rb"(?<=:00\.)\d{6}(?=Z)")


async def look(served: Served, key: dict[str, str]) -> list[tuple[Any, ...]]:
    """Without the microseconds of as_of, which each fold moves, also one that finds nothing to fold; so without a
    file's digest of itself.
    """
    seen = []
    for path, query in QUESTIONS:
        answer = await served.get(f"/v1/{path}", key, **query)
        assert answer.status_code == 200, answer.text
        headers = sorted((name, value) for name, value in answer.headers.items() if name != "content-digest")
        seen.append((path, query, MOMENT.sub(b"", answer.content), headers))
    return seen


def put(served: Served, category: str, day: str) -> None:
    store = served.store
    with store.database.writing() as session:
        report_id = add_report(session, store, category, DIXINN, day, killed=1)
        add_message(session, store, report_id=report_id)


@pytest.fixture
async def served(served: Served) -> Served:
    """Something of everything in an open and in a closed period, with texts and people."""
    served.add_twilio(free_to_sender=True)
    for number in range(6):
        await served.text("Vol de moto à Dixinn", From=f"+1202555010{number}")
        await served.text("Vol à Kamsar le 5/6/2026", From=f"+1202555010{number}")
    served.dispatch()
    for category in ("theft", "robbery", *PROTECTED):
        for day in ("2026-05-20", "2026-11-20"):
            put(served, category, day)
    served.fold()
    served.fold()
    return served


@pytest.mark.parametrize(("category", "scopes", "body"), CANNOT_SEE)
async def test_one_hidden_report_changes_no_byte(
    served: Served, category: str, scopes: tuple[str, ...], body: str
) -> None:
    key = served.key("aggregates:read", *scopes, body=body)
    before = await look(served, key)
    for day in ("2026-05-19", "2026-05-20", "2026-11-21"):
        put(served, category, day)
        served.fold()
        assert await look(served, key) == before
    all_seeing = served.key("aggregates:read", "protected:read")
    revised = await served.rows("/v1/revisions", all_seeing, category=category)
    assert {row["day"] for row in revised} == {"2026-05-19", "2026-05-20"}
    (line,) = [
        row
        for row in await served.rows("/v1/indicators", all_seeing, quarter="2026-Q2")
        if (row["indicator"], row["category"]) == ("reports_by_category", category)
    ]
    assert line["value"] == 3


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Mon mari me frappe à Dixinn", id="violence at home"),
        pytest.param("mariage forcé à Dixinn le 5/6/2026", id="long ago"),
        pytest.param("Les policiers demandent de l'argent au barrage de Coyah", id="racket"),
        pytest.param("Mon mari me frappe", id="no place"),
    ],
)
async def test_one_hidden_text_changes_no_byte(served: Served, words: str) -> None:
    """From somebody who wrote of other things before: they are not heard again, nor busier."""
    key = served.key("aggregates:read", "reports:read")
    before = await look(served, key)
    await served.text(words, From="+12025550100")
    served.dispatch()
    assert await look(served, key) == before, "nor while it waits to be folded"
    served.fold()
    assert await look(served, key) == before


async def test_what_is_seen_by_who_may_changes_something(served: Served) -> None:
    """The comparison can fail: the same report, to somebody who sees it."""
    key = served.key("aggregates:read", "protected:read")
    before = await look(served, key)
    put(served, "kidnapping", "2026-05-19")
    served.fold()
    after = await look(served, key)
    assert {path for (path, *_), (_, _, content, _) in zip(before, after, strict=True) if content not in {
        each[2] for each in before
    }} == {"revisions", "indicators"}  # fmt: skip


async def test_a_rebuild_shows_nothing_that_the_folding_hid(served: Served) -> None:
    key = served.key("aggregates:read")
    put(served, "kidnapping", "2026-05-19")
    served.fold()
    before = [seen[2] for seen in await look(served, key)]
    rebuild(served.store.database)
    assert [seen[2] for seen in await look(served, key)] == before
