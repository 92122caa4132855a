"""As of: what was known at an earlier time. Today's figures less what has been folded since."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Date, func, literal, or_, select
from sqlalchemy.orm import Session

from figures.placed import keys_of
from figures.question import Figure, Key, Question
from intake.reference import Reference
from models.localities import LocalityAncestor
from models.tallies import Measures, TallyHistory


def known(
    session: Session, reference: Reference, question: Question, today: Iterable[Figure], as_of: datetime
) -> list[Figure]:
    """All rows as they stood. The tree and the taxonomy are those of today; who stood behind a figure is not kept."""
    sums: dict[Key, Measures] = {figure.key: figure.measures for figure in today}
    for key, since in _changed_since(session, reference, question, as_of).items():
        sums[key] = sums.get(key, Measures()).minus(since)
    return [Figure(*key, sums[key], None, None) for key in sorted(sums) if any(sums[key])]


def _changed_since(session: Session, reference: Reference, question: Question, as_of: datetime) -> dict[Key, Measures]:
    history, above = TallyHistory, LocalityAncestor
    day = literal(question.boundaries, Date) if question.boundaries is not None else history.day
    rows: Any = session.execute(
        select(
            above.ancestor_id,
            history.day,
            history.category_id,
            history.in_all,
            *(func.sum(getattr(history, name)) for name in Measures._fields),
        )
        .join(above, (above.locality_id == history.locality_id) & (above.from_day <= day) & (day < above.until_day))
        .where(
            or_(history.slot > as_of, history.slot.is_(None)),
            history.day.between(question.first, question.end),
            above.ancestor_id.in_(sorted(question.places)),
        )
        .group_by(above.ancestor_id, history.day, history.category_id, history.in_all)
    )
    sums: dict[Key, Measures] = defaultdict(Measures)
    for locality_id, on, category_id, in_all, *values in rows:
        measures = Measures(*(int(value) for value in values))
        public = reference.is_public(category_id) if category_id else in_all
        for key in keys_of(reference, question, locality_id, on, category_id, in_all=public):
            sums[key] = sums[key].plus(measures)
    return sums
