"""The threshold keeps its promise on the data that it was taken from, and gives away no answer without need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.risk_curve import RiskCurve

SCORES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5000001, 0.9, 1.0])  # few values, so that there are ties
ANSWERS = st.lists(st.tuples(SCORES, st.booleans()), min_size=1, max_size=30)
TARGETS = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.05, 0.1, 0.25, 0.5, 1.0]))


def curve(answers: list[tuple[float, bool]], unanswered: int = 0) -> RiskCurve:
    known = np.array([score for score, _ in answers], dtype=np.float64)
    wrong = np.array([is_wrong for _, is_wrong in answers], dtype=bool)
    return RiskCurve.of(known, wrong, len(answers) + unanswered)


EXAMPLE = curve([(0.3, True), (0.9, False), (0.8, True), (0.7, False), (0.6, False), (0.95, False)], unanswered=4)


@pytest.mark.parametrize(
    ("wrong_answers", "threshold"),
    [(0.0, 0.9), (0.1, 0.9), (0.19, 0.9), (0.2, 0.6), (0.32, 0.6), (0.34, 0.3), (1.0, 0.3)],
)
def test_threshold_by_hand(wrong_answers: float, threshold: float) -> None:
    assert EXAMPLE.threshold(wrong_answers) == threshold


@pytest.mark.parametrize(
    ("threshold", "answered", "wrong"),
    [(0.0, 0.6, 2 / 6), (0.3, 0.6, 2 / 6), (0.31, 0.5, 1 / 5), (0.9, 0.2, 0.0), (0.951, 0.0, 0.0)],
)
def test_what_a_threshold_gives_by_hand(threshold: float, answered: float, wrong: float) -> None:
    assert EXAMPLE.at(threshold) == pytest.approx((answered, wrong))


@given(ANSWERS, TARGETS)
def test_target_is_met_by_the_lowest_threshold_that_meets_it(answers: list[tuple[float, bool]], target: float) -> None:
    risk = curve(answers)
    threshold = risk.threshold(target)
    assert risk.at(threshold)[1] <= target
    for lower in {score for score, _ in answers if score < threshold}:
        assert risk.at(lower)[1] > target, f"{lower} would answer more"


@given(ANSWERS, TARGETS, TARGETS)
def test_whoever_allows_more_wrong_answers_answers_more(
    answers: list[tuple[float, bool]], one: float, other: float
) -> None:
    risk = curve(answers)
    assert risk.threshold(max(one, other)) <= risk.threshold(min(one, other))


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_examples_does_not_matter(answers: list[tuple[float, bool]], random: object) -> None:
    shuffled = answers.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert curve(answers).threshold(0.2) == curve(shuffled).threshold(0.2)


def test_a_tie_is_answered_as_a_whole_or_not_at_all() -> None:
    tied = curve([(0.9, False), (0.5, False), (0.5, False), (0.5, True)])
    assert tied.threshold(0.2) == 0.9
    assert tied.threshold(0.25) == 0.5


@pytest.mark.parametrize("surest", [0.3, 1.0])
def test_an_unattainable_target_answers_nothing(surest: float) -> None:
    hopeless = curve([(surest, True), (0.2, False)])
    threshold = hopeless.threshold(0.1)
    assert threshold > surest
    assert hopeless.at(threshold) == (0.0, 0.0)


def test_without_examples_only_certainty_is_answered() -> None:
    nothing = curve([])
    assert nothing.threshold(0.1) == 1.0
    assert nothing.at(0.5) == (0.0, 0.0)
