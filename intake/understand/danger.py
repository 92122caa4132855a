"""Whether someone may be in danger now. Missing it is the worst error there is: when unsure, yes."""

from collections.abc import Sequence

from intake.understand.categories import CategoryFound
from intake.understand.lexicon import Chain, DangerWords
from intake.understand.normalise import Words


def calls_for_help(words: Words, danger: DangerWords, *, past: bool, rumour: bool) -> bool:
    """The words themselves say so, whatever happened. past: the text names a day that is over."""
    stems = _without_harmless(words, danger)
    return danger.now.holds_any(stems) or any(
        _holds(chain, stems)
        for chain in danger.chains
        if (chain.past_too or not past) and (chain.hearsay or not rumour)
    )


def is_under_way(words: Words, danger: DangerWords) -> bool:
    return danger.under_way.holds_any(_without_harmless(words, danger))


def holds_violence(words: Words, danger: DangerWords) -> bool:
    """A word of violence in any tense: perhaps no danger now, but nothing to turn away."""
    return danger.violence.holds_any(_without_harmless(words, danger))


def is_dangerous(found: CategoryFound, *, under_way: bool, past: bool) -> bool:
    """One of the categories that remain suffices; one that is only guessed at does not make what is over dangerous."""
    rules = {category.danger for category in found.candidates if not (past and category.code in found.guessed)}
    return "always" in rules or (under_way and any(category.danger == "if_now" for category in found.candidates))


def _without_harmless(words: Words, danger: DangerWords) -> Sequence[str]:
    """The stems, with nothing in the place of those that merely look like danger."""
    stems = list(words.stems)
    for match in danger.harmless.find(stems):
        stems[match.start : match.end] = [""] * (match.end - match.start)
    return stems


def _holds(chain: Chain, stems: Sequence[str]) -> bool:
    firsts = chain.first.find(stems)
    thens = chain.then.find(stems) if firsts else []
    return any(
        0 <= then.start - first.end <= chain.within or (chain.any_order and 0 <= first.start - then.end <= chain.within)
        for first in firsts
        for then in thens
    )
