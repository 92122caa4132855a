"""What is usual: laws that hold for any past, and that season, trend and old outbreaks are understood."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from figures import expectation as method
from figures.expectation import FEWEST, RHYTHMS, Expected, Rhythm, TooEarly, expectation

WEEKS, MONTHS = RHYTHMS["week"], RHYTHMS["month"]
rhythms = st.sampled_from(list(RHYTHMS.values()))
counts = st.one_of(st.integers(0, 3), st.integers(0, 60), st.integers(0, 10**6))
pasts = st.lists(counts, max_size=330)
asides = st.one_of(
    st.sets(st.integers(0, 329), max_size=40),
    st.builds(lambda kept: set(range(330)) - kept, st.sets(st.integers(0, 329), max_size=40)),
)


def usual(past: Sequence[int], rhythm: Rhythm = WEEKS, **changes: object) -> Expected:
    found = expectation(past, rhythm, **changes)  # type: ignore[arg-type]
    assert isinstance(found, Expected)
    return found


def poisson(dice: random.Random, mean: float) -> int:
    """By counting arrivals of a unit process."""
    count, at = 0, dice.expovariate(1.0)
    while at < mean:
        count, at = count + 1, at + dice.expovariate(1.0)
    return count


# -- laws --------------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(past=pasts, rhythm=rhythms, left_out=asides)
def test_any_past_gives_an_ordered_interval_or_says_that_it_is_too_early(
    past: list[int], rhythm: Rhythm, left_out: set[int]
) -> None:
    usable = [at for at in range(len(past)) if at not in left_out and at >= len(past) - rhythm.look_back]
    found = expectation(past, rhythm, left_out)
    if len(usable) < FEWEST:
        assert found == TooEarly(tuple(past[-3:]))
    else:
        assert isinstance(found, Expected)
        assert 0 <= found.low <= found.expected <= found.high < math.inf


@settings(max_examples=100, deadline=None)
@given(past=pasts, rhythm=rhythms, left_out=asides, dice=st.randoms(use_true_random=False))
def test_neither_the_order_of_what_is_left_out_nor_its_counts_matter(
    past: list[int], rhythm: Rhythm, left_out: set[int], dice: random.Random
) -> None:
    shuffled = [*left_out, *left_out]
    dice.shuffle(shuffled)
    other = [dice.randrange(1000) if at in left_out else count for at, count in enumerate(past)]
    found, again = expectation(past, rhythm, left_out), expectation(other, rhythm, shuffled)
    if isinstance(found, Expected):
        assert again == found
    else:
        assert isinstance(again, TooEarly)


@settings(max_examples=100, deadline=None)
@given(past=st.lists(counts, min_size=280, max_size=300), rhythm=rhythms, before=pasts)
def test_what_lies_before_the_look_back_does_not_matter(past: list[int], rhythm: Rhythm, before: list[int]) -> None:
    recent = past[-rhythm.look_back :]
    assert expectation([*before, *recent], rhythm) == expectation(recent, rhythm)


@settings(max_examples=100, deadline=None)
@given(past=st.lists(st.integers(45, 60), min_size=12, max_size=280), rhythm=rhythms)
def test_ten_times_the_counts_are_ten_times_the_expectation(past: list[int], rhythm: Rhythm) -> None:
    one, ten = usual(past, rhythm), usual([10 * count for count in past], rhythm)
    assert ten.expected == pytest.approx(10 * one.expected, rel=0.1)
    assert 0.95 * (one.high - one.low) < ten.high - ten.low < 10.5 * (one.high - one.low)


@pytest.mark.parametrize("rhythm", RHYTHMS.values(), ids=RHYTHMS)
def test_nothing_is_expected_before_twelve_periods(rhythm: Rhythm) -> None:
    assert expectation([], rhythm) == TooEarly(())
    assert expectation([7, 8], rhythm) == TooEarly((7, 8))
    assert expectation(list(range(11)), rhythm) == TooEarly((8, 9, 10))
    assert isinstance(expectation(list(range(12)), rhythm), Expected)
    assert expectation(list(range(13)), rhythm, [0, 5]) == TooEarly((10, 11, 12))


# -- meaning -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.3, 2, 10, 60])
def test_hardly_any_count_of_a_steady_series_leaves_the_interval(mean: float) -> None:
    dice, outside, tries = random.Random(7), 0, 400
    for _ in range(tries):
        past = [poisson(dice, mean) for _ in range(WEEKS.look_back)]
        found = usual(past)
        outside += not found.low <= poisson(dice, mean) <= found.high
    assert outside <= 8  # by the formula 2 of 400


@pytest.mark.parametrize(
    "counts",
    [{-11: 85_389_547}, {-2: 732_654_335}, {-110: 178_445_376, -11: 919_016_511}],
    ids=["one", "near", "two"],
)
@pytest.mark.parametrize("rhythm", RHYTHMS.values(), ids=RHYTHMS)
def test_monstrous_counts_among_zeros_give_an_interval_too(rhythm: Rhythm, counts: dict[int, int]) -> None:
    found = usual([counts.get(at, 0) for at in range(-110, 0)], rhythm)
    assert 0 <= found.low <= found.expected <= found.high < math.inf


def test_the_season_is_respected() -> None:
    dice = random.Random(1)
    year = [40 if 40 <= week < 48 else 10 for week in range(52)]
    past = [poisson(dice, mean) for _ in range(5) for mean in year]
    assert usual(past[:252]).expected == pytest.approx(40, rel=0.15)  # week 44 of the fifth year
    assert usual(past[:240]).high < 40


def test_the_trend_is_respected() -> None:
    dice = random.Random(2)
    past = [poisson(dice, 10 * 1.5 ** (week / 52)) for week in range(260)]
    now = 10 * 1.5**5
    assert usual(past).expected == pytest.approx(now, rel=0.15)
    assert usual(past).low > sum(past) / len(past) * 0.9


def test_a_young_programme_grows_without_being_out_of_the_ordinary() -> None:
    dice, outside = random.Random(3), 0
    for _ in range(20):
        past = [poisson(dice, 10 + week) for week in range(45)]
        assert usual(past).expected == pytest.approx(55, rel=0.25)
        outside += poisson(dice, 55) > usual(past).high
    assert outside <= 1


def test_where_the_season_is_set_aside_in_every_year_the_rest_of_the_past_stands_for_it() -> None:
    past = [10] * 200
    season = [at for at in range(200) if (200 - at + 3) % 52 <= 18]
    found = usual(past, left_out=season)
    assert found.expected == pytest.approx(10, rel=0.01)


def test_no_trend_goes_beyond_the_highest_count_there_was() -> None:
    past = [round(2 ** (week / 10)) for week in range(60)]
    assert usual(past).expected <= max(past[:-2])


def test_an_outbreak_of_the_past_does_not_hide_the_next() -> None:
    dice = random.Random(4)
    past = [poisson(dice, 10) for _ in range(WEEKS.look_back)]
    before = usual(past)
    sick = list(past)
    sick[-52] = sick[-53] = sick[-104] = 60
    assert usual(sick).high < before.high * 1.4
    assert usual(sick).high < 25


def test_what_began_last_week_does_not_hide_itself() -> None:
    past = [10, 9, 11, 10] * 20
    assert usual([*past, 90, 95]) == usual([*past, 10, 9])


def test_where_nothing_ever_happened_five_are_more_and_one_is_not() -> None:
    found = usual([0] * 60)
    assert 1 <= found.high < 5
    assert found.low == 0


def test_a_series_of_almost_nothing_but_zeros_stays_finite() -> None:
    found = usual([0] * 250 + [3, 0, 0, 0])
    assert 0 < found.expected < 1
    assert found.high < 5


def test_a_past_is_read_around_the_same_season_of_each_year() -> None:
    def read(rhythm: Rhythm, before: float) -> list[int]:
        past = [0] * rhythm.look_back
        points = method._points(past, range(len(past)), rhythm)  # noqa: SLF001  the window is easier to see than to infer
        return sorted(round(-point.t * rhythm.season) for point in points if point.s == before)

    years = range(6)
    assert read(WEEKS, 0.0) == [ago for y in years for ago in range(52 * y - 3, 52 * y + 4) if ago > 2]
    assert read(WEEKS, 1.0) == [ago for y in years for ago in range(52 * y + 4, 52 * y + 16)]
    assert read(MONTHS, 0.0) == [ago for y in years for ago in range(12 * y - 1, 12 * y + 2) if ago > 1]
    assert read(MONTHS, 1.0) == [ago for y in years for ago in range(12 * y + 2, 12 * y + 11)]
    assert read(RHYTHMS["quarter"], 0.0) == [4, 8, 12, 16, 20]
