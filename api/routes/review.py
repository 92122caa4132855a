"""/v1/review: what understanding was unsure of, and one call to accept, correct or reject it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, case, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference, WriteSession
from api.editing import (
    Casualties,
    Editor,
    Held,
    JsonBody,
    MustMatch,
    category_for,
    insist_on_sight,
    json_request,
    place_for,
)
from api.moments import Day
from api.paging import Page, ThePage
from api.review_rows import Order, etag_of_text, places_of, shown_under_review
from api.routes.reports import etag_of_report, shown_report
from api.security import Caller, Scoped
from intake.corrections import ReportChanges
from intake.readings import alternatives
from intake.reference import Reference
from intake.reviewing import NOT_A_REPORT, Action, Reviewer, readings_of, text_under_review
from models.faults import Conflict, Invalid, NoSuchCategory, NotFound
from models.messages import Message
from models.readings import ReadingRow
from models.reports import Report

router = APIRouter(prefix="/v1", tags=["review"], dependencies=[Strict])

_GIVEN = ("category", "locality", "occurred_on", "killed", "injured")


class ReviewIn(BaseModel):
    """accept: take the likeliest category and place where it has none, the rest as understood. correct: with what it
    is. reject: with a reason; no_action, the default, says that it is no report. A text that opened no report becomes
    one by accept and correct.
    """

    action: Action
    category: str | None = None
    locality: str | None = None
    occurred_on: Day | None = None
    killed: Casualties | None = None
    injured: Casualties | None = None
    reason: Literal["no_action", "duplicate", "test"] | None = None


# -- the list ----------------------------------------------------------------------------------------------------------


@router.get("/review")
def read_review(  # noqa: PLR0913  the query's own parameters
    request: Request,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Annotated[Caller, Depends(Scoped("reports:read"))],
    reason: Annotated[str | None, Query(max_length=40, description="Why a person must look, as no-category.")] = None,
    category: Annotated[str | None, Query(description="What it is or, where it has none, most likely is.")] = None,
) -> Response:
    """What a person must look at, as far as this key may see it: reports, and texts that opened none (keys bound to no
    locality). Where somebody may be in danger comes first, then what is newest. No word of any text: `message` says
    which to open (`POST /v1/messages/{id}/open`). `etag` is what a decision sends as If-Match. Reports that wait for an
    answer of their reporter come here when they have waited long enough.
    """
    if category is not None and category not in reference.categories:
        raise NoSuchCategory
    category_id = _asked(reference, caller, category)
    found = _page_of(session, caller, reason, category_id, page)
    rows = _rows(session, reference, caller, found[: page.limit])
    going_on = found[page.limit - 1] if len(found) > page.limit else None
    etag = etag_of("review", rows, identity(caller), going_on is None)
    last = [going_on[0], going_on[1].isoformat(), going_on[2]] if going_on else None
    return unchanged(request, etag) or page.answer(rows, last, headers_of(etag))


_NOTHING: Final = 0
"""No category has this id."""


def _asked(reference: Reference, caller: Caller, category: str | None) -> int | None:
    """What is hidden from this key matches nothing: that a text may be of that kind is hidden too."""
    if category is None:
        return None
    is_shown = reference.categories[category].protect in caller.shown_protections
    return reference.category_ids[category] if is_shown else _NOTHING


def _page_of(session: Session, caller: Caller, reason: str | None, category_id: int | None, page: Page) -> list[Order]:
    """Up to one more than the page has."""
    reports = (
        select(case((Report.danger, 1), else_=0).label("danger"), Report.recorded_at.label("at"), Report.id.label("id"))
        .where(caller.sees_report(), Report.review.is_not(None), Report.status.not_in(["waiting", "closed"]))
        .where(*_wanted(Report.review, reason))
    )
    danger = case((ReadingRow.danger, 1), else_=literal(0))
    texts = (
        select(danger, Message.created_at, Message.id)
        .outerjoin(ReadingRow, ReadingRow.message_id == Message.id)
        .where(caller.sees_message(), *_without_report(), *_wanted(Message.review, reason))
    )
    if category_id is not None:
        likeliest = select(ReadingRow.report_id).where(ReadingRow.category_id == category_id)
        unsure = and_(Report.category_id.is_(None), Report.id.in_(likeliest))
        reports = reports.where(or_(Report.category_id == category_id, unsure))
        texts = texts.where(ReadingRow.category_id == category_id)
    both = union_all(reports, texts).subquery()
    order = (both.c.danger, both.c.at, both.c.id)
    query = select(*order)
    if page.after is not None:
        after = (page.after[0], datetime.fromisoformat(page.after[1]), UUID(page.after[2]))
        query = query.where(tuple_(*order) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in order)).limit(page.limit + 1)
    return [(danger, at, identifier) for danger, at, identifier in session.execute(query)]


def _without_report() -> list[ColumnElement[bool]]:
    return [Message.direction == "in", Message.report_id.is_(None), Message.review.is_not(None)]


def _wanted(column: Any, reason: str | None) -> list[ColumnElement[bool]]:
    return [column == reason] if reason else []


def _rows(session: Session, reference: Reference, caller: Caller, found: Sequence[Order]) -> list[dict[str, Any]]:
    ids = [identifier for _, _, identifier in found]
    reports = {each.id: each for each in session.scalars(select(Report).where(Report.id.in_(ids)))}
    texts = {each.id: each for each in session.scalars(select(Message).where(Message.id.in_(ids)))}
    of_texts = select(ReadingRow).where(ReadingRow.message_id.in_(list(texts)))
    readings = readings_of(session, reports) | {row.message_id: row for row in session.scalars(of_texts)}
    both: dict[UUID, Report | Message] = {**reports, **texts}
    return [shown_under_review(reference, caller, both[each], readings.get(each)) for each in ids]


# -- deciding ----------------------------------------------------------------------------------------------------------


@router.post(
    "/review/{item_id}",
    openapi_extra=json_request(
        ReviewIn,
        accepted={"action": "accept"},
        corrected={"action": "correct", "category": "robbery", "locality": "GN-C-DIX"},
        rejected={"action": "reject", "reason": "no_action"},
    ),
)
def decide(  # noqa: PLR0913  who, what, since when, and where it is written
    item_id: UUID,
    caller: Editor,
    held: MustMatch,
    wanted: Annotated[ReviewIn, Depends(JsonBody(ReviewIn), scope="function")],
    house: TheHouse,
    session: WriteSession,
) -> Response:
    """One call settles a row of the list; the figures follow, and what was decided is kept as a labelled example.
    If-Match must hold the row's `etag`. `listed` says whether it is still on the list, because it lacks something to
    count: then `report.review` says what.
    """
    reference = house.keeper.current(session)
    reviewer = Reviewer(session, reference, house.clock(), caller.actor, house.settings.timezone)
    of = _locked(session, caller, item_id)
    _insist_on_form(wanted)
    if isinstance(of, Report):
        held.insist_on(etag_of_report(reference, of))
        if of.review is None:
            raise Conflict("This report is not on the review list: PATCH /v1/reports/{id} corrects it.")
        reading = text_under_review(session, of.id)
        _decide(reviewer, caller, of, reading, wanted)
        report: Report | None = of
    else:
        report, reading = _decide_text(reviewer, caller, held, of, wanted), session.get(ReadingRow, of.id)
    if report is not None:
        insist_on_sight(session, Report, report.id, caller.sees_report())
    message_id = of.id if isinstance(of, Message) else reading.message_id if reading is not None else None
    if message_id is not None:
        reviewer.keep_example(message_id, wanted.action, report)
    return _answer(reference, item_id, report)


def _locked(session: Session, caller: Caller, item_id: UUID) -> Report | Message:
    """Nobody else changes it until this transaction ends. Raises NotFound."""
    report = session.scalar(select(Report).where(Report.id == item_id, caller.sees_report()).with_for_update(of=Report))
    if report is not None:
        return report
    text = select(Message).where(Message.id == item_id, caller.sees_message(), *_without_report())
    message = session.scalar(text.with_for_update(of=Message))
    if message is None:
        raise NotFound
    return message


def _insist_on_form(wanted: ReviewIn) -> None:
    given = wanted.model_fields_set & set(_GIVEN)
    if (wanted.action == "correct") != bool(given):
        raise Invalid(f"Only action=correct takes, and it needs, some of {', '.join(_GIVEN)}.")
    if wanted.reason is not None and wanted.action != "reject":
        raise Invalid("Only action=reject takes a reason.")


def _decide(reviewer: Reviewer, caller: Caller, report: Report, reading: ReadingRow | None, wanted: ReviewIn) -> None:
    if wanted.action == "reject":
        reviewer.reject(report, wanted.reason or NOT_A_REPORT)
    elif wanted.action == "accept":
        reviewer.accept(report, _first(reviewer.reference, caller, reading, report))
    else:
        reviewer.correct(report, _given(reviewer.reference, caller, wanted, report.occurred_on))


def _decide_text(reviewer: Reviewer, caller: Caller, held: Held, message: Message, wanted: ReviewIn) -> Report | None:
    """The report that it became. Raises Conflict where nothing likely is known of it."""
    held.insist_on(etag_of_text(reviewer.reference, message))
    if wanted.action == "reject":
        reviewer.leave(message)
        return None
    reading = reviewer.session.get(ReadingRow, message.id)
    if wanted.action == "correct":
        changes = _given(reviewer.reference, caller, wanted, message.counted_on)
        return reviewer.open_report(message, reading, changes)
    first = _first(reviewer.reference, caller, reading, None)
    if first.keys() != {"category_id", "locality_id"}:
        raise Conflict("It is not known what happened or where: correct it, or reject it.")
    return reviewer.open_report(message, reading, first)


def _first(reference: Reference, caller: Caller, reading: ReadingRow | None, report: Report | None) -> ReportChanges:
    """The likeliest category and place that this key may see; what is understood for sure is likeliest."""
    first: dict[str, Any] = {}
    understood = reading.understood if reading is not None else {}
    day = report.occurred_on if report is not None else None
    codes = [
        understood.get("category"),
        *(code for code, _ in alternatives(reference, reading, caller.shown_protections)),
    ]
    category = next((code for code in codes if code in reference.category_ids), None)
    if category is not None:
        first["category_id"] = category_for(reference, caller, category)
    place = reference.spot(understood.get("locality"))
    options = places_of(reference, caller, reading, day)
    if place is not None or options:
        first["locality_id"] = place.id if place is not None else options[0].id
    return cast("ReportChanges", first)


def _given(reference: Reference, caller: Caller, wanted: ReviewIn, day: Any) -> ReportChanges:
    given: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.model_fields_set & set(_GIVEN)}
    if "category" in given:
        given["category_id"] = category_for(reference, caller, given.pop("category"))
    if "locality" in given:
        given["locality_id"] = place_for(reference, caller, given.pop("locality"), given.get("occurred_on", day))
    return cast("ReportChanges", given)


def _answer(reference: Reference, item_id: UUID, report: Report | None) -> Response:
    shown = shown_report(reference, report) if report is not None else None
    is_listed = report is not None and report.review is not None
    headers = headers_of(etag_of_report(reference, report)) if report is not None else {}
    return JSONResponse({"id": str(item_id), "listed": is_listed, "report": shown}, headers=headers)
