"""Who is told of, group by group: "trois personnes", "mon oncle, sa fille et le berger", "un homme de 40 ans"."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from intake.understand.lexicon import CasualtyWords
from intake.understand.normalise import Words, normalise
from intake.understand.phrases import Match

_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+")
_MOST_NAMES = 40
_MOST = 999
"""A larger number in a text is a year, a price or a telephone number; staff enter larger tolls."""
_YOUNGEST_BARE_AGE = 13  # a smaller number after a person counts others: "le chauffeur 3 blessés"
_PAIR = 2
_GAP = 2
"""Unknown words after a person that still belong to them: "mon voisin Alpha et sa femme"."""
COMMA, STOP = 1, 2
_PERSONS = frozenset({"person", "either", "people", "pair", "crowd", "other", "another"})


class Group(NamedTuple):
    """tokens[start:end] tell of so many; size None: of several. parts: the members of a list.

    kind: people; names of persons; a bare number, of whatever; unknown: a number with a word that may be anything;
    animals.
    by: they did it. more: besides those told before. one: perhaps only one, "polisi".
    """

    start: int
    end: int
    size: int | None
    kind: str
    by: bool = False
    more: bool = False
    one: bool = False
    parts: tuple["Group", ...] = ()


@dataclass(slots=True)
class _Part:
    """What is read of one member of a list. link: how it hangs on the one before."""

    link: str = ""
    start: int = -1
    end: int = -1
    count: int | None = None
    noun: str = ""
    more: bool = False
    of: bool = False
    detached: bool = False
    gap: int = 0

    @property
    def is_empty(self) -> bool:
        return self.count is None and not self.noun

    def told(self, *, by: bool) -> Group:
        count = self.count
        kind = "people"
        if self.noun in {"", "unknown", "animals", "names"}:
            kind = self.noun or "number"
        elif self.noun in {"person", "another"}:
            count = 1 if count is None else count
        elif self.noun == "pair":
            count = max(count or _PAIR, _PAIR)
        elif self.noun == "crowd" and count == 1:
            count = None
        more = self.more or self.noun == "another"
        return Group(self.start, self.end, count, kind, by, more, self.noun == "either" and self.count is None)


@dataclass(slots=True)
class _Reader:
    """One pass over a text. breaks: position → the punctuation before it. barred: the words of harm.

    names: words written like names. noted: numbers follow the words of harm, as in notes.
    """

    words: CasualtyWords
    tokens: Sequence[str]
    numbers: Mapping[int, Match[int]]
    breaks: Mapping[int, int]
    barred: frozenset[int]
    names: frozenset[str] = frozenset()
    groups: list[Group] = field(default_factory=list)
    parts: list[tuple[str, Group]] = field(default_factory=list)
    part: _Part = field(default_factory=_Part)
    by: bool = False
    including: bool = False
    measured: int = -1
    unit: int = -1
    noted: bool = False

    def read(self) -> list[Group]:
        position, count = 0, len(self.tokens)
        while position < count:
            if position in self.barred:
                self._end_group()
                self.including = False
                self.by = self.words.nouns.get(self.tokens[position]) == "by"  # "mordu par un serpent"
                position += 1
                continue
            if position in self.breaks:
                self._pause(self.breaks[position])
            number = self.numbers.get(position)
            if number is not None:
                self._number(number)
                position = number.end
            else:
                self._word(position, self.words.nouns.get(self.tokens[position], ""))
                position += 1
        self._end_group()
        return self.groups

    def _pause(self, mark: int) -> None:
        if mark == STOP or self.part.is_empty or self.part.gap or self.by:
            self._end_group()
        else:
            self._end_part("comma")

    def _number(self, number: Match[int]) -> None:
        part = self.part
        if self._measures(number):
            part.of = False
            self.unit = number.end
            if part.count is not None and not part.noun:
                self._end_group()
        elif number.value > _MOST:
            self._end_group()
        elif part.noun and number.value == 1 and self.words.nouns.get(self.tokens[number.start - 1]) == "crowd":
            return  # "ndugu watatu wa familia moja"
        elif part.is_empty:
            part.start, part.end, part.count = number.start, number.end, number.value
            if number.end < len(self.tokens) and self.words.nouns.get(self.tokens[number.end]) == "unit":
                self._end_group()  # "majeruhi 7 nyumba 4"
        elif self._is_of_part(number):
            part.count, part.end = number.value, number.end
        elif part.noun and (part.of or (part.end == number.start and number.value >= _YOUNGEST_BARE_AGE)):
            part.of = False  # "girl of nine", "male adult 41"
        else:
            self._end_group()
            self.part.start, self.part.end, self.part.count = number.start, number.end, number.value

    def _is_of_part(self, number: Match[int]) -> bool:
        """The three of "watu watatu", the five of "famille de cinq" and of "de 3 a 5 morts"."""
        part, words = self.part, self.words
        if not part.noun:
            is_newer = part.end == number.start - 1 and self.tokens[part.end] in words.upto
            of_them = self.words.out_of | self.words.of
            is_part = any(token in of_them for token in self.tokens[part.end : number.start])
            return is_newer or (part.count == 1 and number.value > 1 and not is_part)
        if part.count is not None or part.gap:
            return False
        return part.noun not in {"person", "another", "unknown"} or self.tokens[number.start] in words.after_noun

    def _word(self, position: int, kind: str) -> None:
        if self._is_self(position):
            self._person(position, "person")
        elif kind in _PERSONS or (kind == "own" and self._is_son(position)):
            self._person(position, "person" if kind == "own" else kind)
        elif kind in _ENDS:
            self._end_group()
            self.including = self.including or kind == "including"
            self.by = kind == "by"
        elif kind in _WORDS:
            _WORDS[kind](self, position)
        elif kind != "adjective":
            self._unknown(position)

    def _is_self(self, position: int) -> bool:
        """As in "me and my wife", "my wife and I"."""
        if self.tokens[position] not in self.words.pronouns:
            return False
        following = self.tokens[position + 1] if position + 1 < len(self.tokens) else ""
        if self.words.nouns.get(following) == "joint" and position + 1 not in self.breaks:
            after = self.tokens[position + 2] if position + 2 < len(self.tokens) else ""
            return self.part.is_empty and self.words.nouns.get(after) in {"own", *_PERSONS}
        return (
            self.part.is_empty
            and self.part.link == "joint"
            and (position + 1 in self.barred or self.words.nouns.get(following) == "verb")
        )

    def _own(self, _: int) -> None:
        part = self.part
        part.detached = not part.of and bool(part.noun or part.link)

    def _of(self, _: int) -> None:
        self.part.of = bool(self.part.noun)

    def _joint(self, _: int) -> None:
        part = self.part
        if not part.is_empty and part.gap <= _GAP:
            self._end_part("joint")
        elif part.is_empty and self.parts and not part.gap:
            part.link = "joint"
        else:
            self._end_group()

    def _both(self, position: int) -> None:
        if self.part.is_empty:
            self.part.start, self.part.end, self.part.count = position, position + 1, _PAIR

    def _many(self, position: int) -> None:
        if self.part.is_empty:
            self.part.start, self.part.end, self.part.noun = position, position + 1, "many"
        elif self.tokens[position] in self.words.of:
            self._of(position)
        else:
            self._other(position)

    def _animals(self, position: int) -> None:
        part = self.part
        if part.noun and part.noun != "many":
            self._end_group()
            return
        part.start = position if part.is_empty else part.start
        part.end, part.noun = position + 1, "animals"

    def _unit(self, position: int) -> None:
        """Part of "son bébé de 3 mois", "mama wa miaka 58"; else the end of who is told."""
        if position != self.unit and not (self.part.of and position + 1 in self.numbers):
            self._other(position)

    def _verb(self, _: int) -> None:
        if not self.part.is_empty or not self.part.link:
            self._end_group()

    def _other(self, _: int) -> None:
        self._end_group(drop=self.part.count is not None and not self.part.noun)

    def _unknown(self, position: int) -> None:
        part = self.part
        if part.noun:
            part.gap += not part.of and self.tokens[position] not in self.names  # "le maître d'école, un infirmier"
            part.of = False
        elif part.count is not None:
            part.noun, part.end = "unknown", position + 1
        elif part.link and self._is_told_as_person(position):
            part.start, part.end, part.count, part.noun = position, position + 1, 1, "person"  # "ma tante, sa bru et"
            part.detached = False
        elif self.tokens[position] in self.names and self._may_be_person(position):
            part.start, part.end, part.count, part.noun = position, position + 1, 1, "names"
        elif part.link:
            part.gap += 1
        else:
            self.including = False
        if part.gap > _GAP:
            self._end_group()

    def _is_told_as_person(self, position: int) -> bool:
        """As in "ma tante, sa bru et", "mayor and his bodyguard were", "MCA na bodyguard wake"."""
        part = self.part
        if part.link == "comma" and part.detached:
            return True
        if part.gap or position + 1 in self.breaks or not self.parts or self.parts[-1][1].kind != "people":
            return False
        following = self.tokens[position + 1] if position + 1 < len(self.tokens) else ""
        if following in self.words.after_noun and position + 1 not in self.numbers:
            return True
        is_told = position + 1 in self.barred or self.words.nouns.get(following) == "verb"
        return part.detached and is_told

    def _may_be_person(self, position: int) -> bool:
        """Named first, or in a list: not "in Kisumu and Siaya"."""
        is_opening_word = (
            position > 0 and self.tokens[position] == self.tokens[0]
        )  # "He killed the man and he is still"
        return not is_opening_word and (bool(self.part.link) or position == 0 or position in self.breaks)

    def _person(self, position: int, kind: str) -> None:
        part = self.part
        if part.noun and not part.of and part.noun not in {"many", "other", "unknown"}:
            if part.gap:
                self._end_group()
            elif part.detached:
                self._end_part("comma")
            part = self.part
        if part.noun == "unknown" and (part.end != position or kind == "crowd"):
            self._end_group()
            part = self.part
        if part.noun and part.noun not in {"many", "other", "unknown"}:
            part.of = part.detached = False  # "my friend the driver", "la femme de mon frère"
            part.end = position + 1 if not part.gap else part.end
            if part.noun == "person" and kind == "pair":
                part.noun = kind
            return
        part.more = part.more or kind in {"other", "another"} or part.noun == "other"
        part.start = position if part.is_empty else part.start
        part.noun, part.end, part.gap, part.detached = kind, position + 1, 0, False

    def _is_son(self, position: int) -> bool:
        """A person in one language and a possessive in another, as "son" is."""
        before = self.tokens[position - 1] if position else ""
        return self.tokens[position] in self.words.persons and self.words.nouns.get(before) == "own" and before != "a"

    def _end_part(self, link: str) -> None:
        if not self.part.is_empty:
            self.parts.append((self.part.link, self.part.told(by=self.by)))
        self.part = _Part(link if self.parts else "")

    def _end_group(self, *, drop: bool = False) -> None:
        """A list is one where "and" stands before its last member; others are told side by side."""
        if drop:
            self.part = _Part()
        self._end_part("")
        if self.parts:
            last = max((at for at, (link, _) in enumerate(self.parts) if link == "joint"), default=0)
            members = [part for _, part in self.parts]
            first = next((at for at in range(last + 1) if self._may_lead(at)), 0)
            told = [*members[:first], _listed(members[first : last + 1]), *members[last + 1 :]]
            if self.including:
                # Of "4 tués dont un enfant et 2 blessés" the two are no part.
                told = [*(part for part in told[0].parts[1:] if part.kind == "number"), *told[1:]]
            self.groups += [part for part in told if part.kind != "names" or part.parts]
            self.including = False
            self.parts = []
        self.by = False

    def _may_lead(self, at: int) -> bool:
        """A list of people: not "le 12, un homme et une femme", "Kindia, un mort", "de un balazo y a cuatro"."""
        member = self.parts[at][1]
        if member.kind == "names":
            link, following = self.parts[at + 1] if at + 1 < len(self.parts) else ("", member)
            return link == "joint" or (link == "comma" and following.kind == "names")
        return member.kind in {"people", "animals"} or (member.kind == "unknown" and member.size != 1)

    def _measures(self, number: Match[int]) -> bool:
        """Time, money, age, things."""
        tokens, words = self.tokens, self.words
        before = tokens[number.start - 1] if number.start else ""
        if before in words.age_before and number.start not in self.breaks:
            self.measured = number.end
            return True
        if self.measured == number.start - 1 >= 0 and words.nouns.get(before) == "joint":
            return True  # "wa miaka 19 na 22"
        end = number.end
        is_note = number.start - 1 in self.barred
        self.noted, noted = is_note, self.noted
        following = self.numbers.get(end + 1)
        if following is not None and words.nouns.get(tokens[end]) == "joint":
            end = following.end
        if end >= len(tokens) or end in self.breaks or words.nouns.get(tokens[end]) != "unit":
            return False
        # "waliokufa 2 majeruhi 7 nyumba 4"
        return not is_note or not (noted or any(at in self.numbers for at in (end + 1, end + 2)))


_ENDS = frozenset({"including", "by"})
_WORDS: Mapping[str, Callable[[_Reader, int], None]] = {
    "own": _Reader._own,  # noqa: SLF001
    "of": _Reader._of,  # noqa: SLF001
    "joint": _Reader._joint,  # noqa: SLF001
    "both": _Reader._both,  # noqa: SLF001
    "many": _Reader._many,  # noqa: SLF001
    "animals": _Reader._animals,  # noqa: SLF001
    "unit": _Reader._unit,  # noqa: SLF001
    "verb": _Reader._verb,  # noqa: SLF001
}
"""What a word of each kind does, but for persons and adjectives."""


def _listed(members: Sequence[Group]) -> Group:
    """Several told together are as many as all of them; vague if one is, but for a first that may be another's."""
    people = [member for member in members if member.kind != "animals"]
    if len(people) < _PAIR:
        return people[0] if people else members[0]
    count = sum_of(people)
    kind = "people" if any(member.kind == "people" for member in people) else people[-1].kind
    more = any(member.more for member in people)
    return Group(people[0].start, people[-1].end, count, kind, people[0].by, more, parts=tuple(people))


def sum_of(members: Sequence[Group]) -> int | None:
    """None if one of them is several."""
    if any(member.size is None and not member.one for member in members):
        return None
    return sum(1 if member.size is None else member.size for member in members)


def names_of(text: Words, joints: frozenset[str]) -> frozenset[str]:
    """Words written with a capital, where some are joined."""
    if joints.isdisjoint(text.tokens):
        return frozenset()
    return frozenset(normalise(name) for name in _NAME.findall(text.text)[:_MOST_NAMES])


def groups_of(
    words: CasualtyWords,
    text: Words,
    numbers: Mapping[int, Match[int]],
    breaks: Mapping[int, int],
    barred: frozenset[int],
) -> list[Group]:
    """From left to right. breaks: position → the punctuation before it. barred: where words of harm stand."""
    return _Reader(words, text.tokens, numbers, breaks, barred, names_of(text, words.joints)).read()
