"""JSON-stat 2.0: the rows as a cube of place, time, category and metric. Only cells that have a row are written.

Statuses are Eurostat's: ":" no number, "p" provisional; where a band stands in for a number, the status is the band.
"""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from api.formats.cells import NOT_GIVEN, PROVISIONAL, Cells, Place, cells_of
from api.formats.table import Column, Cube, Table
from models.faults import Invalid

METRIC: Final = "metric"
NOTE: Final = "A cell without a value: nothing was counted there, or it is not shown to this key."
STATUSES: Final = {NOT_GIVEN: "not given", PROVISIONAL: "provisional: the period is not closed yet"}

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def write(table: Table, file: IO[bytes]) -> int:
    if table.cube is None:
        raise Invalid("This is no cube of places, times and categories: it cannot be JSON-stat, take another format.")
    cells = cells_of(table, table.cube)
    head = _encode(_head(table, table.cube, cells))
    file.write(head.removesuffix("}").encode())
    _write_sparse(file, "value", _entries(cells, cells.numbers, None))
    _write_sparse(file, "status", _entries(cells, cells.statuses, ""))
    file.write(b"}\n")
    return len(cells.numbers)


def _entries(cells: Cells, told: Mapping[Place, tuple[Any, ...]], nothing: object) -> Iterator[str]:
    for at, place in cells.placed():
        yield from (f'"{nth}":{_encode(each)}' for nth, each in enumerate(told[place], at) if each != nothing)


def _write_sparse(file: IO[bytes], name: str, entries: Iterator[str]) -> None:
    file.write(f',"{name}":{{{next(entries, "")}'.encode())
    for entry in entries:
        file.write(f",{entry}".encode())
    file.write(b"}")


def _head(table: Table, cube: Cube, cells: Cells) -> dict[str, Any]:
    """All but the values and their statuses."""
    ids = [each.id for each in cube.dimensions]
    roles = {role: [each.id for each in cube.dimensions if each.role == role] for role in ("time", "geo")}
    named = zip(cube.dimensions, cells.codes(), cells.labels, strict=True)
    updated = table.facts.get("as_of") or table.facts.get("generated_at")
    return {
        "version": "2.0",
        "class": "dataset",
        "label": table.title,
        "source": f"Kibaro: {table.facts['counts']}",
        **({"updated": updated} if updated else {}),
        "note": [NOTE],
        "id": [*ids, METRIC],
        "size": cells.size(),
        "role": {role: found for role, found in roles.items() if found} | {"metric": [METRIC]},
        "dimension": {
            **{each.id: _dimension(each.column, codes, labels) for each, codes, labels in named},
            METRIC: _metric(cells.metrics),
        },
        "extension": {"facts": dict(table.facts), "status": {"label": _statuses(cells)}},
    }


def _statuses(cells: Cells) -> dict[str, str]:
    return STATUSES | {band: f"{band}: a band, the number is not given" for band in sorted(cells.bands)}


def _dimension(name: str, codes: list[str], labels: Mapping[str, str]) -> dict[str, Any]:
    return {"label": name, "category": {"index": codes, "label": {code: labels[code] for code in codes}}}


def _metric(metrics: list[Column]) -> dict[str, Any]:
    return {
        "label": METRIC,
        "category": {
            "index": [each.name for each in metrics],
            "label": {each.name: each.name.replace("_", " ") for each in metrics},
            "note": {each.name: [each.meaning_en, each.meaning_fr] for each in metrics},
        },
    }
