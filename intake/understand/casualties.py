"""How many were killed and injured: numbers, persons told one by one, "nobody". Silence and vagueness are None."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.understand.headcount import COMMA, STOP, groups_of
from intake.understand.hurt import HarmReader
from intake.understand.lexicon import CasualtyWords
from intake.understand.model import Scores
from intake.understand.normalise import Words, normalise
from intake.understand.numbers import NumberReader
from intake.understand.sufferers import Sufferers, Told
from intake.understand.values import Category

_PAUSE = re.compile(r"[,;!?\n]|\.(?=\s|$)")
ONE_DEAD, ONE_HURT = 0.05, 0.05
"""Margins above which the model is believed that one person is. `make quality` shows how often it is right."""
_MURDER = ("homicide", "body_found")
_OF_MURDER = -0.4
"""The margin of a death where that is what most likely happened."""
_HURT_BESIDE = 0.3
"""The margin for one who is hurt beside one who is dead: often they are the same."""
_DEAD_BESIDE = 0.4
"""The margin for one who is dead beside those whom words tell hurt."""
_SAFE_WITHIN = 6


@dataclass(frozen=True, slots=True)
class Casualties:
    """several: some are told hurt, it is not said how many. animals: they died."""

    killed: int | None = None
    injured: int | None = None
    several: bool = False
    animals: bool = False


def completed(said: Casualties, scores: Scores, likely: Sequence[Category]) -> Casualties:
    """What words left open, as the model hears it: one dead, one hurt, of whom the text tells in a way of its own.

    likely: what may have happened, likeliest first.
    """
    is_murder = bool(likely) and likely[0].code in _MURDER
    likely_dead = _DEAD_BESIDE if said.injured or said.several else _OF_MURDER if is_murder else ONE_DEAD
    is_dead = said.killed is None and not said.animals and scores.dead > likely_dead
    killed = 1 if is_dead else said.killed
    enough = _HURT_BESIDE if killed else ONE_HURT
    is_hurt = said.injured is None and not said.several and scores.hurt > enough
    return replace(said, killed=killed, injured=1 if is_hurt else said.injured)


class CasualtyReader:
    """Immutable."""

    __slots__ = ("_harms", "_numbers", "_words")

    def __init__(self, words: CasualtyWords, numbers: NumberReader) -> None:
        self._words = words
        self._numbers = numbers
        self._harms = HarmReader(words)

    def read(self, words: Words) -> Casualties:
        """Of several numbers for one measure the highest: a text names a part after the whole."""
        harms = self._harms.read(words)
        safe = self._all_are_safe(words.tokens)
        if not harms and not safe:
            return Casualties()
        numbers = {number.start: number for number in self._numbers.find(words.tokens)}
        barred = frozenset(at for harm in harms for at in harm.covers())
        breaks = breaks_of(words)
        groups = groups_of(self._words, words, numbers, breaks, barred)
        sufferers = Sufferers(self._words, words, harms, groups, breaks)
        told = sufferers.read()
        if safe:
            told += [Told("killed", 0), Told("injured", 0)]
        return replace(_summed(told), animals=sufferers.animals)

    def _all_are_safe(self, tokens: tuple[str, ...]) -> bool:
        """As in "tous les passagers sont sortis indemnes"."""
        words = self._words
        if words.safe.isdisjoint(tokens) or words.all.isdisjoint(tokens):
            return False
        return any(
            token in words.safe and not words.all.isdisjoint(tokens[max(0, at - _SAFE_WITHIN) : at + 3])
            for at, token in enumerate(tokens)
        )


def breaks_of(words: Words) -> dict[int, int]:
    """Position → the punctuation before it. None where the text is not the one that the words were read from."""
    breaks: dict[int, int] = {}
    position, last = 0, 0
    for pause in _PAUSE.finditer(words.text):
        position += len(normalise(words.text[last : pause.start()]).split())
        last = pause.end()
        mark = COMMA if pause.group() in ",;" else STOP
        breaks[position] = max(mark, breaks.get(position, 0))
    if not breaks:
        return breaks
    position += len(normalise(words.text[last:]).split())
    return breaks if position == len(words.tokens) else {}


def _summed(told: Sequence[Told]) -> Casualties:
    killed = _total([one for one in told if one.measure == "killed"])
    hurt = [one for one in told if one.measure == "injured"]
    plain = _without_the_dead(told, [one for one in hurt if not one.told and one.whole]) if killed else []
    plain += [one for one in hurt if not one.told and not (killed and one.whole)]
    told_so = [one for one in hurt if one.told]
    injured = _total(plain)
    several = any(one.size is None for one in plain)
    if not injured and not several:
        if injured == 0:
            told_so = [one for one in told_so if one.group is not None]
        if killed:
            told_so = _beside_the_dead(told, told_so)
        found = _total(told_so)
        several = found is None and bool(told_so)
        injured = injured if found is None else found
    return Casualties(killed, injured, several)


def _beside_the_dead(told: Sequence[Told], hurt: Sequence[Told]) -> list[Told]:
    """Those hurt are others where the text names them anew."""
    dead = [one for one in told if one.measure == "killed" and one.size]
    left: list[Told] = []
    for one in hurt:
        if one.group is None or any(other.group == one.group for other in dead):
            continue
        if (
            one.size == 1
            and one.group.kind == "people"
            and any(other.group and other.group.kind == "number" and other.size != 1 for other in dead)
        ):
            continue  # "2 morts, le chauffeur est à l'hôpital": perhaps one of them
        left.append(one)
    return _without_the_dead(told, left)


def _without_the_dead(told: Sequence[Told], hurt: Sequence[Told]) -> list[Told]:
    """Four of "five shot, one of them died"."""
    left: list[Told] = []
    for one in hurt:
        of_them = [
            other.size
            for other in told
            if other.measure == "killed" and other.size and other.at > one.at
            if other.group is None or other.group.kind == "number"
        ]
        count = one.size
        if count is not None and of_them:
            count -= max(of_them)
            if count <= 0:
                continue
        left.append(one._replace(size=count))
    return left


def _total(told: Sequence[Told]) -> int | None:
    """The highest, a part is told after the whole; and those told to be others beside them."""
    whole: int | None = None
    named = False
    for one in told:
        if one.size is None:
            continue
        if whole and named and one.group is not None and one.group.more:
            whole = one.size if one.apart else whole + one.size
        else:
            whole = one.size if whole is None else max(whole, one.size)
        named = one.group is not None
    return whole
