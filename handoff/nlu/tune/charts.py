"""Where the marks of the page's charts stand, in the units of their SVG drawing; the template only draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handoff.nlu.tune.reliability import Reliability
from handoff.nlu.tune.what_if import Outcome, WhatIf

WIDTH = 400  # of a drawing: at the 320 units that a phone has for it, its smallest type is still 10 pixels high
HEIGHT = 290
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 12, 44  # room for the axes' numbers and names
COUNTS_HEIGHT = 40  # of the small histogram under the reliability diagram
Y_STEP = 0.05  # between lines of the risk axis
MOST_Y_STEPS = 6  # lines; with more, steps are doubled
X_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Plane:
    """A plot of ``x`` from 0 to 1 and ``y`` from 0 to ``y_max``, both growing away from the lower left corner."""

    y_max: float = 1.0
    left: float = LEFT
    top: float = TOP
    width: float = WIDTH - LEFT - RIGHT
    height: float = HEIGHT - TOP - BOTTOM

    def x(self, value: float) -> float:
        """Horizontal place."""
        return round(self.left + self.width * value, 1)

    def y(self, value: float) -> float:
        """Vertical place; what is too high stays at the upper edge."""
        return round(self.top + self.height * (1 - min(value / self.y_max, 1.0)), 1)


@dataclass(frozen=True)
class Tick:
    """A line of the grid: its place and its value, 0 to 1."""

    place: float
    value: float


@dataclass(frozen=True)
class RiskChart:
    """Share of examples in scope that are answered (x) against share of wrong answers (y).

    Attributes:
        line: SVG path.
        chosen: place (x, y) of the chosen threshold.
        others: places of the what-if table's thresholds, with the value of ``wrong_answers``.
    """

    plane: Plane
    line: str
    chosen: tuple[float, float]
    others: list[tuple[float, float, float]]
    x_ticks: list[Tick]
    y_ticks: list[Tick]

    def place(self, outcome: Outcome) -> tuple[float, float]:
        """Where an outcome stands."""
        return self.plane.x(outcome.answered_share), self.plane.y(outcome.wrong_share)


@dataclass(frozen=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ReliabilityChart:
    """Confidence (x) against share that is right (y); where a bar ends at the diagonal, confidences are true.

    Attributes:
        right: a bar for each bin that holds examples.
        counts: a bar for each of them in the histogram below, which is ``COUNTS_HEIGHT`` high.
        diagonal: ends (x1, y1, x2, y2).
    """

    plane: Plane
    right: list[Bar]
    counts: list[Bar]
    diagonal: tuple[float, float, float, float]
    ticks: list[Tick]
    y_ticks: list[Tick]


def risk_chart(stops: Sequence[Outcome], chosen: Outcome, table: Sequence[WhatIf]) -> RiskChart:
    """The curve through all ``stops`` at which there are answers."""
    answering = [stop for stop in stops if stop.answered_share > 0]
    steps = max(1, math.ceil(max((stop.wrong_share for stop in answering), default=0.0) / Y_STEP))
    width = math.ceil(steps / MOST_Y_STEPS)
    steps = math.ceil(steps / width) * width
    plane = Plane(y_max=steps * Y_STEP)
    places = [(plane.x(stop.answered_share), plane.y(stop.wrong_share)) for stop in answering]
    return RiskChart(
        plane=plane,
        line="M" + " L".join(f"{x} {y}" for x, y in dict.fromkeys(places)) if places else "",
        chosen=(plane.x(chosen.answered_share), plane.y(chosen.wrong_share)),
        others=[
            (plane.x(row.outcome.answered_share), plane.y(row.outcome.wrong_share), row.wrong_answers)
            for row in table
            if row.outcome.answered_share > 0
        ],
        x_ticks=[Tick(plane.x(value), value) for value in X_TICKS],
        y_ticks=[Tick(plane.y(step * Y_STEP), step * Y_STEP) for step in range(0, steps + 1, width)],
    )


def reliability_chart(found: Reliability) -> ReliabilityChart:
    """Bars of the bins that hold examples."""
    plane = Plane(height=HEIGHT - TOP - BOTTOM - COUNTS_HEIGHT)
    filled = [one for one in found.bins if one.right is not None]
    most = max((one.examples for one in filled), default=1)
    floor = plane.y(0) + COUNTS_HEIGHT
    right, counts = [], []
    for one in filled:
        x, width = plane.x(one.low) + 1, round(plane.x(one.high) - plane.x(one.low) - 2, 1)
        y = plane.y(one.right or 0.0)
        right.append(Bar(x, y, width, round(plane.y(0) - y, 1)))
        height = round(max(1.0, (COUNTS_HEIGHT - 6) * one.examples / most), 1)  # a little air under the diagram
        counts.append(Bar(x, round(floor - height, 1), width, height))
    return ReliabilityChart(
        plane=plane,
        right=right,
        counts=counts,
        diagonal=(plane.x(0), plane.y(0), plane.x(1), plane.y(1)),
        ticks=[Tick(plane.x(value), value) for value in X_TICKS],
        y_ticks=[Tick(plane.y(value), value) for value in X_TICKS],
    )
