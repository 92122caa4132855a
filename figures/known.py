"""As of: what was known at an earlier time. Today's figures less what has been folded since."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import Session

from figures.belonging import differences
from figures.question import Figure, Key, Question
from intake.reference import Reference
from models.tallies import Measures, TallyHistory


def known(
    session: Session, reference: Reference, question: Question, today: Iterable[Figure], as_of: datetime
) -> list[Figure]:
    """All rows as they stood. The tree and the taxonomy are those of today; who stood behind a figure is not kept."""
    sums: dict[Key, Measures] = {figure.key: figure.measures for figure in today}
    later = or_(TallyHistory.slot > as_of, TallyHistory.slot.is_(None))
    for key, since in differences(session, reference, question, TallyHistory, later).items():
        sums[key] = sums.get(key, Measures()).minus(since)
    return [Figure(*key, sums[key], None, None) for key in sorted(sums) if any(sums[key])]
