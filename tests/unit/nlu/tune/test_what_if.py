"""What visitors would get at other thresholds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.intent_head import HeldOutPrediction
from handoff.nlu.tune.cases import judge
from handoff.nlu.tune.what_if import STEP, WRONG_ANSWERS, Outcome, Outcomes, stops, what_if
from tests.support.held_out import NO_ANSWER, held_out, risk_of

BY_HAND = [
    held_out("greet", "greet", 0.9),
    held_out("greet", "greet", 0.8),
    held_out("greet", "deny", 0.7),
    held_out("deny", "deny", 0.6),
    held_out("deny", "out_of_scope", 0.95),  # no threshold makes it an answer
    held_out("out_of_scope", "greet", 0.65),
    held_out("out_of_scope", "out_of_scope", 0.1),
]

LABELS = st.sampled_from(["greet", "deny", "faq/warranty", "out_of_scope"])
PREDICTIONS = st.lists(st.builds(held_out, LABELS, LABELS, st.floats(0, 1)), min_size=1, max_size=60)
THRESHOLDS = st.floats(0, 1)


def test_counts_by_hand() -> None:
    outcomes = Outcomes(judge(BY_HAND, NO_ANSWER))
    assert (outcomes.in_scope, outcomes.out_of_scope) == (5, 2)
    assert outcomes.at(0.65) == Outcome(
        threshold=0.65,
        right=2,
        wrong=1,
        withheld=1,
        out_of_scope_answered=1,
        out_of_scope_withheld=0,
        answered_share=3 / 5,
        wrong_share=2 / 4,
        out_of_scope_share=1 / 2,
    )


def test_nothing_is_answered_above_every_score() -> None:
    nothing = Outcomes(judge(BY_HAND, NO_ANSWER)).at(1.0)
    assert (nothing.right, nothing.wrong, nothing.answered_share, nothing.wrong_share) == (0, 0, 0.0, 0.0)
    assert (nothing.withheld, nothing.out_of_scope_withheld) == (4, 1)


@given(PREDICTIONS, THRESHOLDS, THRESHOLDS)
def test_a_lower_threshold_answers_no_less(predictions: list[HeldOutPrediction], one: float, two: float) -> None:
    outcomes = Outcomes(judge(predictions, NO_ANSWER))
    low, high = outcomes.at(min(one, two)), outcomes.at(max(one, two))
    assert low.right >= high.right
    assert low.wrong >= high.wrong
    assert low.out_of_scope_answered >= high.out_of_scope_answered
    assert low.withheld <= high.withheld


@given(PREDICTIONS, THRESHOLDS)
def test_nobody_gets_lost(predictions: list[HeldOutPrediction], threshold: float) -> None:
    cases = judge(predictions, NO_ANSWER)
    outcome = Outcomes(cases).at(threshold)
    assert outcome.right == sum(case.right and case.outcome(threshold) == "answered" for case in cases)
    assert outcome.right + outcome.wrong + outcome.withheld == sum(case.in_scope and case.has_answer for case in cases)
    outside = sum(not case.in_scope and case.has_answer for case in cases)
    assert outcome.out_of_scope_answered + outcome.out_of_scope_withheld == outside


@given(PREDICTIONS)
def test_a_larger_share_of_wrong_answers_answers_no_less_and_is_kept(predictions: list[HeldOutPrediction]) -> None:
    rows = what_if(Outcomes(judge(predictions, NO_ANSWER)), risk_of(predictions))
    assert [row.wrong_answers for row in rows] == list(WRONG_ANSWERS)
    for row in rows:
        assert row.outcome.wrong_share <= row.wrong_answers
    for less, more in zip(rows[:-1], rows[1:], strict=True):
        assert less.outcome.threshold >= more.outcome.threshold
        assert less.outcome.answered_share <= more.outcome.answered_share


def test_stops_are_in_order_and_hold_the_exact_thresholds() -> None:
    outcomes = Outcomes(judge(BY_HAND, NO_ANSWER))
    found = [stop.threshold for stop in stops(outcomes, [0.8412763932811331, 0.5])]
    assert found == sorted(set(found))
    assert 0.8412763932811331 in found
    assert (found[0], found[-1]) == (0.0, 1.0)
    assert found[1] == pytest.approx(STEP)
    assert len(found) == round(1 / STEP) + 2  # 0.5 is one of the steps
