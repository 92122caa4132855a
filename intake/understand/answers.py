"""Answers: a number that was chosen, yes, or no and perhaps what is right. What was asked is not known here."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from intake.understand.command_words import AnswerWords
from intake.understand.lexicon import Lexicon
from intake.understand.normalise import Words
from intake.understand.phrases import Match, PhraseBook
from intake.understand.values import Category

YES: Final = "yes"
NO: Final = "no"
_LONGEST: Final = 5  # words: "choisis le numéro deux svp"
_LONGEST_CORRECTION: Final = 6  # words after the No: "NON vol de moto à Dixinn"
_MOST_PARTS: Final = 2  # "no robbery at Matoto yesterday" tells of a quiet day


@dataclass(frozen=True, slots=True)
class Answer:
    """argument: a number as digits, "yes" or "no". rest: after a No the words that say what is right."""

    argument: str
    rest: tuple[str, ...] = ()


def answer_of(words: Words, known: AnswerWords) -> Answer | None:
    tokens = words.tokens
    if not tokens:
        return None
    if known.yes.whole(tokens):
        return Answer(YES)
    if len(tokens) <= _LONGEST and (number := _number(tokens, known)) is not None:
        return Answer(str(number))
    refusals = [match for match in known.no.find(tokens) if match.start == 0]
    if refusals and len(tokens) - refusals[0].end <= _LONGEST_CORRECTION:
        return Answer(NO, tokens[refusals[0].end :])
    return None


def _number(tokens: tuple[str, ...], known: AnswerWords) -> int | None:
    """One number from 1 to 9 and nothing but words that stand around a choice."""
    found = [token for token in tokens if token not in known.choice]
    if len(found) != 1:
        return None
    if len(found[0]) == 1 and found[0].isdigit():
        return int(found[0]) or None
    return known.numbers.get(found[0])


@dataclass(frozen=True, slots=True)
class Right:
    """What stands after a No and is nothing but what is right. category: the code of the one that is named.

    strange: how many of its words say something else.
    """

    category: str | None = None
    strange: int = 0


class RightReader:
    """Tells what is right after a No, "vol", "c'est à Dixinn hier", from the sentence that a No begins. Immutable."""

    __slots__ = ("_around", "_day_words", "_labels", "_lexicon", "_openers")

    def __init__(self, lexicon: Lexicon, categories: Iterable[Category]) -> None:
        days, places = lexicon.days, lexicon.places
        labels = {label: category.code for category in categories for label in category.labels.values()}
        phrases = (*places.inside, *places.moving, *places.near, *places.loose)
        books = (days.relative, days.weekdays, days.last_week, days.next, lexicon.clock.parts)
        self._lexicon = lexicon
        self._labels = PhraseBook(labels, stemmed=True)
        self._around = {word for phrase in phrases for word in phrase}
        self._around |= places.after | places.between | places.connectors | places.articles | lexicon.answers.choice
        self._day_words = {word for book in books for phrase in book.phrases() for word in phrase.split()}
        self._day_words |= {*days.months, *days.units} | days.last | days.ago_after | days.night
        self._openers = (days.ago_before, days.unit_ago_before, days.date_openers)

    def read(self, rest: Words, places_at: Collection[int], *, day: bool, hurt: bool) -> Right | None:
        """rest: what follows the No. places_at: its words that name places. day, hurt: it names a day, people killed
        or injured. None where it says too many things at once. Figures are never put right: a person does that.
        """
        if not rest.tokens or (hurt and not places_at and not day and self._is_figure(rest)):
            return Right()
        named = list(self._names(rest))
        codes = {code for match in named for code in match.value}
        parts = bool(codes) + bool(places_at) + day
        if parts > _MOST_PARTS or len(codes) > 1:
            return None
        known = {*places_at, *_positions(named), *_positions(self._lexicon.places.levels.find(rest.stems))}
        known |= self._days_at(rest.tokens) if day else set()
        strange = [token for at, token in enumerate(rest.tokens) if at not in known and token not in self._around]
        if (strange and parts == _MOST_PARTS) or not (strange or parts):
            return None
        return Right(next(iter(codes), None), len(strange))

    def _names(self, rest: Words) -> Iterator[Match[tuple[str, ...]]]:
        """Of categories, with their codes, the longest where several overlap."""
        terms = self._lexicon.categories.terms.find(rest.stems)
        found: list[Match[tuple[str, ...]]] = [
            *(
                Match[tuple[str, ...]](match.start, match.end, (match.value,))
                for match in self._labels.find(rest.stems)
            ),
            *(Match(match.start, match.end, match.value.codes) for match in terms if match.value.sure),
        ]
        taken: set[int] = set()
        for match in sorted(found, key=lambda match: match.start - match.end):
            if taken.isdisjoint(at := range(match.start, match.end)):
                taken.update(at)
                yield match

    def _is_figure(self, rest: Words) -> bool:
        """As "3 morts et deux blessés" is."""
        words, tokens = self._lexicon.casualties, rest.tokens
        hurt_at = set(_positions(match for match in words.terms.find(rest.stems) if match.value.measures))
        others = words.persons | words.people | words.joints | words.of | self._around
        numbers = {at for at, token in enumerate(tokens) if self._is_number(token)}
        return bool(numbers) and all(at in hurt_at | numbers or token in others for at, token in enumerate(tokens))

    def _days_at(self, tokens: tuple[str, ...]) -> set[int]:
        found = {at for at, token in enumerate(tokens) if token in self._day_words or self._is_number(token)}
        for at in sorted(found):
            for openers in self._openers:
                start = next((at - n for n in range(1, at + 1) if openers.stand_before(tokens[at - n : at], n)), at)
                found |= set(range(start, at))
        return found

    def _is_number(self, token: str) -> bool:
        return token[0].isdigit() or token in self._lexicon.numbers.values


def _positions(matches: Iterable[Match[Any]]) -> Iterator[int]:
    return (at for match in matches for at in range(match.start, match.end))
