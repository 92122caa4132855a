"""Parquet: typed columns, facts in the metadata, and a plain sentence where it is not installed."""

import sys
from io import BytesIO
from typing import Any

import pyarrow.parquet
import pytest

from api.formats import parquet
from api.formats.parquet import NotInstalled
from tests.api.formats.tables import COLUMNS, FACTS, make_row, make_table, written


def opened(rows: list[tuple[Any, ...]]) -> pyarrow.parquet.ParquetFile:
    return pyarrow.parquet.ParquetFile(BytesIO(written(make_table(rows), "parquet")))


@pytest.mark.parametrize("rows", [[], [make_row()], [make_row(reports=None, name=None, day=None)]])
def test_columns_are_typed_even_when_empty(rows: list[tuple[Any, ...]]) -> None:
    schema = opened(rows).schema_arrow
    assert {field.name: str(field.type) for field in schema} == {
        "locality": "string",
        "name": "string",
        "period": "string",
        "day": "date32[day]",
        "noted": "timestamp[us, tz=UTC]",
        "reports": "int64",
        "rate": "double",
        "resolved": "double",
        "band": "string",
        "final": "bool",
    }


def test_facts_tags_and_meanings_stand_in_the_metadata() -> None:
    schema = opened([]).schema_arrow
    assert {name: schema.metadata[name.encode()].decode() for name in FACTS} == FACTS
    for column in COLUMNS:
        metadata = schema.field(column.name).metadata
        assert metadata[b"hxl"].decode() == column.hxl
        assert metadata[b"meaning_fr"].decode() == column.meaning_fr


def test_rows_go_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_AT_ONCE", 2)
    file = opened([make_row(reports=nth) for nth in range(5)])
    assert file.num_row_groups == 3
    assert file.read(["reports"])["reports"].to_pylist() == [0, 1, 2, 3, 4]


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(NotInstalled, match=r"pip install kibaro\[parquet\]") as refused:
        written(make_table([make_row()]), "parquet")
    assert (refused.value.status, refused.value.code) == (501, "not-installed")
