"""Signs: what the languages' lists say of a text, as features for the model beside its bare words."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from intake.understand.casualties import Casualties
from intake.understand.commands import references_in
from intake.understand.danger import Heard
from intake.understand.features import SIGN
from intake.understand.lexicon import CategoryWords, Lexicon, Term
from intake.understand.normalise import Words

_WISH_WORDS = 40
"""No wish is longer."""
_MEANINGLESS = frozenset({"polite", "fill"})
_SEVERAL = 2
"""More than one are all the same to the model."""


class TermSaid(NamedTuple):
    """denied: "aucun vol"."""

    term: Term
    denied: bool


def terms_of(words: Words, lists: CategoryWords) -> list[TermSaid]:
    return [
        TermSaid(match.value, lists.negators.stand_before(words.tokens, match.start))
        for match in lists.terms.find(words.stems)
    ]


class SignReader:
    """Immutable. Reads the shipped lists alone: what an operator adds later, the model has not learned."""

    __slots__ = ("_lexicon",)

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def read(self, words: Words, heard: Heard, terms: Iterable[TermSaid], casualties: Casualties) -> list[str]:
        signs = [
            *self._of_categories(words, terms),
            *self._of_kinds(words),
            *_of_danger(heard),
            *self._of_harm(words, casualties),
            *self._of_wishes(words.tokens[:_WISH_WORDS]),
        ]
        return [f"{SIGN}{sign}" for sign in dict.fromkeys(signs)]

    def _of_categories(self, words: Words, terms: Iterable[TermSaid]) -> Iterator[str]:
        for term, denied in terms:
            for code in term.codes:
                yield f"{'no-' if denied else ''}{'sure' if term.sure else 'open'}:{code}"
        for pair in self._lexicon.categories.pairs.find(words.stems):
            yield f"sure:{pair.value}"

    def _of_kinds(self, words: Words) -> Iterator[str]:
        lexicon = self._lexicon
        for doubt in lexicon.doubts.find(words.stems):
            yield f"doubt:{doubt.value}"
        if lexicon.calm.holds_any(words.stems):
            yield "calm"
        if lexicon.reporting.holds_any(words.stems):
            yield "reporting"
        if lexicon.greetings.holds_any(words.stems):
            yield "greeting"
        if words.asks:
            yield "asks"
        for day in lexicon.days.relative.find(words.tokens):
            yield "past" if isinstance(day.value, int) and day.value < 0 else f"day:{day.value}"

    def _of_harm(self, words: Words, said: Casualties) -> Iterator[str]:
        """What is told of dead and hurt by the lists, and words that tell of them together only."""
        lists = self._lexicon.casualties
        for name, count in (("killed", said.killed), ("injured", said.injured)):
            if count is not None:
                yield f"{name}:{min(count, _SEVERAL)}"
        if said.several:
            yield "several"
        for name in ("persons", "people", "many", "animals", "threats", "bites"):
            if not getattr(lists, name).isdisjoint(words.tokens):
                yield name
        for pair in lists.hurt_pairs:
            met = [
                name
                for name, own in zip(pair.names, (pair.first, pair.second), strict=True)
                if not own.keys().isdisjoint(words.stems)
            ]
            yield from met
            if len(met) > 1:
                yield "-".join(met)

    def _of_wishes(self, tokens: tuple[str, ...]) -> Iterator[str]:
        """The parts that words play in commands, and that a reference of ours is there."""
        for own in self._lexicon.commands.roles_of(tokens):
            yield from (role.partition(":")[0] for role in own - _MEANINGLESS)
        if references_in(tokens):
            yield "reference"


def _of_danger(heard: Heard) -> Iterator[str]:
    if heard.help:
        yield "help"
    if heard.rumoured_help:
        yield "help-even-so"
    if heard.under_way:
        yield "under-way"
    if heard.violence:
        yield "violence"
