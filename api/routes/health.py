"""Is it alive, is it ready, how is it doing: for the operator. Needs no key and tells nothing about anybody."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from api.dependencies import ReadSession, TheHouse
from models.backlog import backlog_of
from models.faults import Unavailable
from models.schema import newest, present

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(house: TheHouse) -> Response:
    """The store answers and has the schema of this release; else a 503."""
    if present(house.database) != newest():
        raise Unavailable("The store's schema is not this release's: run `kibaro migrate`.")
    return JSONResponse({"status": "ready"})


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(house: TheHouse, session: ReadSession) -> Response:
    """Counts of work done and waiting, in Prometheus's text form; nothing protected is among them."""
    registry = CollectorRegistry()
    for name, (value, meaning) in backlog_of(session, house.clock()).gauges().items():
        Gauge(f"kibaro_{name}", meaning, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
