"""/v1/forms: what the codes of trained reporters mean, and who has filled in a checklist."""

from datetime import date, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, Today, WriteSession
from api.moments import Day
from api.paging import ThePage
from api.routes.places import seen_spot
from api.security import Caller, Scoped
from intake.completeness import LONGEST, Cell, completeness, places_below
from intake.defining import define_form
from intake.forms.book import FormVersion
from intake.forms.definition import Form, document_of
from intake.reference import Reference
from models.faults import Invalid, NotFound

router = APIRouter(prefix="/v1", tags=["forms"], dependencies=[Strict])

Keeper = Annotated[Caller, Depends(Scoped("admin"))]
Staff = Annotated[Caller, Depends(Scoped("reports:read"))]
USUAL_SPAN: Final = timedelta(days=27)


@router.get("/forms")
def read_forms(request: Request, reference: TheReference, page: ThePage, caller: Staff) -> Response:
    """Every form in its newest version, by code."""
    found = [
        each for code, each in sorted(reference.forms.newest.items()) if page.after is None or code > str(page.after[0])
    ]
    rows = found[: page.limit]
    going_on = [rows[-1].form.code] if len(found) > page.limit else None
    etag = etag_of("forms", reference.version, identity(caller), page.limit, page.after)
    return unchanged(request, etag) or page.answer([_shown(each) for each in rows], going_on, headers_of(etag))


@router.post("/forms", status_code=201)
def write_form(wanted: Form, house: TheHouse, caller: Keeper, session: WriteSession) -> JSONResponse:
    """Defines a form, or a new version of it: what was said under an old one stays as it was said. The same again
    changes nothing.
    """
    defined = define_form(session, house.keeper.current(session), wanted, house.clock(), caller.actor)
    shown = {"version": defined.version, **document_of(wanted)}
    return JSONResponse(shown, status_code=201, headers={"Cache-Control": "no-store"})


@router.get("/forms/{code}")
def read_form(request: Request, code: str, reference: TheReference, caller: Staff) -> Response:
    """One form in its newest version."""
    found = _form(reference, code)
    etag = etag_of("form", code, reference.version, identity(caller))
    return unchanged(request, etag) or JSONResponse(_shown(found), headers=headers_of(etag))


@router.get("/forms/{code}/completeness")
def read_completeness(  # noqa: PLR0913  the query's own parameters
    request: Request,
    code: str,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Staff,
    today: Today,
    first: Annotated[Day | None, Query(alias="from", description="Default: four weeks up to the last day.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Default: today.")] = None,
    locality: Annotated[str | None, Query(description="A code; what lies below it is included.")] = None,
) -> Response:
    """Of a checklist, by period and locality: how many enrolled people were expected to send it, how many have, and who
    has and has not, by unit. Ids of reporters only for a key with the scope `admin`.
    """
    form = _form(reference, code).form
    if {reference.categories[each].protect for each in form.categories()} - caller.shown_protections:
        raise NotFound
    if form.period is None:
        raise Invalid("Only a checklist has a period in which it is expected.")
    first, last = _span(form, first, last, today)
    root = seen_spot(reference, caller, locality) if locality else reference.spots.get(caller.root_id or 0)
    cells = completeness(session, reference, form, first, last, places_below(reference, root))
    after = (date.fromisoformat(page.after[0]), str(page.after[1])) if page.after else None
    following = [each for each in cells if after is None or (each.asked.start, each.locality.code) > after]
    shown = following[: page.limit]
    going_on = [shown[-1].asked.start, shown[-1].locality.code] if len(following) > page.limit else None
    rows = [_cell(each, with_ids="admin" in caller.scopes) for each in shown]
    etag = etag_of("completeness", rows, identity(caller), going_on)
    return unchanged(request, etag) or page.answer(rows, going_on, headers_of(etag))


def _span(form: Form, first: date | None, last: date | None, today: date) -> tuple[date, date]:
    last = last or today
    first = first or (date(1900, 1, 1) if form.period == "once" and last.year > 1900 else _back(last))  # noqa: PLR2004
    if last < first:
        raise Invalid("The last day is before the first.")
    longest = LONGEST[form.period or "day"]
    if form.period != "once" and last - first > longest:
        raise Invalid(f"Ask for at most {longest.days} days at once.")
    return first, last


def _back(last: date) -> date:
    return last - USUAL_SPAN if last > date.min + USUAL_SPAN else date.min


def _form(reference: Reference, code: str) -> FormVersion:
    """Raises NotFound."""
    found = reference.forms.newest.get(code)
    if found is None:
        raise NotFound
    return found


def _shown(each: FormVersion) -> dict[str, Any]:
    return {"version": each.version, **document_of(each.form)}


def _cell(cell: Cell, *, with_ids: bool) -> dict[str, Any]:
    return {
        "locality": cell.locality.code,
        "period": cell.asked.label,
        "start": cell.asked.start.isoformat(),
        "end": cell.asked.end.isoformat(),
        "expected": len(cell.units),
        "reported": sum(unit.status is not None for unit in cell.units),
        "complete": sum(unit.status == "complete" for unit in cell.units),
        "units": [
            {
                "unit": unit.name,
                "kind": unit.kind,
                "status": unit.status,
                "reporter": str(unit.reporter_id) if with_ids else None,
            }
            for unit in cell.units
        ],
    }
