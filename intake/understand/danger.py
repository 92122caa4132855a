"""Whether someone may be in danger now. Missing it is the worst error there is: when unsure, yes."""

from collections.abc import Iterable

from intake.understand.lexicon import DangerWords
from intake.understand.normalise import Words
from intake.understand.phrases import PhraseBook
from intake.understand.values import Category


def calls_for_help(words: Words, danger: DangerWords) -> bool:
    """The words themselves say so, whatever happened."""
    return _says(words, danger.now)


def is_dangerous(words: Words, danger: DangerWords, categories: Iterable[Category]) -> bool:
    """categories: all that remain possible; one that is always dangerous suffices."""
    rules = {category.danger for category in categories}
    return "always" in rules or ("if_now" in rules and _says(words, danger.under_way))


def _says(words: Words, phrases: PhraseBook[bool]) -> bool:
    return any(match.value for match in phrases.find(words.stems))
