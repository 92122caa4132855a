"""One table, every format: read back by other people's readers it says the same."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from api.formats.answer import WRITERS
from api.formats.cells import TOTAL
from api.formats.choice import FileFormat
from api.formats.csv_hxl import inert
from api.formats.table import NUMBERS, Column, Table, instant
from tests.api.formats.tables import (
    COLUMNS,
    FACTS,
    NAMES,
    make_row,
    make_table,
    read_csv,
    read_geojson,
    read_jsonstat,
    read_parquet,
    read_xlsx,
    written,
)
from tests.api.formats.tables import (
    rows as any_rows,
)

Rows = list[tuple[Any, ...]]


def of_csv(column: Column, cell: str) -> Any:
    if cell == "":
        return None
    if column.kind in NUMBERS:
        return int(cell) if column.kind == "whole" else float(cell)
    if column.kind == "day":
        return date.fromisoformat(cell)
    if column.kind == "time":
        return datetime.fromisoformat(cell)
    return {"true": True, "false": False}[cell] if column.kind == "flag" else cell


@settings(deadline=None)
@given(any_rows)
def test_csv_says_the_same(made: Rows) -> None:
    found = read_csv(written(make_table(made), "csv"))
    for row, line in zip(made, found, strict=True):
        for column, cell in zip(COLUMNS, row, strict=True):
            expected = (inert(cell) or None) if column.kind == "text" and cell else cell
            assert of_csv(column, line[column.name]) == (expected if expected != "" else None)


@settings(deadline=None, max_examples=40)
@given(any_rows)
def test_xlsx_says_the_same(made: Rows) -> None:
    found = read_xlsx(written(make_table(made), "xlsx"))
    for row, line in zip(made, found, strict=True):
        for column, cell in zip(COLUMNS, row, strict=True):
            expected = cell
            if isinstance(cell, datetime):
                expected = cell.replace(tzinfo=None) if cell.year >= 1900 else instant(cell)
            elif isinstance(cell, date):
                expected = datetime(cell.year, cell.month, cell.day) if cell.year >= 1900 else cell.isoformat()  # noqa: DTZ001
            assert line[column.name] == (None if expected == "" else expected), column


@settings(deadline=None)
@given(any_rows)
def test_geojson_says_the_same(made: Rows) -> None:
    found = read_geojson(written(make_table(made), "geojson"))
    for row, properties in zip(made, found, strict=True):
        assert list(properties) == NAMES
        for column, cell in zip(COLUMNS, row, strict=True):
            expected = cell
            if cell is not None and column.kind in {"day", "time"}:
                expected = cell.isoformat().replace("+00:00", "Z")
            assert properties[column.name] == expected


@settings(deadline=None, max_examples=40)
@given(any_rows)
def test_parquet_says_the_same(made: Rows) -> None:
    assert read_parquet(written(make_table(made), "parquet")) == [dict(zip(NAMES, row, strict=True)) for row in made]


@settings(deadline=None)
@given(any_rows)
def test_json_stat_says_the_same_numbers(made: Rows) -> None:
    expected = {
        (row[0] or TOTAL, row[2] or TOTAL, column.name): cell
        for row in made
        for column, cell in zip(COLUMNS, row, strict=True)
        if column.kind in NUMBERS and cell is not None
    }
    assert read_jsonstat(written(make_table(made), "jsonstat")) == expected


@pytest.mark.parametrize("wanted", WRITERS)
def test_no_file_leaves_without_saying_what_it_counts(wanted: FileFormat) -> None:
    for table in (make_table([make_row()]), make_table([])):
        raw = written(table, wanted)
        found = "".join(map(str, read_definitions(raw))) if wanted == "xlsx" else raw.decode("utf-8", "replace")
        for fact in FACTS.values():
            assert fact in found


def read_definitions(raw: bytes) -> Iterator[Any]:
    from io import BytesIO  # noqa: PLC0415

    import openpyxl  # noqa: PLC0415

    for row in openpyxl.load_workbook(BytesIO(raw))["definitions"].iter_rows(values_only=True):
        yield from row


def test_a_table_that_does_not_say_what_it_counts_is_none() -> None:
    with pytest.raises(ValueError, match="what they count"):
        make_table([], facts={"as_of": "2026-11-22T09:00:00Z"})


@pytest.mark.parametrize("wanted", WRITERS)
def test_rows_are_counted_and_read_once(wanted: FileFormat) -> None:
    from io import BytesIO  # noqa: PLC0415

    once = iter([make_row(locality=f"GN-{nth}") for nth in range(5)])
    assert WRITERS[wanted](make_table(once), BytesIO()) == 5
    assert next(once, None) is None


@pytest.mark.parametrize(
    ("wanted", "rows", "most_bytes"),
    [("csv", 30_000, 8_000_000), ("xlsx", 5_000, 1_500_000), ("geojson", 10_000, 1_000_000)],
)
def test_a_long_table_does_not_stand_in_memory(wanted: FileFormat, rows: int, most_bytes: int) -> None:
    """10,000 rows as tuples are more than 5 MB, as cells of a spreadsheet far more."""

    class Nowhere:
        """Takes what is written and keeps nothing of it."""

        def __init__(self) -> None:
            self.at = 0

        def write(self, data: bytes) -> int:
            self.at += len(data)
            return len(data)

        def flush(self) -> None: ...

    def many() -> Iterator[tuple[Any, ...]]:
        for nth in range(rows):
            yield make_row(locality=f"GN-{nth}", name=f"Village {nth}", reports=nth, rate=nth / 8)

    table: Table = make_table(many())
    tracemalloc.start()
    try:
        assert WRITERS[wanted](table, Nowhere()) == rows  # type: ignore[arg-type]  # as little of a file as they need
        assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


def test_instants_are_told_in_utc() -> None:
    assert instant(datetime(2026, 11, 22, 9, tzinfo=UTC)) == "2026-11-22T09:00:00Z"
    assert instant(datetime.fromisoformat("2026-11-22T11:00:00+02:00")) == "2026-11-22T09:00:00Z"
