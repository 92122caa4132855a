"""Days as tables write them: the order of day and month is found out for a whole file."""

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.imports.cells import BadValueError
from jobs.imports.day_cells import DayCells, Order

ZONE = ZoneInfo("America/Port-au-Prince")
MARCH = date(2024, 3, 12)


def read(cell: str, *others: str, given: Order | None = None) -> date:
    cells = DayCells(given)
    for each in (cell, *others):
        cells.notice(each)
    return cells.read(cell, ZONE)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-12",
        "2024-03-12 01:06:00",
        "2024-03-12T23:59:59.123",
        "2024/3/12",
        "12/03/2024",
        "12/03/2024 17:26",
        "12.03.2024, 17:26",
        "12-3-2024",
        "12/03/2024 11:59 PM",
        "12 March 2024",
        "12 mars 2024",
        "12 de marzo de 2024",
        "March 12, 2024 1:30 am",
        "Mar 12 2024",
        "12 Machi 2024",
    ],
)
def test_the_usual_spellings_are_read(cell: str) -> None:
    assert read(f" {cell} ") == MARCH


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        pytest.param("2024-03-12T03:00:00Z", date(2024, 3, 11), id="UTC, the evening before there"),
        pytest.param("2024-03-12 23:30 -0500", date(2024, 3, 13), id="an offset, and summer time there"),
        pytest.param("12/03/2024 12:30 am UTC", date(2024, 3, 11), id="half past midnight"),
        pytest.param("12/03/2024 11:30 pm +14:00", date(2024, 3, 12), id="far in the east"),
    ],
)
def test_a_time_with_an_offset_is_a_day_there(cell: str, day: date) -> None:
    assert read(cell) == day


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "soon",
        "12/03/24",
        "31/02/2024",
        "2024-13-01",
        "13/13/2024",
        "12/03-2024",
        "12 Brumaire 2024",
        "0000-01-01",
        "12/03/2024 noon",
        "9999-12-31T23:00-11:00",
        "12/03/2024 99:00 Z",
    ],
)
def test_what_is_no_day_is_told(cell: str) -> None:
    with pytest.raises(BadValueError, match="is no day as in"):
        read(cell)


@pytest.mark.parametrize(
    ("others", "given", "day"),
    [
        pytest.param((), None, date(2024, 2, 1), id="nothing shows it: as Ushahidi writes"),
        pytest.param(("25/12/2023",), None, date(2024, 2, 1), id="the day is first"),
        pytest.param(("12/25/2023",), None, date(2024, 1, 2), id="the month is first"),
        pytest.param(("12/25/2023", "12/26/2023", "26/12/2023"), None, date(2024, 1, 2), id="most rows"),
        pytest.param(("12/25/2023", "25/12/2023", "26/12/2023"), None, date(2024, 2, 1), id="most rows again"),
        pytest.param(("25/12/2023",), Order.MONTH_FIRST, date(2024, 1, 2), id="the operator says it"),
        pytest.param(("12/25/2023",), Order.DAY_FIRST, date(2024, 2, 1), id="likewise"),
    ],
)
def test_the_order_is_that_of_the_whole_file(others: tuple[str, ...], given: Order | None, day: date) -> None:
    assert read("01/02/2024", *others, given=given) == day


def test_the_order_is_reported_where_a_row_could_be_read_both_ways() -> None:
    cells = DayCells()
    cells.notice("2024-03-12")
    cells.notice("05/05/2024")
    assert cells.told() is None
    cells.notice("01/02/2024")
    assert "day/month/year in the whole file: no row shows which" in (cells.told() or "")
    cells.notice("01/25/2024")
    assert cells.told() == "Days were read as month/day/year in the whole file: 1 rows leave no other reading."
    cells.given = Order.DAY_FIRST
    assert cells.told() == "Days were read as day/month/year, as you said."


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y %H:%M"]))
def test_every_day_is_read_as_it_was_written(day: date, form: str) -> None:
    assert DayCells(Order.DAY_FIRST).read(day.strftime(form), ZONE) == day


@given(st.text(max_size=40))
def test_reading_a_day_never_fails_otherwise(cell: str) -> None:
    with suppress(BadValueError):
        read(cell)
