"""GET /v1/participation: who writes, and where nobody does."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.asking import (
    COUNTS_WHAT,
    DepthQuery,
    FirstQuery,
    LastQuery,
    LocalityQuery,
    Reader,
    places_of,
    span_of,
)
from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, Today
from api.exporting import facts_of
from api.formats.choice import Format
from api.formats.participation import PARTICIPATION
from api.paging import Formats, ThePage
from api.remembering import versions_of
from api.telling import SHEETS, as_file, as_objects, counted_until
from figures.busiest import LongGrain
from figures.participation import Participation, ParticipationQuestion, participation
from intake.reference import Reference
from models.periods import Period

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[Strict])


def ask(  # noqa: PLR0913  the query's own parameters
    today: Today,
    reference: TheReference,
    caller: Reader,
    locality: LocalityQuery = None,
    depth: DepthQuery = 0,
    period: Annotated[LongGrain, Query(description="How long one period is.")] = "month",
    first: FirstQuery = None,
    last: LastQuery = None,
) -> ParticipationQuestion:
    begin, end = span_of(today, period, first, last)
    places = places_of(reference, caller, locality, depth)
    return ParticipationQuestion(period, begin.start, end.start, places, today, exact="reports:read" in caller.scopes)


TheQuestion = Annotated[ParticipationQuestion, Depends(ask, scope="function")]


@router.get("/participation")
def read_participation(  # noqa: PLR0913  what the answer hangs on
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Reader,
    question: TheQuestion,
    wanted: Annotated[Format, Depends(Formats(*SHEETS), scope="function")],
) -> Response:
    """Participation, not danger: for every locality and period asked for, also where nobody wrote, how many texts came,
    from how many people, and since when a locality is silent. Exact with `reports:read`, in bands for everyone else.

    Always in the order locality, period, and there is no other: a list by rate would be read as a list of dangerous
    places, and it is none. Few texts may mean peace, fear or no network; many may mean one busy person. Periods that
    have not begun have no row. Protected matters are in no number here, whoever asks.
    """
    closing = house.settings.closes_after_days
    versions = versions_of(session, caller)
    etag = etag_of(
        "participation",
        versions,
        reference.version,
        identity(caller),
        question,
        closing,
        wanted,
        page.limit,
        page.after,
    )
    if held := unchanged(request, etag):
        return held
    as_of = counted_until(session)
    if wanted != "json":
        facts = facts_of(request.url.query, as_of, house.clock())
        cells = (cells_of(reference, question, each, closing) for each in participation(session, reference, question))
        return as_file(
            "participation", "participation, not danger", PARTICIPATION, cells, facts, wanted, headers_of(etag)
        )
    after = (page.after[0], date.fromisoformat(page.after[1])) if page.after else None
    found = list(participation(session, reference, question, after, page.limit + 1))
    rows, more = found[: page.limit], found[page.limit :]
    return page.answer(
        as_objects(PARTICIPATION, [cells_of(reference, question, each, closing) for each in rows]),
        rows[-1].key if more else None,
        headers_of(etag),
        as_of=as_of,
        counts=COUNTS_WHAT,
        start=question.first.isoformat(),
        end=Period(question.last, question.grain).end.isoformat(),
    )


def cells_of(
    reference: Reference, question: ParticipationQuestion, row: Participation, closes_after_days: int
) -> tuple[Any, ...]:
    """In the order of the columns."""
    period = row.period
    return (
        row.locality,
        reference.spots[row.locality_id].name,
        period.label,
        period.start,
        period.end,
        row.population.people if row.population else None,
        row.population.year if row.population else None,
        *(cell for number_and_band in row.told(exact=question.exact).values() for cell in number_and_band),
        row.heard,
        row.last_heard.label if row.last_heard and row.heard == "silent" else None,
        row.children,
        row.children_heard,
        round(row.completeness, 4),
        period.is_final(question.today, closes_after_days),
    )
