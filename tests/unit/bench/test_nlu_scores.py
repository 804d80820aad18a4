"""The formulas, against values worked out by hand and against scikit-learn."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench.nlu_scores import auroc, calibration_error, mean, percentile_ms, recall_at_false_alarms, risk_coverage_area


def test_auroc_by_hand() -> None:
    # pairs won: 0.9 beats both, 0.4 beats 0.1 and ties with 0.4: 3.5 of 4
    assert auroc([0.9, 0.4], [0.4, 0.1]) == pytest.approx(3.5 / 4)


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_that_of_scikit_learn_also_with_ties(seed: int) -> None:
    generator = np.random.default_rng(seed)
    positive = generator.normal(0.5, 1, 40).round(1)
    negative = generator.normal(0.0, 1, 70).round(1)
    labels = [1] * len(positive) + [0] * len(negative)
    expected = roc_auc_score(labels, np.concatenate([positive, negative]))
    assert auroc(positive.tolist(), negative.tolist()) == pytest.approx(expected)


def test_recall_at_false_alarms_by_hand() -> None:
    negative = [number / 1000 for number in range(300)]  # 0.299 is the highest; 1 % of 300 may be false alarms: 3
    # a threshold just above 0.296 catches the negatives 0.297, 0.298, 0.299 and no fourth
    assert recall_at_false_alarms([0.5, 0.2965, 0.296, 0.1], negative) == pytest.approx(0.5)


def test_recall_with_no_false_alarm_to_spare_needs_more_than_the_highest_negative() -> None:
    assert recall_at_false_alarms([0.9, 0.6, 0.5], [0.6, 0.1]) == pytest.approx(1 / 3)
    assert recall_at_false_alarms([0.0, 0.0, 0.7], [0.0, 0.0]) == pytest.approx(1 / 3)


def test_all_false_alarms_allowed() -> None:
    assert recall_at_false_alarms([0.1], [0.9], share=1.0) == 1.0


def test_risk_coverage_area_by_hand() -> None:
    # surest first: right, wrong, right, so the risks are 0, 1/2, 1/3
    assert risk_coverage_area([0.2, 0.9, 0.5], [False, False, True]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_equal_scores_count_as_the_mean_over_all_orders() -> None:
    known, wrong = [0.9, 0.5, 0.5, 0.5, 0.1], [False, True, False, False, True]

    def ordered(middle: tuple[bool, ...]) -> float:
        area = risk_coverage_area([5, 4, 3, 2, 1], [wrong[0], *middle, wrong[4]])
        assert area is not None
        return area

    expected = np.mean([ordered(middle) for middle in permutations(wrong[1:4])])
    assert risk_coverage_area(known, wrong) == pytest.approx(float(expected))


def test_calibration_error_by_hand() -> None:
    # (0, 0.5] holds 0.5 (right) and 0.3 (wrong): |1/2 - 0.4| = 0.1; (0.5, 1] holds 0.8 and 1.0, both wrong: 0.9
    error = calibration_error([0.5, 0.3, 0.8, 1.0], [True, False, False, False], bins=2)
    assert error == pytest.approx(2 / 4 * 0.1 + 2 / 4 * 0.9)


def test_calibration_error_of_the_ends_of_the_scale() -> None:
    assert calibration_error([0.0, 1.0], [False, True]) == 0.0
    assert calibration_error([1.0 + 1e-7], [True]) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("confidence", [-0.1, 1.1])
def test_calibration_error_refuses_what_is_no_confidence(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration_error([confidence], [True])


def test_nothing_has_no_score() -> None:
    assert mean([]) is None
    assert auroc([], [0.1]) is None
    assert auroc([0.1], []) is None
    assert recall_at_false_alarms([], [0.1]) is None
    assert recall_at_false_alarms([0.1], []) is None
    assert risk_coverage_area([], []) is None
    assert calibration_error([], []) is None
    assert percentile_ms([], 50) is None


def test_percentiles_are_in_milliseconds() -> None:
    assert percentile_ms([0.001, 0.002, 0.003], 50) == pytest.approx(2.0)
