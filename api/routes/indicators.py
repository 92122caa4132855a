"""GET /v1/indicators: the fixed sheet of a quarter, for those who pay and those who report to them."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from api.asking import COUNTS_WHAT, Reader, categories_of, places_of
from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, Today
from api.exporting import facts_of
from api.formats.choice import Format
from api.formats.indicators import INDICATORS as COLUMNS
from api.paging import Formats
from api.remembering import versions_of
from api.security import Caller
from api.telling import SHEETS, as_file, as_objects, counted_until
from figures.indicators import GRAIN, Indicator, SheetQuestion, guarded_in, indicators, waiting_in
from figures.sheet import INDICATORS, SECTIONS
from intake.reference import Reference
from models.faults import Invalid
from models.periods import Period, start_of

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[Strict])


def ask(  # noqa: PLR0913  the query's own parameters
    house: TheHouse,
    today: Today,
    reference: TheReference,
    caller: Reader,
    quarter: Annotated[
        str | None, Query(pattern=r"^\d{4}-Q[1-4]$", description="As 2026-Q3; default the last that has ended.")
    ] = None,
    locality: Annotated[
        str | None, Query(description="A code; default the key's root, else the country where there is one only.")
    ] = None,
) -> SheetQuestion:
    seen, guarded = categories_of(reference, caller, None, each=True)
    place = _place(reference, caller, locality)
    return SheetQuestion(
        quarter=_quarter(quarter, today),
        place=place,
        places=places_of(reference, caller, reference.spots[place].code, 1),
        categories=seen or {},
        guarded=guarded,
        today=today,
        exact="reports:read" in caller.scopes,
        within=caller.root_id,
        closes_after_days=house.settings.closes_after_days,
    )


TheQuestion = Annotated[SheetQuestion, Depends(ask, scope="function")]


@router.get("/indicators")
def read_indicators(  # noqa: PLR0913  what the answer hangs on
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    caller: Reader,
    question: TheQuestion,
    wanted: Annotated[Format, Depends(Formats(*SHEETS), scope="function")],
) -> Response:
    """The indicator sheet of a quarter: reports and incidents by locality, category and source, casualties, what became
    of reports, participation, corrections since the quarter closed, completeness. Always the same lines in the same
    order, zeros too, on one page, with codes that never change.

    By locality and source, casualties and outcomes: all that is not protected, as in all categories. By category: what
    this key sees, and of protected categories what the public rule tells. Numbers of people and texts are exact with
    `reports:read`, bands in the note without. How soon reports are answered and taken is not in the sheet yet.
    """
    versions, shown = versions_of(session, caller), guarded_in(session, reference, question)
    waiting = waiting_in(session, reference, question)
    etag = etag_of("indicators", versions, reference.version, identity(caller), question, shown, waiting, wanted)
    if held := unchanged(request, etag):
        return held
    cells = (cells_of(reference, each) for each in indicators(session, reference, question, shown, waiting))
    as_of, quarter = counted_until(session), question.quarter
    if wanted != "json":
        facts = {"quarter": quarter.label} | facts_of(request.url.query, as_of, house.clock())
        name, title = f"indicators-{quarter.label}", f"indicator sheet {quarter.label}"
        return as_file(name, title, COLUMNS, cells, facts, wanted, headers_of(etag))
    body = {
        "quarter": quarter.label,
        "start": quarter.start.isoformat(),
        "end": quarter.end.isoformat(),
        "final": question.is_closed,
        "as_of": as_of,
        "counts": COUNTS_WHAT,
        "sections": [{"code": code, **words._asdict()} for code, words in SECTIONS.items()],
        "rows": as_objects(COLUMNS, cells),
    }
    return JSONResponse(body, headers=headers_of(etag))


def cells_of(reference: Reference, row: Indicator) -> tuple[Any, ...]:
    """In the order of the columns."""
    section, unit, words = INDICATORS[row.indicator]
    spot, category = reference.spot(row.locality), reference.categories.get(row.category or "")
    return (
        section,
        row.indicator,
        f"{SECTIONS[section].en}: {words.en}",
        f"{SECTIONS[section].fr} : {words.fr}",
        row.locality,
        spot.name if spot else None,
        row.category,
        category.labels.get("en", category.code) if category else None,
        row.source,
        _plainest(row.value),
        unit,
        f"{row.note.en} / {row.note.fr}" if row.note else None,
    )


def _plainest(value: float | None) -> float | None:
    """Whole numbers without a point, in a column where most are."""
    return int(value) if value is not None and value == int(value) else value


def _place(reference: Reference, caller: Caller, code: str | None) -> int:
    found = list(places_of(reference, caller, code, 0))
    if len(found) != 1:
        raise Invalid("A sheet is of one locality: say which, GET /v1/localities?level=0 lists the countries.")
    return found[0]


def _quarter(label: str | None, today: date) -> Period:
    if label is None:
        return Period(start_of(GRAIN, start_of(GRAIN, today) - timedelta(days=1)), GRAIN)
    year, _, number = label.partition("-Q")
    try:
        quarter = Period(date(int(year), int(number) * 3 - 2, 1), GRAIN)
    except ValueError:
        raise Invalid("There is no such quarter; write one like 2026-Q3.") from None
    if quarter.start > today:
        raise Invalid(f"{quarter.label} has not begun.")
    return quarter
