"""Is it alive, is it ready, how is it doing: for the operator. Needs no key and tells nothing about anybody."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from api.dependencies import TheHouse
from models.backlog import backlog_of

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(house: TheHouse) -> Response:
    """The store answers and has the newest schema; else a 503."""
    with house.database.reading() as session:
        house.keeper.current(session)
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
def metrics(house: TheHouse) -> Response:
    """Counts of work done and waiting, in Prometheus's text form."""
    registry = CollectorRegistry()
    with house.database.reading() as session:
        backlog = backlog_of(session, house.clock())
    for name, (value, meaning) in backlog.gauges().items():
        Gauge(f"kibaro_{name}", meaning, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
