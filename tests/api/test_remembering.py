"""A 304 for one statement: given only where the long way would give it too, never on what somebody else was told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from api import remembering
from api.routes import aggregates
from figures.question import Question
from jobs.imports.categories import import_categories
from jobs.issuing import create_key, revoke_key
from models.keys import Key
from tests.jobs.recount import TAXONOMY_HEADER, taxonomy_row, write_csv
from tests.serving import Served, problem_of

pytestmark = pytest.mark.anyio

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30", "group_by": "locality,period"}
REPORT = ("theft", "GN-C-DIX", "2026-11-20")
HIDDEN = ("forced_marriage", "GN-C-DIX", "2026-11-20")
NAME = "desk"


class Poller:
    """A client that sends the same request again with the ETag it holds. runs: how often the route was run."""

    def __init__(self, served: Served, runs: list[Question], name: str, *scopes: str) -> None:
        self.served = served
        self.runs = runs
        self.etag = ""
        self.key = self.new_key(name, *scopes)

    def new_key(self, name: str, *scopes: str, locality: str = "", body: str = "other") -> dict[str, str]:
        store = self.served.store
        wanted = ("aggregates:read", *scopes)
        return {"Authorization": f"Bearer {create_key(store.database, name, wanted, locality, body, store.clock())}"}

    async def asks(self, key: dict[str, str] | None = None, **query: Any) -> tuple[int, int]:
        """The status, and how often the route was run for it."""
        before = len(self.runs)
        held = {"If-None-Match": self.etag} if self.etag else {}
        answer = await self.served.get("/v1/aggregates", (key or self.key) | held, **(NOVEMBER | query))
        self.etag = answer.headers.get("etag", self.etag)
        return answer.status_code, len(self.runs) - before


LONG_WAY, SHORT_WAY, ANEW = (304, 1), (304, 0), (200, 1)


@pytest.fixture
def poller(served: Served, monkeypatch: pytest.MonkeyPatch) -> Poller:
    served.add_reports([REPORT, HIDDEN])
    served.fold()
    runs: list[Question] = []
    counted_at = aggregates.counted_at

    def noted(session: Session, question: Question) -> Any:
        runs.append(question)
        return counted_at(session, question)

    monkeypatch.setattr(aggregates, "counted_at", noted)
    return Poller(served, runs, NAME)


@contextmanager
def statements(served: Served) -> Iterator[list[str]]:
    """That read or write anything."""
    found: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith(("BEGIN", "PRAGMA")):
            found.append(args[2])

    engine = served.store.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


async def test_the_second_time_it_is_one_statement_and_the_route_is_not_run(poller: Poller) -> None:
    assert await poller.asks() == ANEW
    etag = poller.etag
    with statements(poller.served) as found:
        assert await poller.asks() == SHORT_WAY
    assert len(found) == 1, found
    assert poller.etag == etag


async def test_a_304_says_what_the_long_way_s_says(poller: Poller) -> None:
    await poller.asks()
    held = poller.key | {"If-None-Match": poller.etag}
    short = await poller.served.get("/v1/aggregates", held, **NOVEMBER)
    poller.served.app.state.remembered = remembering.Remembered()  # as another process would be
    long = await poller.served.get("/v1/aggregates", held, **NOVEMBER)
    assert (short.status_code, short.content, short.headers) == (long.status_code, long.content, long.headers)
    assert short.status_code == 304


async def test_a_revoked_key_is_no_key_at_once(poller: Poller) -> None:
    await poller.asks()
    assert await poller.asks() == SHORT_WAY
    store = poller.served.store
    revoke_key(store.database, NAME, store.clock())
    held = poller.key | {"If-None-Match": poller.etag}
    problem_of(await poller.served.get("/v1/aggregates", held, **NOVEMBER), 401, "no-key")


async def test_a_key_that_may_less_now_is_judged_by_that(poller: Poller) -> None:
    await poller.asks()
    with poller.served.store.database.writing() as session:
        session.execute(update(Key).where(Key.name == NAME).values(scopes=["reports:read"]))
    held = poller.key | {"If-None-Match": poller.etag}
    problem_of(await poller.served.get("/v1/aggregates", held, **NOVEMBER), 403, "scope-missing")


def put_and_fold(served: Served, report: tuple[str, str, str]) -> None:
    served.add_reports([report])
    served.fold()


def name_anew(served: Served, folder: Path) -> None:
    path = write_csv(folder / "t.csv", TAXONOMY_HEADER, [taxonomy_row("theft", label_en="Larceny")])
    assert import_categories(served.store.database, path, served.store.clock).changed == 1


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param(lambda served, _: put_and_fold(served, REPORT), id="a figure"),
        pytest.param(name_anew, id="a label"),
        pytest.param(lambda served, _: served.store.clock.go_on(days=1), id="the day"),
    ],
)
async def test_what_changes_an_answer_is_told_at_once(
    poller: Poller, tmp_path: Path, happens: Callable[[Served, Path], None]
) -> None:
    await poller.asks()
    assert await poller.asks() == SHORT_WAY
    before = poller.etag
    happens(poller.served, tmp_path)
    assert await poller.asks() == ANEW
    assert poller.etag != before
    assert await poller.asks() == SHORT_WAY


async def test_what_is_hidden_from_a_caller_changes_nothing_for_them(poller: Poller) -> None:
    sees_all = Poller(poller.served, poller.runs, "all", "protected:read")
    for each in (poller, sees_all):
        assert await each.asks() == ANEW
    put_and_fold(poller.served, HIDDEN)
    assert await poller.asks() == SHORT_WAY
    assert await sees_all.asks() == ANEW


async def test_another_key_with_the_same_etag_is_judged_by_its_own(poller: Poller) -> None:
    await poller.asks()
    etag = poller.etag
    assert await poller.asks() == SHORT_WAY
    assert await poller.asks(poller.new_key("its twin")) == LONG_WAY
    for name, scopes, locality, body in (
        ("a region", (), "GN-B", "other"),
        ("all", ("protected:read",), "", "other"),
        ("police", ("protected:read",), "", "police"),
    ):
        poller.etag = etag
        key = poller.new_key(name, *scopes, locality=locality, body=body)
        assert await poller.asks(key) == ANEW, name
        assert poller.etag != etag
    poller.etag = etag
    stranger = {"Authorization": "Bearer nobody"}
    assert await poller.asks(stranger) == (401, 0)
    assert await poller.asks() == SHORT_WAY


async def test_another_question_with_the_same_etag_is_asked(poller: Poller) -> None:
    await poller.asks()
    etag = poller.etag
    for query in ({"depth": 1}, {"format": "csv"}, {"limit": 1}):
        poller.etag = etag
        assert await poller.asks(**query) == ANEW, query


async def test_what_the_public_rule_guards_is_never_remembered(poller: Poller) -> None:
    """It hangs on figures whose versions the caller does not see."""
    guarded: dict[str, Any] = {"period": "quarter", "category": "forced_marriage"}
    assert await poller.asks(**guarded) == ANEW
    assert await poller.asks(**guarded) == LONG_WAY
    assert await poller.asks(**guarded) == LONG_WAY


async def test_no_more_than_so_many_answers_are_remembered_the_newest(
    poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST", 3)
    etags = {}
    for limit in range(1, 6):
        poller.etag = ""
        assert await poller.asks(limit=limit) == ANEW
        etags[limit] = poller.etag
    ways = []
    for limit in (5, 4, 3, 2, 1):
        poller.etag = etags[limit]
        ways.append(await poller.asks(limit=limit))
    assert ways == [SHORT_WAY, SHORT_WAY, SHORT_WAY, LONG_WAY, LONG_WAY]
