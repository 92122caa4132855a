"""kibaro export …: figures as a file, the same as GET /v1/aggregates gives, for the operator of the store."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import BufferedRandom
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from api.asking import ask
from api.exporting import facts_of, figures_table
from api.formats.answer import WRITERS
from api.formats.table import instant
from api.routes.aggregates import counted_at
from api.security import Caller
from commands.known import insist_on_category, insist_on_locality
from commands.opening import console, opened, spinning
from figures.answer import answer
from figures.guarded import guarded
from models.faults import Refusal
from models.periods import GRAINS

NOBODY: Final = UUID(int=0)
DAY: Final = ["%Y-%m-%d"]

cli = typer.Typer(no_args_is_help=True, help="Data out, as files.")


@cli.command("figures")
def export_figures(  # noqa: PLR0913  the command's own options
    output: Annotated[Path, typer.Argument(help="File to write; its ending says the format unless --format does.")],
    wanted: Annotated[str, typer.Option("--format", help=f"One of {', '.join(WRITERS)}.")] = "",
    locality: Annotated[str, typer.Option(help="A code; default each country.")] = "",
    period: Annotated[str, typer.Option(help=f"One of {', '.join(GRAINS)}.")] = "month",
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="First day, inclusive.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Last day, inclusive.")] = None,
    category: Annotated[str, typer.Option(help="A code; theft* adds its descendants.")] = "",
    group_by: Annotated[str, typer.Option(help="Comma list of locality, category, period.")] = "locality,period",
    depth: Annotated[int, typer.Option(min=0, max=1, help="1 adds the children.")] = 0,
    boundaries: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Count under the parents of this day.")
    ] = None,
    protected: Annotated[
        bool, typer.Option("--protected", help="With protected matters: keep such a file safe.")
    ] = False,
    exact: Annotated[bool, typer.Option("--exact", help="With exact numbers of reporters.")] = False,
) -> None:
    """Counts of texts received, not of crimes committed."""
    chosen = wanted or {"json": "jsonstat"}.get(output.suffix.lstrip("."), output.suffix.lstrip("."))
    if chosen not in WRITERS:
        raise Refusal(f"The format must be one of {', '.join(WRITERS)}.")
    if period not in GRAINS:
        raise Refusal(f"The period must be one of {', '.join(GRAINS)}.")
    scopes = {"aggregates:read", *(["protected:read"] if protected else []), *(["reports:read"] if exact else [])}
    now = datetime.now(UTC)
    with opened() as store, store.database.reading() as session, spinning("figures"):
        reference = store.keeper.current(session)
        if locality:
            insist_on_locality(reference, locality)
        if category:
            insist_on_category(reference, category.removesuffix("*"))
        asked = ask(
            now.astimezone(ZoneInfo(store.settings.timezone)).date(),
            reference,
            Caller(NOBODY, frozenset(scopes), None, "other"),
            locality or None,
            cast("Any", period),
            _day(first),
            _day(last),
            category or None,
            group_by,
            depth,
            _day(boundaries),
        )
        shown = guarded(session, reference, asked.question)
        counted = counted_at(session, asked.question)
        as_of = instant(counted) if counted else None
        facts = facts_of(_said(locality, period, category, group_by), as_of, now)
        rows = answer(session, reference, asked.question, shown)
        table = figures_table(session, reference, asked, rows, store.settings.closes_after_days, facts)
        with replacing(output) as file:
            written = WRITERS[chosen](table, file)
            file.seek(0)
            digest = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
    console.print(f"{written} rows in {output}, sha-256 {digest}.", markup=False)


@contextmanager
def replacing(path: Path) -> Iterator[BufferedRandom]:
    """A file beside it that takes its place when the block ends well, for its owner's eyes only. Raises Refusal."""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            beside = Path(file.name)
            try:
                yield cast("BufferedRandom", file)
                file.flush()
                beside.replace(path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Refusal(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that is there, is yours and has "
            "room. What stood there before is as it was."
        ) from None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _said(locality: str, period: str, category: str, group_by: str) -> str:
    said = {"locality": locality, "period": period, "category": category, "group_by": group_by}
    return "&".join(f"{name}={value}" for name, value in said.items() if value)
