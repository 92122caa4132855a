"""Short writing for word lists: `matar{me,nos}` stands for two words, `{ana,wana}{ni,m,}piga` for six.

A language that says by prefixes and endings what others say with small words would fill pages otherwise.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

_BRACES = re.compile(r"\{([^{}]*)\}")


def alternatives_of(phrase: str) -> Iterator[str]:
    """Every phrase that the short writing stands for; one without braces stands for itself."""
    plain_then_braces = _BRACES.split(phrase)
    parts = [part.split(",") if index % 2 else [part] for index, part in enumerate(plain_then_braces)]
    return ("".join(chosen) for chosen in product(*parts))


def written_out(source: Any) -> Any:
    """The lists with every alternative, in keys too. A block of text and what is no text stay as they are."""
    if isinstance(source, dict):
        return {phrase: written_out(value) for key, value in source.items() for phrase in alternatives_of(key)}
    if isinstance(source, list):
        return [phrase for value in source for phrase in _written_out_value(value)]
    return source


def _written_out_value(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from alternatives_of(value)
    else:
        yield written_out(value)
