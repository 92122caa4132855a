"""What is usual: the count to expect in a period, with an interval, from the counts of the periods before it. Plain
formulas on values; knows no store and no calendar.

The method is that of Farrington and others ("A statistical algorithm for the early detection of outbreaks of infectious
disease", J. R. Statist. Soc. A 159, 1996) with the changes of Noufaily and others ("An improved algorithm for outbreak
detection in multiple surveillance systems", Statistics in Medicine 32, 2013). What is ours is marked so:

1. *Which past.* Of up to five years the same season, a few periods on either side, and (ours) the periods that led up
   to it, in this year too, because crime drifts more than infections do; below two years of past, all of it. The very
   last are held back, so that what grows slowly does not hide itself.
2. *Level, trend, season.* log mu = a + b t + c s by quasi-Poisson regression: sum w (y - mu) (1, t, s) = (0, b, c) / 4,
   solved by Newton's method. t: years from the period asked for. s (2013, there with ten levels): 0 in the same season,
   1 in what led up to it; 0 everywhere below two years. So exp a is what to expect. The right-hand side is ours: a pull
   to no trend and no season, so weak that only series of almost nothing but zeros feel it; they would not be finite. No
   trend below half a year of past, and none that goes beyond the highest count there was (1996).
3. *Spread.* phi = max(1, sum w (y - mu)^2 / mu / (n - parameters)).
4. *Outbreaks of the past count less.* r = 3/2 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - h)), Anscombe's residual
   with leverage h; a period with r > 2.58 weighs 1 / r^2 (2013), and all is fitted again, twice.
5. *Interval.* Counts to the power of 2/3 are nearly normal: low and high are
   (mu^(2/3) -+ z * 2/3 mu^(-1/3) sqrt(phi mu + mu^2 var(a)))^(3/2), high not below 1.

z was chosen on real incidents: see Z.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from figures.regression import Fit, Point, bounded_exp, fit_to

FEWEST: Final = 12
"""Periods of past below which nothing is expected."""
YEARS: Final = 5
Z: Final = 2.81
"""Normal quantile of the interval: by the formula one count in four hundred lies above it, one below. Chosen on the
real incidents of Santander (`python -m tests.benchmarks.signals`): there, from 2011 on, a place with eight series gets
0.9 false signals a year of all grains together, and 67 % of the spikes are found. 2.58: 1.2 and 69 %; 3.29: 0.5 and
58 %.
"""
OUTBREAK: Final = 2.58
AGAIN: Final = 2
MOST_LEVERAGE: Final = 0.99


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How one grain's past is looked at. season: periods a year. near: on either side of the same season in other
    years. before: that lead up to it. held_back: of the very last, which are not used.
    """

    season: int
    near: int
    before: int
    held_back: int

    @property
    def look_back(self) -> int:
        """Periods of past that can matter."""
        return YEARS * self.season + self.near + self.before


RHYTHMS: Final[Mapping[str, Rhythm]] = {
    "week": Rhythm(season=52, near=3, before=12, held_back=2),
    "month": Rhythm(season=12, near=1, before=9, held_back=1),
    "quarter": Rhythm(season=4, near=0, before=3, held_back=0),
}


class Expected(NamedTuple):
    """A count from low to high, both inclusive, is usual."""

    expected: float
    low: float
    high: float


class TooEarly(NamedTuple):
    """last_three: the counts of the last periods, oldest first; fewer where there are fewer."""

    last_three: tuple[int, ...]


def expectation(
    past: Sequence[int], rhythm: Rhythm, left_out: Collection[int] = (), z: float = Z
) -> Expected | TooEarly:
    """past: counts of the periods just before the one asked for, oldest first, without a gap. left_out: indexes into
    past of periods that are no measure of what is usual.
    """
    usable = [at for at in range(max(0, len(past) - rhythm.look_back), len(past)) if at not in left_out]
    if len(usable) < FEWEST:
        return TooEarly(tuple(past[-3:]))
    points = _points(past, usable, rhythm)
    if not any(point.y for point in points):
        return _interval(0.5 / len(points), 1.0, 0.0, z)  # nothing ever: as if half a count were spread over it all
    fit = fit_to(points, [1.0] * len(points))
    for _ in range(AGAIN):
        weights = [_weight(index, point, fit) for index, point in enumerate(points)]
        if min(weights) == 1.0:
            break
        fit = fit_to(points, weights, fit)
    expected = min(max(bounded_exp(fit.a), 0.5 / len(points)), max(point.y for point in points))
    return _interval(expected, fit.spread, fit.spread * fit.covariance[0], z)


def _points(past: Sequence[int], usable: Sequence[int], rhythm: Rhythm) -> list[Point]:
    older = sum(at < len(past) - rhythm.held_back for at in usable)
    kept = usable[: max(FEWEST, older)]
    if len(past) >= 2 * rhythm.season:
        points = [
            Point(past[at], -ago / rhythm.season, 0.0 if off <= 2 * rhythm.near else 1.0)
            for at in kept
            if (off := ((ago := len(past) - at) + rhythm.near) % rhythm.season) <= 2 * rhythm.near + rhythm.before
        ]
        if len(points) >= FEWEST:
            return points
    has_trend = len(past) - kept[0] >= rhythm.season // 2
    return [Point(past[at], (at - len(past)) / rhythm.season if has_trend else 0.0, 0.0) for at in kept]


def _weight(index: int, point: Point, fit: Fit) -> float:
    mean = fit.means[index]
    if point.y <= mean:
        return 1.0
    spare = 1 - min(fit.leverage(index, point), MOST_LEVERAGE)
    residual = 1.5 * (point.y ** (2 / 3) * mean ** (-1 / 6) - mean**0.5) / math.sqrt(fit.spread * spare)
    return float(1.0 if residual <= OUTBREAK else residual**-2)


def _interval(expected: float, spread: float, variance: float, z: float) -> Expected:
    deviation = math.sqrt(spread * expected + expected * expected * variance)
    middle, reach = expected ** (2 / 3), z * 2 / 3 * expected ** (-1 / 3) * deviation
    low, high = max(0.0, middle - reach) ** 1.5, (middle + reach) ** 1.5
    return Expected(round(expected, 2), round(low, 2), round(max(1.0, high), 2))
