"""A table as an answer: whole or not at all, with count and checksum, and nothing left behind."""

import base64
import gc
import hashlib
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Message

from api.formats import answer
from api.formats.answer import CHUNK_BYTES, WRITERS, exported
from api.formats.choice import MEDIA_TYPES, FileFormat
from api.formats.table import Table
from api.problems import speak_problems
from models.faults import Unavailable
from tests.api.formats.tables import make_row, make_table, written
from tests.serving import problem_of

pytestmark = pytest.mark.anyio
HEADERS = {"ETag": 'W/"abc"', "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept"}
MANY = 40_000


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every temporary file that was opened, the last one last."""
    opened: list[Any] = []

    class Recorded(SpooledTemporaryFile[bytes]):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            opened.append(self)

    monkeypatch.setattr(answer, "SpooledTemporaryFile", Recorded)
    return opened


def many() -> Table:
    """Some 4 MB as CSV: more than stays in memory."""
    return make_table(make_row(locality=f"GN-{nth}", reports=nth) for nth in range(MANY))


def broken() -> Iterator[tuple[Any, ...]]:
    for nth in range(5_000):
        yield make_row(locality=f"GN-{nth}", reports=nth)
    raise Unavailable


async def fetched(answered: Any, path: str = "/") -> httpx.Response:
    app = FastAPI()
    app.get(path)(answered)
    speak_problems(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
        return await http.get(path)


def digest_of(raw: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(raw).digest()).decode()}:"


@pytest.mark.parametrize("wanted", WRITERS)
async def test_the_file_arrives_whole_with_its_count_and_checksum(wanted: FileFormat, files: list[Any]) -> None:
    rows = [make_row(locality=f"GN-{nth}", reports=nth) for nth in range(3)]

    def route() -> Response:
        return exported(make_table(rows), wanted, "figures", HEADERS)

    got = await fetched(route)
    assert got.status_code == 200
    assert got.headers["content-type"].split(";")[0] == MEDIA_TYPES[wanted]
    assert got.headers["content-length"] == str(len(got.content))
    assert got.headers["content-digest"] == digest_of(got.content)
    assert got.headers["kibaro-rows"] == "3"
    assert got.headers["etag"] == HEADERS["ETag"]
    assert got.headers["cache-control"] == HEADERS["Cache-Control"]
    assert got.headers["vary"] == "Authorization, Accept"
    assert wanted == "xlsx" or got.content == written(make_table(rows), wanted)  # which holds the time of making
    assert [file.closed for file in files] == [True]


async def test_a_long_file_is_sent_from_disk_in_pieces(files: list[Any]) -> None:
    response = exported(many(), "csv", "figures", {})
    assert files[0].name is not None  # in memory it has none
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await response(scope(), never, send)
    pieces = [message["body"] for message in sent[1:]]
    assert len(pieces) > 40
    assert max(map(len, pieces)) == CHUNK_BYTES
    assert digest_of(b"".join(pieces)) == response.headers["content-digest"]
    assert b"".join(pieces).count(b"\r\n") == MANY + 2
    assert files[0].closed


@pytest.mark.parametrize("wanted", WRITERS)
async def test_what_breaks_half_way_is_a_problem_and_never_a_cut_file(wanted: FileFormat, files: list[Any]) -> None:
    def route() -> Response:
        return exported(make_table(broken()), wanted, "figures", HEADERS)

    problem_of(await fetched(route), 503, "unavailable")
    assert [file.closed for file in files] == [True]


async def test_a_surprise_half_way_closes_the_file_too(files: list[Any]) -> None:
    def route() -> Response:
        return exported(make_table([make_row()[1:]]), "csv", "figures", HEADERS)

    problem_of(await fetched(route), 500, "internal")
    assert [file.closed for file in files] == [True]


@pytest.mark.parametrize("version", ["2.3", "2.4"])
async def test_a_client_that_goes_away_closes_the_file(files: list[Any], version: str) -> None:
    """Older servers tell it by a message, newer ones when something is sent."""
    response = exported(many(), "csv", "figures", {})
    pieces = 0

    async def send(message: Message) -> None:
        nonlocal pieces
        pieces += message["type"] == "http.response.body"
        if pieces > 2 and version == "2.4":
            raise OSError

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    if version == "2.4":
        with pytest.raises(ClientDisconnect):
            await response(scope(version), receive, send)
    else:
        await response(scope(version), receive, send)
    assert pieces < 10
    assert files[0].closed


async def test_an_answer_that_is_never_sent_closes_its_file(files: list[Any]) -> None:
    response = exported(many(), "csv", "figures", {})
    assert not files[0].closed
    del response
    gc.collect()
    assert files[0].closed


@pytest.mark.parametrize(
    ("file_name", "wanted", "expected"),
    [
        ("figures-GIN-month", "csv", "figures-GIN-month.csv"),
        ("Nzérékoré 2026", "xlsx", "Nzerekore-2026.xlsx"),
        ("cube", "jsonstat", "cube.json"),
        ('a"; filename="b.exe', "csv", "a-filename-b.exe.csv"),
        ("../../etc/passwd", "csv", "etc-passwd.csv"),
        ("a\r\nSet-Cookie: x", "csv", "a-Set-Cookie-x.csv"),
        ("", "csv", "kibaro.csv"),
        ("x" * 300, "csv", f"{'x' * 100}.csv"),
    ],
)
async def test_file_names_are_harmless(file_name: str, wanted: FileFormat, expected: str) -> None:
    response = exported(make_table([]), wanted, file_name, {})
    assert response.headers["content-disposition"] == f'attachment; filename="{expected}"'
    assert isinstance(response, StreamingResponse)


def scope(version: str = "2.4") -> dict[str, Any]:
    return {"type": "http", "method": "GET", "asgi": {"spec_version": version}, "headers": []}


async def never() -> Message:
    import anyio  # noqa: PLC0415

    await anyio.sleep_forever()
    raise AssertionError
