"""The journal: many deliveries, one durable commit. Nobody is answered before it, and nothing is interpreted here.

A writer thread takes what waits, inserts it in one statement, and when the commit is durable the requests are answered.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import DBAPIError

from intake import parcel
from intake.gateways.contract import Channel, Delivered, Text
from intake.journal_rows import Entry, Known, insert_new, look_up
from intake.references import mint_reference
from models.channels import WEB
from models.clock import Clock, now_utc
from models.database import Database
from models.faults import Conflict, Fault, Unavailable, trace_of
from models.vault import Vault

LARGEST_BATCH: Final = 300
PATIENCE_S: Final = 2.5  # a gateway is told 503 within 3 s; a commit that still succeeds makes its retry a repeat
MINTINGS: Final = 4  # a fresh reference clashes once in many thousand times; four clashes in a row are a fault

log = logging.getLogger(__name__)


class KeyReused(Conflict):
    """This Idempotency-Key was used for another report. Use a new key for a new report."""

    code = "idempotency-key-reused"


class JournalFault(Fault):
    """The delivery could not be written down; it was not accepted."""

    code = "journal-fault"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of a delivery once it is durable. repeated: it was here before, and this is its first receipt."""

    message_id: UUID
    reference: str
    repeated: bool


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    answer: "asyncio.Future[Receipt]"


class Journal:
    """start() before the first append, stop() after the last; append() from one event loop at a time."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        on_commit: Callable[[], None] = lambda: None,
        clock: Clock = now_utc,
    ) -> None:
        self._clock = clock
        self._database = database
        self._vault = vault
        self._on_commit = on_commit
        self._arrived: list[_Waiting] = []
        self._queue: deque[_Waiting] = deque()
        self._filled = threading.Event()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._write_for_ever, name="journal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Writes what still waits, then returns."""
        self._stopping = True
        self._filled.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    async def append(self, channel: Channel, delivered: Delivered) -> Receipt:
        """Returns when the delivery is durable. Raises Unavailable, KeyReused or JournalFault; then nothing was
        accepted.
        """
        loop = asyncio.get_running_loop()
        self._loop = loop
        waiting = _Waiting(self.entry_of(channel, delivered), loop.create_future())
        if not self._arrived:
            loop.call_soon(self._hand_over)
        self._arrived.append(waiting)
        timer = loop.call_later(PATIENCE_S, _give_up, waiting.answer)
        try:
            return await waiting.answer
        finally:
            timer.cancel()

    def _hand_over(self) -> None:
        """Once a turn of the loop, so that what came in together is written together."""
        self._queue.extend(self._arrived)
        self._arrived.clear()
        self._filled.set()

    def entry_of(self, channel: Channel, delivered: Delivered) -> Entry:
        delivery_id = uuid4()
        text = delivered if isinstance(delivered, Text) else None
        identity = _identity(delivered)
        content = _content(text) if text and channel.provider == WEB else None
        return Entry(
            id=delivery_id,
            channel_id=channel.id,
            kind="text" if text else "status",
            identity=identity,
            tag=self._vault.tag(channel.id, identity),
            tag_version=self._vault.tag_version(),
            content=content,
            content_tag=self._vault.tag(channel.id, content) if content else None,
            sender_tag=self._vault.tag(channel.id, f"from\0{text.sender}") if text else None,
            reference=mint_reference() if text else None,
            received_at=self._clock(),
            sealed=parcel.seal(self._vault, delivery_id, delivered),
        )

    # -- the writer's thread -----------------------------------------------------------------------------------------

    def _write_for_ever(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_BATCH))]
                # Who was told 503 already will come again, perhaps without a key to be known by: do not take it in.
                if wanted := [waiting for waiting in batch if not waiting.answer.done()]:
                    self._write(wanted)
            if self._stopping:
                return

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            receipts = self._commit([waiting.entry for waiting in batch])
        except Unavailable as fault:
            self._answer(batch, [fault] * len(batch))
        except (DBAPIError, Fault, ValueError) as error:
            self._split(batch, error)
        except Exception as error:
            log.error("the journal met %s\n%s", type(error).__name__, trace_of(error))
            self._answer(batch, [JournalFault()] * len(batch))
        else:
            self._answer(batch, receipts)
            self._on_commit()

    def _split(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """One bad row must not fail its neighbours."""
        if len(batch) == 1:
            log.error("one delivery could not be written down: %s", type(error).__name__)
            self._answer(batch, [error if isinstance(error, Fault) else JournalFault()])
            return
        middle = len(batch) // 2
        self._write(batch[:middle])
        self._write(batch[middle:])

    def _commit(self, entries: Sequence[Entry]) -> list[Receipt | Fault]:
        results: dict[UUID, Receipt | Fault] = {}
        left = list(entries)
        for _ in range(MINTINGS):
            left = self._insert(left, results)
            if not left:
                return [results[entry.id] for entry in entries]
            left = [replace(entry, reference=mint_reference()) for entry in left]
        raise JournalFault

    def _insert(self, entries: Sequence[Entry], results: dict[UUID, Receipt | Fault]) -> list[Entry]:
        """Inserts what is new and fills in results; returns the entries whose reference was taken."""
        with self._database.appending() as connection:
            older = self._vault.tag_versions[1:]
            known = look_up(connection, self._retagged(entries, older)) if older else {}
            fresh = [entry for entry in entries if (entry.channel_id, entry.identity) not in known]
            inserted = insert_new(connection, fresh)
            rest = [entry for entry in fresh if entry.id not in inserted]
            known |= look_up(connection, [(entry, entry.tag) for entry in rest]) if rest else {}
        clashing = []
        for entry in entries:
            earlier = known.get((entry.channel_id, entry.identity))
            if entry.id in inserted:
                results[entry.id] = Receipt(entry.id, entry.reference or "", repeated=False)
            elif earlier is not None:
                results[entry.id] = self._receipt_of(entry, earlier)
            else:
                clashing.append(entry)
        return clashing

    def _retagged(self, entries: Sequence[Entry], versions: Sequence[int]) -> list[tuple[Entry, bytes]]:
        return [(e, self._vault.tag(e.channel_id, e.identity, version)) for e in entries for version in versions]

    def _receipt_of(self, entry: Entry, earlier: Known) -> Receipt | Fault:
        if entry.content and earlier.content_tag:
            same = self._vault.tag(entry.channel_id, entry.content, earlier.tag_version)
            if not compare_digest(same, earlier.content_tag):
                return KeyReused()
        return Receipt(earlier.id, earlier.reference or "", repeated=True)

    def _answer(self, batch: Sequence[_Waiting], results: Sequence[Receipt | Exception]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(_resolve, batch, results)


def _identity(delivered: Delivered) -> str:
    """A status has no id of its own: the text it is about and the word it says are its identity."""
    if isinstance(delivered, Text):
        return delivered.provider_id
    return f"{delivered.provider_id}\0{delivered.stated}"


def _content(text: Text) -> str:
    """What a web report says, so that an idempotency key used for another report is noticed."""
    coded = sorted((text.coded or {}).items())
    return f"content\0{text.sender}\0{text.body!r}\0{coded!r}"


def _resolve(batch: Sequence[_Waiting], results: Sequence[Receipt | Exception]) -> None:
    for waiting, result in zip(batch, results, strict=True):
        if waiting.answer.done():
            continue
        if isinstance(result, Receipt):
            waiting.answer.set_result(result)
        else:
            waiting.answer.set_exception(result)


def _give_up(answer: "asyncio.Future[Receipt]") -> None:
    if not answer.done():
        answer.set_exception(Unavailable())
