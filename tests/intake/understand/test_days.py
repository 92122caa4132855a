"""When it happened. The texts are sent on Sunday 22 November 2026, 15:00 UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.languages import words_source
from intake.understand.clock import ClockReader
from intake.understand.days import DayReader, DaySaid
from intake.understand.normalise import words_of
from intake.understand.numbers import NumberReader
from intake.understand.word_lists import load_lexicon
from tests.intake.understand.factories import SUNDAY, read

LEXICON = load_lexicon()
CLOCK = ClockReader(LEXICON.clock)
DAYS = DayReader(LEXICON.days, NumberReader(LEXICON.numbers), CLOCK)


def day_of(text: str, sent: datetime = SUNDAY) -> DaySaid:
    return DAYS.read(words_of(text), sent)


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
    assert (reading.occurred_on, reading.day_said, "day" in reading.missing) == (day, True, False)


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
    assert "day" in reading.missing
    assert day_of(said) == DaySaid(review=review)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "tous les lundis",
        "los lunes",
        "de lunes a viernes",
        "en la mañana",
        "chef de Léo",
        "au dos",
        "every day",
        "mondays",
        "kila jumatatu",
        "du 4x4",
        "appelez le 18",
        "le 12 rue du port",
        "mimba ya miezi sita",
        "demandé 3 jours",
        "24/7",
        "50/50",
        "à 12:30",
        "2-3 fois",
        "may 5 people",
        "les 2/3",
    ],
)
def test_without_a_day_it_is_the_day_of_sending(said: str) -> None:
    reading = read(f"vol de moto {said} à Matoto")
    assert (reading.occurred_on, reading.day_said, "day" in reading.missing) == (date(2026, 11, 22), False, False)


@pytest.mark.parametrize(
    "text", ["retenu depuis vendredi", "held since Friday", "desde el viernes preso", "tangu ijumaa"]
)
def test_what_goes_on_since_a_day_is_not_over(text: str) -> None:
    said = day_of(text)
    assert said.day == date(2026, 11, 20)
    assert not said.is_over(SUNDAY.date())
    assert day_of("vendredi").is_over(SUNDAY.date())


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


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # French
        ("ils ont pris ma moto avant hier nuit", date(2026, 11, 20)),
        ("avan hier", date(2026, 11, 20)),
        ("hr soir", date(2026, 11, 21)),
        ("la nuit passée", date(2026, 11, 21)),
        ("lundi passé", date(2026, 11, 16)),
        ("mecredi", date(2026, 11, 18)),
        ("depuis dimanche noir total", date(2026, 11, 15)),
        ("dans la nuit de samedi à dimanche", date(2026, 11, 21)),
        ("la nuit du 12 au 13 novembre", date(2026, 11, 12)),
        ("nuit du 12 au 13", date(2026, 11, 12)),
        ("lundi de la semaine passée", date(2026, 11, 9)),
        ("il y a environ 3 jours", date(2026, 11, 19)),
        ("depuis vingt deux jours", date(2026, 10, 31)),
        ("ça fait une dizaine de jours", None),
        ("il y a deux semaines", date(2026, 11, 8)),
        ("12 nov 2026", date(2026, 11, 12)),
        ("le premier novembre", date(2026, 11, 1)),
        ("ajd", date(2026, 11, 22)),
        ("tantôt", date(2026, 11, 22)),
        ("tout à l'heure", date(2026, 11, 22)),
        ("le 25 un homme", date(2026, 10, 25)),
        ("volé hier, on a vu ce matin", date(2026, 11, 21)),
        # English
        ("yday", date(2026, 11, 21)),
        ("ysterday", date(2026, 11, 21)),
        ("yesterdayy", date(2026, 11, 21)),
        ("two nights ago", date(2026, 11, 20)),
        ("on Tuesday", date(2026, 11, 17)),
        ("since Monday", date(2026, 11, 16)),
        ("since sunday", date(2026, 11, 15)),
        ("last week Tuesday", date(2026, 11, 10)),
        ("2 hours ago", date(2026, 11, 22)),
        ("16 hours ago", date(2026, 11, 21)),
        ("on the 9th", date(2026, 11, 9)),
        # Spanish
        ("anoche", date(2026, 11, 21)),
        ("ayr", date(2026, 11, 21)),
        ("antier", date(2026, 11, 20)),
        ("hace 3 días", date(2026, 11, 19)),
        ("hace como ocho dias", date(2026, 11, 14)),
        ("el lunes pasado", date(2026, 11, 16)),
        ("esta madrugada", date(2026, 11, 22)),
        ("ayer en la mañana", date(2026, 11, 21)),
        ("el 14 cuatro hombres", date(2026, 11, 14)),
        ("desde el 3 de octubre", date(2026, 10, 3)),
        ("horita", date(2026, 11, 22)),
        # Swahili
        ("jana usiku", date(2026, 11, 21)),
        ("jna", date(2026, 11, 21)),
        ("juzi", date(2026, 11, 20)),
        ("leo asubuhi", date(2026, 11, 22)),
        ("usiku wa kuamkia leo", date(2026, 11, 21)),
        ("usiku wa kuamkia jumatatu", date(2026, 11, 15)),
        ("siku tatu zilizopita", date(2026, 11, 19)),
        ("tangu siku mbili", date(2026, 11, 20)),
        ("Jumatatu", date(2026, 11, 16)),
        ("jumanne ya wiki jana", date(2026, 11, 10)),
        ("tarehe 12", date(2026, 11, 12)),
        ("tarehe mosi", date(2026, 11, 1)),
        ("tarehe 5 mwezi wa kumi", date(2026, 10, 5)),
    ],
)
def test_days_are_read_in_four_languages_and_in_short_spelling(text: str, day: date | None) -> None:
    assert day_of(text).day == day


@pytest.mark.parametrize(
    ("text", "review"),
    [
        ("wiki jana", "vague-day"),
        ("la semana pasada", "vague-day"),
        ("the other day", "vague-day"),
        ("il y a 3 mois", "vague-day"),
        ("desde enero", "vague-day"),
        ("kesho", "future-day"),
        ("mañana", "future-day"),
        ("mariage prévu dimanche", "future-day"),
        ("imepangwa jumamosi", "future-day"),
        ("tuesday and friday", "several-days"),
    ],
)
def test_vague_and_coming_days_name_no_day(text: str, review: str) -> None:
    assert day_of(text) == DaySaid(review=review)


@pytest.mark.parametrize(
    ("text", "hour", "day"),
    [
        pytest.param("last night", 5, 21, id="last-night-before-dawn"),
        pytest.param("cette nuit", 7, 21, id="the-night-that-went"),
        pytest.param("cette nuit", 14, 21, id="still-the-night-that-went"),
        pytest.param("ils vont venir cette nuit", 14, 22, id="the-night-that-comes"),
        pytest.param("cette nuit", 22, 22, id="the-night-that-is"),
        pytest.param("cette nuit vers 2h", 7, 22, id="after-midnight-on-its-own-day"),
        pytest.param("hoy a las 2 de la madrugada", 7, 22, id="of-today"),
        pytest.param("ce soir", 1, 21, id="evening-said-after-midnight"),
        pytest.param("tonight", 20, 22, id="tonight"),
        pytest.param("esta noche", 14, 22, id="tonight-in-spanish"),
        pytest.param("usiku huu", 4, 21, id="before-dawn-in-swahili"),
        pytest.param("2 hours ago", 1, 21, id="hours-across-midnight"),
    ],
)
def test_a_night_belongs_to_the_evening_it_began(text: str, hour: int, day: int) -> None:
    assert day_of(text, SUNDAY.replace(hour=hour)).day == date(2026, 11, day)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("hier soir vers 22h", "evening"),
        ("vers 22h", "night"),
        ("hier 20h", "evening"),
        ("à 7 heures", "morning"),
        ("1h du mat", "night"),
        ("last night abt 1am", "night"),
        ("at 4 pm", "afternoon"),
        ("today 6:15 am", "morning"),
        ("anoche", "night"),
        ("ayer tipo 5 d la tarde", "afternoon"),
        ("a las 2 de la madrugada", "night"),
        ("saa mbili usiku", "night"),
        ("leo jioni", "evening"),
        ("saa tatu asubuhi", "morning"),
        ("buenas noches", None),
        ("good morning sir", None),
        ("habari za asubuhi", None),
        ("du matin au soir", None),
        ("il y a 2h", None),
        ("pendant 3 heures", None),
        ("gardien de nuit", None),
        ("llegó más tarde", None),
        ("the mat left", None),
    ],
)
def test_the_part_of_the_day_is_read_from_words_and_hours(text: str, part: str | None) -> None:
    assert CLOCK.part_of_day(words_of(text)) == part


_FORMS = {"fr": "le {} {} {}", "en": "on the {}th of {} {}", "es": "el {} de {} de {}", "sw": "tarehe {} {} {}"}


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 360), st.sampled_from(sorted(_FORMS)))
def test_a_date_written_in_words_is_read_back(sent: date, back: int, language: str) -> None:
    day = sent - timedelta(days=back)
    months = words_source(language)["days"]["months"]
    text = _FORMS[language].format(day.day, months[day.month - 1][0], day.year)
    assert day_of(text, datetime(sent.year, sent.month, sent.day, 12, tzinfo=UTC)).day == day


_SAID = sorted({*LEXICON.days.relative.phrases(), *LEXICON.days.months})


@given(
    st.lists(
        st.one_of(st.sampled_from(_SAID), st.text(max_size=6), st.sampled_from(["12", "3", "31/12", "le", "il y a"]))
    )
)
def test_a_day_read_is_never_after_the_day_of_sending(words: list[str]) -> None:
    said = day_of(" ".join(words))
    assert said.day is None or said.day <= SUNDAY.date()
    CLOCK.part_of_day(words_of(" ".join(words)))
