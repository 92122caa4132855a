"""The words of commands and of answers, from the sections `commands` and `answers` of the languages' lists."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.understand.misspelt import Misspelt
from intake.understand.normalise import normalise
from intake.understand.phrases import PhraseBook

Roles = frozenset[str]
Source = Mapping[str, Any]

_NEED_NO_ABOUT = frozenset({"help"})
"""Commands whose `says` mean enough by themselves."""


@dataclass(frozen=True, slots=True)
class CommandWords:
    """Looked up in tokens. alone: whole texts, politeness aside, and their command.

    parts: words with their roles: "polite", "fill", "language:<code>", or of one command "<command>.alone", ".says",
    ".about", or "instead.<code>": the language of who does not understand another. single: those that are one word.
    us: words that speak to us. others: words for those who are neither we nor the sender.
    known: every word of theirs. keys: words without which nothing is a command but a code or a reference.
    needs_about: commands whose `says` mean something only beside an `about`.
    """

    alone: PhraseBook[str]
    parts: PhraseBook[Roles]
    single: Mapping[str, Roles]
    slips: Misspelt
    us: frozenset[str]
    others: frozenset[str]
    known: frozenset[str]
    keys: frozenset[str]
    needs_about: frozenset[str]

    def roles_of(self, tokens: Sequence[str]) -> list[Roles]:
        """A word within a phrase keeps the roles it has by itself: "my report" is also a "report"."""
        roles: list[Roles] = [frozenset()] * len(tokens)
        for match in self.parts.find(tokens):
            for position in range(match.start, match.end):
                roles[position] = match.value | self.single.get(tokens[position], frozenset())
        return roles


def languages_of(roles: Iterable[Roles]) -> list[str]:
    """Those that are named, in their order."""
    named = (role.partition(":")[2] for own in roles for role in own if role.startswith("language:"))
    return list(dict.fromkeys(named))


def language_wanted(roles: Sequence[Roles]) -> str | None:
    """The last that is named, but of "no English, no entiendo" the language it is said in."""
    languages = languages_of(roles)
    instead = [role.partition(".")[2] for own in roles for role in own if role.startswith("instead.")]
    wanted = instead if instead and len(languages) == 1 else languages
    return wanted[-1] if wanted else None


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """Looked up in tokens. choice: words around a number that was chosen. numbers: 1.. by word."""

    yes: PhraseBook[bool]
    no: PhraseBook[bool]
    choice: frozenset[str]
    numbers: Mapping[str, int]


def build_command_words(lists: Iterable[Source]) -> CommandWords:
    alone: dict[str, str] = {}
    parts: dict[str, set[str]] = {}
    keys: set[str] = set()
    commands: set[str] = set()
    for phrase, role in _phrases(lists):
        command, _, part = role.partition(".")
        parts.setdefault(phrase, set()).add(role)
        if part == "alone":
            alone.setdefault(phrase, command)
        if part in {"alone", "says"}:
            commands.add(command)
        if part in {"alone", "says", "about"} or role.startswith("language:"):
            keys.update(phrase.split())
    fill = {phrase for phrase, roles in parts.items() if roles <= {"fill", "polite", "us", "others"}}
    known = frozenset(word for phrase in parts for word in phrase.split())
    return CommandWords(
        alone=PhraseBook(alone),
        parts=PhraseBook({phrase: frozenset(roles) for phrase, roles in parts.items()}),
        single={phrase: frozenset(roles) for phrase, roles in parts.items() if " " not in phrase},
        slips=Misspelt(known),
        us=frozenset(phrase for phrase, roles in parts.items() if "us" in roles),
        others=frozenset(phrase for phrase, roles in parts.items() if "others" in roles),
        known=known,
        keys=frozenset(keys - fill),
        needs_about=frozenset(commands - _NEED_NO_ABOUT),
    )


def build_answer_words(lists: Iterable[Source], numbers: Mapping[str, int]) -> AnswerWords:
    answers = [source["answers"] for source in lists]
    first = {normalise(word): 1 for answer in answers for word in answer["first"]}
    return AnswerWords(
        yes=PhraseBook({phrase: True for answer in answers for phrase in answer["yes"]}),
        no=PhraseBook({phrase: True for answer in answers for phrase in answer["no"]}),
        choice=frozenset(token for answer in answers for token in normalise(answer["choice"]).split()),
        numbers={word: number for word, number in numbers.items() if 0 < number < 10} | first,  # noqa: PLR2004  digits
    )


def _phrases(lists: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """Every phrase in the normal form with one role it has."""
    for source in lists:
        for name, section in source["commands"].items():
            for part, phrases in section.items():
                role = part if name == "words" else f"language:{part}" if name == "languages" else f"{name}.{part}"
                for phrase in phrases.split() if isinstance(phrases, str) else phrases:
                    if normalised := normalise(phrase):
                        yield normalised, role
                        if name == "instead":
                            yield normalised, "fill"
