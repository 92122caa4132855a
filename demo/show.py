"""The demonstration: founds a store, serves it, sends it signed texts over HTTP as a provider would, and shows what
came of them.

Sixty days pass in less than a minute: the store's clock is set to each text's own time before it is sent.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select

from demo.composition import DemoText, compose
from demo.outcome import Sent, show_outcome
from demo.provider import OUR_NUMBER, Account, Provider
from intake.reference import ReferenceKeeper
from jobs.engine import Engine
from jobs.founding import found_store, open_vault
from jobs.imports.emergency_numbers import import_emergency_numbers
from jobs.imports.localities import import_localities
from jobs.issuing import WantedChannel, add_channel, create_key
from jobs.tallies import fold_tallies
from models.database import Database
from models.deliveries import Delivery
from models.faults import Refusal
from models.localities import Locality
from models.schema import present
from models.settings import Settings

HERE: Final = Path(__file__).parent
CHANNEL: Final = "demo"
SCOPES: Final = ("aggregates:read", "reports:read", "reports:write", "messages:read")
"""Without protected:read: violence at home, rackets and the like stay out of sight, as they do for most keys."""

AppMaker = Callable[..., Any]
"""Makes the application, which only the entrance can; uvicorn alone looks into it."""


class SteeredClock:
    """Stands at the time it was last set to."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


def run_demo(settings: Settings, count: int, port: int, make_app: AppMaker, *, goes_on: bool) -> None:
    """Raises Refusal on a store that holds something already, or when the port is taken."""
    console = Console(highlight=False, soft_wrap=True)
    _insist_on_free_port(port)
    settings = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "timezone": "Africa/Conakry"})
    with closing(Database(settings.database_url)) as database:
        _insist_on_unused(database)
        account = Account()
        provider = Provider(account)
        provider.start()
        key = _found(database, settings, account, provider)
        texts = compose(count, datetime.now(UTC))
        clock = SteeredClock(texts[0].sent_at)
        app = make_app(settings, clock=clock, with_jobs=False)
        with _serving(app, port):
            sent = _send(database, settings, clock, account, provider, texts, console)
            show_outcome(console, settings, key, sent, goes_on=goes_on)


def _insist_on_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Refusal(f"Port {port} is taken; choose another with --port (make demo ARGS='--port 8001').") from None


def _insist_on_unused(database: Database) -> None:
    if present(database) is None:
        return
    with database.reading() as session:
        used = [session.scalar(select(table.__table__.c[column]).limit(1)) for table, column in _SIGNS_OF_USE]
    if any(sign is not None for sign in used):
        raise Refusal(
            "This store holds something already, and the demonstration would mix its texts into it. Use `make demo`, "
            "which makes a store of its own, or point KIBARO_DATABASE_URL at a new file."
        )


_SIGNS_OF_USE: Final = ((Delivery, "id"), (Locality, "id"))


def _found(database: Database, settings: Settings, account: Account, provider: Provider) -> str:
    """Guinea, an emergency number, one Twilio channel, one key (returned)."""
    now = datetime.now(UTC)
    found_store(database, settings, now, new_key_file=True)
    import_localities(database, HERE / "guinea.csv", now.date())
    import_emergency_numbers(database, HERE / "emergency.csv")
    secrets = (f"account_sid={account.sid}", f"auth_token={account.token}", f"api_url={provider.url}")
    wanted = WantedChannel(CHANNEL, "twilio", OUR_NUMBER, secrets, area="GIN", language="fr")
    add_channel(database, open_vault(database, settings), settings, wanted, now)
    return create_key(database, "demo", SCOPES, "", "other", now)


class _serving:  # noqa: N801  reads as what it does
    """A uvicorn in a thread."""

    def __init__(self, app: Any, port: int) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise Refusal("The server did not start; the lines above say why.")
            time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


def _send(  # noqa: PLR0913  the whole stage
    database: Database,
    settings: Settings,
    clock: SteeredClock,
    account: Account,
    provider: Provider,
    texts: Sequence[DemoText],
    console: Console,
) -> Sent:
    vault = open_vault(database, settings)
    engine = Engine(database, vault, ReferenceKeeper(vault), settings, clock=clock)
    url = f"{settings.public_url}/intake/{CHANNEL}"
    statuses: Counter[int] = Counter()
    exchanges: list[tuple[str, str]] = []
    began = time.monotonic()
    columns = (TextColumn("signed texts"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with httpx.Client(timeout=10) as client, Progress(*columns, console=console) as bar:
        task = bar.add_task("texts", total=len(texts))
        for text in texts:
            clock.now = text.sent_at
            body, headers = account.request(url, text)
            statuses[client.post(url, content=body, headers=headers).status_code] += 1
            before = len(provider.answers)
            engine.dispatcher.run_once()
            engine.sender.run_once()
            exchanges += [(text.text, answer.text) for answer in provider.answers[before:]]
            bar.advance(task)
    clock.now = datetime.now(UTC)
    fold_tallies(database, ReferenceKeeper(vault), settings, clock.now)
    repeats = sum(text.repeat_of is not None for text in texts)
    return Sent(statuses, repeats, exchanges, time.monotonic() - began)
