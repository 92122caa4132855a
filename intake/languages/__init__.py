"""One folder of data a language: words.toml (what people write) and replies.ftl (what we answer). No code in them.

Words are written as people know them; reading them drops accents, capitals and the plural's s: understand/normalise.py.
"""

from functools import cache
from importlib.resources import files

_WORDS = "words.toml"
_REPLIES = "replies.ftl"


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, by ISO 639-1 code."""
    return tuple(sorted(folder.name for folder in files(__name__).iterdir() if folder.joinpath(_WORDS).is_file()))


@cache
def words_source(language: str) -> str:
    return files(__name__).joinpath(language, _WORDS).read_text(encoding="utf-8")


@cache
def replies_source(language: str) -> str:
    return files(__name__).joinpath(language, _REPLIES).read_text(encoding="utf-8")
