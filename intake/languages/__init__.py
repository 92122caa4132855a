"""One folder of data a language, no code in them: *.toml (what people write), replies.ftl (what we answer), texts.txt
(examples that the model learns from).

Words are written as people know them; reading them drops accents, capitals and the plural's s: understand/normalise.py.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from intake.languages.alternatives import written_out

_WORDS = "words.toml"
_REPLIES = "replies.ftl"
_TEXTS = "texts.txt"


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, by ISO 639-1 code."""
    return tuple(sorted(folder.name for folder in files(__name__).iterdir() if folder.joinpath(_WORDS).is_file()))


@cache
def words_source(language: str) -> dict[str, Any]:
    """All its lists together, by section; no section stands in two files."""
    found: dict[str, Any] = {}
    for file in sorted(files(__name__).joinpath(language).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found |= written_out(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


@cache
def replies_source(language: str) -> str:
    return files(__name__).joinpath(language, _REPLIES).read_text(encoding="utf-8")


def texts_source(language: str) -> str:
    return files(__name__).joinpath(language, _TEXTS).read_text(encoding="utf-8")
