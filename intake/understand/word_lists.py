"""Reads intake/languages/<language>/*.toml into one Lexicon. How they are laid out is known here, in lists.py and in
person_lists.py alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal

from intake.languages import languages, texts_source, words_source
from intake.understand.command_words import build_answer_words, build_command_words
from intake.understand.lexicon import (
    CategoryWords,
    Chain,
    ClockWords,
    DangerWords,
    DayWord,
    DayWords,
    Lexicon,
    NumberWords,
    PartOfDay,
    PlaceWords,
    Term,
    TimeUnit,
)
from intake.understand.lists import Source, joined, marked_as_written, tokens
from intake.understand.normalise import normalise
from intake.understand.person_lists import casualty_words, people_words
from intake.understand.phrases import Openers, PairBook, PhraseBook, split_phrase, words_of_phrase
from intake.understand.slips import slips_of
from intake.understand.vocabulary import ordinary_words

_MOMENT_DISTANCE = 8
"""Words between violence and its moment: in "bandits with knives have come to loot the shops now" there are seven."""

_RELATIVE: Mapping[str, DayWord] = {
    "today": 0,
    "yesterday": -1,
    "day_before_yesterday": -2,
    "three_days_ago": -3,
    "this_night": "this_night",
    "same_night": "same_night",
    "this_evening": "this_evening",
    "now": "now",
    "vague": "vague",
    "future": "future",
    "no_day": "none",
}


_UNITS: tuple[TimeUnit, ...] = ("month", "week", "day", "hour", "minute")
_PARTS: tuple[PartOfDay | Literal["none"], ...] = ("morning", "afternoon", "evening", "night", "none")


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of every language there is a folder for."""
    try:
        return build_lexicon({language: words_source(language) for language in languages()})
    finally:
        words_of_phrase.cache_clear()


def build_lexicon(sources: Mapping[str, Source]) -> Lexicon:
    """Join the languages' lists. sources: all sections per language code."""
    lists = tuple(sources.values())
    return Lexicon(
        categories=_category_words(lists),
        danger=_danger_words(lists),
        days=_day_words(lists),
        casualties=casualty_words(lists),
        places=_place_words(sources),
        numbers=_number_words(lists),
        clock=_clock_words(lists),
        people=people_words(lists),
        commands=build_command_words(lists),
        answers=build_answer_words(lists, _number_words(lists).values),
        greetings=_marked(phrase for source in lists for phrase in source["greetings"]),
        reporting=_marked(phrase for source in lists for phrase in source["reporting"]),
        calm=_marked(joined(lists, "negation", "calm")),
        doubts=PhraseBook(_inverted(lists, "doubts"), stemmed=True),
        languages_of=_languages_of(sources),
    )


def _inverted(lists: Iterable[Source], section: str) -> dict[str, str]:
    return {phrase: meaning for source in lists for meaning, phrases in source[section].items() for phrase in phrases}


def _marked(phrases: Iterable[str]) -> PhraseBook[bool]:
    return PhraseBook(dict.fromkeys(phrases, True), stemmed=True)


def _danger_words(lists: Iterable[Source]) -> DangerWords:
    violence = _marked(joined(lists, "danger", "violence"))
    moment, nearby = _marked(joined(lists, "danger", "moment")), _marked(joined(lists, "danger", "nearby"))
    return DangerWords(
        now=_marked(joined(lists, "danger", "now")),
        harmless=_marked(joined(lists, "danger", "not_now")),
        under_way=_marked(joined(lists, "danger", "under_way")),
        violence=violence,
        chains=_by_first_word(
            Chain(violence, moment, _MOMENT_DISTANCE, any_order=True),
            Chain(violence, nearby, _MOMENT_DISTANCE, past_too=False, any_order=True),
            *(_chain(chain) for source in lists for chain in source["danger"]["chains"]),
        ),
    )


def _by_first_word(*chains: Chain) -> dict[str, tuple[Chain, ...]]:
    words = {word for chain in chains for word in chain.first.first_words}
    return {word: tuple(chain for chain in chains if word in chain.first.first_words) for word in words}


def _chain(source: Source) -> Chain:
    return Chain(
        _marked(source["first"]),
        _marked(source["then"]),
        source["within"],
        past_too=source.get("past_too", True),
        hearsay=source.get("hearsay", True),
    )


def _category_words(lists: Iterable[Source]) -> CategoryWords:
    sure: dict[str, tuple[str, ...]] = {}
    open_: dict[str, tuple[str, ...]] = {}
    pairs: list[tuple[str, str, str]] = []
    for source in lists:
        for code, phrases in source["categories"].items():
            for phrase in phrases:
                one, plus, other = phrase.partition("+")
                if plus:
                    pairs.append((one, other, code))
                else:
                    _add(sure, phrase, (code,))
        for phrase, codes in source["hints"].items():
            _add(open_, phrase, tuple(codes))
    terms = {phrase: Term(codes, sure=False) for phrase, codes in open_.items()}
    terms |= {phrase: Term(codes, sure=True) for phrase, codes in sure.items()}
    return CategoryWords(PhraseBook(terms, stemmed=True), PairBook(pairs), Openers(joined(lists, "negation", "before")))


def _add(terms: dict[str, tuple[str, ...]], phrase: str, codes: tuple[str, ...]) -> None:
    """Spellings with one stem ("arme", "armés") are one term with the meanings of all."""
    stem = " ".join(split_phrase(phrase, stemmed=True))
    terms[stem] = tuple(dict.fromkeys(terms.get(stem, ()) + codes))


def _day_words(lists: Iterable[Source]) -> DayWords:
    relative: dict[str, DayWord] = {}
    for key, meaning in _RELATIVE.items():
        relative |= dict.fromkeys(joined(lists, "days", key), meaning)
    months = {
        normalise(name): number
        for source in lists
        for number, names in enumerate(source["days"]["months"], start=1)
        for name in names
    }
    weekdays = _weekdays(lists)
    units: dict[str, TimeUnit] = {}
    for unit in _UNITS:
        units |= dict.fromkeys(tokens(lists, "days", f"{unit}_units"), unit)
    return DayWords(
        slips=slips_of({*relative, *months, *weekdays}, set(_all_words(lists))),
        relative=PhraseBook(relative),
        plans=tokens(lists, "days", "plans"),
        months=months,
        months_after_day_only=tokens(lists, "days", "months_after_day_only"),
        month_openers=Openers(joined(lists, "days", "month_prepositions")),
        month_numbered=Openers(joined(lists, "days", "month_numbered")),
        day_numbers={word: number for source in lists for word, number in source["days"]["day_numbers"].items()},
        day_month_connectors=tokens(lists, "days", "day_month_connectors"),
        weekdays=PhraseBook(weekdays),
        last_week=marked_as_written(joined(lists, "days", "last_week")),
        last=tokens(lists, "days", "last"),
        next=marked_as_written(joined(lists, "days", "next")),
        since=Openers(joined(lists, "days", "since")),
        habits=Openers(joined(lists, "days", "every")),
        to=tokens(lists, "days", "to"),
        night=tokens(lists, "days", "night"),
        eve=Openers(joined(lists, "days", "eve_of")),
        date_openers=Openers(joined(lists, "days", "date_prepositions")),
        bare_day_openers=Openers(joined(lists, "days", "bare_day_prepositions")),
        ordinal_openers=Openers(joined(lists, "days", "ordinal_prepositions")),
        no_bare_day_openers=Openers(joined(lists, "days", "no_bare_day_after")),
        no_bare_day_before=tokens(lists, "days", "no_bare_day_before"),
        ago_before=Openers(joined(lists, "days", "ago_before")),
        ago_after=tokens(lists, "days", "ago_after"),
        month_ago_before=Openers(joined(lists, "days", "month_ago_before")),
        unit_ago_before=Openers(joined(lists, "days", "unit_ago_before")),
        no_ago=Openers(joined(lists, "days", "no_ago_before")),
        units=units,
        units_first=tokens(lists, "days", "units_first"),
    )


def _weekdays(lists: Iterable[Source]) -> dict[str, int]:
    found: dict[str, int] = {}
    for source in lists:
        days = source["days"]
        for number, (name, spellings) in enumerate(zip(days["weekdays"], days["weekday_spellings"], strict=True)):
            found |= {normalise(word): number for word in (name, *spellings)}
    return found


def _clock_words(lists: Iterable[Source]) -> ClockWords:
    parts: dict[str, PartOfDay | Literal["none"]] = {}
    for part in _PARTS:
        parts |= dict.fromkeys(joined(lists, "parts", part), part)
    return ClockWords(
        parts=PhraseBook(parts),
        hours=tokens(lists, "parts", "hours"),
        hour_openers=Openers(joined(lists, "parts", "hour_prepositions")),
        durations=Openers(joined(lists, "parts", "durations")),
    )


def _number_words(lists: Iterable[Source]) -> NumberWords:
    collectives = {normalise(word): number for source in lists for word, number in source["collectives"].items()}
    values = {normalise(word): number for source in lists for word, number in source["numbers"].items()}
    return NumberWords(
        values={**values, **collectives},
        never={
            normalise(word): (frozenset(beside["after"].split()), frozenset(beside["before"].split()))
            for source in lists
            for word, beside in source["not_numbers"].items()
        },
        joints=tokens(lists, "casualties", "number_joints"),
        hundred_first=tokens(lists, "casualties", "hundred_first"),
        collectives=frozenset(collectives),
    )


def _place_words(sources: Mapping[str, Source]) -> PlaceWords:
    lists = tuple(sources.values())
    levels: dict[str, frozenset[int]] = {}
    for source in lists:
        for word, meant in source["places"]["levels"].items():
            levels[normalise(word)] = levels.get(normalise(word), frozenset()) | frozenset(meant)
    cues = {key: _phrases(lists, "places", key) for key in ("inside", "moving", "near", "loose")}
    cues["loose"] -= {phrase for each in lists for phrase in _sure_cues(each)}
    function_words = tokens(lists, "", "common") | {
        phrase[0] for phrases in cues.values() for phrase in phrases if len(phrase) == 1
    }
    return PlaceWords(
        levels=PhraseBook(levels, stemmed=True),
        levels_after=frozenset(split_phrase(word, stemmed=True) for word in joined(lists, "places", "levels_after")),
        inside=cues["inside"],
        moving=cues["moving"],
        near=cues["near"],
        loose=cues["loose"],
        after=tokens(lists, "places", "after"),
        between=tokens(lists, "places", "between"),
        connectors=tokens(lists, "places", "connectors"),
        endings=tokens(lists, "places", "endings"),
        articles=tokens(lists, "places", "articles"),
        bound=tokens(lists, "places", "bound"),
        titles=tokens(lists, "places", "titles"),
        spelt=_spelt(lists),
        function_words=function_words,
        everyday_words=function_words | frozenset(_single_words(lists)),
        spoken_in=_spoken_in(sources),
        ordinary=ordinary_words(
            {language: texts_source(language) for language in sources},
            {language: tokens((source,), "", "everyday") for language, source in sources.items()},
        ),
    )


def _spelt(lists: Iterable[Source]) -> dict[str, str]:
    return {normalise(short): normalise(word) for each in lists for short, word in each["places"]["spelt"].items()}


def _sure_cues(source: Source) -> frozenset[tuple[str, ...]]:
    """What says in one language that it happened there: Spanish "en", though French "en" stands before anything."""
    return _phrases((source,), "places", "inside") - _phrases((source,), "places", "loose")


def _spoken_in(sources: Mapping[str, Source]) -> dict[str, frozenset[str]]:
    """The languages of each country."""
    found: dict[str, frozenset[str]] = {}
    for language, source in sources.items():
        for country in source["places"]["countries"].split():
            found[country] = found.get(country, frozenset()) | {language}
    return found


def _phrases(lists: Iterable[Source], section: str, key: str) -> frozenset[tuple[str, ...]]:
    return frozenset(split_phrase(phrase, stemmed=False) for phrase in joined(lists, section, key))


def _single_words(source: object) -> Iterator[str]:
    """Every word that stands alone in some list: a place of that name needs evidence."""
    if isinstance(source, str):
        words = words_of_phrase(source)
        yield from words if len(words) == 1 else ()
    elif isinstance(source, Mapping):
        for key, value in source.items():
            yield from _single_words(key)
            yield from _single_words(value)
    elif isinstance(source, Iterable):
        for value in source:
            yield from _single_words(value)


def _languages_of(sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """The languages each word occurs in."""
    found: dict[str, tuple[str, ...]] = {}
    for language, source in sources.items():
        keyed = {key: list(source[key]) for key in ("hints", "numbers", "collectives")}
        for word in _all_words({**source, **keyed}):
            found[word] = (*found.get(word, ()), language)
    return found


def _all_words(source: object) -> set[str]:
    """Every word of the values; the keys are ours, except of `hints` and `numbers`."""
    words: set[str] = set()
    left = [source]
    while left:
        value = left.pop()
        if isinstance(value, str):
            words.update(words_of_phrase(value))
        elif isinstance(value, Mapping):
            left += value.values()
        elif isinstance(value, Iterable):
            left += value
    return words
