"""Participation: who writes, where nobody does, how that is told to whom; and that it is no ranking."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from api.formats.participation import PARTICIPATION
from jobs.imports.localities import import_localities
from jobs.rebuild import rebuild
from models.localities import LocalityPopulation
from models.reference import count_reference_change
from models.reporters import Reporter
from models.tallies import TallyChange
from tests.jobs.recount import OCHA_HEADER, write_csv
from tests.serving import Served, add_message, add_report, problem_of

pytestmark = pytest.mark.anyio

DIXINN, KALOUM, CONAKRY, BOFFA = "GN-C-DIX", "GN-C-KAL", "GN-C", "GN-BF"
BANDED = ["messages", "reporters", "messages_per_10000", "reporters_per_10000", "busiest_share"]
AUTUMN = {"from": "2026-08-01", "to": "2026-11-30"}


def sender(number: int) -> str:
    return f"+120255501{number:02d}"


async def text(served: Served, *words: str, on: str, first_sender: int = 0) -> None:
    """Each from another number, received on that day."""
    served.store.clock.now = datetime.fromisoformat(f"{on}T10:00").replace(tzinfo=UTC)
    for number, each in enumerate(words, first_sender):
        await served.text(each, From=sender(number))
    served.dispatch()
    served.fold()


async def rows(served: Served, *scopes: str, **query: Any) -> list[dict[str, Any]]:
    key = served.key("aggregates:read", *scopes)
    return await served.rows("/v1/participation", key, **query)


def told(found: Sequence[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in found]


def populate(served: Served, *figures: tuple[str, int, int]) -> None:
    with served.store.database.writing() as session:
        spots = served.store.keeper.current(session).spot_ids
        session.execute(delete(LocalityPopulation))
        for code, year, people in figures:
            row = {"locality_id": spots[code], "year": year, "population": people}
            session.execute(insert(LocalityPopulation), [row])
        count_reference_change(session)


@pytest.fixture
def served(served: Served) -> Served:
    served.add_twilio()
    return served


# -- heard, silent, never ----------------------------------------------------------------------------------------------


async def test_a_place_is_never_heard_then_heard_then_silent_and_heard_again(served: Served) -> None:
    await text(served, "vol à Dixinn", on="2026-09-10")
    await text(served, "vol à Kaloum", on="2026-11-22")
    query = {"locality": DIXINN} | AUTUMN
    assert told(await rows(served, **query), "period", "heard", "silent_since", "completeness", "final") == [
        ("2026-08", "never", None, 0, True),
        ("2026-09", "heard", None, 1, True),
        ("2026-10", "silent", "2026-09", 0, False),
        ("2026-11", "silent", "2026-09", 0, False),
    ]
    await text(served, "vol à Dixinn", on="2026-11-23")
    assert told(await rows(served, **query), "heard", "silent_since")[2:] == [("silent", "2026-09"), ("heard", None)]


async def test_silence_goes_back_to_before_the_days_asked_for(served: Served) -> None:
    await text(served, "vol à Dixinn", on="2026-03-10")
    await text(served, "vol à Kaloum", on="2026-11-22")
    found = await rows(served, locality=DIXINN, period="quarter", **{"from": "2026-11-01"})
    assert told(found, "period", "start", "end", "heard", "silent_since") == [
        ("2026-Q4", "2026-10-01", "2026-12-31", "silent", "2026-Q1")
    ]


async def test_every_place_has_a_row_for_every_period_in_one_order_and_none_to_come(served: Served) -> None:
    await text(served, "vol à Dixinn", on="2026-11-22")
    found = await rows(served, locality="GIN", depth=1, **{"from": "2026-10-01", "to": "2027-03-31"})
    regions = ["GIN", "GN-B", "GN-C", "GN-D", "GN-F", "GN-K", "GN-L", "GN-M", "GN-N"]
    assert told(found, "locality", "period") == [(code, month) for code in regions for month in ("2026-10", "2026-11")]
    assert {row["name"] for row in found if row["locality"] == "GN-N"} == {"Nzérékoré"}
    assert await rows(served, **{"from": "2027-01-01"}) == []


async def test_what_is_protected_is_heard_nowhere_whoever_asks(served: Served) -> None:
    await text(served, "Mon mari me frappe à Dixinn", "mariage forcé à Kaloum", on="2026-11-22")
    for scopes in ((), ("reports:read", "protected:read")):
        found = await rows(served, *scopes, locality=CONAKRY, depth=1)
        assert {row["heard"] for row in found} == {"never"}
        assert {row["messages_band"] for row in found} == {"0"}


# -- numbers and bands -------------------------------------------------------------------------------------------------


async def test_exact_for_who_reads_reports_and_bands_for_all(served: Served) -> None:
    populate(served, (DIXINN, 2020, 40_000))
    await text(served, *["vol à Dixinn"] * 6, on="2026-11-22")
    await text(served, *["vol à Dixinn"] * 2, on="2026-11-22")  # two of them again
    query = {"locality": DIXINN, "from": "2026-11-01"}
    (exact,) = await rows(served, "reports:read", **query)
    (banded,) = await rows(served, **query)
    assert {name: exact[name] for name in BANDED} == {
        "messages": 8,
        "reporters": 6,
        "messages_per_10000": 2.0,
        "reporters_per_10000": 1.5,
        "busiest_share": 0.25,
    }
    assert {name: banded[name] for name in BANDED} == dict.fromkeys(BANDED)
    bands = {f"{name}_band": exact[f"{name}_band"] for name in BANDED}
    assert bands == {
        "messages_band": "5-19",
        "reporters_band": "5-19",
        "messages_per_10000_band": "1-4",
        "reporters_per_10000_band": "1-4",
        "busiest_share_band": "a quarter to half",
    }
    assert {**exact, **dict.fromkeys(BANDED)} == banded
    assert set(exact) == {column.name for column in PARTICIPATION}


async def test_where_few_stand_behind_a_share_or_a_rate_only_who_reads_reports_learns_it(served: Served) -> None:
    populate(served, (DIXINN, 2020, 1_000))
    await text(served, *["vol à Dixinn"] * 4, on="2026-11-22")
    query = {"locality": DIXINN, "from": "2026-11-01"}
    (exact,) = await rows(served, "reports:read", **query)
    assert (exact["reporters"], exact["reporters_per_10000"], exact["busiest_share"]) == (4, 40, 0.25)
    for row in (exact, *await rows(served, **query)):
        assert (row["reporters_band"], row["reporters_per_10000_band"], row["busiest_share_band"]) == ("<5", None, None)


def put_reports(served: Served, *made: tuple[str, int | None, str]) -> None:
    """Reports in November at Dixinn of (category, which reporter, source), folded."""
    store = served.store
    with store.database.writing() as session:
        known: dict[int, Reporter] = {}
        for category, number, source in made:
            if number is not None and number not in known:
                known[number] = Reporter(id=add_message(session, store), created_at=store.clock())
                session.add(known[number])
                session.flush()
            reporter_id = known[number].id if number is not None else None
            last = session.scalar(select(func.max(TallyChange.id))) or 0
            changes = {"source": "citizen", "credibility": "false"} if source == "false" else {"source": source}
            add_report(session, store, category, DIXINN, "2026-11-20", reporter_id=reporter_id, **changes)
            own = update(TallyChange).where(TallyChange.id > last)
            session.execute(own.values(reporter_id=reporter_id))
    served.fold()


@pytest.mark.parametrize(
    ("made", "share"),
    [
        pytest.param([("theft", n, "citizen") for n in range(5)], 0.2, id="everybody once"),
        pytest.param([("theft", 0, "officer")] * 3 + [("theft", 1, "citizen")], 0.75, id="one officer"),
        pytest.param(
            [("theft", 0, "citizen"), ("theft", 1, "citizen")] + [("theft", None, "import")] * 8, 0.5, id="no imports"
        ),
        pytest.param(
            [("theft", 0, "citizen"), ("theft", 1, "citizen")] + [("domestic_violence", 0, "citizen")] * 6,
            0.5,
            id="nothing protected",
        ),
        pytest.param(
            [("theft", 0, "citizen")] + [("theft", None, "citizen")] * 3, 0.25, id="the erased are nobody together"
        ),
        pytest.param([("theft", 0, "citizen"), ("robbery", 0, "citizen")], 1.0, id="over all categories"),
        pytest.param([("theft", None, "import")], None, id="only imports"),
        pytest.param([("theft", 0, "citizen"), ("theft", 1, "citizen"), ("theft", 1, "false")], 0.5, id="what counts"),
    ],
)
async def test_the_busiest_reporter_s_share(
    served: Served, made: list[tuple[str, int | None, str]], share: float | None
) -> None:
    put_reports(served, *made)
    for period, start in (("month", "2026-11"), ("quarter", "2026-Q4"), ("year", "2026")):
        for place in (DIXINN, "GIN"):
            (row,) = await rows(served, "reports:read", locality=place, period=period, **{"from": "2026-11-20"})
            assert (row["period"], row["busiest_share"]) == (start, share)


async def test_the_busiest_share_is_that_of_its_own_period(served: Served) -> None:
    await text(served, "vol à Dixinn", "vol à Dixinn", on="2026-10-31")
    await text(served, "vol à Dixinn", on="2026-11-01")
    found = await rows(served, "reports:read", locality=CONAKRY, **{"from": "2026-10-01"})
    assert told(found, "period", "reporters", "busiest_share") == [("2026-10", 2, 0.5), ("2026-11", 1, 1.0)]
    (quarter,) = await rows(served, "reports:read", locality=CONAKRY, period="quarter", **{"from": "2026-10-01"})
    assert quarter["busiest_share"] == pytest.approx(2 / 3, abs=1e-4)


# -- populations -------------------------------------------------------------------------------------------------------


async def test_each_year_takes_its_own_population(served: Served) -> None:
    populate(served, (DIXINN, 2020, 1000), (DIXINN, 2024, 2000), (DIXINN, 2027, 4000))
    await text(served, "vol à Dixinn", on="2026-11-22")
    found = await rows(served, "reports:read", locality=DIXINN, period="year", **{"from": "2018-01-01"})
    known = told(found, "period", "population", "population_year")
    assert known == [
        ("2018", 1000, 2020),
        ("2019", 1000, 2020),
        *((str(year), 1000, 2020) for year in (2020, 2021, 2022, 2023)),
        *((str(year), 2000, 2024) for year in (2024, 2025, 2026)),
    ]
    assert found[-1]["messages_per_10000"] == 5


async def test_a_place_without_a_population_has_the_sum_of_its_children_if_all_have_one(served: Served) -> None:
    with served.store.database.reading() as session:
        spots = served.store.keeper.current(session).spots.values()
        conakry = next(spot for spot in spots if spot.code == CONAKRY)
        communes = [spot.code for spot in spots if spot.parent_on(None) == conakry.id]
    figures = [(code, 2020 + nth % 2, 100) for nth, code in enumerate(communes)]
    await text(served, "vol à Dixinn", on="2026-11-22")
    populate(served, *figures)
    query = {"locality": CONAKRY, "from": "2026-11-01"}
    assert told(await rows(served, **query), "population", "population_year") == [(100 * len(communes), 2020)]
    populate(served, *figures[1:])
    (row,) = await rows(served, "reports:read", **query)
    assert (row["population"], row["population_year"], row["messages_per_10000"], row["messages"]) == (
        None, None, None, 1,
    )  # fmt: skip
    assert row["messages_per_10000_band"] is None


async def test_nobody_lives_there(served: Served) -> None:
    populate(served, (DIXINN, 2020, 0))
    await text(served, "vol à Dixinn", on="2026-11-22")
    (row,) = await rows(served, "reports:read", locality=DIXINN, **{"from": "2026-11-01"})
    assert (row["population"], row["messages_per_10000"], row["messages_per_10000_band"]) == (0, None, None)


# -- completeness ------------------------------------------------------------------------------------------------------


async def test_completeness_is_the_part_of_the_children_that_wrote(served: Served) -> None:
    await text(served, "vol à Dixinn", "vol à Kamsar", on="2026-11-22")
    columns = ("sub_localities", "sub_localities_heard", "completeness")
    query = {"from": "2026-11-01"}
    assert told(await rows(served, locality="GIN", **query), *columns) == [(8, 2, 0.25)]
    assert told(await rows(served, locality="GN-B", **query), *columns) == [(5, 1, 0.2)]
    assert told(await rows(served, locality=DIXINN, **query), *columns) == [(0, 0, 1)]
    assert told(await rows(served, locality=KALOUM, **query), *columns) == [(0, 0, 0)]


async def test_a_child_that_moved_counts_for_the_parent_it_wrote_under(served: Served, tmp_path: Path) -> None:
    """Kamsar leaves Boké for Boffa on 15 November; it wrote before, and writes again later."""
    await text(served, "vol à Kamsar", on="2026-11-10")
    moved = [("GIN", 3, "GN-BK-KAM", "Kamsar", BOFFA, "2026-11-15")]
    path = write_csv(tmp_path / "new.csv", OCHA_HEADER, moved)
    import_localities(served.store.database, path, date(2026, 11, 20), served.store.clock)

    async def children(place: str) -> list[tuple[Any, ...]]:
        found = await rows(served, locality=place, **{"from": "2026-10-01", "to": "2026-11-30"})
        return told(found, "period", "sub_localities", "sub_localities_heard", "messages_band")

    old, new = await children("GN-BK"), await children(BOFFA)
    assert new == [("2026-10", 2, 0, "0"), ("2026-11", 3, 0, "0")]
    assert (old[0][1] - old[1][1], old[1][2:]) == (1, (0, "1-4")), "no child of Boké any more, its text still is"
    await text(served, "vol à Kamsar", on="2026-11-22")
    assert await children(BOFFA) == [("2026-10", 2, 0, "0"), ("2026-11", 3, 1, "1-4")]
    rebuild(served.store.database)
    assert await children(BOFFA) == [("2026-10", 2, 0, "0"), ("2026-11", 3, 1, "1-4")]


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 5, 7])
async def test_pages_make_the_whole_and_know_of_silence_before_them(served: Served, limit: int) -> None:
    await text(served, "vol à Dixinn", on="2026-09-10")
    await text(served, "vol à Kamsar", on="2026-10-10")
    key = served.key("aggregates:read", "reports:read")
    whole = await served.rows("/v1/participation", key, depth=1, limit=500, **AUTUMN)
    assert len(whole) == 9 * 3
    path, found = f"/v1/participation?depth=1&limit={limit}&from=2026-08-01&to=2026-11-30", list[dict[str, Any]]()
    while path and len(found) <= len(whole):
        answer = await served.http.get(path, headers=key)
        found += answer.json()["rows"]
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert found == whole


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"sort": "messages"}, id="in another order"),
        pytest.param({"period": "week"}, id="a period too short"),
        pytest.param({"category": "theft"}, id="one category"),
        pytest.param({"format": "geojson"}, id="on a map"),
        pytest.param({"format": "csv", "limit": 5}, id="a part of a file"),
        pytest.param({"from": "2026-12-01", "to": "2026-11-01"}, id="the wrong way round"),
    ],
)
async def test_what_cannot_be_asked_is_a_422(served: Served, query: dict[str, Any]) -> None:
    problem_of(await served.get("/v1/participation", served.key("aggregates:read"), **query), 422, "invalid")


async def test_outside_the_key_s_locality_is_a_404_and_the_scope_is_needed(served: Served) -> None:
    bound = served.key("aggregates:read", locality="GN-B")
    outside = await served.get("/v1/participation", bound, locality=DIXINN)
    nowhere = await served.get("/v1/participation", bound, locality="GN-NOWHERE")
    problem_of(outside, 404, "not-found")
    assert outside.content == nowhere.content
    assert {row["locality"] for row in await served.rows("/v1/participation", bound)} == {"GN-B"}
    problem_of(await served.get("/v1/participation", served.key("reports:read")), 403, "scope-missing")


async def test_what_is_held_already_is_a_304_until_a_text_or_a_population_comes(served: Served) -> None:
    await text(served, "vol à Dixinn", on="2026-11-22")
    key = served.key("aggregates:read")
    first = await served.get("/v1/participation", key)
    held = key | {"If-None-Match": first.headers["etag"]}
    assert (await served.get("/v1/participation", held)).status_code == 304
    assert (await served.get("/v1/participation", held, depth=1)).status_code == 200
    populate(served, (DIXINN, 2020, 1000))
    second = await served.get("/v1/participation", held)
    assert second.status_code == 200
    await text(served, "vol à Dixinn", on="2026-11-22")
    held = key | {"If-None-Match": second.headers["etag"]}
    assert (await served.get("/v1/participation", held)).status_code == 200


async def test_a_file_holds_the_same_cells(served: Served) -> None:
    await text(served, "vol à Dixinn", on="2026-09-10")
    key = served.key("aggregates:read", "reports:read")
    listed = await served.rows("/v1/participation", key, depth=1, limit=500, **AUTUMN)
    answer = await served.get("/v1/participation", key, depth=1, format="csv", **AUTUMN)
    assert answer.headers["kibaro-rows"] == str(len(listed))
    header, _tags, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert header[:-1] == list(listed[0])
    assert [line[:-1] for line in lines] == [[in_csv(cell) for cell in row.values()] for row in listed]


def in_csv(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(cell)
