"""The words of all languages together, as understanding looks them up. How they are read from files: word_lists.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from intake.understand.command_words import AnswerWords, CommandWords
from intake.understand.phrases import Openers, PairBook, PhraseBook

DayWord = int | Literal["vague", "future", "now", "this_night", "same_night", "this_evening", "none"]
PartOfDay = Literal["morning", "afternoon", "evening", "night"]
TimeUnit = Literal["month", "week", "day", "hour", "minute"]
CasualtyWord = Literal["killed", "injured"]


@dataclass(frozen=True, slots=True)
class Term:
    """What a word says about the category. sure: False where it leaves several open and must yield to a surer one."""

    codes: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """Looked up in stems. negators: right before a word they take its meaning away."""

    terms: PhraseBook[Term]
    pairs: PairBook[str]
    negators: Openers


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Two phrases that mean danger when at most `within` words stand between them: "en train de" … "frapper".

    past_too: also beside a day that is over: "they took my child yesterday". hearsay: also in a rumour.
    any_order: the second may come first.
    """

    first: PhraseBook[bool]
    then: PhraseBook[bool]
    within: int
    past_too: bool = True
    hearsay: bool = True
    any_order: bool = False


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Looked up in stems. harmless: phrases that merely look like danger ("à l'aide d'une barre"), read first.

    now: danger by themselves. under_way: with a category whose danger depends on it. violence: in any tense.
    chains: by the words with which their first phrases begin.
    """

    now: PhraseBook[bool]
    harmless: PhraseBook[bool]
    under_way: PhraseBook[bool]
    violence: PhraseBook[bool]
    chains: Mapping[str, tuple[Chain, ...]]


@dataclass(frozen=True, slots=True)
class DayWords:
    """Looked up in tokens. relative: days before (-) the day of sending. months 1-12, weekdays 0 (Monday) to 6.

    slips: misspelt → word. eve: before a day its eve, "kuamkia". units_first: "siku tatu".
    """

    slips: Mapping[str, str]
    relative: PhraseBook[DayWord]
    plans: frozenset[str]
    months: Mapping[str, int]
    months_after_day_only: frozenset[str]
    month_openers: Openers
    month_numbered: Openers
    day_numbers: Mapping[str, int]
    day_month_connectors: frozenset[str]
    weekdays: PhraseBook[int]
    last_week: PhraseBook[bool]
    last: frozenset[str]
    next: PhraseBook[bool]
    since: Openers
    habits: Openers
    to: frozenset[str]
    night: frozenset[str]
    eve: Openers
    date_openers: Openers
    bare_day_openers: Openers
    ordinal_openers: Openers
    no_bare_day_openers: Openers
    no_bare_day_before: frozenset[str]
    ago_before: Openers
    ago_after: frozenset[str]
    month_ago_before: Openers
    unit_ago_before: Openers
    no_ago: Openers
    units: Mapping[str, TimeUnit]
    units_first: frozenset[str]


@dataclass(frozen=True, slots=True)
class NumberWords:
    """joints: "vingt et un", "kumi na moja". collectives: "deux douzaines".

    never: words that are no number after, or before, those given: "au dos", "at once".
    """

    values: Mapping[str, int]
    never: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    joints: frozenset[str]
    hundred_first: frozenset[str]
    collectives: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClockWords:
    """Looked up in tokens. hours: units after an hour, where one of hour_openers stands before its figure."""

    parts: PhraseBook[PartOfDay | Literal["none"]]
    hours: frozenset[str]
    hour_openers: Openers
    durations: Openers


@dataclass(frozen=True, slots=True)
class CasualtyTerm:
    """measures: what it tells of. role: nobody denies them, void means nothing; of an act the sufferers stand after,
    of a state before; no number beside a sign counts people; one names its sufferer; a body needs a number; of a loss
    only persons are told. one: it tells of one person by itself.
    """

    measures: tuple[CasualtyWord, ...] = ()
    role: Literal["state", "act", "either", "one", "body", "loss", "sign", "nobody", "void"] = "state"
    one: bool = False


@dataclass(frozen=True, slots=True)
class HurtPair:
    """Word (stem) → the languages it is one of; near each other in one language a first and a second mean harm.

    names: of the two kinds. ordered: the first stands first. within: how many words apart at most.
    """

    names: tuple[str, str]
    first: Mapping[str, frozenset[int]]
    second: Mapping[str, frozenset[int]]
    ordered: bool
    within: int


@dataclass(frozen=True, slots=True)
class CasualtyWords:
    """terms, hurts: looked up in stems; the rest in tokens. nouns: what a word does in a count of people: person,
    either (one or several), people, pair, crowd, other, another, both, own (possessives and articles), adjective, of,
    joint, many, including, by, animals, unit, verb. after_noun: numbers that follow what they count. upto: before the
    newer of two numbers. out_of: before the whole of which some died. spot: who died there died besides those who died
    later. carriers: between people and what befell them. persons, people: those of the model's signs.

    hurts, hurt_pairs: circumstances of who is hurt; of a state the sufferers stand before, of an act after.
    hurt_marks: no phrase of hurts lacks them all. bites: what animals do to people. threats: right before harm
    they say that it has not happened. nobody, and no before a person or one of never, deny what is told a few words
    later. all, safe: near each other nobody is hurt. pronouns: they suffer, whoever stands before did it.
    """

    terms: PhraseBook[CasualtyTerm]
    nouns: Mapping[str, str]
    after_noun: frozenset[str]
    upto: frozenset[str]
    out_of: frozenset[str]
    spot: frozenset[str]
    pronouns: frozenset[str]
    age_before: frozenset[str]
    passive: frozenset[str]
    none_openers: Openers
    unreal_openers: Openers
    nobody: frozenset[str]
    no: frozenset[str]
    never: frozenset[str]
    but: frozenset[str]
    all: frozenset[str]
    safe: frozenset[str]
    carriers: frozenset[str]
    of: frozenset[str]
    persons: frozenset[str]
    people: frozenset[str]
    animals: frozenset[str]
    many: frozenset[str]
    joints: frozenset[str]
    alternatives: frozenset[str]
    hurts: PhraseBook[Literal["state", "act", "either", "one"]]
    hurt_marks: frozenset[str]
    hurt_pairs: tuple[HurtPair, ...]
    bites: frozenset[str]
    threats: frozenset[str]


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """Looked up in tokens. not_by: phrases that hold words of `by` and accuse nobody."""

    victims: PhraseBook[str]
    settings: PhraseBook[str]
    by: PhraseBook[str]
    deeds: PhraseBook[bool]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """levels: administrative words (stems) with the levels they may mean in the countries served, 0 a country.

    levels_after: those of them that may stand after the name.
    Phrases before a place: inside where it happened, moving where people came from or went, near anything else; loose
    are those of them that stand before all sorts of words and prove little. after: words that follow places.
    between: join the two ends of a route. connectors: between an administrative word and the name.
    endings: of official names, left out in speech. articles: before a name, as easily left out. bound: words of names
    that name nothing alone, nor does the word after them ("San"). titles: after them stands a person. spelt: short and
    translated forms. ordinary: the languages in which a word is no name, whatever name it resembles. spoken_in: the
    languages written in a country (its ISO alpha-3 code).
    """

    levels: PhraseBook[frozenset[int]]
    levels_after: frozenset[tuple[str, ...]]
    inside: frozenset[tuple[str, ...]]
    moving: frozenset[tuple[str, ...]]
    near: frozenset[tuple[str, ...]]
    loose: frozenset[tuple[str, ...]]
    after: frozenset[str]
    between: frozenset[str]
    connectors: frozenset[str]
    endings: frozenset[str]
    articles: frozenset[str]
    bound: frozenset[str]
    titles: frozenset[str]
    spelt: Mapping[str, str]
    function_words: frozenset[str]
    everyday_words: frozenset[str]
    ordinary: Mapping[str, frozenset[str]]
    spoken_in: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every list a text is read with. Immutable."""

    categories: CategoryWords
    danger: DangerWords
    days: DayWords
    casualties: CasualtyWords
    places: PlaceWords
    numbers: NumberWords
    clock: ClockWords
    people: PeopleWords
    commands: CommandWords
    answers: AnswerWords
    greetings: PhraseBook[bool]
    reporting: PhraseBook[bool]
    calm: PhraseBook[bool]
    doubts: PhraseBook[str]
    languages_of: Mapping[str, tuple[str, ...]]
