"""Voices: how many people stand behind a count. An imported row stands for as many as its weight."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from figures.heard import count_reporters
from figures.merged import counted_in
from intake.reference import Reference
from models.localities import LocalityAncestor
from models.periods import Period
from models.reports import COUNTING, Report
from models.tallies import ALL


def has_voices(
    session: Session,
    reference: Reference,
    cell: tuple[int, int, Period],
    reporters: int | None,
    *,
    wanted: int,
) -> bool:
    """cell: locality, category, period. reporters: the cell's own number, None where nobody has counted them yet."""
    locality_id, category_id, period = cell
    days = (period.start, period.end)
    categories = None if category_id == ALL else [category_id]
    if reporters is None:
        reporters = count_reporters(session, reference, [locality_id], days, categories, up_to=wanted)
    return reporters >= wanted or reporters + _imported(session, reference, locality_id, days, categories) >= wanted


def _imported(
    session: Session, reference: Reference, locality_id: int, days: tuple[date, date], categories: list[int] | None
) -> int:
    above = aliased(LocalityAncestor)
    inside = select(above.locality_id).where(
        above.locality_id == Report.locality_id,
        above.ancestor_id == locality_id,
        above.from_day <= Report.occurred_on,
        Report.occurred_on < above.until_day,
    )
    weights = select(func.sum(Report.weight)).where(
        COUNTING,
        Report.source == "import",
        Report.occurred_on.between(*days),
        counted_in(reference, categories),
        inside.exists(),
    )
    return session.scalar(weights) or 0
