"""What can be said of a difference between two groups. Nothing here knows what is counted.

Every interval of a difference is put together from those of its two sides ("MOVER", Zou and Donner 2008): with Wilson's
score intervals of two shares that is Newcombe's hybrid score interval (Newcombe 1998, method 10), with normal ones of
two means it is the usual unpooled one, and medians and other quantiles take part with an interval from their order
statistics, which assumes nothing about how the values are spread. docs/experiments.md has the sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, erfc, exp, floor, gamma, log, sqrt
from statistics import NormalDist

LEVEL = 0.95
POWER = 0.8
FEWEST_VALUES = 10  # of which a mean or a quantile says anything: the normal approximations below need some

_NORMAL = NormalDist()


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, ``low`` to ``high``."""

    value: float
    low: float
    high: float


def share(counted: int, of: int, level: float = LEVEL) -> Estimate | None:
    """A share with Wilson's score interval; None of nothing."""
    if of <= 0:
        return None
    z = two_sided(1 - level)
    p = counted / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return Estimate(p, max(0.0, middle - reach), min(1.0, middle + reach))


def mean(count: int, total: float, squares: float, level: float = LEVEL) -> Estimate | None:
    """The mean of ``count`` values, given their sum and that of their squares, with a normal interval; None of fewer
    than :data:`FEWEST_VALUES`."""
    if count < FEWEST_VALUES:
        return None
    value = total / count
    variance = max(0.0, squares - total * value) / (count - 1)
    reach = two_sided(1 - level) * sqrt(variance / count)
    return Estimate(value, value - reach, value + reach)


def quantile(values: Sequence[float], q: float, value: float, level: float = LEVEL) -> Estimate | None:
    """A quantile with the interval between two order statistics.

    Args:
        values: in any order.
        q: which one; 0.5 is the median.
        value: the quantile itself, however it is defined.
        level: how often such an interval holds the true one.

    None where there are too few values for an interval to end at one of them.
    """
    count = len(values)
    if count < FEWEST_VALUES:
        return None
    # the number of values below the true quantile is binomial
    reach = two_sided(1 - level) * sqrt(count * q * (1 - q))
    lower, upper = floor(count * q - reach), ceil(count * q + reach) + 1
    if lower < 1 or upper > count:
        return None
    ordered = sorted(values)
    return Estimate(value, ordered[lower - 1], ordered[upper - 1])


def difference(one: Estimate, other: Estimate) -> Estimate:
    """How much more ``one`` is than ``other``, which are independent."""
    value = one.value - other.value
    down = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Estimate(value, value - down, value + up)


def two_sided(alpha: float) -> float:
    """How many standard deviations leave ``alpha`` outside, on both sides together."""
    return _NORMAL.inv_cdf(1 - alpha / 2)


def needed(base: float, smallest: float, ratio: float, alpha: float = 1 - LEVEL, power: float = POWER) -> int:
    """How many of the first group it takes to see a difference between two shares.

    Args:
        base: the first group's share.
        smallest: the difference to be seen, in whichever direction it takes more.
        ratio: how much larger the second group is than the first.
        alpha: how often a difference is seen where there is none, two-sided.
        power: how often it is seen where it is.
    """
    ways = [base + smallest, base - smallest]
    return max(_needed(base, other, ratio, alpha, power) for other in ways if 0 <= other <= 1)


def _needed(one: float, other: float, ratio: float, alpha: float, power: float) -> int:
    pooled = (one + ratio * other) / (1 + ratio)
    by_chance = two_sided(alpha) * sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    if_there = _NORMAL.inv_cdf(power) * sqrt(one * (1 - one) + other * (1 - other) / ratio)
    return ceil(((by_chance + if_there) / (one - other)) ** 2)


def at_any_time(one: tuple[int, int], other: tuple[int, int], planned: int, alpha: float) -> Estimate:
    """The difference of two shares with an interval that holds at every look together, however often one looks.

    An asymptotic confidence sequence: Robbins' normal mixture, made narrowest where ``planned`` are counted.

    Args:
        one: counted, and of how many.
        other: the same of the group to compare with.
        planned: of how many in both groups the experiment will be.
        alpha: how often it misses the true difference at any look at all.
    """
    (k1, n1), (k0, n0) = one, other
    p1, p0, n = k1 / n1, k0 / n0, n1 + n0
    spread = sqrt(n * (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0))
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / planned
    reach = spread * sqrt(2 * (n * rho2 + 1) / (n * n * rho2) * log(sqrt(n * rho2 + 1) / alpha))
    return Estimate(p1 - p0, p1 - p0 - reach, p1 - p0 + reach)


def chance_of_split(counts: Sequence[int], shares: Sequence[float]) -> float:
    """How likely chance alone splits a crowd at least as unevenly as this (Pearson's chi-square test).

    Args:
        counts: how many fell into each group.
        shares: how they should fall; any unit.
    """
    total, whole = sum(counts), sum(shares)
    if total == 0:
        return 1.0
    due = [total * part / whole for part in shares]
    return _chi_square_tail(sum((got - want) ** 2 / want for got, want in zip(counts, due, strict=True)), len(due) - 1)


def _chi_square_tail(x: float, degrees: int) -> float:
    """How likely a chi-square variable is above ``x``: the regularized upper incomplete gamma function, which can be
    added up step by step for whole degrees of freedom."""
    half = x / 2
    order, tail = (0.5, erfc(sqrt(half))) if degrees % 2 else (1.0, exp(-half))
    while order < degrees / 2:
        tail += half**order * exp(-half) / gamma(order + 1)
        order += 1
    return tail
