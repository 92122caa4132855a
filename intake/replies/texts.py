"""Fills the reply texts of intake/languages/<language>/replies.ftl. Which of them is sent is chosen in choice.py."""

from functools import cache

from fluent.runtime import FluentBundle, FluentResource

from intake.languages import languages, replies_source
from intake.replies.gsm import fold
from intake.replies.numbered import ROOM

DEFAULT_LANGUAGE = "fr"
"""For a language there is no folder of: that of most people the service was made for."""

LONGEST = {"place": 24, "cat": 33, "day": 5, "choices": ROOM, "now": 6, "before": 6, "code": 4} | {
    # of the answers to codes of trained reporters
    "form": 13, "again": 13, "said": 54, "missing": 30, "errors": 74, "field": 24, "least": 11, "most": 11,
    "allowed": 24, "one": 12, "other": 12,
}  # fmt: skip
"""Septets a value may take of a text; with a reference of 6 and a number of 13 every text then fits one segment."""

_NO_NUMBER = "-no-number"


def render(name: str, language: str, **values: str | None) -> str:
    """Fill a text. values: ref, num, place, cat, day, choices, now, before, code, as far as the text names them.

    Where num is None or empty, the variant without an emergency number is taken. Names are folded to GSM-7 and cut; a
    reference and a number are never cut, because half a number calls somebody else.
    Raises KeyError for an unknown text or a value it needs and was not given.
    """
    bundle = _bundle(language if language in languages() else DEFAULT_LANGUAGE)
    variant = name if values.get("num") or not bundle.has_message(name + _NO_NUMBER) else name + _NO_NUMBER
    pattern = bundle.get_message(variant).value
    if pattern is None:
        raise KeyError(variant)
    filled = {key: _insertable(key, value) for key, value in values.items() if value}
    text, errors = bundle.format_pattern(pattern, filled)
    if errors:
        raise KeyError(variant, *errors)
    return str(text)


def level_name(language: str, country: str, level: int) -> str:
    """What people of that country (ISO alpha-3) call a locality of that level; empty where nobody said."""
    bundle = _bundle(language if language in languages() else DEFAULT_LANGUAGE)
    name = f"level-{country}-{level}"
    if not bundle.has_message(name):
        return ""
    pattern = bundle.get_message(name).value
    return str(bundle.format_pattern(pattern)[0]) if pattern is not None else ""


@cache
def _bundle(language: str) -> FluentBundle:
    # Isolating marks are invisible characters outside GSM-7, for mixed writing directions that no reply has.
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(replies_source(language)))
    return bundle


def _insertable(key: str, value: str) -> str:
    if key in LONGEST:
        return fold(value, LONGEST[key])
    return fold("".join(value.split()), len(value))
