"""STOP, START and HELP. A command is the whole text or nothing: "STOP attaque en cours" is a report."""

from intake.understand.normalise import Words
from intake.understand.phrases import PhraseBook


def command_of(words: Words, commands: PhraseBook[str], *, proves_sender: bool) -> str | None:
    """stop, start, help or None. Nobody is unsubscribed by a web form in which anyone can type a number."""
    return commands.whole(words.tokens) if proves_sender else None
