"""Minimises a smooth convex function of many float32 numbers, given the scale of its curvature.

L-BFGS (Liu and Nocedal 1989) whose first guess of the curvature is a diagonal that the caller knows. SciPy's takes no
such guess and works in double precision: on the 660,000 weights of an intent head its own arithmetic took longer than
the function, and twice as many steps came no nearer to the minimum.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

REMEMBERED = 6  # steps that tell of the curvature; with 10 the same number of steps came no further
_ENOUGH = 1e-4  # of the decrease that the slope promises: the usual constant of Armijo's rule
_SHRINK = (0.1, 0.5)  # a step that was too long becomes this much shorter, at least and at most
_MOST_SHRINKING = 12  # halvings and more: what is left is rounding error

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


def minimise(
    function: Function, start: np.ndarray, curvature: np.ndarray, *, steps: int, tolerance: float
) -> np.ndarray:
    """The place float32 [...] that was reached.

    Args:
        function: its value and its gradient (the shape of ``start``) at a place.
        start: where to begin.
        curvature: roughly the second derivative along each number, above 0; anything that broadcasts to ``start``.
        steps: at most. Each takes one call of ``function``, seldom more.
        tolerance: stop when the expected decrease has fallen below this part of the first one.
    """
    inverse = (1 / curvature).astype(np.float32)
    place, past = start.astype(np.float32), deque[tuple[np.ndarray, np.ndarray, float]](maxlen=REMEMBERED)
    value, gradient = function(place)
    first = None
    for _ in range(steps):
        direction = _direction(gradient, inverse, past)
        slope = float(np.vdot(gradient, direction))
        first = slope if first is None else first
        if slope >= first * tolerance:  # both are negative
            break
        found = _search(function, place, value, direction, slope)
        if found is None:
            break
        moved, turned = found[0] - place, found[2] - gradient
        along = float(np.vdot(moved, turned))
        if along > 0:
            past.append((moved, turned, 1 / along))
        place, value, gradient = found
    return place


def _direction(
    gradient: np.ndarray, inverse: np.ndarray, past: deque[tuple[np.ndarray, np.ndarray, float]]
) -> np.ndarray:
    """Downhill, by the two loops of L-BFGS."""
    found, factors = -gradient, []
    for moved, turned, scale in reversed(past):
        factors.append(scale * float(np.vdot(moved, found)))
        found -= np.float32(factors[-1]) * turned
    found *= inverse
    if past:
        moved, turned, scale = past[-1]
        found *= np.float32(1 / (scale * float(np.vdot(turned, inverse * turned))))
    for (moved, turned, scale), factor in zip(past, reversed(factors), strict=True):
        found += np.float32(factor - scale * float(np.vdot(turned, found))) * moved
    return found


def _search(
    function: Function, place: np.ndarray, value: float, direction: np.ndarray, slope: float
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """Place, value and gradient of a step that is short enough; None when no step goes down."""
    length = 1.0
    for _ in range(_MOST_SHRINKING):
        there = place + np.float32(length) * direction
        reached, gradient = function(there)
        if reached <= value + _ENOUGH * length * slope:
            return there, reached, gradient
        # the minimum of the parabola through both values and the slope
        best = -slope * length / (2 * (reached - value - slope * length))
        length *= min(max(best, _SHRINK[0]), _SHRINK[1])
    return None
