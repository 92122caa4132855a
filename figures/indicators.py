"""The indicator sheet of a quarter: always the same lines in the same order, so that quarters can be compared.

Every number but those by source is one that another way of asking gives too: figures, participation, revisions. All are
of the last fold, but those by source and the busiest person's share: they are counted from the reports as they are now,
and say so while changes wait. How soon reports are answered and taken is not in it yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from figures.answer import answer
from figures.guarded import FEWEST_REPORTERS, guarded
from figures.participation import Participation, ParticipationQuestion, participation
from figures.question import Figure, Question
from figures.revisions import RevisionsQuestion, count_revisions
from figures.sheet import Words
from figures.sources import SOURCES, Told, by_source, waits_to_be_folded
from intake.reference import Reference, Rule
from models.periods import Period
from models.tallies import NOTHING, Measures

GRAIN: Final = "quarter"
OUTCOMES: Final = ("confirmed", "referred", "resolved")


_AHEAD: Final = Words(
    "with reports that the other lines do not hold yet: ask again shortly",
    "avec des signalements que les autres lignes n'ont pas encore : redemandez dans un instant",
)


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """place: whose sheet; places: itself and its children, id and code. categories, guarded: as in a Question.

    exact: whether the numbers of people and texts may be told. within: nothing outside this subtree.
    """

    quarter: Period
    place: int
    places: Mapping[int, str]
    categories: Mapping[int, str]
    guarded: Mapping[int, str]
    today: date
    exact: bool
    within: int | None
    closes_after_days: int

    @property
    def is_closed(self) -> bool:
        return self.quarter.is_final(self.today, self.closes_after_days)

    @property
    def by_locality(self) -> Question:
        start, nothing = self.quarter.start, dict[int, str]()
        return Question(GRAIN, start, start, self.places, None, nothing, self.today, by_locality=True)

    @property
    def by_category(self) -> Question:
        start, place = self.quarter.start, {self.place: self.places[self.place]}
        return Question(GRAIN, start, start, place, self.categories, self.guarded, self.today, by_category=True)


class Indicator(NamedTuple):
    """value: None where it is not told; note says why, or what is told instead."""

    indicator: str
    value: float | None
    locality: str
    category: str | None = None
    source: str | None = None
    note: Words | None = None


def guarded_in(session: Session, reference: Reference, question: SheetQuestion) -> list[Figure]:
    """What the public rule shows of the categories that are guarded from the asker."""
    return guarded(session, reference, question.by_category)


def waiting_in(session: Session, reference: Reference, question: SheetQuestion) -> int:
    """How many changes the lines that are counted from reports hold and the others do not."""
    return waits_to_be_folded(session, reference, question.place, question.quarter)


def indicators(
    session: Session, reference: Reference, question: SheetQuestion, shown: list[Figure], waiting: int
) -> Iterator[Indicator]:
    """shown, waiting: what `guarded_in` and `waiting_in` say; the caller needs them for the ETag before."""
    own = question.places[question.place]
    by_locality = {row.locality: row.measures for row in answer(session, reference, question.by_locality, [])}
    for code in sorted(question.places.values(), key=lambda code: (code != own, code)):
        measures = by_locality.get(code, NOTHING)
        yield Indicator("reports_by_locality", measures.reports, code)
        yield Indicator("incidents_by_locality", measures.incidents, code)
    yield from _by_category(session, reference, question, shown)
    told = by_source(session, reference, question.place, question.quarter)
    ahead = _AHEAD if waiting else None
    for source in SOURCES:
        yield Indicator("reports_by_source", told.get(source, Told()).reports, own, source=source, note=ahead)
        yield Indicator("incidents_by_source", told.get(source, Told()).incidents, own, source=source, note=ahead)
    yield from _outcomes(own, by_locality.get(own, NOTHING))
    (row,) = participation(session, reference, _asked_of_participation(question))
    for each in _participation(row, exact=question.exact):
        is_ahead = ahead and each.indicator == "busiest_share"
        yield each._replace(note=_both(each.note, _AHEAD)) if is_ahead else each
    yield from _corrections(session, reference, question)
    yield Indicator("sub_localities", row.children, own)
    yield Indicator("sub_localities_heard", row.children_heard, own)
    yield Indicator("completeness", round(row.completeness, 4), own)


def _by_category(
    session: Session, reference: Reference, question: SheetQuestion, shown: list[Figure]
) -> Iterator[Indicator]:
    """All that the asker sees; of what is guarded from them a line all the same, which says nothing where it is held
    back, not even that there is something.
    """
    own = question.places[question.place]
    rows = {row.category: row.measures for row in answer(session, reference, question.by_category, shown)}
    guarded = {code: reference.rules[each] for each, code in question.guarded.items()}
    for code in sorted({*question.categories.values(), *guarded}):
        measures = rows.get(code, None if code in guarded else NOTHING)
        note = _rule_in_words(guarded[code]) if code in guarded else None
        reports, incidents = (measures.reports, measures.incidents) if measures else (None, None)
        yield Indicator("reports_by_category", reports, own, code, note=note)
        yield Indicator("incidents_by_category", incidents, own, code, note=note)


def _rule_in_words(rule: Rule) -> Words:
    least, days, level = max(rule.min_count, 1), rule.delay_days, rule.min_level
    return Words(
        f"told from {least} incidents and {FEWEST_REPORTERS} reporters on, {days} days after the quarter, "
        f"down to level {level}",
        f"donné dès {least} faits et {FEWEST_REPORTERS} personnes, {days} jours après le trimestre, "
        f"jusqu'au niveau {level}",
    )


def _outcomes(own: str, measures: Measures) -> Iterator[Indicator]:
    yield Indicator("killed", measures.killed, own)
    yield Indicator("injured", measures.injured, own)
    for name in OUTCOMES:
        number = int(getattr(measures, name))
        yield Indicator(name, number, own)
        share = round(number / measures.reports, 4) if measures.reports else None
        none = None if measures.reports else Words("no reports", "aucun signalement")
        yield Indicator(f"{name}_share", share, own, note=none)


def _both(one: Words | None, other: Words) -> Words:
    return Words(f"{one.en}; {other.en}", f"{one.fr} ; {other.fr}") if one else other


def _asked_of_participation(question: SheetQuestion) -> ParticipationQuestion:
    start, own = question.quarter.start, {question.place: question.places[question.place]}
    return ParticipationQuestion(GRAIN, start, start, own, question.today, question.exact)


def _participation(row: Participation, *, exact: bool) -> Iterator[Indicator]:
    people = row.population
    year = Words(f"of {people.year}", f"de {people.year}") if people else Words("not known", "inconnue")
    yield Indicator("population", people.people if people else None, row.locality, note=year)
    for name, (number, band) in row.told(exact=exact).items():
        told = Words(f"band {band}", f"tranche {band}") if band else Words("not told", "non donné")
        yield Indicator(name, number, row.locality, note=None if exact else told)


def _corrections(session: Session, reference: Reference, question: SheetQuestion) -> Iterator[Indicator]:
    """Of this quarter, since it closed: the same that `revisions` lists."""
    asked = RevisionsQuestion(
        grain=GRAIN,
        first=question.quarter.start,
        last=question.quarter.end,
        since=None,
        place=question.place,
        within=question.within,
        categories=sorted(question.categories),
        all_too=True,
        closes_after_days=question.closes_after_days,
    )
    note = None if question.is_closed else Words("not closed yet", "pas encore clos")
    names = ("revisions", "reports_changed", "incidents_changed")
    for name, value in zip(names, count_revisions(session, reference, asked), strict=True):
        yield Indicator(name, value, question.places[question.place], note=note)
