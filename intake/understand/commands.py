"""Commands: what somebody wants of us. A text is one only when every word of it is explained by that.

"STOP", "stop svp je ne veux plus de vos messages" and "où en est mon signalement K7M2" are commands; "STOP attaque en
cours" and "please help armed men at…" hold words that no command explains, and are reports.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from intake.understand.command_words import CommandWords, Roles, language_wanted, languages_of
from intake.understand.normalise import Words, normalise, words_of
from intake.understand.phrases import PhraseBook
from intake.understand.places import PlaceIndex
from intake.understand.values import Situation

LONGEST: Final = 18
"""Words; a longer text is never only a wish."""
_LONGEST_PLACE: Final = 6  # words: "sous préfecture de la commune urbaine Kindia"
_MOST_SLIPS: Final = 3  # unknown words that are tried as misspelt ones, one at a time
_PLAIN: Final = ("delete", "stop", "start", "help")
"""Commands without an argument; where two are meant at once the first counts: deleting is asked back by code."""
PLACED: Final = ("stats", "join")
"""Commands about a locality."""
_LENGTH: Final = 6  # of a reference of ours; shorter ones are believed beside a word for them
_CODE: Final = re.compile(r"[0-9]{4}")
_REFERENCE: Final = re.compile(r"(?=.*[0-9])(?=.*[a-z])[0-9a-z]{4,6}")
_LETTERS: Final = re.compile(r"[abcdefghjkmnpqrstvwxyz]{4,6}")  # one reference in six holds no digit
_STRANGE_BESIDE: Final = 2  # words that a whole reference may have beside it in a question for a report
_WHOLE: Final = re.compile(r"(?=.*[2-9])(?=.*[a-z])[2-9abcdefghjkmnpqrstvwxyz]{6}")
_TIME: Final = re.compile(r"[0-9]{1,2}h[0-9]{0,2}")
_EVERYWHERE: Final = frozenset({"polite", "fill", "us"})
_LOOSE: Final = 4
"""Words; in a wish of so many that speaks to us one strange word is let pass: "ne m'envoyez plus vos sms bizarres"."""


@dataclass(frozen=True, slots=True)
class Command:
    """argument: a reference as typed, the code of a locality or a language, or four digits; None where none is said
    or, for a place, it cannot be told which: options then holds those it may be.
    """

    name: str
    argument: str | None = None
    options: tuple[str, ...] = ()


class CommandReader:
    """Immutable: any thread may read. reported: words that tell of an event, looked up in stems."""

    __slots__ = ("_places", "_reported", "_words")

    def __init__(self, words: CommandWords, places: PlaceIndex, reported: Sequence[PhraseBook[Any]]) -> None:
        self._words = words
        self._places = places
        self._reported = tuple(reported)

    def read(self, words: Words, situation: Situation) -> Command | None:
        """None for what is no command, and for everything from a channel that does not prove its sender."""
        tokens = _without_repeats(words.tokens)
        if not situation.proves_sender or not 0 < len(tokens) <= LONGEST:
            return None
        unknown = [position for position, token in enumerate(tokens) if token not in self._words.known]
        if len(unknown) > _LONGEST_PLACE:
            return None
        # An ordinary word is no slip: "mwizi", a thief, is not "mwezi", a month.
        slips = [position for position in unknown if self._places.may_name(tokens[position])]
        has_key = not self._words.keys.isdisjoint(tokens)
        found = self._parse(tokens, situation) if has_key else None
        return (
            found
            or self._without_key(tokens)
            or (self._mended(tokens, slips, situation) if len(unknown) <= _MOST_SLIPS else None)
            or (self._loosely(tokens, unknown) if has_key else None)
        )

    def _mended(self, tokens: tuple[str, ...], unknown: Sequence[int], situation: Situation) -> Command | None:
        """As it reads when one word is mended; nothing where it could be mended to several wishes."""
        for position in unknown:
            texts = (
                (*tokens[:position], word, *tokens[position + 1 :])
                for word in self._words.slips.meant_by(tokens[position])
            )
            found = {command for text in texts if (command := self._parse(text, situation))}
            found = {command for command in found if command.argument} or found
            if len(found) == 1:
                return found.pop()
        if len(unknown) > 1:
            return self._mended_throughout(tokens, unknown, situation)
        return None

    def _mended_throughout(
        self, tokens: tuple[str, ...], unknown: Sequence[int], situation: Situation
    ) -> Command | None:
        """As it reads when every word that can be only one other is mended."""
        mended = list(tokens)
        for position in unknown:
            meant = self._words.slips.meant_by(tokens[position])
            if len(meant) == 1:
                mended[position] = meant[0]
        return self._parse(mended, situation) if mended != list(tokens) else None

    def _loosely(self, tokens: Sequence[str], unknown: Sequence[int]) -> Command | None:
        """A whole wish, spoken to us and of nobody else, in which one word is strange: one that reports do not hold."""
        if len(unknown) != 1 or len(tokens) < _LOOSE or self._words.us.isdisjoint(tokens):
            return None
        strange = tokens[unknown[0]]
        if not (strange.isalpha() and self._places.may_name(strange) and self._words.others.isdisjoint(tokens)):
            return None
        return self._plain([own for own in self._words.roles_of(tokens) if own], of_us=True)

    def _without_key(self, tokens: Sequence[str]) -> Command | None:
        """A code, or a reference, with nothing but politeness beside it, or what it is called."""
        if "".join(tokens).isalpha():
            return None
        beside = {"polite", "fill", "status.about"}
        roles = self._words.roles_of(tokens)
        joined = "".join(token for token, own in zip(tokens, roles, strict=True) if not own & beside)
        if _CODE.fullmatch(joined):
            return Command("confirm", joined)
        if len(joined) == _LENGTH and joined in tokens and _is_reference(joined):
            return Command("status", joined.upper())
        return None

    # -- one reading of the words --------------------------------------------------------------------------------------

    def _parse(self, tokens: Sequence[str], situation: Situation) -> Command | None:
        roles = self._words.roles_of(tokens)
        rest = tuple(token for token, own in zip(tokens, roles, strict=True) if "polite" not in own)
        whole = self._words.alone.whole(tokens) or self._words.alone.whole(rest)
        if whole is not None:
            name, _, argument = whole.partition(":")
            return Command(name, argument or None)
        unexplained = [position for position, own in enumerate(roles) if not own]
        if not unexplained:
            return self._plain(roles, of_us=self._words.others.isdisjoint(tokens))
        return self._status(tokens, roles, unexplained) or self._placed(tokens, roles, unexplained, situation)

    def _plain(self, roles: Sequence[Roles], *, of_us: bool) -> Command | None:
        """Every word is known: which command explains them all? of_us: it names nobody else; "stop him" is a cry."""
        for name in _PLAIN:
            own_words = {f"{name}.alone", f"{name}.says", f"{name}.about"}
            if self._is_said(name, roles, of_us=of_us) and _explain(roles, own_words):
                return Command(name)
        wanted = language_wanted(roles)
        if wanted and _explain(roles, {"language.says", *(f"language:{code}" for code in languages_of(roles))}):
            return Command("language", wanted)
        said = {name for name in ("status", *PLACED) if _holds(roles, f"{name}.says")}
        if (
            said == {"status"}
            and _holds(roles, "status.about")
            and _explain(roles, {"status.alone", "status.says", "status.about"})
        ):
            return Command("status")
        if said == {"stats"} and _explain(roles, {"stats.says", "stats.about"}):
            return Command("stats")
        return None

    def _is_said(self, name: str, roles: Sequence[Roles], *, of_us: bool) -> bool:
        """Help beside any other word ("aide nous ici") may be a cry: only words about how this works explain it."""
        if name not in self._words.needs_about:
            return _holds(roles, f"{name}.says")
        whole = _holds(roles, f"{name}.says") and _holds(roles, f"{name}.about")
        return whole or (of_us and _holds(roles, f"{name}.alone"))

    def _status(self, tokens: Sequence[str], roles: Sequence[Roles], unexplained: Sequence[int]) -> Command | None:
        """One reference is left unexplained, perhaps in two pieces."""
        says = _holds(roles, "status.says")
        if not (says or _holds(roles, "status.about")) or not _explain(
            roles, {"status.alone", "status.says", "status.about"}
        ):
            return None
        typed = "".join(tokens[position] for position in unexplained)
        is_in_one = unexplained[-1] - unexplained[0] < len(unexplained)
        if (is_in_one and _is_reference(typed)) or (says and len(unexplained) == 1 and bool(_LETTERS.fullmatch(typed))):
            return Command("status", typed.upper())
        whole = [tokens[position] for position in unexplained if _is_whole_reference(tokens[position])]
        if len(whole) == 1 and len(unexplained) <= 1 + _STRANGE_BESIDE and not self._tells(tokens):
            return Command("status", whole[0].upper())
        return None

    def _placed(
        self, tokens: Sequence[str], roles: Sequence[Roles], unexplained: Sequence[int], situation: Situation
    ) -> Command | None:
        """What is left unexplained is a place; where the command stands after it, one that we know."""
        first, last = unexplained[0], unexplained[-1]
        left = [tokens[position] for position in unexplained]
        if last - first >= _LONGEST_PLACE or self._tells(tokens[first : last + 1]):
            return None
        for name in PLACED:
            said = [position for position, own in enumerate(roles) if f"{name}.says" in own]
            if said and _explain(roles, {f"{name}.says", f"{name}.about"}):
                after = tokens[said[0] + 1 : last + 1] if said[0] < first else ()
                found = self._at(name, after, tokens[first : last + 1], left, situation)
                is_asked = any(not roles[position] & {"fill", f"{name}.about"} for position in said)
                # "my area is …" may go on with what happens there.
                return found if found is None or found.argument or found.options or is_asked else None
        return None

    def _at(
        self, name: str, after: Sequence[str], within: Sequence[str], left: Sequence[str], situation: Situation
    ) -> Command | None:
        """after: all that follows the command. left: what it leaves unexplained; within: with what stands between."""
        place = self._places.find(words_of(" ".join(after)), situation)
        if place.place is None and not place.options:
            place = self._places.find(words_of(" ".join(within)), situation)
        if place.place is not None:
            named = {token for one in (place.place.name, *place.place.aliases) for token in normalise(one).split()}
            return Command(name, place.place.code) if self._is_named(set(left) - named) else None
        if place.options:
            return Command(name, None, place.options)
        unknown = len(within) == len(left) <= _MOST_SLIPS and after[-len(left) :] == within and self._is_named(left)
        return Command(name) if unknown else None

    def _is_named(self, left: Iterable[str]) -> bool:
        """Nothing but what may be a name, perhaps misspelt: "join the rebels in Goma" is no wish."""
        return all(map(self._places.may_name, left))

    def _tells(self, tokens: Sequence[str]) -> bool:
        """Of an event: "chiffres de morts à Kindia"."""
        stems = words_of(" ".join(tokens)).stems
        return any(book.holds_any(stems) for book in self._reported)


def _holds(roles: Sequence[Roles], role: str) -> bool:
    return any(role in own for own in roles)


def _explain(roles: Sequence[Roles], allowed: set[str]) -> bool:
    """Every word that has a role has one that is allowed here."""
    return all(not own or own & allowed or own & _EVERYWHERE for own in roles)


def _is_reference(typed: str) -> bool:
    return bool(_REFERENCE.fullmatch(typed)) and not _TIME.fullmatch(typed)


def references_in(tokens: Sequence[str]) -> list[str]:
    """The words that are whole references of ours, in capitals."""
    return [token.upper() for token in tokens if _is_whole_reference(token)]


def _is_whole_reference(typed: str) -> bool:
    return bool(_WHOLE.fullmatch(typed)) and not _TIME.fullmatch(typed)


def _without_repeats(tokens: Sequence[str]) -> tuple[str, ...]:
    """What is said three times is said once."""
    return tuple([token for before, token in zip(("", *tokens), tokens, strict=False) if token != before])
