"""The lists of all languages joined: as intake/languages lays them out, section by section."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from intake.understand.phrases import PhraseBook, words_of_phrase

Source = Mapping[str, Any]
"""All sections of one language."""


def joined(lists: Iterable[Source], section: str, key: str) -> Iterator[str]:
    """One list of all languages; one written as a block of text is a list of its words."""
    for source in lists:
        value = source[section][key] if section else source[key]
        yield from value.split() if isinstance(value, str) else value


def tokens(lists: Iterable[Source], section: str, key: str) -> frozenset[str]:
    return frozenset(token for phrase in joined(lists, section, key) for token in words_of_phrase(phrase))


def marked_as_written(phrases: Iterable[str]) -> PhraseBook[bool]:
    return PhraseBook(dict.fromkeys(phrases, True))
