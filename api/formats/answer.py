"""A table as a file to fetch. The whole file is written before the first byte leaves: what goes wrong half-way is a
problem document, never a cut file, and count and checksum stand in the header.
"""

import base64
import hashlib
import re
import weakref
from collections.abc import AsyncIterator, Callable, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from anyascii import anyascii
from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.formats import csv_hxl, geojson, jsonstat, parquet, xlsx
from api.formats.choice import MEDIA_TYPES, FileFormat
from api.formats.table import Table

IN_MEMORY_BYTES: Final = 1 << 20
"""A file that is larger lies on disk until it is sent: a dozen exports at a time stay small."""
CHUNK_BYTES: Final = 1 << 16

WRITERS: Final[dict[FileFormat, Callable[[Table, IO[bytes]], int]]] = {
    "csv": csv_hxl.write,
    "xlsx": xlsx.write,
    "geojson": geojson.write,
    "jsonstat": jsonstat.write,
    "parquet": parquet.write,
}
_ENDINGS: Final[dict[FileFormat, str]] = {"jsonstat": "json"}
_PARAMETERS: Final[dict[FileFormat, str]] = {"csv": "; charset=utf-8; header=present"}


def exported(table: Table, wanted: FileFormat, file_name: str, headers: Mapping[str, str]) -> Response:
    """file_name: without an ending. headers: ETag and the like."""
    file = SpooledTemporaryFile[bytes](max_size=IN_MEMORY_BYTES)
    try:
        rows = WRITERS[wanted](table, file)
        size = file.seek(0, 2)
        file.seek(0)
        digest = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()  # again, for XLSX seeks back
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return _FileAnswer(
        file,
        {
            **headers,
            "Content-Type": MEDIA_TYPES[wanted] + _PARAMETERS.get(wanted, ""),
            "Content-Disposition": f'attachment; filename="{_safe(file_name)}.{_ENDINGS.get(wanted, wanted)}"',
            "Content-Length": str(size),
            "Content-Digest": f"sha-256=:{digest}:",
            "Kibaro-Rows": str(rows),
        },
    )


class _FileAnswer(StreamingResponse):
    """Closes its file when it is sent, when the client goes away, and when it never gets to be sent."""

    def __init__(self, file: SpooledTemporaryFile[bytes], headers: Mapping[str, str]) -> None:
        super().__init__(_chunks(file), headers=headers)
        self._file = file
        weakref.finalize(self, file.close)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await run_in_threadpool(file.read, CHUNK_BYTES):
        yield chunk


def _safe(file_name: str) -> str:
    """Letters, digits, dot, dash and underscore; nothing a header or a disk takes for something else."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", anyascii(file_name)).strip(".-")[:100] or "kibaro"
