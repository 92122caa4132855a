"""Whom it happened to, in what setting, when in the day and by whom: kept with the report, for whoever may see that."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from intake.understand.values import Kind, Reading
from jobs.erasing import erase
from tests.api.editing import EDITS, correct
from tests.api.feed import FEED, STAFF, publish
from tests.api.reviewing import decide, listed, take_in
from tests.intake.factories import report_of
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

SENDER = "+224920000001"
HOW: dict[str, Any] = {"victim": "girl", "setting": "school", "part_of_day": "morning", "by": "armed"}
ROBBED = Reading(
    Kind.REPORT, category="robbery", confidence=0.9, locality="GN-BF", occurred_on=date(2026, 11, 21), **HOW
)
UNCLEAR = replace(ROBBED, kind=Kind.UNCLEAR, category=None, scores=(("robbery", 0.4),), review="rumour")


def how(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in HOW}


async def test_a_report_tells_it_also_when_its_sender_is_erased(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, key = served.store, served.key(*EDITS)
    report = report_of(store, await take_in(served, monkeypatch, ROBBED, From=SENDER))
    erase(store.database, store.keeper, store.vault, store.settings, SENDER, store.clock())
    (row,) = await served.rows("/v1/reports", key)
    assert how(row) == HOW
    assert how((await correct(served, key, report.id, category="theft")).json()) == HOW
    assert how((await served.get(f"/v1/reports/{report.id}", key)).json()) == HOW


async def test_a_text_that_a_person_makes_a_report_brings_it_along(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, UNCLEAR)
    key = served.key(*EDITS)
    (row,) = await listed(served, key)
    assert how(row) == HOW
    assert how((await decide(served, key, row, "accept")).json()["report"]) == HOW


async def test_the_events_tell_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    report = report_of(served.store, await take_in(served, monkeypatch, ROBBED))
    await correct(served, served.key(*EDITS), report.id, killed=1)
    publish(served)
    told = [row for row in await served.rows(FEED, served.key(*STAFF)) if row["name"].startswith("report.")]
    assert [row["name"] for row in told] == ["report.opened", "report.corrected"]
    assert [how(row["payload"]) for row in told] == [HOW, HOW]


@pytest.mark.parametrize(("protect", "body"), [("survivor", "other"), ("agent", "police")])
async def test_who_may_not_see_the_report_learns_nothing_of_it(
    served: Served, monkeypatch: pytest.MonkeyPatch, protect: Any, body: str
) -> None:
    hidden = replace(ROBBED, category=None, protect=protect, review="maybe-protected")
    report = report_of(served.store, await take_in(served, monkeypatch, hidden))
    key = served.key("reports:read", *(("protected:read",) if body == "police" else ()), body=body)
    assert await served.rows("/v1/reports", key) == []
    problem_of(await served.get(f"/v1/reports/{report.id}", key), 404, "not-found")
    all_see = served.key("reports:read", "protected:read")
    assert how((await served.get(f"/v1/reports/{report.id}", all_see)).json()) == HOW
