"""The words of all languages together, as understanding looks them up. How they are read from files: word_lists.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from intake.understand.phrases import Openers, PairBook, PhraseBook

DayWord = int | Literal["vague", "future"]
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


@dataclass(frozen=True, slots=True)
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
    """

    now: PhraseBook[bool]
    harmless: PhraseBook[bool]
    under_way: PhraseBook[bool]
    violence: PhraseBook[bool]
    chains: tuple[Chain, ...]


@dataclass(frozen=True, slots=True)
class DayWords:
    """Looked up in tokens. relative: days before (-) the day of sending. months 1-12, weekdays 0 (Monday) to 6."""

    relative: PhraseBook[DayWord]
    months: Mapping[str, int]
    months_after_day_only: frozenset[str]
    month_openers: Openers
    day_month_connectors: frozenset[str]
    weekdays: Mapping[str, int]
    last: frozenset[str]
    next: frozenset[str]
    habits: Openers
    date_openers: Openers
    bare_day_openers: Openers
    ago_before: Openers
    ago_after: frozenset[str]
    day_units: frozenset[str]


@dataclass(frozen=True, slots=True)
class CasualtyWords:
    """terms: looked up in stems; nobody: phrases that deny the measures named; the rest in tokens."""

    terms: PhraseBook[CasualtyWord]
    nobody: PhraseBook[tuple[CasualtyWord, ...]]
    none_openers: Openers
    carriers: frozenset[str]
    articles: frozenset[str]
    after_article: frozenset[str]
    joints: frozenset[str]
    alternatives: frozenset[str]
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """levels: administrative words (stems) with the levels they may mean in the countries served, 0 a country.

    levels_after: those of them that may stand after the name.
    """

    levels: PhraseBook[frozenset[int]]
    levels_after: frozenset[tuple[str, ...]]
    prepositions: Openers
    connectors: frozenset[str]
    function_words: frozenset[str]
    everyday_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every list a text is read with. Immutable."""

    categories: CategoryWords
    danger: DangerWords
    days: DayWords
    casualties: CasualtyWords
    places: PlaceWords
    numbers: Mapping[str, int]
    commands: PhraseBook[str]
    greetings: PhraseBook[bool]
    reporting: PhraseBook[bool]
    calm: PhraseBook[bool]
    doubts: PhraseBook[str]
    languages_of: Mapping[str, tuple[str, ...]]
