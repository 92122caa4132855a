"""Whether a text tells of something that happened, or greets, asks, advertises. Commands are told apart before."""

from dataclasses import dataclass

from intake.understand.lexicon import Lexicon
from intake.understand.normalise import Words
from intake.understand.values import Kind

DOUBTS = {"rumour": "rumour", "question": "question", "ad": "advertisement", "wrong_number": "wrong-number"}
"""Section of the word lists → what the review list is told."""

_LONG_ENOUGH = 5  # words: a shorter text without any known word is not worth a person's time
_SHORT_ENOUGH = 8  # words: a longer one is more than the place we asked for


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in a text. category: one or several. danger: a call for help. casualties: at least one."""

    category: bool
    danger: bool
    place_named: bool
    casualties: bool
    day: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A kind, and why a person should look at it all the same."""

    kind: Kind
    review: str | None = None


def kind_of(words: Words, signs: Signs, lexicon: Lexicon, *, proves_sender: bool) -> Told:
    """Tell the kind. A call for help is always a report; what was only heard or asked never counts by itself."""
    if signs.danger:
        return Told(Kind.REPORT)
    doubt = _doubt(words, lexicon)
    if doubt == DOUBTS["rumour"]:
        return Told(Kind.UNCLEAR, doubt)
    if signs.category:
        return Told(Kind.REPORT, doubt)
    if doubt or lexicon.calm.holds_any(words.stems):
        return Told(Kind.UNCLEAR)
    if _is_greeting(words, lexicon):
        return Told(Kind.GREETING)
    return _without_known_words(words, signs, lexicon, proves_sender=proves_sender)


def _without_known_words(words: Words, signs: Signs, lexicon: Lexicon, *, proves_sender: bool) -> Told:
    if signs.casualties or (signs.place_named and (signs.day or lexicon.reporting.holds_any(words.stems))):
        return Told(Kind.REPORT)
    if signs.place_named and len(words.tokens) <= _SHORT_ENOUGH and proves_sender:
        return Told(Kind.ANSWER)
    # Half of what people report holds none of our words: a text of some length is looked at rather than dropped.
    return Told(Kind.UNCLEAR, "no-category" if len(words.tokens) >= _LONG_ENOUGH else None)


def _doubt(words: Words, lexicon: Lexicon) -> str | None:
    found = [match.value for match in lexicon.doubts.find(words.stems)]
    if "rumour" in found:
        return DOUBTS["rumour"]
    if found:
        return DOUBTS[found[0]]
    return DOUBTS["question"] if words.asks else None


def _is_greeting(words: Words, lexicon: Lexicon) -> bool:
    """Greetings and words that carry no news, nothing else."""
    greetings = lexicon.greetings.find(words.stems)
    greeted = {position for match in greetings for position in range(match.start, match.end)}
    return bool(greetings) and all(
        position in greeted or token in lexicon.places.function_words for position, token in enumerate(words.tokens)
    )
