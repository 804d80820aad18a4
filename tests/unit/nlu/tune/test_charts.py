"""Where marks stand."""

from __future__ import annotations

import pytest

from handoff.nlu.tune import charts
from handoff.nlu.tune.cases import judge
from handoff.nlu.tune.reliability import reliability
from handoff.nlu.tune.what_if import Outcome, Outcomes
from tests.support.held_out import NO_ANSWER, held_out


def outcome(answered: float, wrong: float) -> Outcome:
    return Outcome(0.5, 1, 1, 1, 1, 1, answered_share=answered, wrong_share=wrong, out_of_scope_share=0.0)


def test_a_plane_grows_to_the_right_and_upwards() -> None:
    plane = charts.Plane(y_max=0.5, left=10, top=20, width=100, height=200)
    assert (plane.x(0), plane.x(1), plane.y(0), plane.y(0.5), plane.y(0.25)) == (10, 110, 220, 20, 120)
    assert plane.y(0.9) == 20, "what is too high stays at the edge"


@pytest.mark.parametrize(
    ("worst", "ticks"), [(0.0, [0, 0.05]), (0.12, [0, 0.05, 0.1, 0.15]), (0.42, [0, 0.1, 0.2, 0.3, 0.4, 0.5])]
)
def test_the_risk_axis_ends_above_the_worst_share(worst: float, ticks: list[float]) -> None:
    chart = charts.risk_chart([outcome(1.0, worst)], outcome(1.0, worst), [])
    assert [tick.value for tick in chart.y_ticks] == pytest.approx(ticks)
    assert chart.plane.y_max == pytest.approx(ticks[-1])


def test_stops_without_answers_are_no_points() -> None:
    assert charts.risk_chart([outcome(0.0, 0.0)], outcome(0.0, 0.0), []).line == ""
    line = charts.risk_chart([outcome(0.5, 0.05), outcome(0.5, 0.05), outcome(0.0, 0.0)], outcome(0.5, 0.05), []).line
    assert line.count("L") == 0


def test_the_chosen_point_is_on_the_curve() -> None:
    cases = judge([held_out("a", "a", 0.9), held_out("a", "b", 0.5), held_out("b", "b", 0.3)], NO_ANSWER)
    outcomes = Outcomes(cases)
    stops = [outcomes.at(threshold) for threshold in (0.0, 0.3, 0.5, 0.9)]
    chart = charts.risk_chart(stops, stops[2], [])
    assert f"{chart.chosen[0]} {chart.chosen[1]}" in chart.line
    assert chart.place(stops[2]) == chart.chosen


def test_a_true_bar_ends_at_the_diagonal() -> None:
    predictions = [held_out("a", "a", confidence=0.5), held_out("a", "b", confidence=0.5)]
    chart = charts.reliability_chart(reliability(judge(predictions, NO_ANSWER)))
    (bar,), (count,) = chart.right, chart.counts
    assert bar.y == chart.plane.y(0.5)
    assert bar.y + bar.height == pytest.approx(chart.plane.y(0))
    assert count.y + count.height == pytest.approx(chart.plane.y(0) + charts.COUNTS_HEIGHT)
