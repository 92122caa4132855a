"""Binds who is told of to what befell them: "le chauffeur est mort, deux autres blessés"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from intake.understand.headcount import STOP, Group, sum_of
from intake.understand.hurt import Harm
from intake.understand.lexicon import CasualtyWord, CasualtyWords
from intake.understand.normalise import Words

_SCORE = re.compile(r"\d{1,2}[-:]\d{1,2}")
_SCORE_DISTANCE = 3  # words: "they killed us in Kumasi 3-0"
_FAR = 7
"""Unknown words between a person and what befell them: "three others pulled out of the water, bleeding"."""
_FAR_AFTER = 4  # "mataron anoche en la vereda a dos"
_MOST_UNNAMED = 20
"""A larger number beside a word of circumstance counts other things than persons."""
_DENIED_FROM = 5  # words: "nobody in the bus was hurt"


class Told(NamedTuple):
    """One harm: so many, 0 nobody, None several. told: in other words than "injured". apart: after others' harm.

    whole: some of them may be told dead later: "sur quatre blessés, un a succombé".
    """

    measure: CasualtyWord
    size: int | None
    at: int = -1
    group: Group | None = None
    told: bool = False
    apart: bool = False
    whole: bool = False


@dataclass(slots=True)
class Sufferers:
    """Who suffers which harm, from left to right. free: where the groups begin that nothing has taken."""

    words: CasualtyWords
    text: Words
    harms: Sequence[Harm]
    groups: list[Group]
    breaks: Mapping[int, int]
    free: int = 0
    told: list[Told] = field(default_factory=list)
    animals: bool = False

    def read(self) -> list[Told]:
        number_after = self._number_after()
        denied_until = -1
        for at, harm in enumerate(self.harms):
            if harm.role == "nobody" or self._is_none(at) or self._is_denied(at, denied_until):
                self.told += [Told(measure, 0, at) for measure in harm.measures]
                denied_until = harm.end
            elif not self._is_unreal(harm):
                group = self._group(at, number_after=number_after)
                self._tell(at, group)
        return self.told

    def _tell(self, at: int, group: Group | None) -> None:
        harm = self.harms[at]
        count: int | None
        if group is not None and group.kind == "animals":
            self.animals = self.animals or "killed" in harm.measures
            return
        if group is not None:
            self.free = max(self.free, group.end)
            count = 1 if group.size is None and group.one and harm.one else group.size
            if harm.told and count and group.kind != "people" and count > _MOST_UNNAMED:
                count = 1
        elif harm.role in {"body", "loss"} or self._goes_on(at):
            return
        elif harm.role == "many":
            count = None
        elif harm.one and self._is_singular(harm):
            count = 1
        else:
            return
        last = self.told[-1] if self.told else None
        if last is not None and self._dies_of_it(at, count, group, last):
            self.told[-1] = last._replace(measure="killed", told=False, whole=False, at=at)
            return
        apart = last is not None and last.measure not in harm.measures
        if group is not None and last is not None and last.group is not None and not apart and not group.more:
            first = self.text.tokens[last.group.start : group.start]
            group = group._replace(more=not self.words.spot.isdisjoint(first) and last.group.end <= group.start)
        if self._is_dead_later(harm, group, last):
            self.told.append(Told("killed", count, at, group))
            return
        self.told += [
            Told(measure, count, at, group, harm.told, apart, self._is_whole(group)) for measure in harm.measures
        ]

    def _dies_of_it(self, at: int, count: int | None, group: Group | None, last: Told) -> bool:
        """Who was told hurt before: "un taximan poignardé hier est mort", "dos arrollados, ambos muertos"."""
        harm = self.harms[at]
        if last.at != at - 1 or last.measure != "injured" or "killed" not in harm.measures or not last.size:
            return False
        if last.group is None or harm.role in {"act", "body", "loss"} or last.size != count:
            return False
        if group is not None:
            return count > 1 and self._is_all(group)
        return not self._tells_of_body(harm) and all(
            other.kind == "animals" or other.by or other.end <= last.group.end or other.start >= harm.start
            for other in self.groups
        )

    def _tells_of_body(self, harm: Harm) -> bool:
        return any(term.role == "body" for _, _, term in self.words.terms.find(self.text.stems[harm.start : harm.end]))

    def _is_all(self, group: Group) -> bool:
        """No others than those told before: "both", "tous les deux"."""
        first = self.text.tokens[group.start]
        return group.kind == "number" and (first in self.words.all or self.words.nouns.get(first) == "both")

    def _all_of_before(self, harm: Harm) -> Group | None:
        """As in "vibarua watano walikuwa kwa gari, wote wameumia"."""
        tokens, position = self.text.tokens, harm.start
        while position and tokens[position - 1] in self.words.carriers and position not in self.breaks:
            position -= 1
            if tokens[position] in self.words.all:
                break
        else:
            position -= 1
        if position < 0 or tokens[position] not in self.words.all:
            return None
        several = [
            group
            for group in self.groups
            if group.end <= position and group.size and group.size > 1 and group.kind in {"people", "number"}
        ]
        return several[-1] if several and not several[-1].by else None

    def _is_dead_later(self, harm: Harm, group: Group | None, last: Told | None) -> bool:
        """As in "2 died on the spot, 2 more in hospital"."""
        if harm.role != "body" or group is None or last is None or last.measure != "killed" or last.group is None:
            return False
        between = self.text.tokens[last.group.end : group.start]
        return group.more and not self.words.spot.isdisjoint(between)

    def _is_whole(self, group: Group | None) -> bool:
        if group is None:
            return False
        return not self.words.out_of.isdisjoint(self.text.tokens[max(0, group.start - 2) : group.start])

    def _goes_on(self, at: int) -> bool:
        """The same ones: "swept away and died", "wamesombwa na kufa"."""
        last = self.told[-1] if self.told else None
        if last is None or last.at != at - 1 or not last.size:
            return False
        harm, before = self.harms[at], self.harms[last.at]
        start = before.end
        if last.group is not None and last.group.end <= harm.start:
            start = max(start, last.group.end)
        strange, mark = self._between(start, harm.start, joints=True)
        dies = last.told and "killed" in harm.measures  # "shot 2 boys dead", "a écrasé un maçon, mort"
        if strange or mark == STOP or (mark and not harm.told and not dies):
            return False
        if dies:
            self.told[-1] = last._replace(measure="killed", told=False, at=at)
            return True
        return last.measure in harm.measures and not harm.one

    def _is_singular(self, harm: Harm) -> bool:
        """So "a été tué" is, "a été tués" is not; of a sign the plural counts stitches."""
        last = harm.end - 1
        return harm.told or harm.role == "sign" or self.text.stems[last] == self.text.tokens[last]

    def _number_after(self) -> bool:
        """As in "morts 3 blessés 5", not in "3 morts 5 blessés": the first of all tells for the rest."""
        for at, harm in enumerate(self.harms):
            if harm.role in {"state", "either"} and not harm.told:
                before, after = self._beside(at)
                if before is not None and before.size is not None and self._is_right_before(before, harm):
                    return False
                if after is None or after.kind != "number" or not self._is_right_after(after, harm):
                    return False
                return not self._is_number_of_next(at, after)
        return False

    def _is_number_of_next(self, at: int, group: Group) -> bool:
        """As in "casualties: 2 dead, 8 hurt"."""
        if at + 1 == len(self.harms) or not self._is_right_before(group, self.harms[at + 1]):
            return False
        _, after = self._beside(at + 1)
        return after is None or not self._is_right_after(after, self.harms[at + 1])

    def _beside(self, at: int) -> tuple[Group | None, Group | None]:
        harm = self.harms[at]
        low = max(self.harms[at - 1].end if at else 0, self.free)
        high = self.harms[at + 1].start if at + 1 < len(self.harms) else len(self.text.tokens)
        before = [group for group in self.groups if group.start >= low and group.end <= harm.start and not group.by]
        if at and before and before[0].size is None and before[0].start == self.harms[at - 1].end:
            before = before[1:]  # "one of the two injured men has died"
        after = next((group for group in self.groups if group.start >= harm.end and group.end <= high), None)
        sound = next((group for group in reversed(before) if self._reaches(group, harm)), None)
        if sound is not None and len(before) > 1 and before[-1] is sound:
            sound = self._whole_of(sound, before[-2], harm)
        return sound, None if after is None or after.by else after

    def _whole_of(self, part: Group, whole: Group, harm: Harm) -> Group:
        """Seven of "siete personas, cuatro de ellas mujeres, perdieron la vida"."""
        is_inside = self.breaks.get(part.start) and self._between(part.end, harm.start)[1]
        is_part = whole.kind == "people"
        if not is_inside or not is_part or not whole.size or not part.size or whole.size <= part.size:
            return part
        return whole if self._between(whole.end, part.start)[0] == 0 and part.size > 1 else part

    def _reaches(self, group: Group, harm: Harm) -> bool:
        strange, mark = self._between(group.end, harm.start)
        if group.kind != "people":
            return strange <= (1 if harm.told and group.kind == "number" else 0) and not mark
        return mark != STOP and strange <= (1 if mark else _FAR)

    def _is_right_before(self, group: Group, harm: Harm) -> bool:
        return self._between(group.end, harm.start) == (0, 0)

    def _is_right_after(self, group: Group, harm: Harm) -> bool:
        return self._between(harm.end, group.start) == (0, 0)

    def _between(self, start: int, end: int, *, joints: bool = False) -> tuple[int, int]:
        """Unknown words, and the strongest punctuation."""
        carriers, joined = self.words.carriers, self.words.joints if joints else frozenset[str]()
        strange = sum(token not in carriers and token not in joined for token in self.text.tokens[start:end])
        return strange, max((self.breaks.get(at, 0) for at in range(start, end + 1)), default=0)

    def _group(self, at: int, *, number_after: bool) -> Group | None:
        harm = self.harms[at]
        before, after = self._beside(at)
        if harm.role == "sign":
            return before if before is not None and before.kind == "people" and before.size else None
        if harm.role in {"act", "loss"}:
            return self._object(at, after) if harm.role == "act" else self._lost(at, after)
        if harm.role == "body":
            return self._of_body(harm, before, after)
        inside = self._inside(harm) if harm.inner else None
        if inside is not None or harm.role == "many" or self._counts_limbs(before, harm):
            return inside
        if harm.role in {"one", "blow"} or (harm.told and before is not None and self._is_done_to_one(before, harm)):
            return self._of_one(at, before, after)
        before = before or self._all_of_before(harm)
        if harm.role == "break" and (done := self._of_break(harm, before, after)) is not before:
            return done
        return self._of_state(at, before, after, number_after=number_after)

    def _lost(self, at: int, after: Group | None) -> Group | None:
        """Nobody in "perdu 3 sacs"."""
        if after is None or after.kind != "people" or not self._is_right_after(after, self.harms[at]):
            return None
        return self._mine(at, after) or after

    def _of_state(self, at: int, before: Group | None, after: Group | None, *, number_after: bool) -> Group | None:
        """Three of "3 personnes sont mortes", of "morts: 3" and of "murieron tres"."""
        harm, mine = self.harms[at], None
        if after is not None and self._is_right_after(after, harm):
            if number_after and after.kind == "number":
                return after
            if not harm.told or (after.kind == "people" and after.size):
                mine = self._mine(at, after)
        is_number = after is not None and after.kind == "number" and self._is_right_after(after, harm)
        if is_number and before is not None and before.size == 1 and self._is_part(before, harm):
            return after
        if before is None or mine is None or (mine.kind == "animals" and before.kind != "animals"):
            return before or mine
        is_told = before.size is None or (mine.kind == "people" and mine.size)
        is_bare = before.kind == "number" and mine.size and self._is_right_before(before, harm)
        if harm.role == "either" and is_told and not is_bare and not self._is_passive(harm):
            return mine  # but of "17 blessés (11 hommes, 6 femmes)" all
        return before if self._between(before.end, harm.start) <= (1, 0) else mine

    def _counts_limbs(self, group: Group | None, harm: Harm) -> bool:
        """As in "both legs broken"."""
        is_limb_first = harm.inner and harm.role == "state"
        return is_limb_first and group is not None and group.kind == "number" and group.end == harm.start

    def _is_part(self, group: Group, harm: Harm) -> bool:
        """One of "mmoja wa majeruhi wawili"."""
        between = self.text.tokens[group.end : harm.start]
        return bool(between) and all(token in self.words.of or token in self.words.out_of for token in between)

    def _of_body(self, harm: Harm, before: Group | None, after: Group | None) -> Group | None:
        """Two of "2 corps", one of "le corps d'un homme", none of "son corps"."""
        counted = before is not None and (before.kind == "number" or before.more)
        if before is not None and counted and self._is_right_before(before, harm):
            return before
        if "injured" in harm.measures:
            is_told = before is not None and before.parts and before.size and self._is_right_before(before, harm)
            return before if is_told else None
        if after is None or not self._is_right_after(after, harm):
            return None
        return after if after.kind == "number" or self.text.tokens[harm.end] in self.words.of else None

    def _inside(self, harm: Harm) -> Group | None:
        return next(
            (
                group
                for group in self.groups
                if harm.start < group.start and group.end < harm.end and group.kind == "people" and group.size
            ),
            None,
        )

    def _of_one(self, at: int, before: Group | None, after: Group | None) -> Group | None:
        """Who stands before did it: "deux gars m'ont cassé le bras"; but "al papá lo mataron"."""
        found = self._object(at, after) if after is not None and self._is_right_after(after, self.harms[at]) else None
        if found is not None and found.kind == "people":
            return found
        if before is None or not before.start or before.kind != "people":
            return None
        is_topic = self.text.tokens[before.start - 1] in self.words.of
        return before if is_topic or self._is_passive(self.harms[at]) or before.size == 1 else None

    def _of_break(self, harm: Harm, before: Group | None, after: Group | None) -> Group | None:
        """The driver of "ils ont cassé la jambe du chauffeur", nobody told of "two men broke my arm"."""
        tokens, words = self.text.tokens, self.words
        is_named = after is not None and after.kind == "people" and after.size and self._is_right_after(after, harm)
        if is_named and tokens[harm.end] in words.of:
            return after
        mine = not words.pronouns.isdisjoint(tokens[harm.start + 1 : harm.end - 1])
        return None if before is None or before.size is None or (mine and before.size > 1) else before

    def _is_done_to_one(self, before: Group, harm: Harm) -> bool:
        """As "trois gars lui ont cassé le bras"."""
        between = self.text.tokens[max(before.end, harm.start - 2) : harm.start]
        return any(
            token in self.words.pronouns and not (harm.inner and self.words.nouns.get(token) == "own")
            for token in between
        )

    def _is_passive(self, harm: Harm) -> bool:
        return harm.start > 0 and self.text.tokens[harm.start - 1] in self.words.passive

    def _object(self, at: int, after: Group | None) -> Group | None:
        if after is None:
            return None
        strange, mark = self._between(self.harms[at].end, after.start)
        if mark or strange > (_FAR_AFTER if after.kind == "people" else 0):
            return None
        return self._mine(at, after) or after

    def _mine(self, at: int, group: Group) -> Group | None:
        """Without who belongs to the next harm: "killed the driver and two others injured"."""
        if at + 1 == len(self.harms):
            return group
        following = self.harms[at + 1]
        if self._is_done_dead(self.harms[at], group, following):
            return group
        between = self.text.tokens[group.end : following.start]
        is_apart = not self.words.joints.isdisjoint(between) or not self._is_right_before(group, following)
        if following.role in {"act", "nobody", "sign"} or is_apart:
            return group
        last = group.parts[-1] if group.parts else group
        if following.role == "body" and last.kind != "number":
            return group
        if not group.parts:
            return None
        *own, last = group.parts
        self.groups[self.groups.index(group)] = last
        return Group(own[0].start, own[-1].end, sum_of(own), group.kind, parts=tuple(own))

    def _is_done_dead(self, harm: Harm, group: Group, following: Harm) -> bool:
        """As in "shot two boys dead"."""
        is_word = harm.told and "killed" in following.measures and following.end == following.start + 1
        is_between = self._is_right_after(group, harm) and group.end == following.start and not group.parts
        return is_word and is_between and self.words.nouns.get(self.text.tokens[harm.end - 1]) != "by"

    def _is_denied(self, at: int, denied_until: int) -> bool:
        tokens, words, start = self.text.tokens, self.words, self.harms[at].start
        if at and self.harms[at - 1].end == start - 1 and self._is_none(at - 1):
            return False
        if words.none_openers.stand_before(tokens, start):
            return True
        if denied_until >= 0:
            between = tokens[denied_until:start]
            if (
                between
                and not words.alternatives.isdisjoint(between)
                and all(token in words.alternatives or token in words.carriers for token in between)
            ):
                return True
        if start in self.breaks:
            return False
        for position in range(start - 1, max(-1, start - 1 - _DENIED_FROM), -1):
            token = tokens[position]
            if token in words.nobody or (token in words.no and self._is_no_person(position + 1)):
                return not any(position + 1 < group.start and group.end <= start for group in self.groups)
            if position in self.breaks or token in words.many or token in words.but:
                return False
        return False

    def _is_none(self, at: int) -> bool:
        """As in "morts: néant, blessés: 3", "Waliokufa: hakuna."."""
        end = self.harms[at].end
        if end >= len(self.text.tokens) or end in self.breaks:
            return False
        token = self.text.tokens[end]
        if token not in self.words.nobody and token not in self.words.no:
            return False
        return end + 1 == len(self.text.tokens) or end + 1 in self.breaks

    def _is_no_person(self, position: int) -> bool:
        """As in "no passenger", "personne n'a"."""
        token = self.text.tokens[position]
        return token in self.words.never or self.words.nouns.get(token) in {"person", "people", "either"}

    def _is_unreal(self, harm: Harm) -> bool:
        """Feared, wished or only a football match."""
        tokens = self.text.tokens
        near = tokens[max(0, harm.start - _SCORE_DISTANCE) : harm.end + _SCORE_DISTANCE]
        return self.words.unreal_openers.stand_before(tokens, harm.start) or any(map(_SCORE.fullmatch, near))
