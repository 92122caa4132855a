"""Commands in sentences that no list explains: what the model takes them for, where it is sure and nothing happened."""

from collections.abc import Mapping
from typing import Final

from intake.understand.command_words import CommandWords, language_wanted
from intake.understand.commands import PLACED, Command, references_in
from intake.understand.model import Scores
from intake.understand.normalise import Words
from intake.understand.places import PlaceFound

WISHES: Final[Mapping[str, str]] = {
    f"_{name}": name for name in ("stop", "start", "help", "status", "stats", "delete", "language", "join")
}
"""Section of the example texts → the command."""
ABOUT_US: Final = "programme_complaint"
"""Its words speak of our service, as wishes do, and tell of no event."""
WISH: Final = 0.1
"""Margin from which a text is a wish."""
PLAINLY: Final = 0.9
"""Margin from which it is one whatever it tells of: "erase my report, I changed my mind"."""
SURE: Final = 0.65
"""From this share of the probability of all wishes it is this one."""
BEFORE_REPORT: Final = 0.4
"""How much more must otherwise speak for a wish than for a report."""
_SHORTEST, _LONGEST = 4, 30  # words: the lists know what people write in three


def wish_of(
    words: Words, scores: Scores, place: PlaceFound, known: CommandWords, *, event_named: bool
) -> Command | None:
    """None where the model is not sure, or what is wanted lacks its place or its language. event_named: a word says
    what happens, as "how many robberies in Kindia" does and "stop robbery in Kindia".
    """
    name = _wished(scores) if _SHORTEST <= len(words.tokens) <= _LONGEST else None
    if name is None:
        return None
    if event_named and not (name == "stats" and any("stats.says" in own for own in known.roles_of(words.tokens))):
        return None
    return _command(name, words, place, known)


def _wished(scores: Scores) -> str | None:
    before_report = scores.wish > PLAINLY or scores.wish - scores.report > BEFORE_REPORT
    if scores.wish < WISH or not before_report:
        return None
    likely = {name: scores.nothing[section] for section, name in WISHES.items()}
    name = max(likely, key=lambda name: likely[name])
    return name if likely[name] > SURE * sum(likely.values()) else None


def _command(name: str, words: Words, place: PlaceFound, known: CommandWords) -> Command | None:
    if name == "status":
        references = references_in(words.tokens)
        return Command(name, references[0] if len(references) == 1 else None)
    if name == "language":
        wanted = language_wanted(known.roles_of(words.tokens))
        return Command(name, wanted) if wanted else None
    if name in PLACED:
        if place.place is None and not place.options:
            return Command(name) if name == "stats" else None
        return Command(name, place.place.code if place.place else None, () if place.place else place.options)
    return Command(name)
