"""Reads a text: puts the parts of this room together, danger first. Replies are chosen in intake/replies."""

from collections.abc import Iterable

from intake.understand.casualties import CasualtyReader
from intake.understand.categories import CategoryFound, CategoryReader
from intake.understand.commands import command_of
from intake.understand.danger import calls_for_help, holds_violence, is_dangerous, is_under_way
from intake.understand.days import DayReader, DaySaid, local_day
from intake.understand.kinds import DOUBTS, Signs, Told, doubt_of, kind_of
from intake.understand.language import language_of
from intake.understand.lexicon import Lexicon
from intake.understand.normalise import Words, words_of
from intake.understand.places import PlaceFound, PlaceIndex
from intake.understand.values import Category, Kind, Place, Reading, Situation
from intake.understand.word_lists import load_lexicon


class Understanding:
    """All that reading needs, built once per version of gazetteer and taxonomy. Immutable: any thread may read."""

    __slots__ = ("_casualties", "_categories", "_days", "_lexicon", "_places")

    def __init__(self, places: Iterable[Place], categories: Iterable[Category], lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or load_lexicon()
        self._places = PlaceIndex(places, self._lexicon.places)
        self._categories = CategoryReader(categories, self._lexicon.categories)
        self._days = DayReader(self._lexicon.days, self._lexicon.numbers)
        self._casualties = CasualtyReader(self._lexicon.casualties, self._lexicon.numbers)

    def read(self, body: bytes | str, situation: Situation) -> Reading:
        """Never raises, whatever the body; what cannot be told is None and missing, never guessed."""
        words = words_of(body)
        language = language_of(words, self._lexicon.languages_of)
        command = command_of(words, self._lexicon.commands, proves_sender=situation.proves_sender)
        if command is not None:
            return Reading(Kind.COMMAND, command=command, language=language)
        return self._read_sentence(words, situation, language)

    def _read_sentence(self, words: Words, situation: Situation, language: str | None) -> Reading:
        category = self._categories.read(words)
        place = self._places.find(words, situation)
        timezone = place.place.timezone if place.place and place.place.timezone else situation.timezone
        today = local_day(situation.sent_at, timezone)
        day = self._days.read(words, today)
        casualties = self._casualties.read(words)
        doubt = doubt_of(words, self._lexicon)
        help_wanted, danger = self._danger(words, category, past=day.is_over(today), rumour=doubt == DOUBTS["rumour"])
        signs = Signs(
            help=help_wanted,
            danger=danger,
            category=bool(category.candidates),
            protected=category.protect != "none",
            violence=holds_violence(words, self._lexicon.danger),
            place_named=place.named,
            casualties=bool(casualties.killed or casualties.injured),
            day=day.said,
        )
        told = kind_of(words, doubt, signs, self._lexicon, proves_sender=situation.proves_sender)
        is_report = told.kind is Kind.REPORT
        certain = category.category if is_report and told.review is None else None
        return Reading(
            kind=told.kind,
            category=certain.code if certain else None,
            candidates=tuple(candidate.code for candidate in category.candidates),
            locality=place.place.code if place.place else None,
            occurred_on=today if is_report and not day.said else day.day,
            day_said=day.said,
            killed=casualties.killed,
            injured=casualties.injured,
            danger=danger,
            protect=category.protect,
            language=language,
            confidence=category.confidence if certain else 0.0,
            missing=_missing(certain, place, day) if is_report else (),
            review=_review(told, category, place, day),
        )

    def _danger(self, words: Words, category: CategoryFound, *, past: bool, rumour: bool) -> tuple[bool, bool]:
        """Whether the words call for help, and whether there is danger at all; a rumour's only if it is under way."""
        help_wanted = calls_for_help(words, self._lexicon.danger, past=past, rumour=rumour)
        under_way = is_under_way(words, self._lexicon.danger)
        dangerous = is_dangerous(category, under_way=under_way, past=past) and (under_way or not rumour)
        return help_wanted, help_wanted or dangerous


def _missing(category: Category | None, place: PlaceFound, day: DaySaid) -> tuple[str, ...]:
    lacks = {"category": category is None, "locality": place.place is None, "day": day.review is not None}
    return tuple(name for name, is_lacking in lacks.items() if is_lacking)


def _review(told: Told, category: CategoryFound, place: PlaceFound, day: DaySaid) -> str | None:
    """The first reason for a person to look; at what is no report, only for what its kind leaves open."""
    if told.kind is not Kind.REPORT:
        return told.review
    return told.review or category.review or place.review or day.review
