"""Parquet, an extra (`pip install kibaro[parquet]`): typed columns, the facts and what columns mean in its metadata."""

from typing import IO, Any, ClassVar, Final

from api.formats.table import Kind, Table
from models.faults import Fault

ROWS_AT_ONCE: Final = 32_000
"""A row group. All of it is in memory: some 30 MB of a table of figures."""
TYPES: Final[dict[Kind, str]] = {
    "text": "string",
    "whole": "int64",
    "decimal": "float64",
    "share": "float64",
    "day": "date32",
    "flag": "bool",
}


class NotInstalled(Fault):
    """Parquet is not installed here: the operator runs `pip install kibaro[parquet]`; format=csv holds the same."""

    code: ClassVar[str] = "not-installed"
    status: ClassVar[int] = 501


def write(table: Table, file: IO[bytes]) -> int:
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415
    except ImportError:
        raise NotInstalled from None
    schema = _schema(pa, table)
    written = 0
    with ParquetWriter(file, schema) as writer:
        for chunk in table.chunks(ROWS_AT_ONCE):
            columns = zip(zip(*chunk, strict=True), schema, strict=True)
            batch = pa.record_batch([pa.array(values, field.type) for values, field in columns], schema=schema)
            writer.write_batch(batch, ROWS_AT_ONCE)
            written += len(chunk)
    return written


def _schema(pa: Any, table: Table) -> Any:
    types = {kind: pa.type_for_alias(name) for kind, name in TYPES.items()} | {"time": pa.timestamp("us", tz="UTC")}
    fields = [
        pa.field(
            each.name,
            types[each.kind],
            metadata={"hxl": each.hxl, "meaning_en": each.meaning_en, "meaning_fr": each.meaning_fr},
        )
        for each in table.columns
    ]
    return pa.schema(fields, metadata={"title": table.title, **table.facts})
