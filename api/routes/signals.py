"""GET /v1/expected and /v1/signals: whether what is reported is more or less than usual. Never a ranking."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import ColumnElement, select, tuple_

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
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, today_of
from api.formats.table import instant
from api.moments import Moment
from api.paging import Page, ThePage
from api.remembering import versions_of
from api.routes.places import seen_spot
from api.security import Caller
from figures.usual import SeasonGrain, Usual, UsualQuestion, bears_on, usual_rows
from intake.reference import Reference
from models.calendar_notes import calendar_of
from models.database import FOREVER
from models.faults import NoSuchCategory
from models.localities import LocalityAncestor
from models.periods import Period, start_of
from models.signals import Direction, Signal
from models.tallies import ALL

router = APIRouter(prefix="/v1", tags=["signals"], dependencies=[Strict])

CategoryQuery = Annotated[str | None, Query(description="A code; default all in one and each by itself.")]


@router.get("/expected")
def read_expected(  # noqa: PLR0913  the query's own parameters
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Reader,
    locality: LocalityQuery = None,
    period: Annotated[SeasonGrain, Query(description="How long one period is.")] = "month",
    first: FirstQuery = None,
    last: LastQuery = None,
    category: CategoryQuery = None,
    depth: DepthQuery = 0,
) -> Response:
    """What its own past lets expect of each count. `state`: `usual` from `low` to `high`; `more`, also while the period
    runs; `less`, once it is over; `too_early` before twelve periods, with the last three counts; `set_aside` where the
    calendar names what moved texting. category null is all that is not protected. Periods before anything was
    counted, and those to come, have no row.
    """
    today = today_of(house)
    begin, end = span_of(today, period, first, last)
    question = UsualQuestion(
        grain=period,
        first=begin.start,
        last=end.start,
        places=places_of(reference, caller, locality, depth),
        categories=_categories(reference, caller, category),
        today=today,
    )
    notes = [
        note for note in calendar_of(session) if any(bears_on(reference.spots[each], note) for each in question.places)
    ]
    etag = etag_of(
        *("expected", versions_of(session, caller), reference.version, identity(caller), question),
        *([note.id for note in notes], page.limit, page.after),
    )
    if held := unchanged(request, etag):
        return held
    after = (page.after[0], date.fromisoformat(page.after[1]), page.after[2]) if page.after else None
    found = usual_rows(session, reference, notes, question, after, page.limit + 1)
    rows = found[: page.limit]
    going_on = rows[-1].key if len(found) > page.limit else None
    return page.answer([_expected_row(each) for each in rows], going_on, headers_of(etag), counts=COUNTS_WHAT)


def _categories(reference: Reference, caller: Caller, wanted: str | None) -> dict[int, str]:
    if wanted is not None and wanted not in reference.categories:
        raise NoSuchCategory
    codes = reference.categories if wanted is None else [wanted]
    seen = {
        category_id: code
        for code in codes
        if reference.rules[category_id := reference.category_ids[code]].protect in caller.shown_protections
    }
    return seen if wanted is not None else {ALL: "", **seen}


def _expected_row(usual: Usual) -> dict[str, Any]:
    found = usual.expected
    return {
        "locality": usual.locality,
        "category": usual.category or None,
        **_shown_period(usual.period),
        "incidents": usual.incidents,
        "expected": found.expected if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "state": usual.state,
        "last_three": usual.last_three,
        "set_aside_by": [{"id": str(note.id), "kind": note.kind, "note": note.note} for note in usual.set_aside_by],
    }


@router.get("/signals")
def read_signals(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Reader,
    locality: Annotated[str | None, Query(description="A code; what lies below it is included.")] = None,
    period: Annotated[SeasonGrain | None, Query(description="Only of periods this long.")] = None,
    first: FirstQuery = None,
    last: LastQuery = None,
    category: CategoryQuery = None,
    direction: Annotated[Direction | None, Query()] = None,
    raised_since: Annotated[Moment | None, Query(description="Raised at or after this time.")] = None,
) -> Response:
    """Counts that left their usual interval with at least five people behind them, each told once: as it was when it
    was raised, whatever became of it. The newest first. from and to: of the first day of the period.
    """
    wanted: list[ColumnElement[bool]] = [Signal.category_id.in_(sorted(_categories(reference, caller, category)))]
    root_id = seen_spot(reference, caller, locality).id if locality is not None else caller.root_id
    if root_id is not None:
        wanted.append(_below(root_id))
    wanted += [Signal.grain == period] if period else []
    wanted += [Signal.direction == direction] if direction else []
    wanted += [Signal.start >= first] if first else []
    wanted += [Signal.start <= last] if last else []
    wanted += [Signal.raised_at >= raised_since] if raised_since else []
    query = select(Signal).where(*wanted).order_by(Signal.raised_at.desc(), Signal.id.desc()).limit(page.limit + 1)
    if (after := _after(page)) is not None:
        query = query.where(tuple_(Signal.raised_at, Signal.id) < tuple_(*after))
    found = session.scalars(query).all()
    rows = found[: page.limit]
    going_on = [rows[-1].raised_at.isoformat(), rows[-1].id] if len(found) > page.limit else None
    etag = etag_of("signals", [each.id for each in rows], identity(caller), reference.version, going_on)
    answer = [_signal_row(reference, each) for each in rows]
    return unchanged(request, etag) or page.answer(answer, going_on, headers_of(etag), counts=COUNTS_WHAT)


def _below(locality_id: int) -> ColumnElement[bool]:
    up = LocalityAncestor
    below = select(up.locality_id).where(up.ancestor_id == locality_id, up.until_day == FOREVER)
    return Signal.locality_id.in_(below)


def _after(page: Page) -> tuple[datetime, UUID] | None:
    return (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None


def _signal_row(reference: Reference, signal: Signal) -> dict[str, Any]:
    grain: SeasonGrain = signal.grain  # type: ignore[assignment]  # the table's check constraint holds the values
    return {
        "id": str(signal.id),
        "locality": reference.code_of(signal.locality_id),
        "category": reference.category_codes.get(signal.category_id),
        **_shown_period(Period(start_of(grain, signal.start), grain)),
        "direction": signal.direction,
        "incidents": signal.incidents,
        "expected": signal.expected,
        "low": signal.low,
        "high": signal.high,
        "raised_at": instant(signal.raised_at),
    }


def _shown_period(period: Period) -> dict[str, str]:
    return {"period": period.label, "start": period.start.isoformat(), "end": period.end.isoformat()}
