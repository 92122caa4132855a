"""Facts that cannot be had again once the body is erased: who suffered, where, by whom. None unless it is said."""

from dataclasses import dataclass

from intake.understand.lexicon import PeopleWords
from intake.understand.normalise import Words
from intake.understand.phrases import Match

_REACH = 3  # words between a person and what is done to, or by, them
_SEVERAL = 2
_BY_RANK = ("armed", "uniform", "family", "unknown")
"""Of several the first: soldiers with guns are in uniform all the same, but bandits shooting at police are armed."""
_TOLD = frozenset({"woman", "man", "girl", "boy", "child", "several"})
_SETTING_RANK = ("checkpoint", "school", "market", "home", "road")
"""The narrower place goes before the wider: a market on the road is a market."""


@dataclass(frozen=True, slots=True)
class People:
    victim: str | None = None
    setting: str | None = None
    by: str | None = None


class PeopleReader:
    """Immutable."""

    __slots__ = ("_words",)

    def __init__(self, words: PeopleWords) -> None:
        self._words = words

    def read(self, words: Words, hurt: int = 0) -> People:
        """hurt: how many are told dead or injured."""
        doers = self._words.by.find(words.tokens)
        settings = {match.value for match in self._words.settings.find(words.tokens)}
        return People(
            victim="several" if hurt >= _SEVERAL else self._victim(words.tokens, doers),
            setting=next((setting for setting in _SETTING_RANK if setting in settings), None),
            by=self._by(doers),
        )

    def _by(self, doers: list[Match[str]]) -> str | None:
        told = {match.value for match in doers}
        return next((by for by in _BY_RANK if by in told), None)

    def _victim(self, tokens: tuple[str, ...], doers: list[Match[str]]) -> str | None:
        """The one kind of person told who is not named as doing it."""
        persons = self._words.victims.find(tokens)
        if not persons:
            return None
        doing = {position for match in doers for position in range(match.start, match.end)}
        told = [person for person in persons if person.value in _TOLD and person.start not in doing]
        if not told:
            return None
        deeds = {match.start for match in self._words.deeds.find(tokens)}
        kinds = {person.value for person in told if deeds.isdisjoint(range(person.end, person.end + _REACH))}
        if len(kinds) > 1:
            kinds -= {"several"}  # "children saw a woman lying there"
        return kinds.pop() if len(kinds) == 1 else None
