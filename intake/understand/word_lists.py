"""Reads intake/languages/<language>/words.toml into one Lexicon; alone knows how those files are laid out."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from intake.languages import languages, words_source
from intake.understand.lexicon import (
    CasualtyWord,
    CasualtyWords,
    CategoryWords,
    Chain,
    DangerWords,
    DayWord,
    DayWords,
    Lexicon,
    PlaceWords,
    Term,
)
from intake.understand.normalise import normalise
from intake.understand.phrases import Openers, PairBook, PhraseBook, split_phrase

Source = Mapping[str, Any]

_MOMENT_DISTANCE = 8
"""Words between violence and its moment: in "bandits with knives have come to loot the shops now" there are seven."""

_RELATIVE: Mapping[str, DayWord] = {
    "today": 0,
    "yesterday": -1,
    "day_before_yesterday": -2,
    "vague": "vague",
    "future": "future",
}


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of every language there is a folder for."""
    return build_lexicon({language: tomllib.loads(words_source(language)) for language in languages()})


def build_lexicon(sources: Mapping[str, Source]) -> Lexicon:
    """Join the languages' lists. sources: a parsed words.toml per language code."""
    lists = tuple(sources.values())
    return Lexicon(
        categories=_category_words(lists),
        danger=_danger_words(lists),
        days=_day_words(lists),
        casualties=_casualty_words(lists),
        places=_place_words(lists),
        numbers={normalise(word): number for source in lists for word, number in source["numbers"].items()},
        commands=PhraseBook(_inverted(lists, "commands")),
        greetings=_marked(phrase for source in lists for phrase in source["greetings"]),
        reporting=_marked(phrase for source in lists for phrase in source["reporting"]),
        calm=_marked(_joined(lists, "negation", "calm")),
        doubts=PhraseBook(_inverted(lists, "doubts"), stemmed=True),
        languages_of=_languages_of(sources),
    )


def _joined(lists: Iterable[Source], section: str, key: str) -> Iterator[str]:
    """One list of all languages; one written as a block of text is a list of its words."""
    for source in lists:
        value = source[section][key] if section else source[key]
        yield from value.split() if isinstance(value, str) else value


def _tokens(lists: Iterable[Source], section: str, key: str) -> frozenset[str]:
    return frozenset(token for phrase in _joined(lists, section, key) for token in normalise(phrase).split())


def _inverted(lists: Iterable[Source], section: str) -> dict[str, str]:
    return {phrase: meaning for source in lists for meaning, phrases in source[section].items() for phrase in phrases}


def _marked(phrases: Iterable[str]) -> PhraseBook[bool]:
    return PhraseBook(dict.fromkeys(phrases, True), stemmed=True)


def _danger_words(lists: Iterable[Source]) -> DangerWords:
    violence = _marked(_joined(lists, "danger", "violence"))
    moment, nearby = _marked(_joined(lists, "danger", "moment")), _marked(_joined(lists, "danger", "nearby"))
    return DangerWords(
        now=_marked(_joined(lists, "danger", "now")),
        harmless=_marked(_joined(lists, "danger", "not_now")),
        under_way=_marked(_joined(lists, "danger", "under_way")),
        violence=violence,
        chains=(
            Chain(violence, moment, _MOMENT_DISTANCE, any_order=True),
            Chain(violence, nearby, _MOMENT_DISTANCE, past_too=False, any_order=True),
            *(_chain(chain) for source in lists for chain in source["danger"]["chains"]),
        ),
    )


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
    return CategoryWords(
        PhraseBook(terms, stemmed=True), PairBook(pairs), Openers(_joined(lists, "negation", "before"))
    )


def _add(terms: dict[str, tuple[str, ...]], phrase: str, codes: tuple[str, ...]) -> None:
    """Spellings with one stem ("arme", "armés") are one term with the meanings of all."""
    stem = " ".join(split_phrase(phrase, stemmed=True))
    terms[stem] = tuple(dict.fromkeys(terms.get(stem, ()) + codes))


def _day_words(lists: Iterable[Source]) -> DayWords:
    relative: dict[str, DayWord] = {}
    for key, meaning in _RELATIVE.items():
        relative |= dict.fromkeys(_joined(lists, "days", key), meaning)
    months = {
        normalise(name): number
        for source in lists
        for number, names in enumerate(source["days"]["months"], start=1)
        for name in names
    }
    weekdays = {name: number for source in lists for number, name in enumerate(source["days"]["weekdays"])}
    return DayWords(
        relative=PhraseBook(relative),
        months=months,
        months_after_day_only=_tokens(lists, "days", "months_after_day_only"),
        day_month_connectors=_tokens(lists, "days", "day_month_connectors"),
        month_openers=Openers(_joined(lists, "days", "month_prepositions")),
        weekdays=weekdays | {f"{name}s": number for name, number in weekdays.items()},
        last=_tokens(lists, "days", "last"),
        next=_tokens(lists, "days", "next"),
        habits=Openers(_joined(lists, "days", "every")),
        date_openers=Openers(_joined(lists, "days", "date_prepositions")),
        bare_day_openers=Openers(_joined(lists, "days", "bare_day_prepositions")),
        ago_before=Openers(_joined(lists, "days", "ago_before")),
        ago_after=_tokens(lists, "days", "ago_after"),
        day_units=_tokens(lists, "days", "day_units"),
    )


def _casualty_words(lists: Iterable[Source]) -> CasualtyWords:
    terms: dict[str, CasualtyWord] = dict.fromkeys(_joined(lists, "casualties", "killed"), "killed")
    terms |= dict.fromkeys(_joined(lists, "casualties", "injured"), "injured")
    nobody: dict[str, tuple[CasualtyWord, ...]] = dict.fromkeys(
        _joined(lists, "casualties", "none_killed"), ("killed",)
    )
    nobody |= dict.fromkeys(_joined(lists, "casualties", "none_injured"), ("injured",))
    nobody |= dict.fromkeys(_joined(lists, "casualties", "none_both"), ("killed", "injured"))
    return CasualtyWords(
        terms=PhraseBook(terms, stemmed=True),
        nobody=PhraseBook(nobody, stemmed=True),
        none_openers=Openers(_joined(lists, "casualties", "none_before")),
        carriers=_tokens(lists, "casualties", "carriers"),
        articles=_tokens(lists, "casualties", "articles"),
        after_article=_tokens(lists, "casualties", "after_article"),
        joints=_tokens(lists, "casualties", "joints"),
        alternatives=_tokens(lists, "casualties", "or"),
        units=_tokens(lists, "casualties", "units"),
    )


def _place_words(lists: Iterable[Source]) -> PlaceWords:
    levels: dict[str, frozenset[int]] = {}
    for source in lists:
        for word, meant in source["places"]["levels"].items():
            levels[normalise(word)] = levels.get(normalise(word), frozenset()) | frozenset(meant)
    function_words = _tokens(lists, "", "common")
    return PlaceWords(
        levels=PhraseBook(levels, stemmed=True),
        levels_after=frozenset(split_phrase(word, stemmed=True) for word in _joined(lists, "places", "levels_after")),
        prepositions=Openers(_joined(lists, "places", "prepositions")),
        connectors=_tokens(lists, "places", "connectors"),
        function_words=function_words,
        everyday_words=function_words | frozenset(_single_words(lists)),
    )


def _single_words(source: object) -> Iterator[str]:
    """Every word that stands alone in some list: a place of that name needs evidence."""
    if isinstance(source, str):
        words = normalise(source).split()
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
        words = dict.fromkeys(_all_words({**source, **{key: list(source[key]) for key in ("hints", "numbers")}}))
        for word in words:
            found[word] = (*found.get(word, ()), language)
    return found


def _all_words(source: object) -> Iterator[str]:
    """Every word of the values; the keys are ours, except of `hints` and `numbers`."""
    if isinstance(source, str):
        yield from normalise(source).split()
    elif isinstance(source, Mapping):
        for value in source.values():
            yield from _all_words(value)
    elif isinstance(source, Iterable):
        for value in source:
            yield from _all_words(value)
