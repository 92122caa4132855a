"""Whether a text tells of something that happened, or greets, asks, advertises. Commands are told apart before."""

from dataclasses import dataclass

from intake.understand.danger import SHORT
from intake.understand.lexicon import Lexicon
from intake.understand.model import Scores
from intake.understand.normalise import Words
from intake.understand.values import Kind

REVIEWS = {"_question": "question", "_rumour": "rumour", "_advert": "advertisement", "_wrong": "wrong-number"}
"""Section of the example texts → what the review list is told."""

REPORT = 0.0
"""Margin above which a text is a report; nearer than NEARLY below it, a person looks at what was none."""
NEARLY = 0.12
SURELY = 0.3
"""Margin from which a question mark takes nothing away."""
EVIDENCE = 0.2
"""What each of these weighs against the margin: what happened, somebody hurt, a day and a place together."""
_NEWS = "no-category"
_LONG_ENOUGH = 5  # words: a shorter text without any known word is not worth a person's time
_SHORT_ENOUGH = 8  # words: a longer one is more than the place we asked for
_NAME = 3  # words: what may be a place with a question mark behind it
_SURELY_NOTHING = -0.8
"""Margin under which even a call for help is none: "au secours, mon forfait est fini"."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found in a text. help: its words call for help. danger: now, by words or model. category: a sure word of
    one; denied: all of them are, or the text says that all is calm. plain: what happened, by such a word or beyond the
    model's doubt. violence: a word of it in any tense. casualties: some. day: the text names one.
    """

    help: bool
    danger: bool
    category: bool
    plain: bool
    denied: bool
    violence: bool
    protected: bool
    place_named: bool
    casualties: bool
    day: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A kind, and why a person should look at it all the same."""

    kind: Kind
    review: str | None = None


def kind_of(words: Words, scores: Scores, signs: Signs, lexicon: Lexicon, *, proves_sender: bool) -> Told:
    """A call for help is a report unless all else speaks against it; what was only heard, asked or advertised never
    counts by itself.
    """
    known = any(token in lexicon.languages_of for token in words.tokens)
    nothing = max(scores.nothing, key=lambda name: scores.nothing[name], default="") if known else ""
    if _is_greeting(words, lexicon):
        return Told(Kind.GREETING)
    against = scores.report <= _SURELY_NOTHING and scores.danger <= 0 and len(words.tokens) > SHORT
    if signs.help and not against:
        is_cry = len(words.tokens) <= SHORT and not signs.plain
        return Told(Kind.REPORT, _NEWS if is_cry else None)  # "au secours": of what, nobody can tell
    if signs.place_named and len(words.tokens) <= _SHORT_ENOUGH and proves_sender and _is_bare(words, lexicon, signs):
        return Told(Kind.ANSWER)
    if _tells(words, scores, signs, lexicon):
        return Told(Kind.REPORT, REVIEWS["_question"] if words.asks and scores.report < SURELY else None)
    if nothing == "_greeting" and not (signs.violence or signs.category or signs.danger or signs.denied):
        return Told(Kind.GREETING)
    return Told(Kind.UNCLEAR, _review_of(REVIEWS.get(nothing), words, scores, signs))


def _tells(words: Words, scores: Scores, signs: Signs, lexicon: Lexicon) -> bool:
    """The model says so; or the text is too short for it and names what happened, or somebody hurt. What is denied is
    no news, unless a longer text surely says more.
    """
    if signs.denied and (len(words.tokens) <= _SHORT_ENOUGH or scores.report <= SURELY):
        return False
    if scores.report > REPORT:
        return True
    doubted = lexicon.doubts.holds_any(words.stems) or (words.asks and not signs.day)
    if doubted:
        return False
    told = signs.category + signs.casualties + (signs.day and signs.place_named)
    short = len(words.tokens) <= _SHORT_ENOUGH and (signs.category or signs.casualties)
    return short or scores.report > -EVIDENCE * told


def _is_bare(words: Words, lexicon: Lexicon, signs: Signs) -> bool:
    """A place and little else: no word of what happened, no question longer than "Dixinn, Conakry ?"."""
    if words.asks and len(words.tokens) > _NAME:
        return False
    held = signs.danger or signs.violence or signs.casualties or signs.denied
    return not (held or lexicon.categories.terms.holds_any(words.stems))


def _review_of(seems: str | None, words: Words, scores: Scores, signs: Signs) -> str | None:
    if seems == "rumour":
        return seems
    if signs.violence and not (signs.protected and signs.category):
        return _NEWS  # "rappelle-moi, ils ont tué mon frère" must not hear that it is no report
    if scores.report > -NEARLY or signs.casualties or signs.danger:
        return _NEWS
    worth = signs.violence or signs.category or len(words.tokens) >= _LONG_ENOUGH
    return (seems or _NEWS) if worth else None


def _is_greeting(words: Words, lexicon: Lexicon) -> bool:
    """Greetings and words that carry no news, nothing else."""
    greetings = lexicon.greetings.find(words.stems)
    greeted = {position for match in greetings for position in range(match.start, match.end)}
    return bool(greetings) and all(
        position in greeted or token in lexicon.places.function_words for position, token in enumerate(words.tokens)
    )
