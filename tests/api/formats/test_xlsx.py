"""XLSX: typed cells, a sheet of definitions, filters set, no formula, nothing cut and nothing left behind."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given, settings

from api.formats import xlsx
from api.formats.figures import FIGURES
from api.formats.table import TooMuch
from models.faults import Invalid
from tests.api.formats.tables import FACTS, hostile, make_figures, make_row, make_table, written

TYPES = {"text": "s", "whole": "n", "decimal": "n", "share": "n", "day": "d", "time": "d", "flag": "n"}


def opened(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(raw))


def test_cells_are_of_the_kind_of_their_column() -> None:
    table = make_table([make_row()])
    sheet = opened(written(table, "xlsx"))["data"]
    for column, cell in zip(table.columns, sheet[2], strict=True):
        assert cell.data_type.replace("inlineStr", "s") == TYPES[column.kind], column.name
    cells = {column.name: cell for column, cell in zip(table.columns, sheet[2], strict=True)}
    assert cells["day"].number_format == "yyyy-mm-dd"
    assert cells["noted"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert cells["resolved"].number_format == "0.0%"
    assert cells["final"].value == 1
    assert '"true"' in cells["final"].number_format


def test_nothing_given_is_an_empty_cell() -> None:
    sheet = opened(written(make_table([make_row(reports=None, name=None, day=None, final=None)]), "xlsx"))["data"]
    assert [cell.value for cell in sheet[2]].count(None) == 4


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1899, 12, 31), "1899-12-31"),
        (date(1900, 1, 1), datetime(1900, 1, 1)),  # noqa: DTZ001  a spreadsheet knows no zones
        (date(1900, 3, 1), datetime(1900, 3, 1)),  # noqa: DTZ001
        (date(9998, 12, 31), datetime(9998, 12, 31)),  # noqa: DTZ001
    ],
)
def test_days_before_excel_are_texts(day: date, expected: Any) -> None:
    assert opened(written(make_table([make_row(day=day)]), "xlsx"))["data"]["D2"].value == expected


def test_the_header_stays_in_sight_and_filters_are_set() -> None:
    sheet = opened(written(make_figures(), "xlsx"))["figures"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:S7"
    assert [cell.value for cell in sheet[1]] == [column.name for column in FIGURES]
    assert all(cell.font.b for cell in sheet[1])
    for column, cell in zip(FIGURES, sheet[1], strict=True):
        assert len(column.name) < sheet.column_dimensions[cell.column_letter].width < 40
    assert "texts received, not crimes committed" in str(sheet.oddHeader.right.text)


def test_a_table_without_rows_opens_too() -> None:
    sheet = opened(written(make_table([]), "xlsx"))["data"]
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1:J1")


def test_definitions_say_what_every_column_means_in_both_languages() -> None:
    rows = list(opened(written(make_figures(), "xlsx"))["definitions"].iter_rows(values_only=True))
    assert rows[0] == ("column", "kind", "HXL", "meaning", "signification")
    found = {str(row[0]): row for row in rows[1:]}
    for column in FIGURES:
        assert found[column.name] == (column.name, column.kind, column.hxl, column.meaning_en, column.meaning_fr)
        assert len(column.meaning_en) > 10
        assert len(column.meaning_fr) > 10
    for name, fact in FACTS.items():
        assert found[name][3] == fact


@settings(deadline=None, max_examples=50)
@given(hostile)
@example('<r></r></is></c><c r="A9"><f>1+1</f></c><c r="B9"><is><r></r>')
@example("=1+1")
def test_no_text_is_a_formula(text: str) -> None:
    """Nor a link, nor more or fewer cells than were written."""
    table = make_table([make_row(name=text, locality=text, band=text)], facts={**FACTS, "query": text or "none"})
    raw = written(table, "xlsx")
    for sheet in opened(raw).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    with ZipFile(BytesIO(raw)) as parts:
        for name in parts.namelist():
            tree = ET.fromstring(parts.read(name))  # noqa: S314  ours; every part is well-formed
            assert not [each for each in tree.iter() if each.tag.endswith("}f")]
            if name.endswith("sheet1.xml"):
                assert len([each for each in tree.iter() if each.tag.endswith("}row")]) == 2


@pytest.mark.parametrize("text", ["=1+1", "007", "1,5", "2026-11-22", "http://example.org/", "TRUE", "<r>", "a\tb"])
def test_a_text_is_never_guessed_to_be_something_else(text: str) -> None:
    cell = opened(written(make_table([make_row(name=text)]), "xlsx"))["data"]["B2"]
    assert cell.value in {text, f"'{text}"}
    assert cell.data_type in {"s", "inlineStr"}


@pytest.fixture
def emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files lie here; afterwards none may."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("emptied")
def test_more_rows_than_excel_holds_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    assert xlsx.MOST_ROWS == 2**20 - 1
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    assert opened(written(make_table([make_row()] * 3), "xlsx"))["data"].max_row == 4
    with pytest.raises(TooMuch, match=r"format=csv") as refused:
        written(make_table([make_row()] * 4), "xlsx")
    assert (refused.value.status, refused.value.code) == (422, "too-much")


@pytest.mark.usefixtures("emptied")
def test_a_text_longer_than_a_cell_is_refused_not_cut() -> None:
    assert opened(written(make_table([make_row(name="x" * 32_767)]), "xlsx"))["data"]["B2"].value == "x" * 32_767
    with pytest.raises(Invalid, match=r"format=csv"):
        written(make_table([make_row(name="x" * 32_768)]), "xlsx")


@pytest.mark.usefixtures("emptied")
def test_rows_that_break_off_leave_nothing_behind() -> None:
    def broken() -> Iterator[tuple[Any, ...]]:
        yield make_row()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        written(make_table(broken()), "xlsx")
