"""GET /v1/aggregates: the figures."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from api.asking import COUNTS_WHAT, Reader, TheQuestion
from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference
from api.exporting import facts_of, figures_table
from api.formats.answer import exported
from api.formats.choice import FORMATS, Format
from api.formats.table import instant
from api.paging import Formats, ThePage
from api.remembering import Remembered, RememberingRoute, Standing, versions_of
from figures.answer import answer
from figures.guarded import guarded, may_show
from figures.question import Figure, Question
from models.faults import Invalid
from models.job_states import slot_of
from models.periods import Period

TheFormat = Annotated[Format, Depends(Formats(*FORMATS), scope="function")]

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[Strict], route_class=RememberingRoute)


@router.get("/aggregates")
def read_aggregates(  # noqa: PLR0913  what the answer hangs on
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Reader,
    asked: TheQuestion,
    wanted: TheFormat,
) -> Response:
    """Counts of texts received, not of crimes committed. Whole periods that intersect the days asked for; zero rows are
    left out. A file (`format=`, or the Accept header) comes whole, with its number of rows and its checksum in the
    header.
    """
    question, closing = asked.question, house.settings.closes_after_days
    counted = counted_at(session, question)
    as_of = instant(question.as_of or counted) if counted else None
    shown = guarded(session, reference, question)
    versions = versions_of(session, caller)
    parts = (versions, reference.version, identity(caller), asked, shown, closing, wanted, page.limit, page.after)
    etag = etag_of(*parts)
    if not may_show(question):  # what the public rule shows hangs on more than this caller's versions
        remembered: Remembered = request.app.state.remembered
        remembered.keep(request, etag, Standing(caller, reference.version, versions, question.today))
    if held := unchanged(request, etag):
        return held
    if wanted != "json":
        facts = facts_of(request.url.query, as_of, house.clock())
        every = answer(session, reference, question, shown)
        table = figures_table(session, reference, asked, every, closing, facts)
        return exported(table, wanted, f"kibaro-figures-{question.first}-{question.end}", headers_of(etag))
    after = (page.after[0], date.fromisoformat(page.after[1]), page.after[2]) if page.after else None
    found = list(answer(session, reference, question, shown, after, page.limit + 1))
    rows, more = found[: page.limit], found[page.limit :]
    return page.answer(
        [row_of(figure, question, closing, exact=asked.exact) for figure in rows],
        rows[-1].key if more else None,
        headers_of(etag),
        as_of=as_of,
        counts=COUNTS_WHAT,
        start=question.first.isoformat(),
        end=question.end.isoformat(),
    )


def counted_at(session: Session, question: Question) -> datetime | None:
    """Since when the figures are complete: the start of the last slot. Raises Invalid for an as_of they cannot tell."""
    counted = slot_of(session, "tallies")
    if question.as_of is not None:
        since = slot_of(session, "history")
        if counted is None or question.as_of > counted:
            newest = instant(counted) if counted else "not there yet"
            raise Invalid(f"as_of is later than what is counted; the newest is {newest}.")
        if since is not None and question.as_of < since:
            raise Invalid(f"What was known before {instant(since)} is not kept: an older release counted until then.")
    return counted


def row_of(figure: Figure, question: Question, closes_after_days: int, *, exact: bool) -> dict[str, Any]:
    period = Period(figure.start, question.grain) if question.by_period else None
    counted_over = period or Period(question.last, question.grain)
    return {
        "locality": figure.locality or None,
        "category": figure.category or None,
        "period": period.label if period else None,
        "start": period.start.isoformat() if period else None,
        "end": period.end.isoformat() if period else None,
        **figure.measures._asdict(),
        "reporters": figure.reporters if exact else None,
        "reporters_band": figure.band,
        "final": counted_over.is_final(question.today, closes_after_days),
    }
