"""CSV: HXL tags that libhxl accepts, letters that Excel reads, and no cell a spreadsheet takes for a formula."""

import csv
import re
from io import BytesIO, StringIO
from typing import Any

import hxl
import pytest
from hypothesis import example, given, settings

from api.formats.csv_hxl import ROWS_AT_ONCE, inert
from api.formats.figures import FIGURES, figure_columns
from api.formats.table import NUMBERS, Column
from tests.api.formats.tables import FACTS, hostile, make_figures, make_row, make_table, read_csv, written

CORE_TAGS = {"#affected", "#country", "#date", "#event", "#indicator", "#loc", "#meta", "#adm"}
CORE_TAGS |= {f"#adm{level}" for level in range(1, 6)}
"""Hashtags of the HXL 1.1 core dictionary, and #adm, as OCHA's own list of P-codes has it."""
FORMULA = re.compile(r'["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]')
BEGINS = re.compile(rf"{FORMULA.pattern}|[\t\r\n]")


def complaints(raw: bytes) -> list[str]:
    """What libhxl's default schema calls an error; the rest tells of unusual figures, not of wrong tags."""
    found: list[Any] = []
    with hxl.data(BytesIO(raw)) as source:
        hxl.schema(callback=found.append).validate(source)
    return [str(each) for each in found if each.rule.severity == "error"]


def test_figures_are_valid_hxl() -> None:
    assert complaints(written(make_figures(), "csv")) == []


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        pytest.param(Column("period", "text", "#date+period", "", ""), "2026-W47", id="an ISO week as a date"),
        pytest.param(Column("band", "text", "#indicator+num+band", "", ""), "<5", id="a band as a number"),
    ],
)
def test_the_schema_does_refuse_what_we_keep_out(column: Column, cell: str) -> None:
    assert len(complaints(written(make_table([(cell,)], (column,)), "csv"))) == 1


@pytest.mark.parametrize("level", [None, 0, 1, 2, 3, 4, 5, 6])
def test_the_tags_of_figures_say_what_stands_below(level: int | None) -> None:
    columns = figure_columns(level)
    assert len({column.hxl for column in columns}) == len(columns)
    for column in columns:
        tag = hxl.model.Column.parse(column.hxl, use_exception=True)
        assert tag.tag in CORE_TAGS
        assert ("num" in tag.attributes or tag.tag == "#affected") == (column.kind in NUMBERS)
        assert (tag.tag == "#date") == (column.kind in {"day", "time"})  # weeks and quarters are no dates to libhxl
    assert columns[0].hxl == {None: "#adm+code", 0: "#country+code", 6: "#loc+code"}.get(level, f"#adm{level}+code")
    assert [column.name for column in columns] == [column.name for column in FIGURES]


def test_libhxl_reads_the_numbers_of_figures() -> None:
    table = make_figures()
    with hxl.data(BytesIO(written(table, "csv"))) as source:
        assert source.display_tags == [*(column.hxl for column in FIGURES), "#meta+facts"]
        found = [row.get("#indicator+num+reports") for row in source]
    assert found == [str(row[7]) for row in table.rows]


def test_the_first_column_is_called_by_its_name_and_letters_are_utf_8() -> None:
    raw = written(make_table([make_row()]), "csv")
    assert raw.startswith(b"locality,name,")
    assert "Nzérékoré".encode() in raw
    assert raw.endswith(b"\r\n")


def test_the_facts_stand_in_the_header_of_an_empty_column() -> None:
    raw = written(make_table([make_row()]), "csv")
    header = next(csv.reader(StringIO(raw.decode())))
    assert header[-1] == " | ".join(f"{name}: {fact}" for name, fact in FACTS.items())
    assert [row["facts"] for row in read_csv(raw)] == [""]


def test_cells_are_written_as_the_api_writes_them() -> None:
    raw = written(make_table([make_row(), make_row(reports=None, day=None, final=False, name="a, b")]), "csv")
    first, second = raw.decode().splitlines()[2:]
    assert first == "GN-N,Nzérékoré,2026-11,2026-11-01,2026-11-22T09:00:00Z,12,1.5,0.25,5-19,true,"
    assert second == 'GN-N,"a, b",2026-11,,2026-11-22T09:00:00Z,,1.5,0.25,5-19,false,'


def test_a_chunk_ends_nowhere_in_particular() -> None:
    made = [make_row(locality=f"GN-{nth}", reports=nth) for nth in range(ROWS_AT_ONCE + 1)]
    assert [row["reports"] for row in read_csv(written(make_table(made), "csv"))] == [str(row[5]) for row in made]


def test_a_negative_number_stays_one() -> None:
    (row,) = read_csv(written(make_table([make_row(reports=-5, rate=-1.5)]), "csv"))
    assert (row["reports"], row["rate"]) == ("-5", "-1.5")


def test_rows_of_different_lengths_are_no_table() -> None:
    with pytest.raises(ValueError, match="zip"):
        written(make_table([make_row(), make_row()[:-1]]), "csv")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("=1+1", id="="),
        pytest.param("+1", id="+"),
        pytest.param("-1", id="-"),
        pytest.param("@SUM(1)", id="@"),
        pytest.param("\t1", id="tab"),
        pytest.param("\r1", id="carriage return"),
        pytest.param("\n1", id="line feed"),
        pytest.param("  =1+1", id="after spaces"),
        pytest.param('"=1+1"', id="in quotes of its own"),
        pytest.param("\uff1d1+1", id="full width"),
    ],
)
def test_what_could_begin_a_formula_begins_with_an_apostrophe(text: str) -> None:
    (row,) = read_csv(written(make_table([make_row(name=text)]), "csv"))
    assert row["name"] == f"'{text}"


@pytest.mark.parametrize("text", ["Nzérékoré", "Mali-ville", "a=b", "3+4", "vol ; 2 - 3", "x@example.org", "'à part'"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@settings(deadline=None, max_examples=300)
@given(hostile)
@example(';=HYPERLINK("a")')
@example('x;"=1+1";y')
def test_no_text_becomes_a_formula_however_the_file_is_cut(text: str) -> None:
    """A spreadsheet set to French cuts at semicolons; a paste cuts at tabs."""
    raw = written(make_table([make_row(name=text, locality=text, band=text)], facts={**FACTS, "query": text}), "csv")
    content = raw.decode()
    for delimiter, begins in ((",", BEGINS), (";", FORMULA), ("\t", FORMULA)):
        for line in csv.reader(StringIO(content, newline=""), delimiter=delimiter):
            for cell in line:
                assert not begins.match(cell), (delimiter, cell)
