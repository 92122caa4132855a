"""Reads a text: puts the parts of this room together, danger first. Replies are chosen in intake/replies."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from intake.understand.answers import NO, RightReader, answer_of
from intake.understand.casualties import Casualties, CasualtyReader, completed
from intake.understand.categories import SURE_OF_SEVERAL, CategoryFound, CategoryReader
from intake.understand.clock import ClockReader
from intake.understand.commands import PLACED, Command, CommandReader
from intake.understand.danger import PLAINLY, Heard, hear, is_danger
from intake.understand.days import DayReader, DaySaid, local_time
from intake.understand.features import unrepeated
from intake.understand.kinds import Signs, Told, kind_of
from intake.understand.language import language_of, likelier
from intake.understand.lexicon import Lexicon
from intake.understand.model import Model, Scores, shipped_model
from intake.understand.normalise import Words, words_of
from intake.understand.numbers import NumberReader
from intake.understand.people import People, PeopleReader
from intake.understand.places import PlaceFound, PlaceIndex
from intake.understand.signs import SignReader, TermSaid, terms_of
from intake.understand.values import Category, Kind, Place, Reading, Situation
from intake.understand.wishes import ABOUT_US, wish_of
from intake.understand.word_lists import load_lexicon

PERHAPS = -0.3
"""Margin from which a text that is no report is kept from those who may not read what it may tell."""
READ_WORDS = 400
"""How many words the model reads: WhatsApp passes texts of some 700, and their beginnings tell what they are about."""


class _Seen(NamedTuple):
    """What the parts of this room see in one text. spoken: the words the model read. named: categories that sure words
    name; denied: all of these are, or the text says that all is calm. today: of the place.
    """

    words: Words
    spoken: tuple[str, ...]
    heard: Heard
    scores: Scores
    named: frozenset[str]
    denied: bool
    category: CategoryFound
    place: PlaceFound
    today: date
    day: DaySaid
    casualties: Casualties

    @property
    def hurt(self) -> int:
        """The dead and the injured."""
        return (self.casualties.killed or 0) + (self.casualties.injured or 0)


class Understanding:
    """All that reading needs, built once per version of gazetteer and taxonomy. Immutable: any thread may read."""

    __slots__ = (
        "_casualties",
        "_categories",
        "_clock",
        "_commands",
        "_days",
        "_lexicon",
        "_model",
        "_people",
        "_places",
        "_rights",
        "_signs",
    )

    def __init__(
        self,
        places: Iterable[Place],
        categories: Iterable[Category],
        lexicon: Lexicon | None = None,
        *,
        terms: Mapping[str, str] | None = None,
        model: Model | None = None,
    ) -> None:
        """terms: the operator's phrases, with the code of the category each means."""
        categories = tuple(categories)
        self._lexicon = lexicon or load_lexicon()
        self._model = model or shipped_model()
        self._signs = SignReader(self._lexicon)
        self._places = PlaceIndex(places, self._lexicon.places)
        self._categories = CategoryReader(categories, terms or {})
        self._commands = CommandReader(
            self._lexicon.commands,
            self._places,
            (
                self._lexicon.categories.terms,
                self._lexicon.casualties.terms,
                self._lexicon.danger.now,
                self._lexicon.danger.violence,
            ),
        )
        numbers = NumberReader(self._lexicon.numbers)
        self._clock = ClockReader(self._lexicon.clock)
        self._days = DayReader(self._lexicon.days, numbers, self._clock)
        self._casualties = CasualtyReader(self._lexicon.casualties, numbers)
        self._people = PeopleReader(self._lexicon.people)
        self._rights = RightReader(self._lexicon, categories)

    def read(self, body: bytes | str, situation: Situation) -> Reading:
        """Never raises, whatever the body; what cannot be told is None and missing, never guessed."""
        words = words_of(body)
        language = language_of(words, self._lexicon.languages_of)
        command = None if self._categories.labelled(words) else self._commands.read(words, situation)
        if command is not None:
            return _obeying(command, language)
        answer = answer_of(words, self._lexicon.answers) if situation.proves_sender else None
        if answer is not None and answer.argument != NO:
            return Reading(Kind.ANSWER, argument=answer.argument, language=language)
        no_water = answer is not None and any(
            match.start == 0 for match in self._lexicon.categories.terms.find(words.stems)
        )
        if answer is None or no_water:
            return self._read_sentence(words, situation, language)
        right = self._right(answer.rest, situation)
        if right is not None:
            unanswered = replace(right, category=None, confidence=0.0, missing=(), review=None)
            return right if right.danger else replace(unanswered, kind=Kind.ANSWER, argument=NO, language=language)
        reading = self._read_sentence(words, situation, language)
        if reading.kind is Kind.ANSWER:  # a place in it, but the No says more
            reading = self._read_sentence(words, replace(situation, proves_sender=False), language)
        return reading if reading.danger else replace(reading, argument=NO)

    def read_correction(self, body: bytes | str, situation: Situation) -> Reading | None:
        """What a text says is right after its No: "NON vol", "NO Dixinn"; nothing where one of its words says something
        else. None where it has no No or says more.
        """
        answer = answer_of(words_of(body), self._lexicon.answers)
        if answer is None or answer.argument != NO:
            return None
        return self._right(answer.rest, situation, may_miss=1)

    def _right(self, after_no: tuple[str, ...], situation: Situation, *, may_miss: int = 0) -> Reading | None:
        rest = words_of(" ".join(after_no))
        reading = self._read_sentence(rest, situation, None)
        hurt = bool(reading.killed or reading.injured)
        places_at = self._places.positions(rest, situation)
        right = self._rights.read(rest, places_at, day=reading.day_said, hurt=hurt)
        if right is None or right.strange > may_miss:
            return None
        if right.strange:
            return Reading(Kind.ANSWER)
        if right.category is None:  # a place or a day is of no category, whatever the model hears in it
            return replace(reading, category=None, candidates=(), scores=(), protect="none")
        return replace(reading, category=right.category)

    def _read_sentence(self, words: Words, situation: Situation, language: str | None) -> Reading:
        seen = self._see(words, situation)
        signs = self._signs_of(seen)
        told = kind_of(words, seen.scores, signs, self._lexicon, proves_sender=situation.proves_sender)
        may_wish = situation.proves_sender and told.kind is not Kind.GREETING
        if may_wish and not (signs.danger or signs.casualties or signs.violence):
            is_event = seen.denied or bool(seen.named - {ABOUT_US})
            wish = wish_of(words, seen.scores, seen.place, self._lexicon.commands, event_named=is_event)
            if wish is not None:
                return _obeying(wish, likelier(seen.scores.language, language))
        return self._told(seen, signs, told, language)

    def _see(self, words: Words, situation: Situation) -> _Seen:
        heard = hear(words, self._lexicon.danger)
        terms = terms_of(words, self._lexicon.categories)
        said = self._casualties.read(words)
        spoken = unrepeated(words.tokens, READ_WORDS)
        scores = self._model.read(spoken, self._signs.read(words, heard, terms, said))
        named, denied = self._codes_named(words, terms)
        named |= self._categories.labelled(words)
        category = self._categories.read(words, scores, named)
        place = self._places.find(words, situation)
        timezone = place.place.timezone if place.place and place.place.timezone else situation.timezone
        sent = local_time(situation.sent_at, timezone)
        casualties = completed(said, scores, category.candidates)
        day = self._days.read(words, sent)
        return _Seen(words, spoken, heard, scores, named, denied, category, place, sent.date(), day, casualties)

    def _signs_of(self, seen: _Seen) -> Signs:
        words, heard, category = seen.words, seen.heard, seen.category
        past = seen.day.is_over(seen.today)
        hearsay = any(doubt.value == "rumour" for doubt in self._lexicon.doubts.find(words.stems))
        called = heard.past_help if past else heard.help
        always = not past and not hearsay and self._categories.is_always_danger(seen.named)
        harmless = category.category is not None and category.category.danger == "no"
        danger = is_danger(words, seen.scores, called=called or always, harmless=harmless, past=past)
        return Signs(
            help=danger and (always or (called and (heard.rumoured_help or not hearsay))),
            danger=danger,
            violence=heard.violence,
            category=bool(seen.named),
            denied=seen.denied,
            plain=bool(seen.named) or category.confidence >= SURE_OF_SEVERAL,
            protected=category.protect != "none",
            place_named=seen.place.named,
            casualties=seen.hurt > 0,
            day=seen.day.said,
        )

    def _told(self, seen: _Seen, signs: Signs, told: Told, language: str | None) -> Reading:
        words, scores, category, place, day = seen.words, seen.scores, seen.category, seen.place, seen.day
        is_report = told.kind is Kind.REPORT
        people = self._people.read(words, seen.hurt) if is_report else People()
        certain = category.category if is_report and told.review is None else None
        worth_hiding = is_report or (told.review and (seen.named or scores.report > PERHAPS))
        return Reading(
            kind=told.kind,
            category=certain.code if certain else None,
            candidates=tuple(candidate.code for candidate in category.candidates),
            scores=category.scores,
            because=self._because(seen) if is_report else (),
            locality=place.place.code if place.place else None,
            occurred_on=seen.today if is_report and not day.said else day.day,
            day_said=day.said,
            killed=seen.casualties.killed,
            injured=seen.casualties.injured,
            danger=signs.danger and (is_report or signs.help or scores.danger > PLAINLY),
            protect=category.protect if worth_hiding else "none",
            victim=people.victim,
            setting=people.setting,
            part_of_day=self._clock.part_of_day(words) if is_report else None,
            by=people.by,
            options=place.options,
            unknown_places=place.unknown,
            # A name of a place is of no language.
            language=language if told.kind is Kind.ANSWER else likelier(scores.language, language),
            confidence=category.confidence if certain else 0.0,
            missing=_missing(certain, place, day) if is_report else (),
            review=_review(told, category, place, day),
        )

    def _codes_named(self, words: Words, terms: Iterable[TermSaid]) -> tuple[frozenset[str], bool]:
        """Categories that sure words name, and whether all there are of such words are denied: "aucun vol", "RAS"."""
        sure = [said for said in terms if said.term.sure]
        meant = [said.term for said in sure if not said.denied]
        denied = not meant and (bool(sure) or self._lexicon.calm.holds_any(words.stems))
        return frozenset([code for term in meant for code in term.codes]), denied

    def _because(self, seen: _Seen) -> tuple[str, ...]:
        code = seen.category.candidates[0].code if seen.category.candidates else ""
        return tuple(self._model.because(seen.spoken, seen.scores.spoke, code))


def _obeying(command: Command, language: str | None) -> Reading:
    return Reading(
        Kind.COMMAND,
        command=command.name,
        argument=command.argument,
        locality=command.argument if command.name in PLACED else None,
        options=command.options,
        language=language,
    )


def _missing(category: Category | None, place: PlaceFound, day: DaySaid) -> tuple[str, ...]:
    lacks = {"category": category is None, "locality": place.place is None, "day": day.review is not None}
    return tuple(name for name, is_lacking in lacks.items() if is_lacking)


def _review(told: Told, category: CategoryFound, place: PlaceFound, day: DaySaid) -> str | None:
    """The first reason for a person to look; at what is no report, only for what its kind leaves open."""
    if told.kind is not Kind.REPORT:
        return told.review
    return told.review or category.review or place.review or day.review
