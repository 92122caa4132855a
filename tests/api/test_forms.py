"""Forms, enrolled people, observations and completeness over the API: who may see what, and never a number."""

from typing import Any

import pytest

from models.reporters import Reporter
from tests.intake.enrolled import ROAD, WEEKLY, define, enrol_as
from tests.intake.factories import AMINATA, BOUBACAR, CIRE, all_of
from tests.intake.forms.factories import field
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio


async def text(served: Served, body: str, sender: str = AMINATA) -> None:
    if not getattr(served, "has_twilio", False):
        served.add_twilio()
        served.has_twilio = True  # type: ignore[attr-defined]  # a note for the next text
    await served.text(body, From=sender)
    served.dispatch()


async def test_a_form_is_defined_once_a_change_is_a_new_version(served: Served) -> None:
    admin, reader = served.key("admin"), served.key("reports:read")
    first = await served.post("/v1/forms", admin, ROAD)
    again = await served.post("/v1/forms", admin, ROAD)
    changed = await served.post("/v1/forms", admin, {**ROAD, "title": {"fr": "Autre"}})
    assert [answer.status_code for answer in (first, again, changed)] == [201, 201, 201]
    assert [answer.json()["version"] for answer in (first, again, changed)] == [1, 1, 2]
    (row,) = await served.rows("/v1/forms", reader)
    assert (row["code"], row["version"], row["title"]) == ("OB", 2, {"fr": "Autre"})
    assert (await served.get("/v1/forms/OB", reader)).json() == row
    problem_of(await served.get("/v1/forms/XX", reader), 404, "not-found")


@pytest.mark.parametrize(
    "change",
    [
        {"fields": [field("A"), field("A")]},
        {"fields": [field("A", "choice")]},
        {"fields": [field("A", min=3, max=1)]},
        {"fields": [field("A", min="2026-01-01")]},
        {"fields": []},
        {"code": "O1"},
        {"code": "STOP"},
        {"period": "week"},
        {"report": {"category": "no_such"}},
        {"report": {"category": "theft", "killed": "T"}},
        {"surplus": 1},
        {
            "fields": [field("S", "choice", choices=[{"code": c, "label": {"fr": c}} for c in ("O", "0")])],
            "report": None,
        },
    ],
)
async def test_what_is_no_form_is_refused(served: Served, change: dict[str, Any]) -> None:
    answer = await served.post("/v1/forms", served.key("admin"), {**ROAD, **change})
    assert answer.status_code == 422, answer.text
    assert await served.rows("/v1/forms", served.key("reports:read")) == []


async def test_people_are_enrolled_suspended_and_listed_without_their_numbers(served: Served) -> None:
    admin = served.key("admin")
    wanted = {"number": "+12025550123", "kind": "officer", "unit": "CSP Dixinn", "locality": "GN-C-DIX"}
    enrolled = await served.post("/v1/reporters", admin, wanted)
    assert enrolled.status_code == 201, enrolled.text
    identifier = enrolled.json()["id"]
    changed = await served.http.patch(f"/v1/reporters/{identifier}", headers=admin, json={"suspended": True})
    assert changed.json()["suspended"]
    (row,) = await served.rows("/v1/reporters", admin)
    assert (row["unit"], row["kind"], row["locality"], row["suspended"]) == ("CSP Dixinn", "officer", "GN-C-DIX", True)
    for answer in (enrolled, changed, await served.get("/v1/reporters", admin)):
        assert "2025550123" not in answer.text
    reporter = all_of(served.store, Reporter)[0]
    assert reporter.number is not None
    assert b"2025550123" not in reporter.number


@pytest.mark.parametrize(
    "change",
    [{"number": "Orange"}, {"unit": " "}, {"unit": "call 622 00 00 01"}, {"kind": "citizen"}, {"kind": "staff"}],
)
async def test_what_cannot_be_enrolled_is_refused_without_quoting_it(served: Served, change: dict[str, str]) -> None:
    wanted = {"number": "+12025550123", "kind": "officer", "unit": "CSP", "locality": "GN-C-DIX"}
    answer = await served.post("/v1/reporters", served.key("admin"), {**wanted, **change})
    assert answer.status_code == 422
    assert "2025550123" not in answer.text
    assert "622 00" not in answer.text


async def test_a_bound_key_enrols_and_sees_only_its_own_localities(served: Served) -> None:
    there = enrol_as(served.store, AMINATA, locality="GN-BF")
    bound = served.key("admin", locality="GN-C")
    assert await served.rows("/v1/reporters", bound) == []
    problem_of(await served.http.patch(f"/v1/reporters/{there}", headers=bound, json={"unit": "x"}), 404, "not-found")
    wanted = {"number": BOUBACAR, "kind": "officer", "unit": "CSP", "locality": "GN-BF"}
    problem_of(await served.post("/v1/reporters", bound, wanted), 404, "not-found")
    taken_over = {"number": AMINATA, "kind": "officer", "unit": "CSP", "locality": "GN-C-DIX"}
    problem_of(await served.post("/v1/reporters", bound, taken_over), 404, "not-found")
    assert (await served.post("/v1/reporters", bound, {**wanted, "locality": "GN-C-DIX"})).status_code == 201


async def test_a_citizen_is_no_enrolled_reporter(served: Served) -> None:
    await text(served, "vol à Dixinn", BOUBACAR)
    citizen = all_of(served.store, Reporter)[0]
    answer = await served.http.patch(
        f"/v1/reporters/{citizen.id}", headers=served.key("admin"), json={"suspended": True}
    )
    problem_of(answer, 404, "not-found")
    assert await served.rows("/v1/reporters", served.key("admin")) == []


async def test_observations_are_listed_without_free_text(served: Served) -> None:
    define(served.store, ROAD)
    enrol_as(served.store, AMINATA)
    await text(served, "OB 104 A99 K2 T=camion blanc contre moto")
    answer = await served.get("/v1/observations", served.key("reports:read", "bodies:read"))
    (row,) = answer.json()["rows"]
    assert (row["form"], row["number"], row["values"], row["problems"]) == ("OB", 104, {"K": "2"}, {"A": "range"})
    assert (row["status"], row["locality"], row["source"]) == ("partial", "GN-C-DIX", "officer")
    assert "camion" not in answer.text
    assert AMINATA not in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"form": "OB"}, 1),
        ({"form": "CL"}, 0),
        ({"status": "complete"}, 1),
        ({"status": "partial"}, 0),
        ({"locality": "GN-C"}, 1),
        ({"locality": "GN-BF"}, 0),
        ({"from": "2026-11-22", "to": "2026-11-22"}, 1),
        ({"from": "2026-11-23"}, 0),
        ({"changed_since": "2026-11-23T00:00:00Z"}, 0),
    ],
)
async def test_observations_are_filtered(served: Served, query: dict[str, str], found: int) -> None:
    define(served.store, ROAD, WEEKLY)
    enrol_as(served.store, AMINATA)
    await text(served, "OB 104 A1 K2")
    assert len(await served.rows("/v1/observations", served.key("reports:read"), **query)) == found


async def test_observations_come_in_pages(served: Served) -> None:
    define(served.store, ROAD)
    enrol_as(served.store, AMINATA)
    for number in (1, 2, 3):
        await text(served, f"OB {number} A1 K2")
        served.store.clock.go_on(minutes=1)
    key = served.key("reports:read")
    first = await served.get("/v1/observations", key, limit=2)
    following = await served.http.get(first.links["next"]["url"], headers=key)
    assert [row["number"] for answer in (first, following) for row in answer.json()["rows"]] == [1, 2, 3]


async def test_a_bound_key_sees_the_observations_of_its_own_localities(served: Served) -> None:
    define(served.store, ROAD)
    enrol_as(served.store, AMINATA)
    await text(served, "OB 104 A1 K2")
    assert len(await served.rows("/v1/observations", served.key("reports:read", locality="GN-C"))) == 1
    assert await served.rows("/v1/observations", served.key("reports:read", locality="GN-B")) == []


@pytest.mark.parametrize("body", ["police", "administration"])
async def test_what_means_a_protected_report_is_not_there_for_others(served: Served, body: str) -> None:
    kinds = [{"code": "1", "label": {"fr": "x"}, "category": "police_abuse"}, {"code": "9", "label": {"fr": "autre"}}]
    fields = [field("K", "choice", choices=kinds), field("A"), field("B")]
    secret = {"code": "AG", "title": {"fr": "x"}, "fields": fields, "report": {"category_from": "K"}}
    define(served.store, secret)
    enrol_as(served.store, AMINATA)
    enrol_as(served.store, BOUBACAR)
    enrol_as(served.store, CIRE)
    await text(served, "AG 1 K1 A2")
    await text(served, "AG 1 A2 B3", BOUBACAR)  # may still come to mean it
    everything = await served.rows("/v1/observations", served.key("reports:read", "protected:read"))
    assert len(everything) == 2
    for key in (served.key("reports:read"), served.key("reports:read", "protected:read", body=body)):
        assert await served.rows("/v1/observations", key) == []


async def test_completeness_says_who_has_reported_and_who_has_not(served: Served) -> None:
    define(served.store, WEEKLY)
    enrol_as(served.store, AMINATA, unit="Poste 1")
    enrol_as(served.store, BOUBACAR, unit="Poste 2")
    enrol_as(served.store, CIRE, "monitor", unit="Radio")
    enrol_as(served.store, "+224920000009", unit="Boffa", locality="GN-BF")
    await text(served, "CL P3 V oui")
    path = "/v1/forms/CL/completeness"
    (row,) = await served.rows(path, served.key("reports:read"), **{"from": "2026-11-18"})
    assert (row["locality"], row["period"], row["start"], row["end"]) == (
        "GN-C-DIX", "2026-W47", "2026-11-16", "2026-11-22",
    )  # fmt: skip
    assert (row["expected"], row["reported"], row["complete"]) == (2, 1, 1)
    assert {(unit["unit"], unit["status"], unit["reporter"]) for unit in row["units"]} == {
        ("Poste 1", "complete", None),
        ("Poste 2", None, None),
    }
    (named,) = await served.rows(path, served.key("reports:read", "admin"), **{"from": "2026-11-18"})
    assert all(unit["reporter"] for unit in named["units"])
    assert await served.rows(path, served.key("reports:read", locality="GN-B"), **{"from": "2026-11-18"}) == []
    problem_of(await served.get(path, served.key("reports:read", locality="GN-B"), locality="GN-C"), 404, "not-found")


async def test_who_was_not_enrolled_yet_or_was_suspended_is_not_expected(served: Served) -> None:
    define(served.store, {**WEEKLY, "period": "day"})
    first = enrol_as(served.store, AMINATA, unit="Poste 1")
    served.store.clock.go_on(days=2)
    admin = served.key("admin")
    await served.http.patch(f"/v1/reporters/{first}", headers=admin, json={"suspended": True})
    served.store.clock.go_on(days=2)
    rows = await served.rows("/v1/forms/CL/completeness", served.key("reports:read"))
    assert [row["period"] for row in rows] == ["2026-11-22", "2026-11-23", "2026-11-24"]


async def test_only_a_checklist_has_completeness(served: Served) -> None:
    define(served.store, ROAD)
    problem_of(await served.get("/v1/forms/OB/completeness", served.key("reports:read")), 422, "invalid")
