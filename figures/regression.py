"""Regression of counts on a trend and a season: log mu = a + b t + c s, quasi-Poisson, by Newton's method. Plain
formulas; why and of what, figures/expectation.py says.

Solved is sum w (y - mu) (1, t, s) = (0, b, c) / 4. The right-hand side is a pull to no trend and no season, so weak
that only series of almost nothing but zeros feel it: without it they would have no finite solution.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

PULL: Final = 0.25
"""A trend of e^2 a year, sevenfold, up or down is one standard deviation of what is held possible beforehand."""
STEPS: Final = 25
ENOUGH: Final = 1e-4
"""The step after one this short is a hundred-millionth."""
LONGEST_STEP: Final = 2.0
LARGEST_LOG: Final = 30.0

Covariance = tuple[float, float, float, float, float, float]
"""Of a, b, c but for the spread: aa, ab, ac, bb, bc, cc."""


class Point(NamedTuple):
    """One period. t: years from the period asked for, never positive. s: 0.0 in its season, 1.0 in what leads up."""

    y: int
    t: float
    s: float


class Fit(NamedTuple):
    """means: mu of each point. spread: phi, how much more the counts vary than a Poisson law says; at least 1."""

    a: float
    b: float
    c: float
    covariance: Covariance
    means: Sequence[float] = ()
    spread: float = 1.0

    def leverage(self, index: int, point: Point) -> float:
        aa, ab, ac, bb, bc, cc = self.covariance
        t, s = point.t, point.s
        return self.means[index] * (aa + 2 * (ab * t + ac * s + bc * t * s) + bb * t * t + cc * s * s)


def fit_to(points: Sequence[Point], weights: Sequence[float], begin: Fit | None = None) -> Fit:
    """begin: a fit to the same points with other weights. Some count must not be 0."""
    fit = begin or Fit(math.log(sum(point.y for point in points) / len(points)), 0.0, 0.0, (0.0,) * 6)
    for _ in range(STEPS):
        fit, longest = _step(points, weights, fit)
        if longest < ENOUGH:
            break
    exp = _exp_for(fit)
    means = [exp(fit.a + fit.b * t + fit.c * s) for _, t, s in points]
    squares = sum(w * (point.y - mean) ** 2 / mean for w, point, mean in zip(weights, points, means, strict=True))
    parameters = 1 + any(point.t for point in points) + any(point.s for point in points)
    return fit._replace(means=means, spread=max(1.0, squares / (len(points) - parameters)))


def _step(points: Sequence[Point], weights: Sequence[float], fit: Fit) -> tuple[Fit, float]:
    """One step of Newton's method and how long it wanted to be."""
    a, b, c = fit[:3]
    exp = _exp_for(fit)
    aa = ab = ac = bc = by_a = 0.0
    bb = cc = PULL
    by_b, by_c = -PULL * b, -PULL * c
    for w, (y, t, s) in zip(weights, points, strict=True):  # what everything waits for
        mean = w * exp(a + b * t + c * s)
        off = w * y - mean
        tilted = mean * t
        by_a += off
        by_b += off * t
        aa += mean
        ab += tilted
        bb += tilted * t
        if s:
            by_c += off
            ac += mean
            bc += tilted
            cc += mean
    covariance = _inverted(aa, ab, ac, bb, bc, cc)
    v_aa, v_ab, v_ac, v_bb, v_bc, v_cc = covariance
    step = (
        v_aa * by_a + v_ab * by_b + v_ac * by_c,
        v_ab * by_a + v_bb * by_b + v_bc * by_c,
        v_ac * by_a + v_bc * by_b + v_cc * by_c,
    )
    longest = max(map(abs, step))
    part = min(1.0, LONGEST_STEP / longest) if longest else 1.0
    return Fit(a + part * step[0], b + part * step[1], c + part * step[2], covariance), longest


def _inverted(  # noqa: PLR0913  the upper half of a symmetric matrix
    aa: float, ab: float, ac: float, bb: float, bc: float, cc: float
) -> Covariance:
    m_aa, m_ab, m_ac = bb * cc - bc * bc, ac * bc - ab * cc, ab * bc - ac * bb
    determinant = aa * m_aa + ab * m_ab + ac * m_ac
    if determinant <= 0:  # only by rounding, where nothing is expected
        return (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return (
        m_aa / determinant,
        m_ab / determinant,
        m_ac / determinant,
        (aa * cc - ac * ac) / determinant,
        (ab * ac - aa * bc) / determinant,
        (aa * bb - ab * ab) / determinant,
    )


def bounded_exp(log_of_it: float) -> float:
    return math.exp(min(max(log_of_it, -LARGEST_LOG), LARGEST_LOG))


def _exp_for(fit: Fit) -> Callable[[float], float]:
    """The plain one where it cannot overflow: no t is longer ago than six years."""
    return math.exp if abs(fit.a) + 6 * abs(fit.b) + abs(fit.c) < LARGEST_LOG else bounded_exp
