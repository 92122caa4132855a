"""GET /v1/aggregates: the figures."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.asking import COUNTS_WHAT, Reader, TheQuestion, iso
from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference
from api.exporting import facts_of, figures_table
from api.formats.answer import exported
from api.formats.choice import FORMATS, Format
from api.paging import Formats, ThePage
from api.security import Caller
from figures.answer import answer, shown_of
from figures.question import Figure, Question
from models.faults import Invalid
from models.job_states import JobState
from models.periods import Period
from models.tallies import TallyVersion

TheFormat = Annotated[Format, Depends(Formats(*FORMATS), scope="function")]

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[Strict])


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
    shown = shown_of(session, reference, question)
    versions = versions_of(session, caller)
    parts = (versions, reference.version, identity(caller), asked, shown, closing, wanted, page.limit, page.after)
    etag = etag_of(*parts)
    if held := unchanged(request, etag):
        return held
    if wanted != "json":
        facts = facts_of(request.url.query, iso(question.as_of or counted), house.clock())
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
        as_of=iso(question.as_of or counted),
        counts=COUNTS_WHAT,
        start=question.first.isoformat(),
        end=question.end.isoformat(),
    )


def counted_at(session: Session, question: Question) -> datetime | None:
    """Since when the figures are complete: the start of the last slot. Raises Invalid for an as_of they cannot tell."""
    slots = dict(
        session.execute(select(JobState.name, JobState.slot).where(JobState.name.in_(["tallies", "history"]))).all()
    )
    counted, since = slots.get("tallies"), slots.get("history")
    if question.as_of is not None:
        if counted is None or question.as_of > counted:
            raise Invalid(f"as_of is later than what is counted; the newest is {iso(counted) or 'not there yet'}.")
        if since is not None and question.as_of < since:
            raise Invalid(f"What was known before {iso(since)} is not kept: an older release counted until then.")
    return counted


def versions_of(session: Session, caller: Caller) -> list[int]:
    """What changes whenever this caller's figures may."""
    seen = TallyVersion.protect.not_in(caller.hidden_protections)
    return list(session.scalars(select(TallyVersion.version).where(seen).order_by(TallyVersion.protect)))


def row_of(figure: Figure, question: Question, closes_after_days: int, *, exact: bool) -> dict[str, Any]:
    period = Period(figure.start, question.grain) if question.by_period else None
    end = period.end if period else question.end
    return {
        "locality": figure.locality or None,
        "category": figure.category or None,
        "period": period.label if period else None,
        "start": period.start.isoformat() if period else None,
        "end": period.end.isoformat() if period else None,
        **figure.measures._asdict(),
        "reporters": figure.reporters if exact else None,
        "reporters_band": figure.band,
        "final": question.today > end + timedelta(days=closes_after_days),
    }
