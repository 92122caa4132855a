"""The words of all languages that codes are read with: yes, no, on behalf of, number, not so. The words are data."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from intake.languages import languages, words_source
from intake.understand.normalise import normalise

_FILE: Final = "forms"


@cache
def _list(name: str) -> tuple[str, ...]:
    """Each in the normal form, of all languages together."""
    found = (normalise(word) for language in languages() for word in words_source(language)[_FILE][name])
    return tuple(dict.fromkeys(found))


@cache
def _day_words() -> frozenset[str]:
    lists = (words_source(language)[section] for language in languages() for section in ("days", "parts", "numbers"))
    return frozenset(word for each in lists for word in normalise(" ".join(_strings_in(each))).split())


def _strings_in(listed: object) -> Iterator[str]:
    if isinstance(listed, str):
        yield listed
    elif isinstance(listed, Mapping):
        yield from _strings_in([*listed, *listed.values()])
    elif isinstance(listed, list):
        for each in listed:
            yield from _strings_in(each)


def tells_only_when(words: str) -> bool:
    """Nothing but words and figures that days and hours are told with."""
    return all(word[0].isdigit() or word in _day_words() for word in normalise(words).split())


def yes_words() -> tuple[str, ...]:
    return _list("yes")


def no_words() -> tuple[str, ...]:
    return _list("no")


def on_behalf_words() -> tuple[str, ...]:
    """What stands before whom an officer writes for."""
    return _list("on_behalf")


def refusals() -> tuple[str, ...]:
    """What stands after a form's code in a text that corrects the one before."""
    return _list("refusals")


def number_words() -> tuple[str, ...]:
    """What may stand between a form's code and the number."""
    return _list("number")
