"""kibaro channels …: ways in and out."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.opening import opened
from jobs import issuing

cli = typer.Typer(no_args_is_help=True, help="Ways in and out.")


@cli.command("add")
def channels_add(  # noqa: PLR0913  the command's own options
    name: str,
    provider: Annotated[str, typer.Option(help="twilio or android-sms-gateway.")],
    address: Annotated[str, typer.Option(help="Our number there, as +224…; whatsapp:+… for WhatsApp.")] = "",
    secret: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, or NAME=@FILE to keep it off the screen.")
    ] = None,
    area: Annotated[str, typer.Option(help="Code of the locality it serves.")] = "",
    language: Annotated[str, typer.Option(help="fr or en.")] = "",
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
