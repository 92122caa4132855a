"""Laws of reading that hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.understanding import hostile_texts
from tests.intake.understand.factories import PLACES, read, taxonomy

MEANINGFUL = """vol de moto hier le 12/11 31/02 2026-99-99 à Kindia Missira commune région novembre 3 9999 morts blessé
ni et aucun stop aide ? ! il y a jours ago county
lundi dernier prochain au secours ٣ \x00 the 12th of may un une a man"""
WORDS = st.sampled_from(MEANINGFUL.split())
MISSING = ["category", "locality", "day"]


@given(st.one_of(st.binary(), st.text(), st.lists(WORDS, max_size=30).map(" ".join)))
def test_reading_never_raises_and_says_what_it_lacks(body: bytes | str) -> None:
    reading = read(body)
    assert reading.category in {None} | {category.code for category in taxonomy()}
    assert reading.locality in {None} | {place.code for place in PLACES}
    if reading.kind == "report":
        lacks = [reading.category is None, reading.locality is None, reading.occurred_on is None]
        assert list(reading.missing) == [name for name, lack in zip(MISSING, lacks, strict=True) if lack]


@given(st.text())
def test_bytes_and_text_are_read_alike(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert read(text.encode()) == read(text)


@pytest.mark.parametrize("body", hostile_texts().values(), ids=hostile_texts())
def test_a_hostile_text_is_read_like_any_other(body: str) -> None:
    assert read(body) == read(body.encode())


def test_hostile_length_is_no_trouble() -> None:
    for body in (
        "1" * 100_000,
        "hier " * 50_000,
        "1/" * 50_000,
        "e" + "\u0301\u0323" * 50_000,
        "un et " * 50_000,
        "Missira région Kindia " * 9_000,
        f"il y a {'1' * 4_900} jours",
    ):
        read(body)
