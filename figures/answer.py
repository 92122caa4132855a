"""The answer to a question: which of the ways of counting it takes, and their rows in one order."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice

from sqlalchemy.orm import Session

from figures.known import known
from figures.placed import placed
from figures.question import Figure, Key, Question
from figures.tallied import tallied
from intake.reference import Reference


def answer(  # noqa: PLR0913  the question and which part of its rows
    session: Session,
    reference: Reference,
    question: Question,
    shown: list[Figure],
    after: Key | None = None,
    limit: int | None = None,
) -> Iterator[Figure]:
    """Rows in the order locality, period, category, beginning after the given one, at most limit.

    shown: what `guarded` says of this question; the caller needs it for the ETag before.
    """
    if question.as_of is None and question.boundaries is None:
        rows = tallied(session, reference, question, after, limit)
    else:
        rows = _past_page(_recounted(session, reference, question), after)
    own = (figure for figure in shown if after is None or figure.key > after)
    return islice(merge(rows, own, key=lambda figure: figure.key), limit)


def _recounted(session: Session, reference: Reference, question: Question) -> list[Figure]:
    other = question.boundaries is not None and is_drawn_anew(reference, question)
    rows = placed(session, reference, question) if other else list(tallied(session, reference, question))
    return known(session, reference, question, rows, question.as_of) if question.as_of else rows


def is_drawn_anew(reference: Reference, question: Question) -> bool:
    """Whether the boundaries asked for differ, anywhere in the days asked for, from those of the days themselves, or
    anything entered or left the subtree that the asker is bound to.
    """
    wanted, roots = question.boundaries, {*question.places, question.within}
    return wanted is not None and any(
        span.from_day > min(wanted, question.first) or span.until_day <= max(wanted, question.end)
        for spot in reference.spots.values()
        for span in spot.up
        if span.ancestor_id in roots
    )


def _past_page(rows: list[Figure], after: Key | None) -> Iterator[Figure]:
    return (figure for figure in rows if after is None or figure.key > after)
