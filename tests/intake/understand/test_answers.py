"""What stands after a No: nothing but what is right, or a sentence of its own."""

import pytest

from intake.understand.values import Kind, Situation
from tests.intake.understand.factories import SUNDAY, UNDERSTANDING, read


@pytest.mark.parametrize(
    ("text", "category", "place", "day"),
    [
        pytest.param("NON", None, None, None, id="alone"),
        pytest.param("NON vol", "theft", None, None, id="category"),
        pytest.param("NON mariage forcé", "forced_marriage", None, None, id="protected category"),
        pytest.param("NO Hurto de vehículo o moto", "vehicle_theft", None, None, id="label"),
        pytest.param("NON c'est vers Matoto", None, "MAT", None, id="place"),
        pytest.param("hapana ni karibu na Matoto", None, "MAT", None, id="place in Swahili"),
        pytest.param("NON hier soir", None, None, "2026-11-21", id="day"),
        pytest.param("hapana siku tatu zilizopita", None, None, "2026-11-19", id="days ago"),
        pytest.param("NON vol de moto à Dixinn", "vehicle_theft", "DIX", None, id="category and place"),
        pytest.param("NON 3 morts et 2 blessés", None, None, None, id="figures"),
    ],
)
def test_what_is_right_alone_is_no_report(text: str, category: str | None, place: str | None, day: str | None) -> None:
    reading = read(text)
    assert (reading.kind, reading.argument, reading.category, reading.review) == (Kind.ANSWER, "no", None, None)
    right = UNDERSTANDING.read_correction(text, Situation(SUNDAY, timezone="Africa/Conakry"))
    assert right is not None
    assert (right.category, right.locality) == (category, place)
    assert (str(right.occurred_on) if right.day_said else None) == day


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("no dejan pasar en Matoto", id="a sentence"),
        pytest.param("NON il m'a touchée à Matoto", id="a survivor"),
        pytest.param("No police at Coyah checkpoint yesterday", id="place and day in a sentence"),
        pytest.param("no robbery at Matoto yesterday", id="three things at once"),
        pytest.param("NON 3 morts à Matoto", id="figures and a place"),
        pytest.param("no food kids dying Matoto", id="hunger"),
        pytest.param("NON merci", id="thanks"),
    ],
)
def test_a_sentence_that_begins_with_no_is_read_as_one(text: str) -> None:
    assert read(text).kind is not Kind.ANSWER
    assert UNDERSTANDING.read_correction(text, Situation(SUNDAY, timezone="Africa/Conakry")) is None


@pytest.mark.parametrize("text", ["no water in Matoto", "NON au secours Matoto", "NON kidnapping à Matoto"])
def test_where_the_no_belongs_to_the_event_or_danger_speaks_nothing_is_corrected(text: str) -> None:
    assert (read(text).kind, read(text).argument) == (Kind.REPORT, None)


def test_a_contact_typed_into_a_web_form_corrects_nothing() -> None:
    assert read("NON vol", proves_sender=False).argument is None
