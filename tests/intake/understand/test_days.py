"""When it happened. The texts are sent on Sunday 22 November 2026, 15:00 UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.understand.factories import SUNDAY, read


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("hier", date(2026, 11, 21)),
        ("hier soir", date(2026, 11, 21)),
        ("avant-hier", date(2026, 11, 20)),
        ("ce matin", date(2026, 11, 22)),
        ("yesterday", date(2026, 11, 21)),
        ("last night", date(2026, 11, 21)),
        ("the day before yesterday", date(2026, 11, 20)),
        ("le 12/11", date(2026, 11, 12)),
        ("12/11/2026", date(2026, 11, 12)),
        ("12-11-26", date(2026, 11, 12)),
        ("2026-11-12", date(2026, 11, 12)),
        ("on 12.11", date(2026, 11, 12)),
        ("le 12 novembre", date(2026, 11, 12)),
        ("le 1er octobre 2026", date(2026, 10, 1)),
        ("Nov 12", date(2026, 11, 12)),
        ("on the 12th of November", date(2026, 11, 12)),
        ("November 12, 2026", date(2026, 11, 12)),
        ("le 12", date(2026, 11, 12)),
        ("le 25", date(2026, 10, 25)),
        ("vendredi", date(2026, 11, 20)),
        ("on Friday", date(2026, 11, 20)),
        ("dimanche", date(2026, 11, 22)),
        ("dimanche dernier", date(2026, 11, 15)),
        ("last sunday", date(2026, 11, 15)),
        ("samedi 14 novembre", date(2026, 11, 14)),
        ("il y a 3 jours", date(2026, 11, 19)),
        ("two days ago", date(2026, 11, 20)),
    ],
)
def test_a_day_that_is_said_is_resolved(said: str, day: date) -> None:
    reading = read(f"vol de moto {said} à Matoto")
    assert (reading.occurred_on, reading.day_said, reading.missing) == (day, True, ())


@pytest.mark.parametrize(
    ("said", "review"),
    [
        ("demain", "future-day"),
        ("le 24/11", "future-day"),
        ("lundi prochain", "future-day"),
        ("12/11/2027", "future-day"),
        ("12/11/2024", "old-day"),
        ("la semaine dernière", "vague-day"),
        ("last month", "vague-day"),
        ("en mars", "vague-day"),
        ("hier et avant-hier", "several-days"),
        ("le 31/02", "unclear-day"),
        ("le 11/22", "unclear-day"),
        ("il y a 9999 jours", "unclear-day"),
    ],
)
def test_a_day_that_cannot_be_told_is_asked_about(said: str, review: str) -> None:
    reading = read(f"vol de moto {said} à Matoto")
    assert (reading.occurred_on, reading.day_said) == (None, True)
    assert (reading.missing, reading.review) == (("day",), review)


@pytest.mark.parametrize(
    "said", ["", "tous les lundis", "24/7", "50/50", "à 12:30", "2-3 fois", "may 5 people", "les 2/3"]
)
def test_without_a_day_it_is_the_day_of_sending(said: str) -> None:
    reading = read(f"vol de moto {said} à Matoto")
    assert (reading.occurred_on, reading.day_said, reading.missing) == (date(2026, 11, 22), False, ())


def test_a_date_without_year_in_january_is_of_last_year() -> None:
    assert read("vol le 28/12 à Matoto", sent_at=datetime(2027, 1, 5, tzinfo=UTC)).occurred_on == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("text", "timezone", "day"),
    [
        pytest.param("fire in Nairobi", "UTC", date(2026, 11, 23), id="of-the-place"),
        pytest.param("fire", "Africa/Nairobi", date(2026, 11, 23), id="of-the-situation"),
        pytest.param("fire", "UTC", date(2026, 11, 22), id="utc"),
        pytest.param("fire", "No/Such", date(2026, 11, 22), id="unknown-zone"),
        pytest.param("fire in Nairobi yesterday", "UTC", date(2026, 11, 22), id="yesterday-there"),
    ],
)
def test_a_day_is_that_of_the_place(text: str, timezone: str, day: date) -> None:
    assert read(text, timezone=timezone, sent_at=SUNDAY.replace(hour=23)).occurred_on == day


@given(
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.integers(0, 360),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%y"]),
)
def test_a_date_written_in_full_is_read_back(sent: date, back: int, style: str) -> None:
    day = sent - timedelta(days=back)
    reading = read(f"vol le {day:{style}}", sent_at=datetime(sent.year, sent.month, sent.day, 12, tzinfo=UTC))
    assert reading.occurred_on == day
