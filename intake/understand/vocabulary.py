"""The ordinary words of a language, as its example texts write them: no misspelt places, whatever they resemble."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from intake.understand.normalise import normalise

_CAPITAL_WITHIN = re.compile(r"(?<=[^\W_][ '\u2019-])[^\W\d_]+|(?<=[,;] )[^\W\d_]+")
_OFTEN = 2  # a word seen once may be a place that somebody wrote without its capital
_SMALL_TO_CAPITAL = 2
_SHARE = 0.6  # of the words known to the foremost language of a text


def ordinary_words(texts: Mapping[str, str], listed: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The languages in which each is ordinary. texts, listed: example texts and more such words of each language."""
    found: dict[str, frozenset[str]] = {}
    for language, text in texts.items():
        for word in _ordinary_in(text) | listed[language]:
            found[word] = found.get(word, frozenset()) | {language}
    return found


def languages_of(tokens: Iterable[str], ordinary: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The languages that a text is written in, as far as its ordinary words tell; people mix them."""
    counts: dict[str, int] = {}
    for token in tokens:
        for language in ordinary.get(token, ()):
            counts[language] = counts.get(language, 0) + 1
    least = _SHARE * max(counts.values(), default=0)
    return frozenset([language for language, count in counts.items() if count >= least])


def _ordinary_in(text: str) -> frozenset[str]:
    """Words written small far oftener than with a capital within a sentence, which would make them names."""
    seen: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for line in text.splitlines():
        if not line.startswith("="):
            seen.update(normalise(line).split())
            capital.update(word for word in _CAPITAL_WITHIN.findall(line) if word[0].isupper() and not word.isupper())
    names: Counter[str] = Counter()
    for word, count in capital.items():
        names[normalise(word)] += count
    return frozenset(
        word
        for word, count in seen.items()
        if word.isalpha() and (small := count - names[word]) >= _OFTEN and small >= _SMALL_TO_CAPITAL * names[word]
    )
