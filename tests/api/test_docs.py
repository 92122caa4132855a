"""What a stranger finds: a description that says what every operation does, and whether the house is well."""

from typing import Any

import pytest

from models.backlog import Backlog
from tests.serving import Served, problem_of

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("engine", ["sqlite"])]

METHODS = {"get", "post", "put", "patch", "delete"}


async def description(served: Served) -> dict[str, Any]:
    answer = await served.get("/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


async def test_the_description_can_be_read_without_a_key(served: Served) -> None:
    page = await served.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "texts received, not crimes" in (await description(served))["info"]["description"]


async def test_every_operation_says_what_it_does(served: Served) -> None:
    silent = [
        f"{method} {path}"
        for path, operations in (await description(served))["paths"].items()
        for method, operation in operations.items()
        if method in METHODS and not operation.get("description")
    ]
    assert silent == []


async def test_every_filter_is_described_or_speaks_for_itself(served: Served) -> None:
    plain = {"status", "direction", "level", "category", "review"}
    for operations in (await description(served))["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query":
                    assert parameter.get("description") or parameter["name"] in plain, parameter


@pytest.mark.parametrize(
    "path",
    [
        "/v1/localities",
        "/v1/localities/{code}",
        "/v1/categories",
        "/v1/reports",
        "/v1/reports/{report_id}",
        "/v1/messages",
        "/v1/aggregates",
        "/intake/{channel_name}",
        "/intake/{channel_name}/status",
        "/healthz",
        "/readyz",
        "/metrics",
    ],
)
async def test_the_routes_of_the_design_are_there(served: Served, path: str) -> None:
    assert path in (await description(served))["paths"]


async def test_the_whole_description_can_be_made(served: Served) -> None:
    document = await description(served)
    assert document["components"]["securitySchemes"]
    ids = [op["operationId"] for ops in document["paths"].values() for op in ops.values()]
    assert len(ids) == len(set(ids))


async def test_alive_and_ready_and_metrics_need_no_key(served: Served) -> None:
    assert (await served.get("/healthz")).json() == {"status": "alive"}
    assert (await served.get("/readyz")).json() == {"status": "ready"}
    metrics = await served.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    for name in Backlog.__dataclass_fields__:
        assert f"kibaro_{name} " in metrics.text


async def test_metrics_count_what_waits(served: Served) -> None:
    served.add_twilio()
    await served.text("Vol de moto hier à Matoto")
    served.store.clock.go_on(seconds=90)
    metrics = (await served.get("/metrics")).text
    assert "kibaro_deliveries_waiting 1.0" in metrics
    assert "kibaro_oldest_delivery_s 90.0" in metrics
    served.dispatch()
    metrics = (await served.get("/metrics")).text
    assert "kibaro_deliveries_waiting 0.0" in metrics
    assert "kibaro_replies_queued 1.0" in metrics


async def test_what_is_not_there_is_a_problem_document(served: Served) -> None:
    problem_of(await served.get("/nowhere"), 404, "not-found")
