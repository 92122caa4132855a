"""Whether a text tells of something that happened, or greets, asks, advertises. Commands are told apart before."""

from dataclasses import dataclass

from intake.understand.lexicon import Lexicon
from intake.understand.normalise import Words
from intake.understand.values import Kind

DOUBTS = {"rumour": "rumour", "question": "question", "ad": "advertisement", "wrong_number": "wrong-number"}
"""Section of the word lists → what the review list is told."""

_NEWS = "no-category"
_LONG_ENOUGH = 5  # words: a shorter text without any known word is not worth a person's time
_SHORT_ENOUGH = 8  # words: a longer one is more than the place we asked for


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in a text.

    help: a call for help. danger: that, or what happened is dangerous. category: one or several. protected: one of
    them is. violence: a word of it in any tense. casualties: at least one.
    """

    help: bool
    danger: bool
    category: bool
    protected: bool
    violence: bool
    place_named: bool
    casualties: bool
    day: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A kind, and why a person should look at it all the same."""

    kind: Kind
    review: str | None = None


def doubt_of(words: Words, lexicon: Lexicon) -> str | None:
    """What a text may be instead of a report; a rumour before all else."""
    found = [match.value for match in lexicon.doubts.find(words.stems)]
    if "rumour" in found:
        return DOUBTS["rumour"]
    if found:
        return DOUBTS[found[0]]
    return DOUBTS["question"] if words.asks else None


def kind_of(words: Words, doubt: str | None, signs: Signs, lexicon: Lexicon, *, proves_sender: bool) -> Told:
    """Tell the kind. Danger is always a report; what was only heard, asked or advertised never counts by itself."""
    if signs.danger:
        return Told(Kind.REPORT, None if signs.help else doubt)
    if doubt is not None:
        if signs.category and _tells_then_asks(words, signs, lexicon):
            return Told(Kind.REPORT, doubt)
        return Told(Kind.UNCLEAR, _review_of_doubt(doubt, words, signs))
    if signs.category:
        return Told(Kind.REPORT)
    if lexicon.calm.holds_any(words.stems):
        return Told(Kind.UNCLEAR, _NEWS if _is_worth_a_look(words, signs) else None)
    if _is_greeting(words, lexicon):
        return Told(Kind.GREETING)
    return _without_known_words(words, signs, lexicon, proves_sender=proves_sender)


def _without_known_words(words: Words, signs: Signs, lexicon: Lexicon, *, proves_sender: bool) -> Told:
    news = signs.day or signs.violence or lexicon.reporting.holds_any(words.stems)
    if signs.casualties or (signs.place_named and news):
        return Told(Kind.REPORT)
    if signs.place_named and len(words.tokens) <= _SHORT_ENOUGH and proves_sender:
        return Told(Kind.ANSWER)
    # Half of what people report holds none of our words: a text of some length is looked at rather than dropped.
    return Told(Kind.UNCLEAR, _NEWS if _is_worth_a_look(words, signs) else None)


def _tells_then_asks(words: Words, signs: Signs, lexicon: Lexicon) -> bool:
    """As in "vol de moto hier, que faire ?": only the mark asks, and the text says when, or that it reports."""
    told = signs.day or lexicon.reporting.holds_any(words.stems)
    return told and words.asks and not lexicon.doubts.holds_any(words.stems)


def _review_of_doubt(doubt: str, words: Words, signs: Signs) -> str | None:
    if doubt == DOUBTS["rumour"]:
        return doubt
    if signs.violence and not signs.protected:
        return _NEWS  # "rappelle-moi, ils ont tué mon frère" must not hear that it is no report
    return doubt if signs.category or _is_worth_a_look(words, signs) else None


def _is_worth_a_look(words: Words, signs: Signs) -> bool:
    return signs.violence or len(words.tokens) >= _LONG_ENOUGH


def _is_greeting(words: Words, lexicon: Lexicon) -> bool:
    """Greetings and words that carry no news, nothing else."""
    greetings = lexicon.greetings.find(words.stems)
    greeted = {position for match in greetings for position in range(match.start, match.end)}
    return bool(greetings) and all(
        position in greeted or token in lexicon.places.function_words for position, token in enumerate(words.tokens)
    )
