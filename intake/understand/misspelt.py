"""One slip of the thumb: a letter too many, too few, wrong, or two that changed places. Built once, looked up fast."""

from collections.abc import Iterable, Iterator

_SHORTEST = 5  # letters: of shorter words too many are one slip apart


class Misspelt:
    """Which words of a vocabulary a misspelt one may be. Immutable once built."""

    __slots__ = ("_by_shortened", "_words")

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._words = frozenset(vocabulary)
        by_shortened: dict[str, set[str]] = {}
        for word in self._words:
            if len(word) >= _SHORTEST and word.isalpha():
                for form in _shortened(word):
                    by_shortened.setdefault(form, set()).add(word)
        self._by_shortened = {form: tuple(sorted(words)) for form, words in by_shortened.items()}

    def meant_by(self, token: str) -> tuple[str, ...]:
        """Words one slip away, none where the token is a word itself. "stoppp" is "stop" before it is anything else; in
        words of four letters only two that changed places are believed.
        """
        if token in self._words or len(token) < _SHORTEST - 1 or not token.isalpha():
            return ()
        single = _undoubled(token)
        if single in self._words:
            return (single,)
        if len(token) < _SHORTEST:
            swapped = (f"{token[:at]}{token[at + 1]}{token[at]}{token[at + 2 :]}" for at in range(len(token) - 1))
            return tuple(word for word in swapped if word in self._words)
        near = {word for form in _shortened(token) for word in self._by_shortened.get(form, ())}
        return tuple(sorted(word for word in near if _is_one_slip(token, word)))


def _shortened(word: str) -> Iterator[str]:
    """The word and every form of it that lacks one letter."""
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


def _undoubled(token: str) -> str:
    return "".join(char for before, char in zip(" " + token, token, strict=False) if char != before)


def _is_one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return longer[start + 1 :] == shorter[start:]
    swapped = one[start + 1 : start + 2] + one[start : start + 1] + one[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped == other[start:]
