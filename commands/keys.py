"""kibaro keys …: who may ask the API what."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import console, opened
from jobs import issuing

cli = typer.Typer(no_args_is_help=True, help="Keys of the API.")


@cli.command("create")
def keys_create(
    name: str,
    scope: Annotated[list[str], typer.Option(help="One of the scopes; repeat it for more.")],
    locality: Annotated[str, typer.Option(help="Code of the root of what the key sees; default everything.")] = "",
    body: Annotated[str, typer.Option(help="police, administration or other.")] = "other",
) -> None:
    """Prints the key, alone on the last line, once."""
    with opened() as store:
        secret = issuing.create_key(store.database, name, scope, locality, body, datetime.now(UTC))
    console.print("Keep it now: it is stored as a hash and never shown again.")
    print(secret)


@cli.command("list")
def keys_list() -> None:
    """Names, scopes and reach of the keys; the keys themselves nobody can show."""
    with opened() as store:
        for line in issuing.keys_of(store.database):
            print(line)


@cli.command("revoke")
def keys_revoke(name: str) -> None:
    """From now on this key opens nothing."""
    with opened() as store:
        issuing.revoke_key(store.database, name, datetime.now(UTC))
    console.print(f"{name} is revoked.")
