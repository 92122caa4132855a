"""Which language a text is in, by the words of each it holds. A hint for the reply, nothing more."""

from collections.abc import Mapping

from intake.understand.normalise import Words


def language_of(words: Words, languages_of: Mapping[str, tuple[str, ...]]) -> str | None:
    """The language most of the known words belong to; None where two tie or no word is known."""
    counts: dict[str, int] = {}
    for token in words.tokens:
        for language in languages_of.get(token, ()):
            counts[language] = counts.get(language, 0) + 1
    most = max(counts.values(), default=0)
    leaders = [language for language, count in counts.items() if count == most]
    return leaders[0] if len(leaders) == 1 else None
