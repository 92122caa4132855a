"""Whether someone may be in danger now. Missing it is the worst error there is: when unsure, yes."""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.understand.lexicon import Chain, DangerWords
from intake.understand.model import Scores
from intake.understand.normalise import Words

DANGER = -0.25
"""Margin above which the model's verdict stands alone: under 0, because a missed danger is worse than a false one."""
OVER = 0.1
"""The same where the text names a day that is over."""
PLAINLY = 0.5
"""Margin above which the verdict stands against the category, and in what is no report."""
NOT_AT_ALL = -0.6
"""Margin under which even words of danger are none: "au secours, mon forfait internet est déjà fini"."""
SHORT = 6
"""Up to so many words a call for help is believed whatever the model says: it has too little to go by."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words say by themselves. help: they call for it, whatever happened; past_help: also where the text names
    a day that is over; rumoured_help: also then and by hearsay. violence: a word of it in any tense.
    """

    help: bool
    past_help: bool
    rumoured_help: bool
    under_way: bool
    violence: bool


def hear(words: Words, danger: DangerWords) -> Heard:
    stems = _without_harmless(words, danger)
    now = danger.now.holds_any(stems)
    begun = () if now else {chain for stem in stems for chain in danger.chains.get(stem, ())}
    chains = [chain for chain in begun if _holds(chain, stems)]
    return Heard(
        help=now or bool(chains),
        past_help=now or any(chain.past_too for chain in chains),
        rumoured_help=now or any(chain.past_too and chain.hearsay for chain in chains),
        under_way=danger.under_way.holds_any(stems),
        violence=danger.violence.holds_any(stems),
    )


def is_danger(words: Words, scores: Scores, *, called: bool, harmless: bool, past: bool) -> bool:
    """The model's verdict, and a call for help that is short or that the model does not speak against.

    harmless: what happened is surely of a category that endangers nobody by itself, so that more must speak for danger.
    """
    return scores.danger > (PLAINLY if harmless else OVER if past else DANGER) or (
        called and (len(words.tokens) <= SHORT or scores.danger > NOT_AT_ALL)
    )


def _without_harmless(words: Words, danger: DangerWords) -> Sequence[str]:
    """The stems, with nothing in the place of those that merely look like danger."""
    harmless = danger.harmless.find(words.stems)
    if not harmless:
        return words.stems
    stems = list(words.stems)
    for match in harmless:
        stems[match.start : match.end] = [""] * (match.end - match.start)
    return stems


def _holds(chain: Chain, stems: Sequence[str]) -> bool:
    thens = chain.then.find(stems)
    firsts = chain.first.find(stems) if thens else []
    return any(
        0 <= then.start - first.end <= chain.within or (chain.any_order and 0 <= first.start - then.end <= chain.within)
        for first in firsts
        for then in thens
    )
