"""The statistics behind the metrics, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
"""How many standard deviations to each side hold 95 % of a normal distribution: 1.96."""


def share(numerator: int, denominator: int) -> float | None:
    """``numerator / denominator``; None where there is nothing to count."""
    return numerator / denominator if denominator else None


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson 1927), which stays within 0 and 1 and is honest for small numbers.

    Returns:
        (low, high), or None where there is nothing to count.
    """
    if not denominator:
        return None
    rate, square = numerator / denominator, Z * Z
    middle = (rate + square / (2 * denominator)) / (1 + square / denominator)
    spread = (
        Z
        / (1 + square / denominator)
        * sqrt(rate * (1 - rate) / denominator + square / (4 * denominator * denominator))
    )
    # at the ends the formula gives 0 and 1 but for the last digits
    low = 0.0 if numerator == 0 else middle - spread
    high = 1.0 if numerator == denominator else middle + spread
    return low, high


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value below which ``part`` (0 to 1) of ``values`` lie, by linear interpolation between the two nearest ones
    (type 7 of Hyndman and Fan 1996, as in spreadsheets); ``0.5`` is the median. None for no values.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the two middle ones; None for no values."""
    return percentile(values, 0.5)


def mean(values: Sequence[float]) -> float | None:
    """The mean; None for no values."""
    return sum(values) / len(values) if values else None
