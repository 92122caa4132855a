"""POST /v1/reports: the web's way in. Known callers, checked codes, one report an Idempotency-Key, and no commands."""

import json
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from models.deliveries import Delivery
from models.messages import Message
from models.reporters import OptOut, Reporter
from models.reports import Report
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

CODES = {"category": "vehicle_theft", "locality": "GN-C-MTO", "occurred_on": "2026-11-21"}
CONTACT = "+12025550123"


async def post(served: Served, headers: dict[str, str], body: Any, **more: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return await served.http.post("/v1/reports", json=body, headers=headers | named)


def only_report(served: Served) -> dict[str, Any]:
    with served.store.database.reading() as session:
        (report,) = session.scalars(select(Report)).all()
        reference = served.store.keeper.current(session)
        return {
            "reference": report.reference,
            "category": reference.category_codes.get(report.category_id or 0),
            "locality": reference.code_of(report.locality_id),
            "occurred_on": report.occurred_on,
            "status": report.status,
        }


async def test_a_text_is_taken_and_understood_under_the_reference_first_given(served: Served) -> None:
    answer = await post(served, served.key("reports:write"), {"text": "Vol de moto hier à Matoto"})
    assert answer.status_code == 202
    taken = answer.json()
    assert sorted(taken) == ["message", "reference"]
    served.dispatch()
    report = only_report(served)
    assert report["reference"] == taken["reference"]
    assert report["category"] == "vehicle_theft"
    assert report["occurred_on"] == date(2026, 11, 21)
    assert served.bodies() == ["Vol de moto hier à Matoto".encode()]


async def test_codes_are_taken_as_they_are(served: Served) -> None:
    locality = await some_commune(served)
    answer = await post(served, served.key("reports:write"), CODES | {"locality": locality})
    assert answer.status_code == 202
    served.dispatch()
    assert only_report(served) == {
        "reference": answer.json()["reference"],
        "category": "vehicle_theft",
        "locality": locality,
        "occurred_on": date(2026, 11, 21),
        "status": "open",
    }


async def some_commune(served: Served, parent: str = "GN-C") -> str:
    rows = await served.rows("/v1/localities", served.key("aggregates:read"), parent=parent)
    code: str = rows[0]["code"]
    return code


async def test_the_same_idempotency_key_gets_the_same_answer_and_makes_no_second_report(served: Served) -> None:
    key = served.key("reports:write")
    body = {"text": "Vol de moto hier à Matoto"}
    answers = [await post(served, key, body, idempotency_key="a") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({answer.content for answer in answers}) == 1
    served.dispatch()
    served.store.clock.go_on(days=200)
    assert (await post(served, key, body, idempotency_key="a")).content == answers[0].content
    served.dispatch()
    assert served.count(Delivery) == served.count(Report) == 1


async def test_without_an_idempotency_key_each_is_a_report_of_its_own(served: Served) -> None:
    key = served.key("reports:write")
    answers = [await post(served, key, {"text": "Vol"}) for _ in range(2)]
    assert len({answer.json()["reference"] for answer in answers}) == 2
    assert served.count(Delivery) == 2


async def test_an_idempotency_key_used_for_another_report_is_a_409(served: Served) -> None:
    key = served.key("reports:write")
    await post(served, key, {"text": "Vol de moto"}, idempotency_key="a")
    problem_of(await post(served, key, {"text": "Bagarre"}, idempotency_key="a"), 409, "idempotency-key-reused")
    assert served.count(Delivery) == 1


async def test_two_callers_idempotency_keys_never_meet(served: Served) -> None:
    for _ in range(2):
        answer = await post(served, served.key("reports:write"), {"text": "Vol"}, idempotency_key="a")
        assert answer.status_code == 202
    assert served.count(Delivery) == 2


async def test_a_caller_cannot_pass_for_another_by_our_own_headers(served: Served) -> None:
    first, second = served.key("reports:write"), served.key("reports:write")
    for headers in (first, second):
        await post(served, headers, {"text": "Vol"}, idempotency_key="a", x_kibaro_key_id="same")
    assert served.count(Delivery) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(CODES | {"category": "sorcery"}, "categor", id="no such category"),
        pytest.param(CODES | {"occurred_on": "2026-02-30"}, "occurred_on", id="no such day"),
        pytest.param(CODES | {"occurred_on": "21/11/2026"}, "occurred_on", id="a day in another form"),
        pytest.param({"category": "theft"}, "missing", id="codes that are not whole"),
        pytest.param(CODES | {"text": "Vol"}, "not both", id="text and codes"),
        pytest.param({}, "text", id="nothing"),
        pytest.param({"text": ""}, "text", id="an empty text"),
        pytest.param({"text": 7}, "text", id="a number"),
        pytest.param({"text": "x" * 10_001}, "characters", id="a long text"),
        pytest.param({"text": "Vol", "contact": "my neighbour"}, "contact", id="a contact that is no number"),
        pytest.param({"text": "Vol", "phone": CONTACT}, "unknown", id="a field we do not know"),
        pytest.param([{"text": "Vol"}], "object", id="a list"),
        pytest.param("Vol", "object", id="a string"),
    ],
)
async def test_what_is_no_report_is_a_422_that_says_what_to_change(served: Served, body: Any, says: str) -> None:
    document = problem_of(await post(served, served.key("reports:write"), body), 422, "invalid")
    assert says in document["detail"]
    assert CONTACT not in json.dumps(document)
    assert served.count(Delivery) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"{", b'{"text": "a", "text": "b"}', b'{"text": NaN}', b"[" * 5000, b"\xff\xfe"],
    ids=["empty", "null", "cut off", "a name twice", "NaN", "deep", "no UTF-8"],
)
async def test_bad_json_is_a_422(served: Served, body: bytes) -> None:
    headers = served.key("reports:write") | {"content-type": "application/json"}
    problem_of(await served.http.post("/v1/reports", content=body, headers=headers), 422, "invalid")


async def test_another_content_type_is_a_415_and_too_much_a_413(served: Served) -> None:
    key = served.key("reports:write")
    problem_of(await served.http.post("/v1/reports", data={"text": "Vol"}, headers=key), 415, "wrong-content-type")
    problem_of(await post(served, key, {"text": "x" * 70_000}), 413, "too-large")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("idempotency_key", ["", "x" * 256, "é".encode().decode("latin-1")])
async def test_an_idempotency_key_of_another_form_is_a_422(served: Served, idempotency_key: str) -> None:
    headers = served.key("reports:write") | {"idempotency-key": idempotency_key.encode("latin-1")}
    answer = await served.http.post("/v1/reports", json={"text": "Vol"}, headers=headers)  # type: ignore[arg-type]
    problem_of(answer, 422, "invalid")


async def test_a_locality_outside_the_key_does_not_exist(served: Served) -> None:
    key = served.key("reports:write", locality="GN-C")
    outside = await post(served, key, CODES | {"locality": "GN-B"})
    nowhere = await post(served, key, CODES | {"locality": "GN-NOWHERE"})
    problem_of(outside, 404, "not-found")
    assert outside.content == nowhere.content
    inside = await post(served, key, CODES | {"locality": await some_commune(served)})
    assert inside.status_code == 202
    assert served.count(Delivery) == 1


async def test_without_key_or_scope_nothing_is_taken(served: Served) -> None:
    answer = await post(served, {}, {"text": "Vol"})
    problem_of(answer, 401, "no-key")
    assert answer.headers["www-authenticate"] == "Bearer"
    problem_of(await post(served, {"Authorization": "Bearer nonsense"}, {"text": "Vol"}), 401, "no-key")
    problem_of(await post(served, {"Authorization": "Basic YTpi"}, {"text": "Vol"}), 401, "no-key")
    problem_of(await post(served, served.key("reports:read", "admin"), {"text": "Vol"}), 403, "scope-missing")
    assert served.count(Delivery) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("word", ["STOP", "stop", "ARRET", "START", "SUPPRIMER", "DELETE", "HELP"])
async def test_a_web_text_with_a_contact_is_never_a_command(served: Served, word: str) -> None:
    served.add_twilio()
    await served.text("Vol de moto hier à Matoto", From=CONTACT)
    served.dispatch()
    answer = await post(served, served.key("reports:write"), {"text": word, "contact": CONTACT})
    assert answer.status_code == 202
    served.dispatch()
    assert served.count(OptOut) == 0
    assert served.count(Reporter, Reporter.number_index.is_not(None)) == 1
    assert served.count(Message, Message.kind == "command") == 0


async def test_a_web_text_with_a_contact_is_never_an_answer_to_our_question(served: Served) -> None:
    served.add_twilio(free_to_sender=True)
    await served.text("Vol de moto hier", From=CONTACT)
    served.dispatch()
    assert served.count(Report, Report.status == "waiting") == 1
    await post(served, served.key("reports:write"), {"text": "Matoto", "contact": CONTACT})
    served.dispatch()
    assert served.count(Report, Report.status == "waiting") == 1


async def test_a_web_report_is_answered_on_no_channel(served: Served) -> None:
    served.add_twilio()
    await post(served, served.key("reports:write"), {"text": "Au secours, ils sont là", "contact": CONTACT})
    served.dispatch()
    assert served.count(Message, Message.direction == "out") == 0


async def test_a_report_without_contact_has_a_reporter_nobody_can_find_again(served: Served) -> None:
    key = served.key("reports:write")
    for _ in range(2):
        await post(served, key, {"text": "Vol de moto"})
    served.dispatch()
    assert served.count(Reporter, Reporter.number_index.is_(None)) == 2


async def test_texts_of_every_script_come_back_byte_for_byte(served: Served) -> None:
    texts = ["ߒߞߏ", "𞤀𞤣𞤤𞤢𞤥", "🔥\0", "a\u2028b", "\\u0000"]
    key = served.key("reports:write")
    for text in texts:
        assert (await post(served, key, {"text": text})).status_code == 202
    served.dispatch()
    assert sorted(served.bodies()) == sorted(text.encode() for text in texts)
