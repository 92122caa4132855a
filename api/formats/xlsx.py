"""XLSX: days are days, numbers are numbers, text is never a formula. A second sheet says what every column means, in
English and French, and the facts. Rows go straight to disk, so memory stays small.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from api.formats.table import Column, Kind, Table, TooMuch, instant
from models.faults import Invalid

MOST_ROWS: Final = 1_048_575
"""Excel's 1,048,576 less the header."""
FIRST_YEAR: Final = 1900
"""Excel knows no day before; such a day is written as text."""
A4: Final = 9
HEADER_LETTERS: Final = 250
"""Excel takes 255 in the head of a printed page."""
NUMBER_FORMATS: Final[dict[Kind, str]] = {
    "whole": "#,##0",
    "share": "0.0%",
    "day": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm:ss",
    "flag": '"true";"true";"false"',  # 1 and 0: LibreOffice makes formulas of true ones, and no cell here shall be one
}
WIDTHS: Final[dict[Kind, int]] = {"text": 16, "day": 12, "time": 20}
OTHER_WIDTH: Final = 11
FILTER_BUTTON: Final = 4
"""What the header needs beside its name."""
DEFINITIONS: Final = ("column", "kind", "HXL", "meaning", "signification")
DEFINITION_WIDTHS: Final = (16, 10, 26, 90, 90)

_Write = Callable[[int, int, Any], object]


def write(table: Table, file: IO[bytes]) -> int:
    with TemporaryDirectory() as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        try:
            written = _write_data(book, table)
            _write_definitions(book, table)
            book.set_properties({"title": table.title, "comments": table.facts["counts"]})
            book.close()
        finally:
            for sheet in book.worksheets():
                sheet._opt_close()  # noqa: SLF001  after a fault nothing else lets go of its temporary file
    return written


def _write_data(book: Workbook, table: Table) -> int:
    sheet = _sheet(book, table.name)
    sheet.set_header(_printed(f"&L{_escaped(table.title)}&R{_escaped(table.facts['counts'])}"))
    bold = book.add_format({"bold": True})
    for at, column in enumerate(table.columns):
        width = max(WIDTHS.get(column.kind, OTHER_WIDTH), len(column.name) + FILTER_BUTTON)
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, column.name, bold)
    writers = [(at, _writer(book, sheet, column)) for at, column in enumerate(table.columns)]
    written = 0
    for written, row in enumerate(table.rows, 1):
        if written > MOST_ROWS:
            raise TooMuch(
                f"A spreadsheet holds {MOST_ROWS:,} rows and this has more: ask for fewer days, places or categories, "
                "or take format=csv."
            )
        for at, put in writers:
            if row[at] is not None:
                put(written, at, row[at])
    sheet.autofilter(0, 0, written, len(table.columns) - 1)
    return written


def _sheet(book: Workbook, name: str) -> Worksheet:
    """The header stays in sight; printed, it is on every page, and a page is as wide as the sheet."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    return sheet


def _writer(book: Workbook, sheet: Worksheet, column: Column) -> _Write:
    """How a cell of this column is written. Types are said, never guessed from what the cell looks like."""
    number_format = NUMBER_FORMATS.get(column.kind)
    look = book.add_format({"num_format": number_format}) if number_format else None

    def text(row: int, at: int, value: str) -> None:
        if value:
            _write_text(sheet, row, at, value)

    def day(row: int, at: int, value: date) -> None:
        if value.year < FIRST_YEAR:
            _write_text(sheet, row, at, value.isoformat())
        else:
            sheet.write_datetime(row, at, value, look)

    def time(row: int, at: int, value: datetime) -> None:
        utc = value.astimezone(UTC).replace(tzinfo=None)
        if utc.year < FIRST_YEAR:
            _write_text(sheet, row, at, instant(value))
        else:
            sheet.write_datetime(row, at, utc, look)

    def number(row: int, at: int, value: float) -> None:
        sheet.write_number(row, at, value, look)

    writers: dict[Kind, _Write] = {"text": text, "day": day, "time": time}
    return writers.get(column.kind, number)


def _write_text(sheet: Worksheet, row: int, at: int, text: str) -> None:
    if text.startswith("<r>"):
        text = f"'{text}"  # XlsxWriter would take <r>…</r> for its own mark-up and write it as it stands
    if sheet.write_string(row, at, text):
        raise Invalid("A text is longer than a cell of a spreadsheet holds (32,767 letters): take format=csv.")


def _write_definitions(book: Workbook, table: Table) -> None:
    sheet = _sheet(book, "definitions")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for at, (name, width) in enumerate(zip(DEFINITIONS, DEFINITION_WIDTHS, strict=True)):
        sheet.set_column(at, at, width, wrapped)
        sheet.write_string(0, at, name, bold)
    lines = [(each.name, each.kind, each.hxl, each.meaning_en, each.meaning_fr) for each in table.columns]
    facts = [(name, "", "", fact) for name, fact in (("title", table.title), *table.facts.items())]
    for row, line in enumerate([*lines, (), *facts], 1):
        for at, text in enumerate(line):
            _write_text(sheet, row, at, text)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")


def _printed(header: str) -> str:
    return header if len(header) <= HEADER_LETTERS else ""
