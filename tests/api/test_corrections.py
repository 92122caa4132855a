"""Transitions and corrections over HTTP: who may, what is refused, and that nobody's change is lost."""

import asyncio
import random
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.editing import LARGEST_BODY
from api.formats.table import instant
from models.database import FOREVER
from models.events import Event
from models.localities import LocalityParent, renew_ancestors
from models.reference import count_reference_change
from tests.api.editing import EDITS, Key, correct, merge, move, patch, read
from tests.jobs.recount import disagreements, unsettled
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

DAY = "2026-11-20"
EVERYTHING = (*EDITS, "protected:read")


def put(served: Served, category: str = "theft", locality: str = "GN-BF", day: str = DAY, **changes: Any) -> UUID:
    (report_id,) = served.add_reports([(category, locality, day)], **changes)
    return report_id


def same_404(answers: list[httpx.Response]) -> None:
    """All are the one answer, to the byte, that tells nothing."""
    for answer in answers:
        problem_of(answer, 404, "not-found")
    assert len({(answer.content, str(sorted(answer.headers.items()))) for answer in answers}) == 1


# -- If-Match ----------------------------------------------------------------------------------------------------------


async def test_a_correction_answers_with_the_report_as_it_is_and_the_etag_of_the_next_one(served: Served) -> None:
    key, report_id = served.key(*EDITS), put(served)
    etag, before = await read(served, key, report_id)
    assert not etag.startswith("W/"), "If-Match compares strongly"
    served.store.clock.go_on(minutes=1)
    answer = await patch(served, key, f"/v1/reports/{report_id}", {"locality": "GN-CO", "killed": 1}, etag)
    assert answer.status_code == 200, answer.text
    changed = {"locality": "GN-CO", "killed": 1, "revision": 2, "changed_at": instant(served.store.clock())}
    assert answer.json() == before | changed | {"place_basis": "said"}
    assert (answer.headers["etag"], answer.json()) == await read(served, key, report_id)
    again = await patch(served, key, f"/v1/reports/{report_id}", {"killed": None}, answer.headers["etag"])
    assert again.json()["killed"] is None
    served.fold()
    assert not disagreements(served.store)


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        pytest.param([], 428, "if-match-missing", id="none"),
        pytest.param([" "], 428, "if-match-missing", id="an empty one"),
        pytest.param(['"0123"'], 412, "changed-since", id="another one"),
        pytest.param(["W/{}"], 412, "changed-since", id="a weak one"),
        pytest.param(['"a", W/{}, "b"'], 412, "changed-since", id="a weak one among others"),
        pytest.param(["nonsense"], 412, "changed-since", id="no ETag"),
        pytest.param(["{}"], 200, "", id="the one"),
        pytest.param(['"a", {},"b"'], 200, "", id="the one among others"),
        pytest.param(['"a"', "{}"], 200, "", id="the one in another header"),
        pytest.param(["*"], 200, "", id="any"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_if_match_is_required_and_compared_strongly(
    served: Served, given: list[str], status: int, code: str
) -> None:
    key, report_id = served.key(*EDITS), put(served)
    etag, before = await read(served, key, report_id)
    sent = [each.replace("{}", etag) for each in given]
    answer = await patch(served, key, f"/v1/reports/{report_id}", {"killed": 1}, *sent)
    if code:
        problem_of(answer, status, code)
        assert (await read(served, key, report_id))[1] == before
    assert answer.status_code == status


async def test_who_read_before_somebody_elses_change_gets_a_412_and_changes_nothing(served: Served) -> None:
    one, other, report_id = served.key(*EDITS), served.key(*EDITS), put(served)
    held, _ = await read(served, one, report_id)
    assert (await correct(served, other, report_id, locality="GN-CO")).status_code == 200
    problem_of(await patch(served, one, f"/v1/reports/{report_id}", {"killed": 1}, held), 412, "changed-since")
    headers = one | {"if-match": held}
    late = await served.http.post(f"/v1/reports/{report_id}/transitions", json={"to": "resolved"}, headers=headers)
    problem_of(late, 412, "changed-since")
    _, report = await read(served, one, report_id)
    assert (report["locality"], report["killed"], report["status"]) == ("GN-CO", None, "open")


async def test_a_renamed_taxonomy_is_another_report_to_who_holds_the_old_one(served: Served) -> None:
    key, report_id = served.key(*EDITS), put(served)
    held, _ = await read(served, key, report_id)
    with served.store.database.writing() as session:
        count_reference_change(session)
    problem_of(await patch(served, key, f"/v1/reports/{report_id}", {"killed": 1}, held), 412, "changed-since")


async def test_of_two_keys_at_once_one_wins_and_no_change_is_lost(served: Served) -> None:
    """Ten times, several at once add one to what they have read, again and again until they are heard."""
    report_id = put(served, killed=0)
    refused = 0

    async def add_ones(times: int) -> None:
        nonlocal refused
        key = served.key(*EDITS)
        done = 0
        while done < times:
            etag, report = await read(served, key, report_id)
            answer = await patch(served, key, f"/v1/reports/{report_id}", {"killed": report["killed"] + 1}, etag)
            assert answer.status_code in {200, 412}, answer.text
            done += answer.status_code == 200
            refused += answer.status_code == 412

    await asyncio.gather(*(add_ones(5) for _ in range(4)))
    _, report = await read(served, served.key(*EDITS), report_id)
    assert (report["killed"], report["revision"]) == (20, 21)
    assert refused > 0, "they did meet"
    served.fold()
    assert not disagreements(served.store)


async def test_a_storm_of_corrections_leaves_figures_that_agree(served: Served) -> None:
    dice = random.Random(7)
    reports = [put(served, locality=code) for code in ("GN-BF", "GN-CO", "GN-C-DIX", "GN-BK-KAM") for _ in range(2)]
    key = served.key(*EDITS)
    answers: list[int] = []

    async def blow() -> None:
        for _ in range(12):
            report_id = dice.choice(reports)
            _, other = await read(served, key, dice.choice(reports))
            _, own = await read(served, key, report_id)
            acts = [
                lambda: correct(served, key, report_id, incident=other["incident"]),  # noqa: B023  called at once
                lambda: correct(served, key, report_id, incident=None),  # noqa: B023
                lambda: merge(served, key, own["incident"], other["incident"]),  # noqa: B023
                lambda: correct(served, key, report_id, locality=dice.choice(["GN-CO", "GN-BF"]), killed=1),  # noqa: B023
                lambda: move(served, key, report_id, "closed", reason="test"),  # noqa: B023
                lambda: move(served, key, report_id, "open"),  # noqa: B023
            ]
            answers.append((await dice.choice(acts)()).status_code)

    await asyncio.gather(*(blow() for _ in range(5)))
    assert set(answers) <= {200, 404, 409, 412, 422, 503}
    assert answers.count(200) > len(answers) / 3
    served.fold()
    assert not disagreements(served.store)
    assert not unsettled(served.store)


async def test_a_commit_that_fails_is_an_error_and_no_thank_you(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, report_id = served.key(*EDITS), put(served)
    etag, before = await read(served, key, report_id)

    def fail(_session: Session) -> None:
        raise LookupError

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", fail)
        answer = await patch(served, key, f"/v1/reports/{report_id}", {"killed": 1}, etag)
    problem_of(answer, 500, "internal")
    assert await read(served, key, report_id) == (etag, before)


# -- who ---------------------------------------------------------------------------------------------------------------

WRITES = [
    ("POST", "/v1/reports/{report}/transitions", {"to": "resolved"}),
    ("PATCH", "/v1/reports/{report}", {"killed": 1}),
    ("PATCH", "/v1/incidents/{incident}", {"killed": 1}),
    ("POST", "/v1/incidents/{incident}/merge", {"into": "{other}"}),
]


async def ask(served: Served, key: Key, write: tuple[str, str, dict[str, str]], **ids: Any) -> httpx.Response:
    method, path, body = write
    sent = {name: str(value).format(**ids) if name == "into" else value for name, value in body.items()}
    return await served.http.request(method, path.format(**ids), json=sent, headers=key | {"if-match": "*"})


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        pytest.param((), 401, id="no key"),
        pytest.param(("reports:write",), 403, id="a web form's key"),
        pytest.param(("reports:read",), 403, id="a reader's key"),
        pytest.param(("protected:read", "messages:read", "bodies:read", "admin"), 403, id="all the others"),
        pytest.param(EDITS, 200, id="both"),
    ],
)
@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write[0]} {write[1]}")
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_changing_needs_the_scopes_to_read_and_to_write(
    served: Served, write: tuple[str, str, dict[str, str]], scopes: tuple[str, ...], status: int
) -> None:
    key = served.key(*EDITS)
    (_, own), (_, other) = [await read(served, key, put(served)) for _ in range(2)]
    ids = {"report": own["id"], "incident": own["incident"], "other": other["incident"]}
    answer = await ask(served, served.key(*scopes) if scopes else {}, write, **ids)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write[0]} {write[1]}")
async def test_what_a_key_does_not_see_it_changes_as_little_as_what_is_not_there(
    served: Served, write: tuple[str, str, dict[str, str]]
) -> None:
    all_seeing = served.key(*EVERYTHING)
    hidden = {
        "outside": (served.key(*EVERYTHING, locality="GN-B"), put(served, locality="GN-CO")),
        "protected": (served.key(*EDITS), put(served, "domestic_violence")),
        "about agents": (served.key(*EVERYTHING, body="police"), put(served, "police_abuse")),
        "about agents too": (served.key(*EVERYTHING, body="administration"), put(served, "bribery")),
    }
    answers = []
    _, seen = await read(served, all_seeing, put(served))
    for key, report_id in hidden.values():
        etag, report = await read(served, all_seeing, report_id)
        unknown = {"report": uuid4(), "incident": uuid4(), "other": seen["incident"]}
        answers.append(await ask(served, key, write, **unknown))
        answers.append(await ask(served, key, write, **unknown | {"report": report_id, "incident": report["incident"]}))
        assert await read(served, all_seeing, report_id) == (etag, report)
    same_404(answers)


async def test_a_bound_key_moves_reports_within_its_subtree_and_never_out_of_it(served: Served) -> None:
    key, report_id = served.key(*EDITS, locality="GN-B"), put(served)
    assert (await correct(served, key, report_id, locality="GN-BK-KAM")).json()["locality"] == "GN-BK-KAM"
    same_404([await correct(served, key, report_id, locality=code) for code in ("GN-CO", "GN-C", "GIN", "nowhere", "")])
    problem_of(await correct(served, key, report_id, locality=None), 409, "conflict")
    assert (await read(served, key, report_id))[1]["locality"] == "GN-BK-KAM"


async def test_a_key_corrects_no_report_out_of_its_sight(served: Served) -> None:
    partner, police = served.key(*EDITS), served.key(*EVERYTHING, body="police")
    report_id = put(served)
    for key, category in ((partner, "domestic_violence"), (partner, "kidnapping"), (police, "police_abuse")):
        problem_of(await correct(served, key, report_id, category=category), 409, "conflict")
    assert (await correct(served, police, report_id, category="kidnapping")).status_code == 200
    same_404([await correct(served, partner, each, category="theft") for each in (report_id, uuid4())])


async def test_a_bound_key_dates_no_report_to_when_its_place_lay_elsewhere(served: Served) -> None:
    with served.store.database.writing() as session:
        spots = served.store.keeper.current(session).spot_ids
        moving = session.get_one(LocalityParent, (spots["GN-BF"], date.min))
        moving.until_day = date(2026, 11, 10)
        row = {"locality_id": spots["GN-BF"], "parent_id": spots["GN-D"]}
        session.execute(insert(LocalityParent), row | {"from_day": date(2026, 11, 10), "until_day": FOREVER})
        renew_ancestors(session)
        count_reference_change(session)
    key, report_id = served.key(*EDITS, locality="GN-D"), put(served)
    assert (await correct(served, key, report_id, occurred_on="2026-11-10")).status_code == 200
    problem_of(await correct(served, key, report_id, occurred_on="2026-11-09"), 409, "conflict")
    old = served.key(*EDITS, locality="GN-B")
    elsewhere = put(served, locality="GN-BK-KAM", day="2026-11-01")
    assert (await correct(served, old, elsewhere, locality="GN-BF")).status_code == 200, "where it lay on that day"
    problem_of(await correct(served, old, elsewhere, occurred_on="2026-11-11"), 409, "conflict")


async def test_a_report_joins_no_incident_its_key_does_not_see(served: Served) -> None:
    all_seeing, key = served.key(*EVERYTHING), served.key(*EDITS, locality="GN-B")
    report_id = put(served)
    _, outside = await read(served, all_seeing, put(served, locality="GN-CO"))
    _, protected = await read(served, all_seeing, put(served, "domestic_violence"))
    unseen = (outside["incident"], protected["incident"], str(uuid4()))
    same_404([await correct(served, key, report_id, incident=each) for each in unseen])
    problem_of(await correct(served, all_seeing, report_id, incident=protected["incident"]), 409, "conflict")
    assert (await correct(served, all_seeing, report_id, incident=outside["incident"])).status_code == 200


async def test_events_name_the_key_that_changed_something(served: Served) -> None:
    report_id = put(served)
    key = served.key(*EDITS)
    await move(served, key, report_id, "closed", reason="handled")
    with served.store.database.reading() as session:
        actor = session.query(Event.actor).where(Event.name == "report.closed").scalar()
    assert str(actor).startswith("key:")
    assert UUID(str(actor).removeprefix("key:"))


# -- what --------------------------------------------------------------------------------------------------------------


async def test_a_transition_answers_with_the_report_and_says_what_is_possible_where_it_is_not(served: Served) -> None:
    key, report_id = served.key(*EDITS), put(served)
    answer = await move(served, key, report_id, "referred", desk="civil_protection")
    assert (answer.json()["status"], answer.json()["desk"]) == ("referred", "civil_protection")
    assert answer.headers["etag"] == (await read(served, key, report_id))[0]
    assert (await move(served, key, report_id, "closed", reason="no_action")).json()["close_reason"] == "no_action"
    document = problem_of(await move(served, key, report_id, "resolved"), 409, "conflict")
    assert document["detail"] == "This report is closed: it can become open."
    problem_of(await move(served, key, report_id, "waiting"), 409, "conflict")


SENT = "+12025550123"
BAD = [
    pytest.param({}, id="nothing"),
    pytest.param([], id="no object"),
    pytest.param("text", id="a string"),
    pytest.param({SENT: 1, "killed": 1}, id="an unknown field"),
    pytest.param({"category": SENT}, id="an unknown category"),
    pytest.param({"category": 7}, id="a category that is a number"),
    pytest.param({"killed": "3"}, id="a number in quotes"),
    pytest.param({"killed": True}, id="yes"),
    pytest.param({"killed": 1.0}, id="a broken number"),
    pytest.param({"injured": -1}, id="less than none"),
    pytest.param({"injured": 1_000_001}, id="more than there are"),
    pytest.param({"occurred_on": 20261121}, id="seconds"),
    pytest.param({"occurred_on": "2026-11-21T10:00:00"}, id="a time of day"),
    pytest.param({"occurred_on": "21/11/2026"}, id="another way to write days"),
    pytest.param({"occurred_on": "2026-11-31"}, id="a day no calendar has"),
    pytest.param({"occurred_on": "2026-11-23"}, id="tomorrow"),
    pytest.param({"occurred_on": "1899-12-31"}, id="too long ago"),
    pytest.param({"credibility": "likely"}, id="another credibility"),
    pytest.param({"incident": SENT}, id="no id"),
    pytest.param({"review": "no-category"}, id="a review that is not over"),
    pytest.param({"status": "closed"}, id="a status"),
    pytest.param({"weight": 3}, id="a weight"),
]


@pytest.mark.parametrize("body", BAD)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_cannot_be_corrected_so_is_refused_and_not_quoted(served: Served, body: Any) -> None:
    key, report_id = served.key(*EDITS), put(served)
    before = await read(served, key, report_id)
    document = problem_of(await patch(served, key, f"/v1/reports/{report_id}", body, "*"), 422, "invalid")
    assert SENT[1:] not in str(document)
    assert await read(served, key, report_id) == before


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        pytest.param(b'{"killed": 1}', "text/plain", 415, "wrong-content-type", id="not called JSON"),
        pytest.param(b'{"killed": 1', "application/json", 422, "invalid", id="no JSON"),
        pytest.param(b'{"killed": 1, "killed": 2}', "application/json", 422, "invalid", id="a name twice"),
        pytest.param(b'{"killed": NaN}', "application/json", 422, "invalid", id="no number"),
        pytest.param(b"\xff", "application/json", 422, "invalid", id="no text"),
        pytest.param(b" " * (LARGEST_BODY + 1), "application/json", 413, "too-large", id="too much"),
        pytest.param(b'{"killed": 1}', "application/json; charset=utf-8", 200, "", id="as it should be"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_body_is_one_json_object(
    served: Served, content: bytes, media_type: str, status: int, code: str
) -> None:
    headers = served.key(*EDITS) | {"if-match": "*", "content-type": media_type}
    answer = await served.http.patch(f"/v1/reports/{put(served)}", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    if code:
        problem_of(answer, status, code)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_null_takes_back(served: Served) -> None:
    key = served.key(*EDITS)
    report_id = put(served, killed=2, injured=1, credibility="confirmed", review="question")
    nothing: dict[str, None] = dict.fromkeys(
        ["category", "locality", "occurred_on", "killed", "injured", "credibility", "review"]
    )
    answer = await correct(served, key, report_id, **nothing)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in nothing} == nothing | {"credibility": "unassessed"}
    assert answer.json()["day_basis"] is None
    served.fold()
    assert not disagreements(served.store)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_unknown_parameter_is_refused_on_changes_too(served: Served) -> None:
    answer = await served.http.patch(
        f"/v1/reports/{put(served)}?dry_run=1", json={"killed": 1}, headers=served.key(*EDITS) | {"if-match": "*"}
    )
    problem_of(answer, 422, "invalid")


# -- what went ---------------------------------------------------------------------------------------------------------


class Mirror:
    """A consumer that keeps a copy of a list by asking what changed."""

    def __init__(self, served: Served, key: Key, **wanted: str) -> None:
        self.served = served
        self.key = key
        self.wanted = wanted
        self.copy: dict[str, dict[str, Any]] = {}
        self.last = "2026-01-01T00:00:00+00:00"

    async def ask(self, limit: int = 500) -> list[dict[str, Any]]:
        path: str | None = "/v1/reports"
        query: dict[str, Any] | None = self.wanted | {"changed_since": self.last, "limit": limit}
        rows: list[dict[str, Any]] = []
        while path:
            answer = await self.served.http.get(path, params=query, headers=self.key)
            assert answer.status_code == 200, answer.text
            rows += answer.json()["rows"]
            link = answer.headers.get("link", "")
            path, query = link[1:].partition(">")[0] or None, None
        for row in rows:
            if row.get("deleted"):
                self.copy.pop(row["id"], None)
            else:
                self.copy[row["id"]] = row
            self.last = max(self.last, row["changed_at"])
        return rows

    async def insist(self) -> None:
        """The copy is what a whole list would be."""
        rows = await self.served.rows("/v1/reports", self.key, **self.wanted, limit=500)
        assert self.copy == {row["id"]: row for row in rows}


async def test_a_report_that_left_a_keys_sight_is_told_once_and_without_a_word_more(served: Served) -> None:
    staff, north = served.key(*EVERYTHING), served.key("reports:read", locality="GN-B")
    report_id = put(served)
    mirror = Mirror(served, north)
    await mirror.ask()
    await mirror.insist()
    served.store.clock.go_on(minutes=1)
    left_at = instant(served.store.clock())
    await correct(served, staff, report_id, locality="GN-CO")
    assert [row for row in await mirror.ask() if row.get("deleted")] == [
        {"id": str(report_id), "deleted": True, "changed_at": left_at}
    ]
    served.store.clock.go_on(minutes=1)
    await correct(served, staff, report_id, locality="GN-C-DIX", killed=3)
    assert [row["changed_at"] for row in await mirror.ask() if row.get("deleted")] == [left_at], (
        "not of what came later"
    )
    served.store.clock.go_on(minutes=1)
    await correct(served, staff, report_id, locality="GN-BF")
    assert [row.get("deleted") for row in await mirror.ask()] == [None], "and back"
    await mirror.insist()


async def test_a_report_that_became_protected_is_gone_for_partners_only(served: Served) -> None:
    staff, partner, police = (
        served.key(*EVERYTHING),
        served.key("reports:read"),
        served.key(*EVERYTHING, body="police"),
    )
    to_agent, to_survivor = put(served), put(served)
    served.store.clock.go_on(minutes=1)
    await correct(served, staff, to_agent, category="police_abuse")
    await correct(served, staff, to_survivor, category="fgm")
    since = {"changed_since": served.store.clock().isoformat()}

    async def gone(key: Key) -> set[str]:
        rows = await served.rows("/v1/reports", key, **since)
        assert len(rows) == 2
        return {row["id"] for row in rows if row.get("deleted")}

    assert await gone(staff) == set()
    assert await gone(partner) == {str(to_agent), str(to_survivor)}
    assert await gone(police) == {str(to_agent)}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_a_key_never_saw_leaves_it_no_trace_when_it_moves(served: Served) -> None:
    staff, since = served.key(*EVERYTHING), {"changed_since": "2026-01-01T00:00:00Z"}
    put(served, day="2026-11-19")
    for key, hidden in (
        (served.key("reports:read"), put(served, "domestic_violence")),
        (served.key("reports:read", locality="GN-B"), put(served, locality="GN-CO")),
    ):
        before = [await served.get("/v1/reports", key, **since, **wanted) for wanted in ({}, {"category": "theft"})]
        served.store.clock.go_on(minutes=1)
        for changes in ({"locality": "GN-C-DIX"}, {"category": "fgm", "occurred_on": "2026-11-02"}):
            assert (await correct(served, staff, hidden, **changes)).status_code == 200
        after = [await served.get("/v1/reports", key, **since, **wanted) for wanted in ({}, {"category": "theft"})]
        assert [(each.content, each.headers["etag"]) for each in after] == [
            (each.content, each.headers["etag"]) for each in before
        ]


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({}, id="everything"),
        pytest.param({"category": "theft"}, id="a category"),
        pytest.param({"status": "open"}, id="a status"),
        pytest.param({"locality": "GN-B"}, id="a locality"),
        pytest.param({"from": "2026-11-10", "to": "2026-11-20"}, id="days"),
        pytest.param({"review": "true"}, id="what must be looked at"),
        pytest.param({"category": "theft", "locality": "GN-B", "review": "false"}, id="several"),
    ],
)
async def test_a_copy_of_a_filtered_list_stays_right(served: Served, wanted: dict[str, str]) -> None:
    dice = random.Random(3)
    staff, partner = served.key(*EVERYTHING), served.key("reports:read", locality="GIN")
    reports = [put(served, review=dice.choice([None, "question"])) for _ in range(6)]
    mirror = Mirror(served, partner, **wanted)
    await mirror.ask()
    possible: dict[str, list[Any]] = {
        "category": ["theft", "fire", "fgm", None],
        "locality": ["GN-BF", "GN-CO", "GN-BK-KAM", None],
        "occurred_on": ["2026-11-20", "2026-11-09", "2026-10-01", None],
        "review": [None],
    }
    for _ in range(14):
        served.store.clock.go_on(seconds=dice.randint(1, 90))
        report_id, name = dice.choice(reports), dice.choice(list(possible))
        await correct(served, staff, report_id, **{name: dice.choice(possible[name])})
        if dice.random() < 0.3:
            await move(served, staff, report_id, dice.choice(["closed", "open"]), reason="handled")
            await move(served, staff, report_id, "open")
        if dice.random() < 0.2:
            reports.append(put(served))
        if dice.random() < 0.5:
            await mirror.ask(limit=dice.choice([1, 2, 500]))
            await mirror.insist()
    await mirror.ask()
    await mirror.insist()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_new_reports_of_other_kinds_are_not_told_as_gone(served: Served) -> None:
    put(served, "fire")
    rows = await served.rows(
        "/v1/reports", served.key("reports:read"), category="theft", changed_since="2026-01-01T00:00:00Z"
    )
    assert rows == []


async def test_what_went_comes_in_order_and_page_by_page(served: Served) -> None:
    staff, north = served.key(*EVERYTHING), served.key("reports:read", locality="GN-B")
    reports = [put(served) for _ in range(6)]
    for number, report_id in enumerate(reports):
        served.store.clock.go_on(minutes=1)
        await correct(served, staff, report_id, **({"locality": "GN-CO"} if number % 2 else {"killed": 1}))
    mirror = Mirror(served, north)
    rows = await mirror.ask(limit=1)
    assert [row["id"] for row in rows] == [str(report_id) for report_id in reports]
    assert [bool(row.get("deleted")) for row in rows] == [False, True] * 3
