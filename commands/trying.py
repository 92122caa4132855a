"""kibaro text and kibaro understand: what a text would get for an answer, and how it is understood."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.opening import opened
from intake.incoming import Means
from jobs.terminal import read_lines, read_texts, text_from_terminal

cli = typer.Typer()


@cli.command()
def text(
    text: str,
    sender: Annotated[str, typer.Option("--from", help="The number it comes from.")],
    at: Annotated[str, typer.Option(help="When it was sent, ISO 8601; default now.")] = "",
) -> None:
    """Text the system from the terminal and see the answers."""
    with opened() as store:
        for line in text_from_terminal(store.database, store.vault, store.keeper, store.settings, text, sender, at):
            print(line)


@cli.command()
def understand(
    text: Annotated[str | None, typer.Argument(help="One text; without it, or with --jsonl, many.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help='Lines {"id","text","sent_at","home"}; - is standard input.')
    ] = None,
) -> None:
    """What would be understood, one JSON line a text. Writes nothing."""
    lines: Iterable[str] = [json.dumps({"text": text})] if text is not None else read_lines(jsonl)
    with opened() as store:
        with store.database.reading() as session:
            reference = store.keeper.current(session)
        for line in read_texts(Means(reference, store.vault, store.settings), lines, datetime.now(UTC)):
            print(line)
