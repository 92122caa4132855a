"""Whole numbers in figures and in the words of all languages: "vingt-deux", "treinta y dos", "kumi na wawili"."""

from intake.understand.lexicon import NumberWords
from intake.understand.phrases import Match

_LONGEST_FIGURES = 4
_MULTIPLIERS = (100, 1000)
_TEN = 10
_SCORES = (60, 80)  # soixante-dix, quatre-vingt-onze


class NumberReader:
    """Immutable."""

    __slots__ = ("_words",)

    def __init__(self, words: NumberWords) -> None:
        self._words = words

    def one(self, token: str) -> int | None:
        """A number of one word, in figures up to 9999."""
        if token.isdigit():
            return int(token) if len(token) <= _LONGEST_FIGURES else None
        return self._words.values.get(token)

    def find(self, tokens: tuple[str, ...]) -> list[Match[int]]:
        """Every number from left to right, none overlapping."""
        found: list[Match[int]] = []
        free = 0
        for start, token in enumerate(tokens):
            if start < free or (token not in self._words.values and not token.isdigit()):
                continue
            match = None if token in self._words.never and self._is_another(tokens, start) else self._at(tokens, start)
            if match is not None:
                found.append(match)
                free = match.end
        return found

    def _is_another(self, tokens: tuple[str, ...], start: int) -> bool:
        after, before = self._words.never[tokens[start]]
        return not after.isdisjoint(tokens[max(0, start - 1) : start]) or not before.isdisjoint(
            tokens[start + 1 : start + 2]
        )

    def _at(self, tokens: tuple[str, ...], start: int) -> Match[int] | None:
        if tokens[start].isdigit():
            return _figures(tokens, start)
        total, end = self._words.values[tokens[start]], start + 1
        while end < len(tokens):
            joined = tokens[end] in self._words.joints
            following = end + 1 if joined else end
            if following >= len(tokens) or tokens[following] not in self._words.values:
                break
            value = self._words.values[tokens[following]]
            if not joined and tokens[end - 1] in self._words.hundred_first and value < _TEN:
                more: int | None = total * value
            else:
                more = _together(total, value, joined=joined)
            if more is None and not joined and tokens[following] in self._words.collectives:
                more = total * value if total < _TEN else None
            if more is None:
                break
            total, end = more, following + 1
        return Match(start, end, total)


def _figures(tokens: tuple[str, ...], start: int) -> Match[int] | None:
    """Of "12 000" all at once: it is never twelve of anything."""
    end = start + 1
    figures = tokens[start]
    while end < len(tokens) and tokens[end].isdigit() and len(tokens[end]) == len("000") and len(figures) <= len("000"):
        figures += tokens[end]
        end += 1
    return Match(start, end, int(figures)) if len(figures) <= len("000000000") else None


def _together(total: int, more: int, *, joined: bool) -> int | None:
    """What two number words say side by side, or None if they are two numbers. joined: "and" stands between them."""
    if more in _MULTIPLIERS:
        return total * more if 1 < total < _TEN and not joined else None
    if total in _MULTIPLIERS:
        return total + more if more < total else None
    if total == 4 and more == 20 and not joined:  # quatre-vingts  # noqa: PLR2004
        return total * more
    if total in _SCORES and _TEN <= more < 2 * _TEN:
        return total + more
    tens = total % 100
    if tens >= 2 * _TEN and tens % _TEN == 0 and more < _TEN:
        return total + more
    return total + more if tens == _TEN and more < _TEN else None  # dix-sept, kumi na saba
