"""Tables to write, and each format read back by somebody else's reader."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from itertools import product
from typing import Any

import openpyxl
import pyarrow.parquet
from hypothesis import strategies as st

from api.formats.answer import WRITERS
from api.formats.cells import TOTAL
from api.formats.choice import FileFormat
from api.formats.figures import COUNTS, FIGURES, FIGURES_CUBE
from api.formats.table import Column, Cube, Dimension, Kind, Table

FACTS = {**COUNTS, "as_of": "2026-11-22T09:00:00Z", "query": "period=month", "generated_at": "2026-11-22T09:00:07Z"}

KINDS: tuple[tuple[str, Kind, str], ...] = (
    ("locality", "text", "#adm+code"),
    ("name", "text", "#adm+name"),
    ("period", "text", "#meta+period"),
    ("day", "day", "#date+start"),
    ("noted", "time", "#date+updated"),
    ("reports", "whole", "#indicator+num+reports"),
    ("rate", "decimal", "#indicator+num+rate"),
    ("resolved", "share", "#indicator+num+resolved"),
    ("band", "text", "#indicator+band"),
    ("final", "flag", "#meta+final"),
)
COLUMNS = tuple(
    Column(name, kind, hxl, f"What {name} means.", f"Ce que veut dire {name}.") for name, kind, hxl in KINDS
)
NAMES = [column.name for column in COLUMNS]
CUBE = Cube(
    (
        Dimension("geo", "geo", "locality", "name", "all localities"),
        Dimension("time", "time", "period", "period", "all periods"),
    ),
    final="final",
    bands={"reports": "band"},
)


def make_table(rows: Iterable[tuple[Any, ...]], columns: tuple[Column, ...] = COLUMNS, **changes: Any) -> Table:
    given: dict[str, Any] = {"facts": FACTS, "cube": CUBE, "geometries": {}} | changes
    return Table("data", "Test & tried", columns, rows, **given)


def make_row(**changes: Any) -> tuple[Any, ...]:
    row = {
        "locality": "GN-N",
        "name": "Nzérékoré",
        "period": "2026-11",
        "day": date(2026, 11, 1),
        "noted": datetime(2026, 11, 22, 9, tzinfo=UTC),
        "reports": 12,
        "rate": 1.5,
        "resolved": 0.25,
        "band": "5-19",
        "final": True,
    }
    assert changes.keys() <= row.keys()
    return tuple((row | changes).values())


def make_figures() -> Table:
    """What GET /v1/aggregates could give: two places, three weeks, one of them open."""
    weeks = (("2026-W45", date(2026, 11, 2)), ("2026-W46", date(2026, 11, 9)), ("2026-W47", date(2026, 11, 16)))
    rows = [
        (
            *(code, name, "theft", "Vol", week, start, start.replace(day=start.day + 6)),
            *(at, at, 0, 1, 2, 0, 1, 3, None, None if at < 9 else 7, ("<5", "5-19", "20+")[at % 3], week != "2026-W47"),
        )
        for at, ((code, name), (week, start)) in enumerate(
            product((("GN-C", "Conakry"), ("GN-N", "Nzérékoré")), weeks), start=6
        )
    ]
    return Table("figures", "Figures", FIGURES, rows, FACTS, FIGURES_CUBE, {})


def written(table: Table, wanted: FileFormat) -> bytes:
    file = BytesIO()
    WRITERS[wanted](table, file)
    return file.getvalue()


# -- read back --------------------------------------------------------------------------------------------------------


def read_csv(raw: bytes) -> list[dict[str, str]]:
    """Without the row of tags; the last column, which holds the facts in its header, under "facts"."""
    header, _tags, *rows = csv.reader(StringIO(raw.decode(), newline=""))
    assert all(len(row) == len(header) for row in rows)
    return [dict(zip([*header[:-1], "facts"], row, strict=True)) for row in rows]


def read_xlsx(raw: bytes) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(BytesIO(raw))
    header, *rows = book.worksheets[0].iter_rows(values_only=True)
    book.close()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def read_parquet(raw: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(BytesIO(raw)).to_pylist()
    return rows


def read_geojson(raw: bytes) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in json.loads(raw)["features"]]


def read_jsonstat(raw: bytes) -> dict[tuple[str, ...], Any]:
    """Each value by its codes: the metric's last."""
    cube = json.loads(raw)
    codes = list(product(*(cube["dimension"][side]["category"]["index"] for side in cube["id"])))
    return {codes[int(at)]: value for at, value in cube["value"].items()}


# -- dice -------------------------------------------------------------------------------------------------------------

_letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"])
texts = st.text(_letters, max_size=12)
hostile = st.one_of(
    st.tuples(
        st.text(" \t\r\n\"';", max_size=3),
        st.sampled_from("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20;,|<>"),
        st.text("=+-@;,|\t\r\n\"'<>/r 1A()!", max_size=12),
    ).map("".join),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(["<r>=1</r>", '<r></r></is></c><c r="A9"><f>1+1</f></c><c r="B9"><is><r></r>', "{=1+1}", "#REF!"]),
)
_decimals = st.floats(-1e6, 1e6).map(lambda each: round(each, 6) + 0.0)
_cells: Mapping[Kind, st.SearchStrategy[Any]] = {
    "text": texts,
    "whole": st.integers(-(10**15), 10**15),
    "decimal": _decimals,
    "share": st.floats(0, 1).map(lambda each: round(each, 6)),
    "day": st.dates(date(1880, 1, 1), date(2100, 1, 1)),
    "time": st.datetimes(datetime(1880, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  the zone comes after
        lambda each: each.replace(microsecond=0, tzinfo=UTC)
    ),
    "flag": st.booleans(),
}


def _unique(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[NAMES.index("locality")] or TOTAL, row[NAMES.index("period")] or TOTAL)


_row = st.tuples(*(st.none() | _cells[column.kind] for column in COLUMNS))
rows = st.lists(
    _row.filter(lambda row: any(cell not in {None, ""} for cell in row)),  # a spreadsheet knows no empty last row
    max_size=8,
    unique_by=_unique,  # one row a place and period, as figures are
)
