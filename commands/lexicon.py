"""kibaro lexicon …: the operator's own words and phrases for categories."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands.exporting import replacing
from commands.opening import Open, console, opened
from intake.incoming import Means
from intake.languages import languages
from intake.scrubbing import open_examples, source_of
from intake.teaching import add_term, phrase_of, record_trial, remove_term, try_term
from models.faults import NoSuchCategory, NotFound
from models.lexicon_terms import LexiconTerm, terms_of

cli = typer.Typer(no_args_is_help=True, help="Words and phrases for categories, beside those of the languages.")

ACTOR = "operator"
Phrase = Annotated[str, typer.Argument(help="A word or some; case, accents and the plural's s make no difference.")]
Code = Annotated[str, typer.Argument(metavar="CATEGORY", help="`kibaro categories import` makes new ones.")]


@cli.command("add")
def lexicon_add(
    category: Code,
    phrase: Phrase,
    language: Annotated[str, typer.Option(help="ISO 639, for the list only.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """From now on a text that holds PHRASE is of CATEGORY. Shows first what it would change of the last 1,000 texts."""
    with opened() as store:
        _try(store, category, phrase)
        if not yes and sys.stdin.isatty():
            typer.confirm("Keep it?", abort=True, err=True)
        with store.database.writing() as session:
            reference = store.keeper.current(session)
            add_term(session, reference, category, phrase, language or None, datetime.now(UTC), ACTOR)
    console.print("Kept. Texts from now on are read with it; reports that are there stay as they are.")


@cli.command("try")
def lexicon_try(category: Code, phrase: Phrase) -> None:
    """Which of the last 1,000 texts PHRASE would give another category; keeps nothing."""
    with opened() as store:
        _try(store, category, phrase)


@cli.command("list")
def lexicon_list() -> None:
    """What was added: phrase, category, language."""
    with opened() as store, store.database.reading() as session:
        codes = store.keeper.current(session).category_codes
        for term in terms_of(session):
            print(f"{term.phrase}\t{codes[term.category_id]}\t{term.language or ''}")


@cli.command("remove")
def lexicon_remove(phrase: Phrase) -> None:
    """As if it had never been added, for texts from now on."""
    with opened() as store, store.database.writing() as session:
        term = _term(session, phrase)
        remove_term(session, store.keeper.current(session), term, datetime.now(UTC), ACTOR)
    console.print("Removed.")


@cli.command("examples")
def lexicon_examples(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Gets a file a language, as fr.txt.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever with the hour.")],
) -> None:
    """The copies of texts that staff decided on and kept, as example texts with what they said these are. `make train`
    learns them: `make train ARGS="--with FOLDER/fr.txt"`. Keep such files safe, and no longer than needed.
    """
    with opened() as store:
        own = store.settings.language
        with store.database.writing() as session:
            found = open_examples(session, store.vault, own, reason, datetime.now(UTC), ACTOR)
    for language in languages():
        if kept := [each for each in found if each.language == language]:
            path = folder / f"{language}.txt"
            with replacing(path) as file:
                file.write(source_of(kept).encode())
            console.print(f"{len(kept)} examples in {path}.", markup=False)
    if not found:
        console.print("Nobody has kept an example yet: POST /v1/review/{id}/example does.", markup=False)


def _term(session: Session, phrase: str) -> LexiconTerm:
    term = session.scalar(select(LexiconTerm).where(LexiconTerm.phrase == phrase_of(phrase)))
    if term is None:
        raise NotFound("There is no such phrase; `kibaro lexicon list` shows them.")
    return term


def _try(store: Open, category: str, phrase: str) -> None:
    with store.database.reading() as session:
        reference = store.keeper.current(session)
        if category not in reference.category_ids:
            raise NoSuchCategory(f"There is no category {category}; `kibaro categories import` makes them.")
        trial = try_term(session, Means(reference, store.vault, store.settings), category, phrase)
    with store.database.writing() as session:
        record_trial(session, category, trial, datetime.now(UTC), ACTOR)
    console.print(f"Of the last {trial.texts} texts it would change {len(trial.changes)}.")
    for change in trial.changes:
        print(f"{change.reference or change.message_id}\t{change.old or '-'}\t{change.new or '-'}")
