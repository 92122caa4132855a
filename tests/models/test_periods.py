"""Periods: every day lies in exactly its period, and a label says which."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.periods import GRAINS, Grain, Period, next_start, periods_between, start_of

days = st.dates(date(1, 1, 8), date(9998, 12, 1))
grains = st.sampled_from(GRAINS)


@pytest.mark.parametrize(
    ("grain", "label", "start", "end"),
    [
        pytest.param("day", "2026-11-22", "2026-11-22", "2026-11-22", id="a day"),
        pytest.param("week", "2026-W47", "2026-11-16", "2026-11-22", id="a week begins on Monday"),
        pytest.param("month", "2026-11", "2026-11-01", "2026-11-30", id="a month"),
        pytest.param("quarter", "2026-Q4", "2026-10-01", "2026-12-31", id="a quarter"),
        pytest.param("year", "2026", "2026-01-01", "2026-12-31", id="a year"),
        pytest.param("month", "2024-02", "2024-02-01", "2024-02-29", id="a leap February"),
        pytest.param("week", "2020-W53", "2020-12-28", "2021-01-03", id="a week over new year is the old year's"),
        pytest.param("week", "2026-W01", "2025-12-29", "2026-01-04", id="or the new year's"),
        pytest.param("quarter", "2026-Q1", "2026-01-01", "2026-03-31", id="the first quarter"),
    ],
)
def test_a_period_is_written_as_the_api_says(grain: Grain, label: str, start: str, end: str) -> None:
    period = Period(date.fromisoformat(start), grain)
    assert (period.label, period.end.isoformat()) == (label, end)


@given(grain=grains, day=days)
def test_every_day_lies_in_exactly_its_period(grain: Grain, day: date) -> None:
    period = Period(start_of(grain, day), grain)
    assert period.start <= day <= period.end
    assert start_of(grain, period.start) == period.start
    assert start_of(grain, period.end) == period.start
    assert start_of(grain, period.end + timedelta(days=1)) == period.end + timedelta(days=1)
    if period.start > date(1, 1, 8):
        assert start_of(grain, period.start - timedelta(days=1)) < period.start


@given(grain=grains, day=days, step=st.integers(-30, 30))
def test_steps_forth_and_back_come_home(grain: Grain, day: date, step: int) -> None:
    start = start_of(grain, day)
    try:
        there = next_start(grain, start, step)
    except (OverflowError, ValueError):
        return
    assert start_of(grain, there) == there
    assert next_start(grain, there, -step) == start


@given(grain=grains, first=st.dates(date(2000, 1, 1), date(2030, 1, 1)), length=st.integers(0, 400))
def test_the_periods_between_two_days_hold_each_day_once(grain: Grain, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = list(periods_between(grain, first, last))
    assert found[0].start <= first <= found[0].end
    assert found[-1].start <= last <= found[-1].end
    assert [each.start for each in found[1:]] == [each.end + timedelta(days=1) for each in found[:-1]]


def test_no_period_lies_between_a_day_and_the_day_before() -> None:
    assert list(periods_between("day", date(2026, 11, 22), date(2026, 11, 21))) == []


@pytest.mark.parametrize(
    ("today", "final"),
    [
        pytest.param("2026-11-30", False, id="its last day"),
        pytest.param("2026-12-30", False, id="thirty days later"),
        pytest.param("2026-12-31", True, id="one more"),
    ],
)
def test_a_period_is_final_when_so_many_days_have_passed_after_its_end(today: str, final: bool) -> None:
    assert Period(date(2026, 11, 1), "month").is_final(date.fromisoformat(today), 30) is final
