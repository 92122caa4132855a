"""The review list: what understanding was unsure of, settled in one call; nobody learns what is hidden from them."""

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from intake.understand.values import Kind, Reading
from jobs.erasing import erase
from models.labelled_examples import LabelledExample, TrainingExample
from models.readings import ReadingRow
from models.reports import Report
from models.tallies import NOTHING
from models.vault import Sealed
from tests.api.editing import EDITS
from tests.api.reviewing import decide, listed, take_in
from tests.intake.factories import all_of, events_of, figure, give_home, message_of, one_of, report_of
from tests.jobs.recount import disagreements
from tests.serving import Served, problem_of
from tests.test_canary import everything_on_disk

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 21)
WORD = "zanzibulle"
SENDER = "+224920000001"
UNSURE = Reading(
    Kind.REPORT,
    candidates=("robbery", "theft"),
    scores=(("robbery", 0.54), ("theft", 0.31), ("police_abuse", 0.04)),
    because=("braquage", WORD),
    locality="GN-BF",
    occurred_on=DAY,
    day_said=True,
    victim="woman",
    missing=("category",),
    review="several-categories",
    language="fr",
)
SOMEWHERE = replace(
    UNSURE, category="theft", confidence=0.9, locality=None, options=("GN-BF", "GN-CO"), review="several-places"
)
LOST = Reading(
    Kind.UNCLEAR, scores=(("fire", 0.4),), because=(WORD,), locality="GN-BF", danger=True, review="no-category"
)
RUMOUR = replace(LOST, scores=(), danger=False, locality=None, review="rumour")


async def test_the_list_says_what_was_understood_and_what_else_it_may_be(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = await take_in(served, monkeypatch, UNSURE, f"braquage {WORD}")
    answer = await served.get("/v1/review", served.key("reports:read"))
    (row,) = answer.json()["rows"]
    assert (row["of"], row["reason"], row["locality"]) == ("report", "several-categories", "GN-BF")
    assert (row["occurred_on"], row["day_basis"], row["victim"]) == ("2026-11-21", "said", "woman")
    assert row["categories"] == [{"category": "robbery", "percent": 54}, {"category": "theft", "percent": 31}]
    assert row["message"] == str(message_id)
    assert WORD not in answer.text  # words are a body's


async def test_danger_comes_first_then_the_newest_page_by_page(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await take_in(served, monkeypatch, UNSURE)
    danger = await take_in(served, monkeypatch, LOST)
    last = await take_in(served, monkeypatch, SOMEWHERE)
    key = served.key("reports:read")
    expected = [danger, last, first]
    assert [row["message"] for row in await listed(served, key)] == [str(each) for each in expected]
    found, path = [], "/v1/review?limit=1"
    while path:
        answer = await served.http.get(path, headers=key)
        found += [row["message"] for row in answer.json()["rows"]]
        path = answer.links.get("next", {}).get("url", "")
    assert found == [str(each) for each in expected]


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ({"reason": "several-places"}, ["several-places"]),
        ({"category": "robbery"}, ["several-categories"]),
        ({"category": "theft"}, ["several-places"]),
        ({"category": "fire"}, ["no-category"]),
        ({"reason": "no-such-reason"}, []),
    ],
)
async def test_the_list_is_filtered(
    served: Served, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], reasons: list[str]
) -> None:
    for reading in (UNSURE, SOMEWHERE, LOST):
        await take_in(served, monkeypatch, reading)
    assert [row["reason"] for row in await listed(served, served.key("reports:read"), **query)] == reasons


async def test_accepting_takes_the_likeliest_and_the_figures_follow(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, key = await take_in(served, monkeypatch, UNSURE), served.key(*EDITS)
    (row,) = await listed(served, key)
    answer = await decide(served, key, row, "accept")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["listed"], answer.json()["report"]["category"]) == (False, "robbery")
    assert await listed(served, key) == []
    served.fold()
    assert figure(served.store, "GN-BF", "robbery", "day", DAY).reports == 1
    assert disagreements(served.store) == []
    example = one_of(served.store, LabelledExample)
    assert (example.message_id, example.action, example.given["category"]) == (message_id, "accept", "robbery")


async def test_accepting_a_place_takes_the_first_of_those_it_may_be(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, SOMEWHERE)
    key = served.key(*EDITS)
    (row,) = await listed(served, key)
    assert row["places"] == ["GN-BF", "GN-CO"]
    report = (await decide(served, key, row, "accept")).json()["report"]
    assert (report["locality"], report["status"], report["review"]) == ("GN-BF", "open", None)


async def test_nothing_is_accepted_that_could_not_count(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(served, monkeypatch, replace(UNSURE, locality=None))
    await take_in(served, monkeypatch, RUMOUR)
    key = served.key(*EDITS)
    for row in await listed(served, key):
        problem_of(await decide(served, key, row, "accept"), 409, "conflict")
    assert len(await listed(served, key)) == 2
    assert all_of(served.store, LabelledExample) == []


async def test_correcting_says_what_it_is_and_what_is_still_missing_keeps_it_listed(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, replace(UNSURE, locality=None))
    key = served.key(*EDITS)
    (row,) = await listed(served, key)
    answer = (await decide(served, key, row, "correct", category="fire")).json()
    assert (answer["listed"], answer["report"]["review"]) == (True, "no-locality")
    (row,) = await listed(served, key)
    answer = (await decide(served, key, row, "correct", locality="GN-CO", injured=2)).json()
    assert (answer["listed"], answer["report"]["injured"]) == (False, 2)
    served.fold()
    assert figure(served.store, "GN-CO", "fire", "day", DAY).reports == 1
    assert disagreements(served.store) == []


async def test_a_report_that_waits_is_opened_when_it_is_made_whole(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = report_of(served.store, await take_in(served, monkeypatch, SOMEWHERE)).id
    with served.store.database.writing() as session:
        session.get_one(Report, report_id).status = "waiting"
    key = served.key(*EDITS)
    assert await listed(served, key) == []  # its reporter may still answer
    etag = (await served.get(f"/v1/reports/{report_id}", key)).headers["etag"]
    row = {"id": report_id, "etag": etag}
    assert (await decide(served, key, row, "correct", locality="GN-BF")).json()["report"]["status"] == "open"


@pytest.mark.parametrize("reason", ["no_action", "duplicate", "test"])
@pytest.mark.parametrize("category", ["theft", "sexual_violence"])
async def test_what_is_rejected_counts_nowhere(
    served: Served, monkeypatch: pytest.MonkeyPatch, reason: str, category: str
) -> None:
    protect: Any = "none" if category == "theft" else "survivor"
    reading = replace(UNSURE, category=category, confidence=0.9, protect=protect, review="question")
    await take_in(served, monkeypatch, reading)
    key = served.key(*EDITS, "protected:read")
    (row,) = await listed(served, key)
    served.fold()
    assert figure(served.store, "GN-BF", category, "day", DAY).reports == 1
    answer = (await decide(served, key, row, "reject", reason=reason)).json()
    assert (answer["listed"], answer["report"]["close_reason"]) == (False, reason)
    assert answer["report"]["protect"] == protect
    served.fold()
    assert figure(served.store, "GN-BF", category, "day", DAY) == NOTHING
    assert disagreements(served.store) == []
    kind = "none" if reason == "no_action" else "report"
    assert one_of(served.store, LabelledExample).given["kind"] == kind


async def test_a_text_that_opened_no_report_becomes_one(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id, key = await take_in(served, monkeypatch, RUMOUR), served.key(*EDITS)
    give_home(served.store, message_id, "GN-CO")
    served.fold()
    (row,) = await listed(served, key)
    assert (row["of"], row["id"]) == ("message", str(message_id))
    answer = (await decide(served, key, row, "correct", category="fire", locality="GN-BF", killed=1)).json()
    report = one_of(served.store, Report)
    assert (answer["listed"], answer["report"]["id"]) == (False, str(report.id))
    assert (report.reference, report.day_basis) == (row["reference"], "assumed")
    assert report.reporter_id == message_of(served.store, message_id).reporter_id
    assert await listed(served, key) == []
    served.fold()
    cell = figure(served.store, "GN-BF", None, "month", date(2026, 11, 1))
    assert (cell.reports, cell.messages, cell.killed) == (1, 1, 1)
    assert disagreements(served.store) == []


async def test_a_text_in_danger_is_accepted_as_what_it_likely_is(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, LOST)
    key = served.key(*EDITS)
    (row,) = await listed(served, key)
    assert row["danger"] is True
    report = (await decide(served, key, row, "accept")).json()["report"]
    assert (report["category"], report["locality"], report["danger"]) == ("fire", "GN-BF", True)


async def test_a_text_that_is_no_report_leaves_the_list(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id, key = await take_in(served, monkeypatch, RUMOUR), served.key(*EDITS)
    (row,) = await listed(served, key)
    assert (await decide(served, key, row, "reject")).json() == {"id": row["id"], "listed": False, "report": None}
    assert (await listed(served, key), all_of(served.store, Report)) == ([], [])
    (event,) = events_of(served.store, "message.reviewed")
    assert (event.subject, event.payload) == (message_id, {"was": "rumour", "protect": "none"})
    problem_of(await decide(served, key, row, "reject"), 404, "not-found")


@pytest.mark.parametrize(
    "body",
    [
        {"action": "accept", "category": "theft"},
        {"action": "correct"},
        {"action": "correct", "category": "no-such"},
        {"action": "reject", "locality": "GN-BF"},
        {"action": "accept", "reason": "test"},
        {"action": "reject", "reason": "handled"},
        {"action": "correct", "occurred_on": "2027-01-01"},
        {"category": "theft"},
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any]
) -> None:
    await take_in(served, monkeypatch, UNSURE)
    await take_in(served, monkeypatch, RUMOUR)
    key = served.key(*EDITS)
    before = await listed(served, key)
    for row in before:
        answer = await served.post(f"/v1/review/{row['id']}", {**key, "If-Match": row["etag"]}, body)
        problem_of(answer, 422, "invalid")
    assert await listed(served, key) == before


async def test_of_two_who_decide_the_second_is_told(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await take_in(served, monkeypatch, UNSURE)
    key = served.key(*EDITS)
    (row,) = await listed(served, key)
    problem_of(await served.post(f"/v1/review/{row['id']}", key, {"action": "accept"}), 428, "if-match-missing")
    assert (await decide(served, key, row, "correct", category="fire")).status_code == 200
    problem_of(await decide(served, key, row, "accept"), 412, "changed-since")
    etag = (await served.get(f"/v1/reports/{row['id']}", key)).headers["etag"]
    problem_of(await decide(served, key, row | {"etag": etag}, "accept"), 409, "conflict")  # settled before


# -- who sees what -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "body", "protect"),
    [
        (EDITS, "other", "agent"),
        (EDITS, "other", "survivor"),
        ((*EDITS, "protected:read"), "police", "agent"),
        ((*EDITS, "protected:read"), "administration", "agent"),
    ],
)
@pytest.mark.parametrize("reading", [UNSURE, RUMOUR], ids=["report", "text"])
async def test_two_worlds_that_differ_in_a_hidden_text_look_the_same(
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    scopes: tuple[str, ...],
    body: str,
    protect: Any,
    reading: Reading,
) -> None:
    await take_in(served, monkeypatch, UNSURE)
    key = served.key(*scopes, body=body)
    before = await served.get("/v1/review", key)
    await take_in(served, monkeypatch, replace(reading, protect=protect))
    after = await served.get("/v1/review", key)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    all_see = served.key(*EDITS, "protected:read")
    hidden = next(row for row in await listed(served, all_see) if row["protect"] == protect)
    answer = await decide(served, key, hidden, "reject")
    unknown = await decide(served, key, hidden | {"id": str(uuid4())}, "reject")
    assert (answer.status_code, answer.content) == (404, unknown.content)


async def test_a_hidden_alternative_is_shown_to_those_who_may_see_it_only(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, UNSURE)
    for scopes, body, shown in (
        (("reports:read",), "other", 2),
        (("reports:read", "protected:read"), "police", 2),
        (("reports:read", "protected:read"), "other", 3),
    ):
        (row,) = await listed(served, served.key(*scopes, body=body))
        assert len(row["categories"]) == shown


async def test_a_hidden_likeliest_category_is_not_found_by_filter(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, replace(UNSURE, scores=(("police_abuse", 0.3), ("theft", 0.2)), candidates=()))
    assert await listed(served, served.key("reports:read"), category="police_abuse") == []
    assert len(await listed(served, served.key("reports:read", "protected:read"), category="police_abuse")) == 1


async def test_another_place_s_desk_neither_sees_nor_decides(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for reading in (UNSURE, SOMEWHERE, LOST):
        await take_in(served, monkeypatch, reading)
    near, far = (served.key(*EDITS, locality=code) for code in ("GN-BF", "GN-CO"))
    assert await listed(served, far) == []
    (row,) = await listed(served, near)  # what has no place belongs to no desk
    unknown = await decide(served, far, row | {"id": str(uuid4())}, "accept")
    for each in await listed(served, served.key(*EDITS)):
        answer = await decide(served, far, each, "accept")
        assert (answer.status_code, answer.content) == (404, unknown.content)
    problem_of(await decide(served, near, row, "correct", locality="GN-CO"), 404, "not-found")
    problem_of(await decide(served, near, row, "correct", category="police_abuse"), 409, "conflict")
    assert (await decide(served, near, row, "accept")).status_code == 200


# -- words of texts ----------------------------------------------------------------------------------------------------


async def test_words_are_opened_with_the_body_and_gone_with_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    message_id = await take_in(served, monkeypatch, UNSURE, f"braquage {WORD}", From=SENDER)
    assert WORD.encode() not in everything_on_disk(served.store)
    key, path = served.key("bodies:read"), f"/v1/messages/{message_id}/open"
    opened = (await served.post(path, key, {"reason": "unsure"})).json()
    assert (opened["because"], opened["unknown_places"]) == (["braquage", WORD], [])
    store = served.store
    erase(store.database, store.keeper, store.vault, store.settings, SENDER, store.clock())
    assert one_of(store, ReadingRow).fragments is None
    problem_of(await served.post(path, key, {"reason": "unsure"}), 410, "body-gone")
    key = served.key(*EDITS)
    (row,) = await listed(served, key)  # what was understood stays, and can be settled
    assert (await decide(served, key, row, "accept")).status_code == 200


async def test_commands_and_what_is_understood_leave_nothing_for_review(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, Reading(Kind.COMMAND, command="help"))
    await take_in(served, monkeypatch, Reading(Kind.GREETING))
    assert all_of(served.store, ReadingRow) == []
    assert await listed(served, served.key("reports:read")) == []


# -- examples ----------------------------------------------------------------------------------------------------------

TOLD = f"braquage {WORD} chez Zoumanagui, tel +224 920 00 00 09"


async def test_a_copy_for_training_is_proposed_then_kept_by_a_person_and_outlives_the_text(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, key = served.store, served.key(*EDITS, "bodies:read")
    await take_in(served, monkeypatch, UNSURE, TOLD, From=SENDER)
    (row,) = await listed(served, key)
    path, reason = f"/v1/review/{row['id']}/example", {"reason": "For training"}
    proposed = (await served.post(path, key, reason)).json()
    assert (proposed["kept"], proposed["text"]) == (False, f"braquage {WORD} chez Zoumanagui, tel <number>")
    wanted = reason | {"text": TOLD.replace("Zoumanagui", "<name>")}
    problem_of(await served.post(path, key, wanted), 409, "conflict")  # nobody has decided yet
    assert (await decide(served, key, row, "accept")).status_code == 200
    kept = (await served.post(path, key, wanted)).json()
    assert (kept["kept"], kept["text"]) == (True, f"braquage {WORD} chez <name>, tel <number>")
    problem_of(await served.post(path, key, wanted), 409, "conflict")  # once
    assert len(events_of(store, "body.opened")) == 2
    erase(store.database, store.keeper, store.vault, store.settings, SENDER, store.clock())
    copy = one_of(store, TrainingExample)
    where = f"training_examples.sealed.{copy.id}"
    plain = store.vault.open_under("inbox", where, Sealed(copy.key_version, copy.sealed))
    label = {"text": kept["text"], "kind": "report", "category": "robbery", "dead": False, "hurt": False}
    assert json.loads(plain) == label
    assert len(plain) % 128 == 0
    found = everything_on_disk(store)
    assert [word for word in (WORD, "Zoumanagui") if word.encode() in found] == []


async def test_no_copy_is_made_without_the_right_to_read_the_text(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(served, monkeypatch, replace(UNSURE, protect="agent"), TOLD)
    everything = (*EDITS, "bodies:read", "protected:read")
    (row,) = await listed(served, served.key(*everything))
    path, body = f"/v1/review/{row['id']}/example", {"reason": "For training"}
    problem_of(await served.post(path, served.key(*EDITS, "protected:read"), body), 403, "scope-missing")
    problem_of(await served.post(path, served.key(*everything, body="police"), body), 404, "not-found")
    problem_of(await served.post(path, served.key(*everything, locality="GN-CO"), body), 404, "not-found")
    assert events_of(served.store, "body.opened") == []
