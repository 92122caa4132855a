"""The description of the API (OpenAPI): what FastAPI cannot see for itself. One table says what each operation answers,
with an example; errors, scopes and headers are the same everywhere and are added here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import shapes
from api.examples import EXAMPLES
from api.formats.choice import MEDIA_TYPES, Format
from api.formats.indicators import INDICATORS
from api.formats.participation import PARTICIPATION
from api.formats.revisions import REVISIONS
from api.paging import Formats
from api.problems import MEDIA_TYPE
from api.security import Scoped
from api.shapes import FIGURE_COLUMNS, Schema, schema_of_row

REF: Final = "#/components/schemas/"
FIGURES_SAY: Final = ("as_of", "counts", "start", "end")


@dataclass(frozen=True, slots=True)
class Told:
    """What an operation answers: a shape by itself, or rows of it with further members beside them.

    problems: statuses besides those that every operation of its kind has.
    """

    shape: type[BaseModel] | Schema
    also: type[BaseModel] | None = None
    rows: bool = False
    beside: tuple[str, ...] = ()
    status: int = 200
    problems: tuple[int, ...] = ()
    schema: Schema = field(init=False)

    def __post_init__(self) -> None:
        kinds = [_ref(self.shape), *([_ref(self.also)] if self.also else [])]
        row = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        members: Schema = {name: {} for name in self.beside} | {"rows": {"type": "array", "items": row}}
        schema = {"type": "object", "properties": members, "required": list(members)} if self.rows else row
        object.__setattr__(self, "schema", schema)


def _ref(shape: type[BaseModel] | Schema) -> Schema:
    return shape if isinstance(shape, dict) else {"$ref": REF + shape.__name__}


TOLD: Final[dict[str, Told]] = {
    "GET /v1/aggregates": Told(schema_of_row(FIGURE_COLUMNS), rows=True, beside=FIGURES_SAY, problems=(404, 406)),
    "GET /v1/participation": Told(schema_of_row(PARTICIPATION), rows=True, beside=FIGURES_SAY, problems=(404, 406)),
    "GET /v1/revisions": Told(
        schema_of_row(REVISIONS), rows=True, beside=("as_of", "counts", "closes_after_days"), problems=(404, 406)
    ),
    "GET /v1/indicators": Told(
        schema_of_row(INDICATORS),
        rows=True,
        beside=("quarter", "start", "end", "final", "as_of", "counts", "sections"),
        problems=(404, 406),
    ),
    "GET /v1/expected": Told(shapes.ExpectedShape, rows=True, beside=("counts",), problems=(404,)),
    "GET /v1/signals": Told(shapes.SignalShape, rows=True, beside=("counts",), problems=(404,)),
    "GET /v1/calendar": Told(shapes.NoteShape, rows=True),
    "POST /v1/calendar": Told(shapes.NoteShape, status=201, problems=(404,)),
    "GET /v1/localities": Told(shapes.LocalityShape, rows=True, problems=(404,)),
    "GET /v1/localities/{code}": Told(shapes.LocalityShape),
    "GET /v1/categories": Told(shapes.CategoryShape, rows=True),
    "POST /v1/reports": Told(shapes.TakenShape, status=202, problems=(404, 409, 413, 415)),
    "GET /v1/reports": Told(shapes.ReportShape, also=shapes.GoneShape, rows=True, problems=(404,)),
    "GET /v1/reports/{report_id}": Told(shapes.ReportShape),
    "PATCH /v1/reports/{report_id}": Told(shapes.ReportShape, problems=(409, 412, 413, 415, 428)),
    "POST /v1/reports/{report_id}/transitions": Told(shapes.ReportShape, problems=(409, 412, 413, 415)),
    "GET /v1/review": Told(shapes.UnderReviewShape, rows=True),
    "POST /v1/review/{item_id}": Told(shapes.DecidedShape, problems=(409, 412, 413, 415, 428)),
    "POST /v1/review/{item_id}/example": Told(shapes.ExampleShape, problems=(409, 410, 413, 415)),
    "GET /v1/unknown-places": Told(shapes.UnknownPlaceShape, rows=True),
    "POST /v1/unknown-places/{place_id}": Told(shapes.NamedShape, problems=(413, 415)),
    "GET /v1/incidents": Told(shapes.IncidentShape, rows=True, problems=(404,)),
    "GET /v1/incidents/{incident_id}": Told(shapes.WholeIncidentShape),
    "PATCH /v1/incidents/{incident_id}": Told(shapes.WholeIncidentShape, problems=(409, 412, 413, 415, 428)),
    "POST /v1/incidents/{incident_id}/merge": Told(shapes.WholeIncidentShape, problems=(409, 412, 413, 415)),
    "GET /v1/messages": Told(shapes.MessageShape, rows=True),
    "POST /v1/messages/{message_id}/open": Told(shapes.BodyShape, problems=(410,)),
    "GET /v1/lexicon": Told(shapes.TermShape, rows=True),
    "POST /v1/lexicon": Told(shapes.TermShape, status=201, problems=(409,)),
    "POST /v1/lexicon/preview": Told(shapes.TermChangeShape, rows=True, beside=("texts",)),
    "GET /v1/forms": Told(shapes.FormShape, rows=True),
    "POST /v1/forms": Told(shapes.FormShape, status=201),
    "GET /v1/forms/{code}": Told(shapes.FormShape),
    "GET /v1/forms/{code}/completeness": Told(shapes.CompletenessShape, rows=True),
    "GET /v1/observations": Told(shapes.ObservationShape, rows=True, problems=(404,)),
    "GET /v1/reporters": Told(shapes.EnrolledShape, rows=True),
    "POST /v1/reporters": Told(shapes.EnrolledShape, status=201, problems=(404,)),
    "PATCH /v1/reporters/{reporter_id}": Told(shapes.EnrolledShape),
    "GET /v1/events": Told(shapes.EventShape, rows=True),
    "GET /healthz": Told(shapes.HealthShape),
    "GET /readyz": Told(shapes.HealthShape),
}


def describe(app: FastAPI, routes: Sequence[APIRoute]) -> None:
    """Makes app.openapi() tell all of it. routes: of the included routers."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            _add_shapes(described)
            for route in routes:
                if route.include_in_schema:
                    for method in route.methods or ():
                        _complete(described["paths"][route.path_format][method.lower()], method, route)
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the description


def _add_shapes(described: dict[str, Any]) -> None:
    models: list[type[BaseModel]] = [shapes.ProblemShape, shapes.GoneShape]
    models += [told.shape for told in TOLD.values() if not isinstance(told.shape, dict)]
    asked: Any = [(model, "serialization") for model in dict.fromkeys(models)]
    _, schemas = models_json_schema(asked, by_alias=True, ref_template=REF + "{model}")
    named = described.setdefault("components", {}).setdefault("schemas", {})
    named |= schemas["$defs"]
    for fastapi_s_own in ("HTTPValidationError", "ValidationError"):
        named.pop(fastapi_s_own, None)


def _complete(operation: dict[str, Any], method: str, route: APIRoute) -> None:
    name = f"{method} {route.path_format}"
    told, parts = TOLD.get(name), list(_parts(route.dependant))
    keyed = bool(operation.get("security"))
    responses = operation["responses"]
    responses.pop("422", None)
    if told is not None:
        responses.pop("200", None)
        content: dict[str, Any] = {"application/json": {"schema": told.schema, "example": EXAMPLES[name]}}
        for formats in (part for part in parts if isinstance(part, Formats)):
            content |= _files(formats.offered)
        responses[str(told.status)] = {"description": HTTPStatus(told.status).phrase, "content": content}
    if keyed and method == "GET":
        responses["304"] = {"description": "The client holds this already (If-None-Match)."}
    for status in sorted(_problems(method, route, keyed=keyed, told=told)):
        responses[str(status)] = _problem(status)
    if scopes := [part.scope for part in parts if isinstance(part, Scoped)]:
        operation["description"] = f"{operation.get('description', '')}\n\nScope: `{'`, `'.join(scopes)}`."


def _problems(method: str, route: APIRoute, *, keyed: bool, told: Told | None) -> set[int]:
    found = set(told.problems) if told else set()
    if keyed:
        found |= {401, 403, 422, 503}
    if "{" in route.path_format and route.path_format.startswith("/v1"):
        found |= {404, 422}
    if route.path_format.startswith("/intake"):
        found |= {403, 404, 413, 415, 422, 503}
    if route.path_format in {"/readyz", "/metrics"}:
        found.add(503)
    if method != "GET" and keyed:
        found.add(422)
    return found


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{REF}ProblemShape"}}},
    }


def _files(offered: tuple[Format, ...]) -> dict[str, Any]:
    return {MEDIA_TYPES[each]: {"schema": {"type": "string", "format": "binary"}} for each in offered if each != "json"}


def _parts(dependant: Dependant) -> Iterator[Any]:
    """Everything the operation depends on."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from _parts(inner)
