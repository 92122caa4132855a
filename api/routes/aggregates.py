"""GET /v1/aggregates: the figures. Reads tallies only."""

from collections.abc import Collection
from datetime import UTC, date
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.caching import etag_of, headers_of, identity, unchanged
from api.dependencies import ReadSession, Strict, TheHouse, TheReference
from api.paging import ThePage
from api.routes.places import parent_id_of, seen_spot
from api.security import Caller, Scoped
from figures.tallied import Figure, Question, figures
from intake.reference import Reference
from models.faults import Invalid, NoSuchCategory
from models.job_states import JobState
from models.periods import Grain, Period, next_start, start_of
from models.tallies import TallyVersion

DEFAULT_PERIODS: Final = 12
GROUPS: Final = ("locality", "category", "period")
COUNTS_WHAT: Final = "texts received, not crimes committed"

router = APIRouter(prefix="/v1", tags=["figures"], dependencies=[Strict])


@router.get("/aggregates")
def read_aggregates(  # noqa: PLR0913  the query's own parameters
    request: Request,
    house: TheHouse,
    session: ReadSession,
    reference: TheReference,
    page: ThePage,
    caller: Annotated[Caller, Depends(Scoped("aggregates:read"))],
    locality: Annotated[str | None, Query(description="A code; default the key's root, else each country.")] = None,
    period: Annotated[Grain, Query(description="How long one period is.")] = "month",
    first: Annotated[date | None, Query(alias="from", description="First day, inclusive.")] = None,
    last: Annotated[date | None, Query(alias="to", description="Last day, inclusive.")] = None,
    category: Annotated[str | None, Query(description="A code; `theft*` adds its descendants.")] = None,
    group_by: Annotated[str, Query(description="Comma list of locality, category, period.")] = "period",
    depth: Annotated[int, Query(ge=0, le=1, description="1 adds the children.")] = 0,
) -> Response:
    """Counts of texts received, not of crimes committed. Whole periods that intersect the days asked for; zero rows are
    left out.
    """
    groups = _groups(group_by, depth)
    span = _span(house.clock().astimezone(ZoneInfo(house.settings.timezone)).date(), period, first, last)
    question = Question(
        grain=period,
        first=span[0].start,
        last=span[1].start,
        locality_ids=_localities(reference, caller, locality, depth),
        by_locality="locality" in groups,
        by_category="category" in groups and not (category or "").endswith("*"),
        by_period="period" in groups,
        **_categories(reference, caller, category, each="category" in groups),
    )
    asked = (reference.version, identity(caller), question, page.limit, page.after)
    version, as_of = _version(session, caller)
    etag = etag_of(version, *asked)
    if held := unchanged(request, etag):
        return held
    found = figures(session, question, page.limit + 1, page.after)
    rows, more = found[: page.limit], found[page.limit :]
    return page.answer(
        [_row(figure, question) for figure in rows],
        rows[-1][:3] if more else None,
        headers_of(etag),
        as_of=as_of,
        counts=COUNTS_WHAT,
        start=span[0].start.isoformat(),
        end=span[1].end.isoformat(),
    )


def _groups(group_by: str, depth: int) -> list[str]:
    groups = [name.strip() for name in group_by.split(",") if name.strip()]
    if unknown := [name for name in groups if name not in GROUPS]:
        raise Invalid(f"{len(unknown)} of group_by cannot be grouped by; it takes {', '.join(GROUPS)}.")
    if depth and "locality" not in groups:
        raise Invalid("depth=1 shows the children beside their parent: add locality to group_by.")
    return groups


def _span(today: date, grain: Grain, first: date | None, last: date | None) -> tuple[Period, Period]:
    """First and last period; by default the last twelve, the one that is running included."""
    last = last or max(today, first or date.min)
    try:
        end = start_of(grain, last)
        begin = start_of(grain, first) if first else next_start(grain, end, 1 - DEFAULT_PERIODS)
        Period(end, grain).end  # noqa: B018  a year past 9999 raises here
    except (ValueError, OverflowError):
        raise Invalid("from and to must lie between the years 2 and 9998.") from None
    if begin > end:
        raise Invalid("from is later than to.")
    return Period(begin, grain), Period(end, grain)


def _localities(reference: Reference, caller: Caller, code: str | None, depth: int) -> Collection[int]:
    """The locality asked for and, one level deeper, its children of today."""
    if code is not None:
        roots = [seen_spot(reference, caller, code).id]
    elif caller.root_id is not None:
        roots = [caller.root_id]
    else:
        roots = [spot.id for spot in reference.countries()]
    if not depth:
        return roots
    return sorted({*roots, *(spot.id for spot in reference.spots.values() if parent_id_of(spot) in roots)})


def _categories(reference: Reference, caller: Caller, wanted: str | None, *, each: bool) -> dict[str, Any]:
    """Which category ids to add up, and under which code. Hidden categories are left out as if nothing had happened."""
    visible = {code for code, each_ in reference.categories.items() if each_.protect not in caller.hidden_protections}
    if wanted is None:
        return {"categories": sorted(reference.category_ids[code] for code in visible)} if each else {}
    code = wanted.removesuffix("*")
    if code not in reference.categories:
        raise NoSuchCategory
    codes = _with_descendants(reference, code) if wanted.endswith("*") else {code}
    return {"categories": sorted(reference.category_ids[each_] for each_ in codes & visible), "label": code}


def _with_descendants(reference: Reference, code: str) -> set[str]:
    found = {code}
    while more := {c for c, each in reference.categories.items() if each.parent in found and c not in found}:
        found |= more
    return found


def _version(session: Session, caller: Caller) -> tuple[list[int], str | None]:
    """What changes whenever this caller's figures may, and as_of."""
    seen = TallyVersion.protect.not_in(caller.hidden_protections)
    versions = session.scalars(select(TallyVersion.version).where(seen).order_by(TallyVersion.protect)).all()
    slot = session.scalar(select(JobState.slot).where(JobState.name == "tallies"))
    return list(versions), slot.astimezone(UTC).isoformat().replace("+00:00", "Z") if slot else None


def _row(figure: Figure, question: Question) -> dict[str, Any]:
    period = Period(figure.start, question.grain) if question.by_period else None
    return {
        "locality": figure.locality or None,
        "category": figure.category or None,
        "period": period.label if period else None,
        "start": period.start.isoformat() if period else None,
        "end": period.end.isoformat() if period else None,
        **figure.measures._asdict(),
    }
