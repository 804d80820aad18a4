"""Calibration finds the probabilities that the data were made with, and promises no certainty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.nlu.calibration import fit_blend, fit_sigmoid, log_softmax, logit, sigmoid

EXAMPLES, CLASSES = 4000, 5


def drawn(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """True scores [examples, classes], and classes drawn with the probabilities that these give."""
    generator = np.random.default_rng(seed)
    scores = 2 * generator.normal(size=(EXAMPLES, CLASSES))
    return scores, (scores + generator.gumbel(size=scores.shape)).argmax(axis=1)


def blended(views: np.ndarray, classes: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.exp(log_softmax(np.tensordot(fit_blend(views, classes), views, axes=1)))
    return found


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0, 1000.0])
def test_a_known_temperature_is_found(temperature: float) -> None:
    scores, classes = drawn()
    [factor] = fit_blend(scores[np.newaxis] * temperature, classes)
    assert factor * temperature == pytest.approx(1, rel=0.08)


def test_confidences_are_true_afterwards() -> None:
    scores, classes = drawn()
    sure = blended(scores[np.newaxis] * 7, classes)
    confidence, right = sure.max(axis=1), sure.argmax(axis=1) == classes
    for low in (0.3, 0.5, 0.7, 0.9):
        bin_ = (confidence >= low) & (confidence < low + 0.1)
        assert right[bin_].mean() == pytest.approx(confidence[bin_].mean(), abs=0.06)


def test_views_that_each_know_a_part_are_added() -> None:
    scores, classes = drawn()
    part = np.random.default_rng(1).normal(size=scores.shape)
    factors = fit_blend(np.stack([3 * (scores - part), part]), classes)
    np.testing.assert_allclose(factors, [1 / 3, 1], rtol=0.1)


@pytest.mark.parametrize("misleading", ["noise", "the opposite"])
def test_a_view_that_does_not_help_is_ignored_and_never_turned_around(misleading: str) -> None:
    scores, classes = drawn()
    other = np.random.default_rng(1).normal(size=scores.shape) if misleading == "noise" else -scores
    good, bad = fit_blend(np.stack([scores, other]), classes)
    assert good == pytest.approx(1, rel=0.1)
    assert 0 <= bad < 0.1


def test_a_view_that_is_always_the_same_counts_for_nothing() -> None:
    scores, classes = drawn()
    good, constant = fit_blend(np.stack([scores, np.full_like(scores, 0.7)]), classes)
    assert good == pytest.approx(1, rel=0.1)
    assert constant == 0, "it was the same in cross-validation; a visitor's message may make it differ"


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(2, 6), st.floats(1e-3, 1e3))
def test_perfect_predictions_do_not_promise_certainty(examples: int, labels: int, scale: float) -> None:
    classes = np.arange(examples) % labels
    scores = np.eye(labels)[classes] * scale
    found = blended(scores[np.newaxis], classes)
    assert np.isfinite(found).all()
    assert (found.argmax(axis=1) == classes).all()
    assert found.max() <= 1 - 0.5 / (examples + 1) / labels


def test_more_perfect_predictions_promise_more() -> None:
    few, many = (blended(np.eye(3)[np.newaxis, np.arange(count) % 3], np.arange(count) % 3).max() for count in (6, 300))
    assert few < 0.95 < many


def test_a_single_label_is_certain() -> None:
    views = np.random.default_rng(0).normal(size=(2, 4, 1))
    np.testing.assert_array_equal(blended(views, np.zeros(4, dtype=np.int64)), np.ones((4, 1)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4))
def test_log_softmax_is_a_distribution_in_the_same_order(scores: list[float]) -> None:
    found = log_softmax(np.array([scores, scores]))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, atol=1e-9)
    assert (np.diff(found[0][np.argsort(scores)]) >= 0).all()


@pytest.mark.parametrize(("slope", "offset"), [(2.0, -1.0), (0.3, 0.5), (10.0, 3.0)])
def test_a_known_sigmoid_is_found(slope: float, offset: float) -> None:
    generator = np.random.default_rng(0)
    scores = generator.normal(size=20_000)
    right = generator.random(len(scores)) < 1 / (1 + np.exp(-(slope * scores + offset)))
    found = fit_sigmoid(scores, right)
    assert found == pytest.approx((slope, offset), rel=0.1)


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("count", [1, 5, 500])
def test_only_hits_or_only_misses_are_no_certainty(right: bool, count: int) -> None:
    scores = np.linspace(-1, 1, count)
    slope, offset = fit_sigmoid(scores, np.full(count, right))
    found = sigmoid(slope * scores + offset)
    expected = (count + 1) / (count + 2)
    np.testing.assert_allclose(found, expected if right else 1 - expected, atol=0.01)


def test_scores_that_split_hits_from_misses_are_no_certainty() -> None:
    right = np.arange(20) < 8
    slope, offset = fit_sigmoid(np.where(right, 100.0, -100.0), right)
    found = sigmoid(slope * np.array([100.0, -100.0]) + offset)
    np.testing.assert_allclose(found, [9 / 10, 1 / 14], atol=0.01)


def test_scores_that_mislead_are_ignored() -> None:
    right = np.arange(1000) % 4 > 0
    slope, offset = fit_sigmoid(np.where(right, -1.0, 1.0), right)
    assert 0 < slope < 0.01
    assert sigmoid(np.array(offset)) == pytest.approx(0.75, abs=0.01)


@given(st.floats(-1e300, 1e300))
def test_any_logit_is_a_probability(value: float) -> None:
    found = float(sigmoid(np.array(value)))
    assert 0 <= found <= 1
    assert found >= 0.5 if value >= 0 else found <= 0.5


@given(st.floats(0, 1))
def test_every_probability_has_a_finite_logit(probability: float) -> None:
    assert np.isfinite(logit(np.array(probability)))


@given(st.floats(-13, 13))
def test_logit_and_sigmoid_undo_each_other(value: float) -> None:
    assert float(logit(sigmoid(np.array(value)))) == pytest.approx(value, abs=1e-6)
