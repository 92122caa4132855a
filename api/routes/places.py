"""GET /v1/localities and /v1/categories: the gazetteer and the taxonomy, as every key sees them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import Strict, TheReference
from api.paging import ThePage
from api.security import Caller, SomeCaller
from intake.reference import Reference, Spot
from intake.understand.normalise import normalise
from models.faults import NotFound

router = APIRouter(prefix="/v1", tags=["reference"], dependencies=[Strict])


@router.get("/localities")
def read_localities(  # noqa: PLR0913  the query's own parameters
    request: Request,
    reference: TheReference,
    caller: SomeCaller,
    page: ThePage,
    parent: Annotated[str | None, Query(description="Code of the direct parent.")] = None,
    level: Annotated[int | None, Query(ge=0, le=9)] = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of a name, accents and case aside.")] = None,
) -> Response:
    """Localities this key may see, by code."""
    etag = etag_of("localities", reference.version, identity(caller), parent, level, q, page.limit, page.after)
    if held := unchanged(request, etag):
        return held
    above = seen_spot(reference, caller, parent) if parent else None
    wanted = normalise(q) if q else ""
    found = [
        spot
        for spot in sorted(reference.spots.values(), key=lambda spot: spot.code)
        if caller.sees_place(spot)
        and (above is None or spot.parent_on(None) == above.id)
        and (level is None or spot.level == level)
        and wanted in normalise(spot.name)
        and (page.after is None or spot.code > page.after[0])
    ]
    rows = found[: page.limit]
    last = [rows[-1].code] if len(found) > page.limit else None
    return page.answer([_shown(reference, caller, spot) for spot in rows], last, headers_of(etag))


@router.get("/localities/{code}")
def read_locality(request: Request, code: str, reference: TheReference, caller: SomeCaller) -> Response:
    """One locality, as its newest import has it."""
    spot = seen_spot(reference, caller, code)
    etag = etag_of("locality", reference.version, identity(caller), code)
    return unchanged(request, etag) or JSONResponse(_shown(reference, caller, spot), headers=headers_of(etag))


@router.get("/categories")
def read_categories(request: Request, reference: TheReference, caller: SomeCaller, page: ThePage) -> Response:
    """The taxonomy: codes never change, labels may."""
    etag = etag_of("categories", reference.version, identity(caller), page.limit, page.after)
    if held := unchanged(request, etag):
        return held
    found = [
        each
        for each in sorted(reference.categories.values(), key=lambda each: each.code)
        if page.after is None or each.code > page.after[0]
    ]
    rows = found[: page.limit]
    last = [rows[-1].code] if len(found) > page.limit else None
    shown: list[dict[str, Any]] = [
        {
            "code": each.code,
            "parent": each.parent,
            "protect": each.protect,
            **_merge_of(reference, each.code),
            "danger": each.danger,
            "labels": each.labels,
        }
        for each in rows
    ]
    return page.answer(shown, last, headers_of(etag))


def _merge_of(reference: Reference, code: str) -> dict[str, str | None]:
    """What it counts as since a merge, and since when."""
    rule = reference.rules[reference.category_ids[code]]
    if rule.into_id is None:
        return {"merged_into": None, "merged_since": None}
    return {"merged_into": reference.category_codes[rule.into_id], "merged_since": rule.since.isoformat()}


def seen_spot(reference: Reference, caller: Caller, code: str) -> Spot:
    """Raises NotFound, the same for what is not there and for what is outside the key's locality."""
    spot = reference.spot(code)
    if spot is None or not caller.sees_place(spot):
        raise NotFound
    return spot


def _shown(reference: Reference, caller: Caller, spot: Spot) -> dict[str, Any]:
    parent_id = spot.parent_on(None) if spot.id != caller.root_id else None
    return {
        "code": spot.code,
        "name": spot.name,
        "level": spot.level,
        "parent": reference.code_of(parent_id),
        "timezone": spot.timezone.key if spot.timezone else None,
        "emergency_number": spot.emergency_number,
    }
