"""GET /v1/revisions: what changed in closed periods, and why."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.asking import COUNTS_WHAT, FirstQuery, LastQuery, Reader, categories_of
from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference
from api.exporting import facts_of
from api.formats.choice import Format
from api.formats.revisions import REVISIONS
from api.moments import Moment
from api.paging import Formats, ThePage
from api.remembering import versions_of
from api.routes.places import seen_spot
from api.telling import SHEETS, as_file, as_objects, counted_until
from figures.revisions import EVERYWHERE, WHY, Key, Revision, RevisionsQuestion, revisions
from intake.reference import Reference
from models.database import ALWAYS, FOREVER
from models.faults import Invalid
from models.periods import Grain, Period, start_of

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[Strict])


def ask(  # noqa: PLR0913  the query's own parameters
    house: TheHouse,
    reference: TheReference,
    caller: Reader,
    locality: Annotated[str | None, Query(description="A code; default all that the key sees.")] = None,
    period: Annotated[Grain, Query(description="How long the periods are that were closed.")] = "month",
    first: FirstQuery = None,
    last: LastQuery = None,
    category: Annotated[str | None, Query(description="A code; `theft*` adds its descendants.")] = None,
    since: Annotated[
        Moment | None,
        Query(description="Only what became known then or later: the `as_of` of an earlier answer."),
    ] = None,
) -> RevisionsQuestion:
    begin, end = _days(period, first, last)
    seen, _guarded = categories_of(reference, caller, category, each=True)
    return RevisionsQuestion(
        grain=period,
        first=begin,
        last=end,
        since=since,
        place=seen_spot(reference, caller, locality).id if locality is not None else None,
        within=caller.root_id,
        categories=sorted(seen or ()),
        all_too=category is None,
        closes_after_days=house.settings.closes_after_days,
    )


TheQuestion = Annotated[RevisionsQuestion, Depends(ask, scope="function")]


@router.get("/revisions")
def read_revisions(  # noqa: PLR0913  what the answer hangs on
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Reader,
    question: TheQuestion,
    wanted: Annotated[Format, Depends(Formats(*SHEETS), scope="function")],
) -> Response:
    """What changed in periods that were closed already, when it became known, and why, in that order. The numbers are
    differences; what moved from one place, day or category to another has a row for each.

    Without `from` and `to` every closed period. To go on later, ask with `since=` the `as_of` of this answer; what
    became known in that very moment comes again, and nothing is missed.
    """
    versions = versions_of(session, caller)
    etag = etag_of("revisions", versions, reference.version, identity(caller), question, wanted, page.limit, page.after)
    if held := unchanged(request, etag):
        return held
    as_of = counted_until(session)
    if wanted != "json":
        facts = facts_of(request.url.query, as_of, house.clock())
        cells = (cells_of(reference, question.grain, each) for each in revisions(session, reference, question))
        return as_file("revisions", "what changed in closed periods", REVISIONS, cells, facts, wanted, headers_of(etag))
    after = _from_cursor(reference, page.after) if page.after else None
    found = list(revisions(session, reference, question, after, page.limit + 1))
    rows, more = found[: page.limit], found[page.limit :]
    return page.answer(
        as_objects(REVISIONS, [cells_of(reference, question.grain, each) for each in rows]),
        _to_cursor(reference, rows[-1]) if more else None,
        headers_of(etag),
        as_of=as_of,
        counts=COUNTS_WHAT,
        closes_after_days=question.closes_after_days,
    )


def cells_of(reference: Reference, grain: Grain, row: Revision) -> tuple[Any, ...]:
    """In the order of the columns."""
    place = reference.spots.get(row.locality_id)
    category = reference.categories.get(reference.category_codes.get(row.category_id, ""))
    return (
        row.slot,
        place.code if place else None,
        place.name if place else None,
        category.code if category else None,
        category.labels.get("en", category.code) if category else None,
        row.day,
        Period(start_of(grain, row.day), grain).label,
        row.cause,
        *WHY.get(row.cause, (row.cause, row.cause)),
        *row.measures,
    )


def _days(grain: Grain, first: date | None, last: date | None) -> tuple[date, date]:
    try:
        begin = start_of(grain, first) if first else ALWAYS
        end = Period(start_of(grain, last), grain).end if last else FOREVER
    except (ValueError, OverflowError):
        raise Invalid("from and to must lie between the years 2 and 9998.") from None
    if begin > end:
        raise Invalid("from is later than to.")
    return begin, end


def _to_cursor(reference: Reference, row: Revision) -> list[str]:
    """By codes: our own numbers stay in the house."""
    place, category = reference.code_of(row.locality_id), reference.category_codes.get(row.category_id)
    return [row.slot.isoformat(), row.day.isoformat(), place or "", category or "", row.cause]


def _from_cursor(reference: Reference, after: list[str]) -> Key:
    slot, day, place, category, cause = after
    return (
        datetime.fromisoformat(slot),
        date.fromisoformat(day),
        reference.spot_ids.get(place, EVERYWHERE),
        reference.category_ids.get(category, 0),
        cause,
    )
