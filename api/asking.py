"""From a query string to a question about figures: what every route about figures asks for, and how it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Final

from fastapi import Depends, Query

from api.dependencies import TheReference, Today
from api.moments import Day, Moment
from api.routes.places import seen_spot
from api.security import Caller, Scoped
from figures.question import Question
from intake.reference import Reference
from models.database import FOREVER
from models.faults import Invalid, NoSuchCategory
from models.periods import Grain, Period, next_start, start_of

DEFAULT_PERIODS: Final = 12
GROUPS: Final = ("locality", "category", "period")
COUNTS_WHAT: Final = "texts received, not crimes committed"

Reader = Annotated[Caller, Depends(Scoped("aggregates:read"))]
LocalityQuery = Annotated[str | None, Query(description="A code; default the key's root, else each country.")]
FirstQuery = Annotated[Day | None, Query(alias="from", description="First day, inclusive.")]
LastQuery = Annotated[Day | None, Query(alias="to", description="Last day, inclusive.")]
DepthQuery = Annotated[int, Query(ge=0, le=1, description="1 adds the children.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """question, and whether rows with exact numbers of reporters may be answered."""

    question: Question
    exact: bool


def ask(  # noqa: PLR0913  the query's own parameters
    today: Today,
    reference: TheReference,
    caller: Reader,
    locality: LocalityQuery = None,
    period: Annotated[Grain, Query(description="How long one period is.")] = "month",
    first: FirstQuery = None,
    last: LastQuery = None,
    category: Annotated[str | None, Query(description="A code; `theft*` adds its descendants.")] = None,
    group_by: Annotated[str, Query(description="Comma list of locality, category, period.")] = "period",
    depth: DepthQuery = 0,
    boundaries: Annotated[Day | None, Query(description="Count under the parents of this day.")] = None,
    as_of: Annotated[
        Moment | None, Query(description="What was known then; an `as_of` that an earlier answer gave.")
    ] = None,
) -> Asked:
    groups = groups_of(group_by, depth)
    if boundaries is not None and boundaries >= FOREVER:
        raise Invalid("boundaries must lie before the last day of the year 9999.")
    begin, end = span_of(today, period, first, last)
    each = "category" in groups
    seen, guarded = categories_of(reference, caller, category, each=each)
    question = Question(
        grain=period,
        first=begin.start,
        last=end.start,
        places=places_of(reference, caller, locality, depth, boundaries),
        categories=seen,
        guarded=guarded,
        today=today,
        label=(category or "").removesuffix("*"),
        by_locality="locality" in groups,
        by_category=each and not (category or "").endswith("*"),
        by_period="period" in groups,
        boundaries=boundaries,
        as_of=_in_utc(as_of) if as_of else None,
        within=caller.root_id,
    )
    return Asked(question, exact="reports:read" in caller.scopes)


TheQuestion = Annotated[Asked, Depends(ask, scope="function")]


def groups_of(group_by: str, depth: int) -> list[str]:
    groups = [name.strip() for name in group_by.split(",") if name.strip()]
    if unknown := [name for name in groups if name not in GROUPS]:
        raise Invalid(f"{len(unknown)} of group_by cannot be grouped by; it takes {', '.join(GROUPS)}.")
    if depth and "locality" not in groups:
        raise Invalid("depth=1 shows the children beside their parent: add locality to group_by.")
    return groups


def span_of(today: date, grain: Grain, first: date | None, last: date | None) -> tuple[Period, Period]:
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


def places_of(
    reference: Reference, caller: Caller, code: str | None, depth: int, boundaries: date | None = None
) -> Mapping[int, str]:
    """The locality asked for and, one level deeper, its children of that day; of today without one."""
    if code is not None:
        roots = [seen_spot(reference, caller, code).id]
    elif caller.root_id is not None:
        roots = [caller.root_id]
    else:
        roots = [spot.id for spot in reference.countries()]
    found = {root: reference.spots[root].code for root in roots}
    if depth and boundaries is None:
        found |= {spot.id: spot.code for root in roots for spot in reference.children.get(root, ())}
    elif depth:
        found |= {
            spot.id: spot.code
            for spot in reference.spots.values()
            if spot.parent_on(boundaries) in roots and caller.sees_place(spot)
        }
    return dict(sorted(found.items()))


def categories_of(
    reference: Reference, caller: Caller, wanted: str | None, *, each: bool
) -> tuple[Mapping[int, str] | None, Mapping[int, str]]:
    """The categories whose figures are seen, None for all in one; and those that the public rule guards."""
    if wanted is None:
        codes = set(reference.categories) if each else None
    else:
        code = wanted.removesuffix("*")
        if code not in reference.categories:
            raise NoSuchCategory
        codes = with_descendants(reference, code) if wanted.endswith("*") else {code}
    if codes is None:
        return None, {}
    ids = {reference.category_ids[code]: code for code in sorted(codes)}
    hidden = {each_ for each_ in ids if reference.rules[each_].protect not in caller.shown_protections}
    starred = wanted is not None and wanted.endswith("*")
    return (
        {each_: code for each_, code in ids.items() if each_ not in hidden},
        {} if starred else {each_: ids[each_] for each_ in sorted(hidden)},
    )


def with_descendants(reference: Reference, code: str) -> set[str]:
    found = {code}
    while more := {c for c, each in reference.categories.items() if each.parent in found and c not in found}:
        found |= more
    return found


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Invalid("as_of must lie between the years 2 and 9998.") from None
