"""kibaro channels …: ways in and out."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import console, opened
from jobs import issuing

cli = typer.Typer(no_args_is_help=True, help="Ways in and out.")

Secrets = Annotated[list[str] | None, typer.Option(help="NAME=VALUE, or NAME=@FILE to keep it off the screen.")]


@cli.command("add")
def channels_add(  # noqa: PLR0913  the command's own options
    name: str,
    provider: Annotated[str, typer.Option(help="twilio or android-sms-gateway.")],
    address: Annotated[str, typer.Option(help="Our number there, as +224…; whatsapp:+… for WhatsApp.")] = "",
    secret: Secrets = None,
    area: Annotated[str, typer.Option(help="Code of the locality it serves.")] = "",
    language: Annotated[str, typer.Option(help="fr, en, es or sw.")] = "",
    free_to_sender: Annotated[
        bool, typer.Option("--free-to-sender", help="Texting it costs the sender nothing.")
    ] = False,
    receipt_only: Annotated[bool, typer.Option("--receipt-only", help='Say only "received".')] = False,
) -> None:
    """A way in and out. Prints what to set at the provider."""
    wanted = issuing.WantedChannel(
        name, provider, address, tuple(secret or ()), area, language, free_to_sender, receipt_only
    )
    with opened() as store:
        print(issuing.add_channel(store.database, store.vault, store.settings, wanted, datetime.now(UTC)))


@cli.command("list")
def channels_list() -> None:
    """What there is, what is stopped and what cannot send. No secrets."""
    with opened() as store:
        for line in issuing.channels_of(store.database):
            print(line)


@cli.command("secret")
def channels_secret(name: str, secret: Secrets = None) -> None:
    """Replaces secrets, those that are named: a token that others have seen. Every process has them within seconds."""
    with opened() as store:
        issuing.replace_secrets(store.database, store.vault, name, secret or (), datetime.now(UTC))
    console.print(f"{name} has the new secrets. Where the provider's page shows one too, change it there.")


@cli.command("stop")
def channels_stop(name: str) -> None:
    """Within seconds nothing comes in or goes out by it, and replies that wait are cancelled. What came by it stays."""
    with opened() as store:
        cancelled = issuing.stop_channel(store.database, name, datetime.now(UTC))
    done = f"{name} is stopped; {cancelled} replies were cancelled."
    console.print(f"{name} was stopped already." if cancelled is None else done)


@cli.command("start")
def channels_start(name: str) -> None:
    """It takes texts in and answers again."""
    with opened() as store:
        started = issuing.start_channel(store.database, name, datetime.now(UTC))
    console.print(f"{name} works again." if started else f"{name} was not stopped.")
