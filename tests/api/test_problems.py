"""Every error is a problem document with a stable code, and quotes nothing of what was sent."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.faults import Conflict, Fault, Invalid, trace_of
from tests.serving import FORM, Served, problem_of

pytestmark = pytest.mark.anyio

SENT = "+12025550123"
"""Whatever is sent, somewhere in it stands a number; no error may show it."""

CASES = [
    pytest.param("GET", f"/{SENT}", {}, 404, "not-found", id="no such page"),
    pytest.param("DELETE", "/v1/aggregates", {}, 405, "method-not-allowed", id="not that way"),
    pytest.param("GET", "/v1/aggregates", {"headers": {}}, 401, "no-key", id="no key"),
    pytest.param("GET", "/v1/messages", {}, 403, "scope-missing", id="no scope"),
    pytest.param("GET", f"/v1/aggregates?{SENT[1:]}=1", {}, 422, "invalid", id="an unknown parameter"),
    pytest.param("GET", f"/v1/aggregates?locality={SENT}", {}, 404, "not-found", id="an unknown locality"),
    pytest.param("GET", f"/v1/aggregates?category={SENT}", {}, 422, "invalid", id="an unknown category"),
    pytest.param("GET", f"/v1/aggregates?group_by={SENT}", {}, 422, "invalid", id="an unknown group"),
    pytest.param("GET", f"/v1/aggregates?period={SENT}", {}, 422, "invalid", id="an unknown period"),
    pytest.param("GET", f"/v1/aggregates?from={SENT}", {}, 422, "invalid", id="no day"),
    pytest.param("GET", f"/v1/aggregates?limit={SENT}", {}, 422, "invalid", id="no limit"),
    pytest.param("GET", f"/v1/aggregates?cursor={SENT}", {}, 422, "invalid", id="no cursor"),
    pytest.param("GET", f"/v1/reports/{SENT}", {}, 422, "invalid", id="no id"),
    pytest.param("GET", f"/v1/reports?category={SENT}", {}, 422, "invalid", id="an unknown category of reports"),
    pytest.param("GET", f"/v1/reports?status={SENT}", {}, 422, "invalid", id="no status"),
    pytest.param("GET", f"/v1/reports?changed_since=x{SENT}", {}, 422, "invalid", id="no time"),
    pytest.param("GET", f"/v1/localities/{SENT}", {}, 404, "not-found", id="no such locality"),
    pytest.param("GET", f"/v1/localities?level={SENT}", {}, 422, "invalid", id="no level"),
    pytest.param("POST", f"/intake/{SENT}", {}, 404, "not-found", id="no such channel"),
    pytest.param("POST", "/v1/reports", {"json": {"text": SENT, SENT: 1}}, 422, "invalid", id="an unknown field"),
    pytest.param(
        "POST",
        "/v1/reports",
        {"json": {"category": SENT[1:], "locality": "GIN", "occurred_on": "2026-11-21"}},
        422,
        "invalid",
        id="a report of an unknown category",
    ),
    pytest.param(
        "POST",
        "/v1/reports",
        {"json": {"category": "theft", "locality": SENT[1:], "occurred_on": "2026-11-21"}},
        404,
        "not-found",
        id="a report from an unknown locality",
    ),
    pytest.param(
        "POST", "/v1/reports", {"json": {"text": "Vol", "contact": f"{SENT}99999999"}}, 422, "invalid", id="no contact"
    ),
]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("method", "path", "sent", "status", "code"), CASES)
async def test_every_error_is_a_problem_document_that_quotes_nothing(
    served: Served,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    sent: dict[str, Any],
    status: int,
    code: str,
) -> None:
    caplog.set_level(logging.DEBUG, logger="api")
    key = served.key("aggregates:read", "reports:read", "reports:write")
    answer = await served.http.request(method, path.replace("+", "%2B"), **({"headers": key} | sent))
    document = problem_of(answer, status, code)
    assert sorted({"type", "title", "status", "code", "detail"} - document.keys()) == []
    assert document["detail"]
    assert answer.headers["cache-control"] == "no-store"
    for shown in (answer.text, str(answer.headers), caplog.text if "api" in caplog.text else ""):
        assert SENT[1:] not in shown


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "raised",
    [
        pytest.param(lambda: LookupError(SENT), id="plain"),
        pytest.param(lambda: UnicodeDecodeError("utf-8", SENT.encode(), 0, 1, SENT), id="one that needs arguments"),
        pytest.param(lambda: ExceptionGroup(SENT, [ValueError(SENT)]), id="a group"),
    ],
)
async def test_a_surprise_is_a_500_and_its_words_reach_nobody(
    served: Served, caplog: pytest.LogCaptureFixture, raised: Callable[[], Exception]
) -> None:
    """Not even the server around us, which would log them: ASGITransport would raise them here."""
    caplog.set_level(logging.DEBUG)

    @served.app.get("/surprise")
    async def surprise() -> None:
        try:
            raise ValueError(SENT)  # noqa: TRY301  a cause with words of its own
        except ValueError as error:
            raise raised() from error

    answer = await served.get("/surprise")
    problem_of(answer, 500, "internal")
    assert SENT[1:] not in answer.text
    assert SENT[1:] not in caplog.text
    assert "surprise" in caplog.text  # where it happened is there
    assert "ValueError" in caplog.text


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_surprise_behind_a_real_server_leaves_no_words_in_its_log(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    import uvicorn  # noqa: PLC0415  only this test needs it

    caplog.set_level(logging.DEBUG)

    @served.app.post("/surprise")
    async def surprise() -> None:
        raise LookupError(SENT)

    async with running(served.app, uvicorn) as url, httpx.AsyncClient() as http:
        answer = await http.post(f"{url}/surprise", content=f"From={SENT}", headers={"content-type": FORM})
    problem_of(answer, 500, "internal")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not any(SENT[1:] in (record.getMessage() + str(record.exc_info)) for record in ours)


class running:  # noqa: N801  read as a sentence: async with running(app)
    """The application behind uvicorn, without its lifespan, which the fixture runs already."""

    def __init__(self, app: FastAPI, uvicorn: Any) -> None:
        config = uvicorn.Config(app, port=0, log_config=None, log_level="debug", lifespan="off")
        self._server = uvicorn.Server(config)

    async def __aenter__(self) -> str:
        self._task = asyncio.ensure_future(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110  uvicorn tells by no event
            await asyncio.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await self._task


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_no_query_at_all_is_ever_a_500(served: Served) -> None:
    """Hypothesis inside one event loop: what a client may put behind the question mark."""
    key = served.key("aggregates:read", "reports:read", "messages:read", "protected:read")
    names = ["locality", "period", "from", "to", "category", "group_by", "depth", "limit", "cursor", "status", "q"]
    values = st.one_of(
        st.text(max_size=12),
        st.sampled_from(["", "GIN", "theft*", "*", "day", "week", "locality,period", "0001-01-01", "9999-12-31", "1"]),
        st.binary(min_size=14, max_size=40).map(lambda raw: __import__("base64").urlsafe_b64encode(raw).decode()),
    )
    found: list[tuple[str, dict[str, str]]] = []

    @settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck), deadline=None)
    @given(
        path=st.sampled_from(["aggregates", "reports", "messages", "localities", "categories"]),
        query=st.dictionaries(st.sampled_from(names), values, max_size=4),
    )
    def collect(path: str, query: dict[str, str]) -> None:
        found.append((path, query))

    collect()
    for path, query in found:
        try:
            answer = await served.get(f"/v1/{path}", key, **query)
        except UnicodeEncodeError:
            continue  # half a surrogate pair is no URL
        assert answer.status_code in {200, 404, 422}, (path, query, answer.text)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("cursor", ["_" * 40, "AAAA", "é", "A" * 2001, "////", "%00", "=" * 8])
async def test_a_cursor_that_is_none_is_a_422(served: Served, cursor: str) -> None:
    problem_of(await served.get("/v1/categories", served.key("aggregates:read"), cursor=cursor), 422, "invalid")


def test_a_faults_docstring_is_its_default_message() -> None:
    assert Conflict().detail == Conflict.__doc__
    assert Invalid("from is later than to.").detail == "from is later than to."
    assert {kind.__doc__ for kind in Fault.__subclasses__()} - {None} == {
        kind.__doc__ for kind in Fault.__subclasses__() if kind.__doc__
    }


def test_a_trace_names_kinds_and_places_and_no_words() -> None:
    secret = uuid4().hex
    try:
        try:
            raise ValueError(secret)  # noqa: TRY301  a cause with words of its own
        except ValueError as error:
            raise LookupError(secret) from error
    except LookupError as error:
        trace = trace_of(error)
    assert "LookupError" in trace
    assert "ValueError" in trace
    assert "test_problems.py" in trace
    assert secret not in trace
    assert json.dumps(trace)
