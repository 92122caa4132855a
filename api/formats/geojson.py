"""GeoJSON (RFC 7946): a feature a row, the row as its properties, the place's outline or point as its geometry."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import IO, Final

from api.formats.outline import tidy
from api.formats.table import Geometry, Table, plain
from models.faults import Invalid

OUTLINES_AT_ONCE: Final = 32
"""Rows come by place, so few outlines are written often."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain).encode


def write(table: Table, file: IO[bytes]) -> int:
    if table.geometries is None:
        raise Invalid("This is not about places: it cannot be GeoJSON, take another format.")
    # The facts are a foreign member, as RFC 7946, 6.1, has it.
    file.write(f'{{"type":"FeatureCollection","facts":{_encode(dict(table.facts))},"features":['.encode())
    written = 0
    for written, feature in enumerate(_features(table, table.geometries), 1):
        file.write(f"{',' if written > 1 else ''}\n{feature}".encode())
    file.write(b"\n]}\n")
    return written


def _features(table: Table, geometries: Mapping[str, Geometry | None]) -> Iterator[str]:
    names = [column.name for column in table.columns]
    where = table.position("locality")

    @lru_cache(OUTLINES_AT_ONCE)
    def outline(code: str | None) -> str:
        geometry = geometries.get(code) if code else None
        return _encode(tidy(geometry) if geometry else None)

    for row in table.rows:
        properties = _encode(dict(zip(names, row, strict=True)))
        yield f'{{"type":"Feature","geometry":{outline(row[where])},"properties":{properties}}}'
