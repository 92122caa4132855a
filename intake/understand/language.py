"""Which language a text is in, by the words of each it holds. A hint for the reply, nothing more."""

from collections import Counter
from collections.abc import Mapping

from intake.understand.normalise import Words


def likelier(margins: Mapping[str, float], by_words: str | None) -> str | None:
    """The model's, where it is for one of them; else what the words say. margins: of the model, by language."""
    best = max(margins, key=lambda language: margins[language], default=None)
    return best if best is not None and margins[best] > 0 else by_words


def language_of(words: Words, languages_of: Mapping[str, tuple[str, ...]]) -> str | None:
    """The language most of the known words belong to; None where two tie or no word is known."""
    counts = Counter([language for token in words.tokens for language in languages_of.get(token, ())])
    most = max(counts.values(), default=0)
    leaders = [language for language, count in counts.items() if count == most]
    return leaders[0] if len(leaders) == 1 else None
