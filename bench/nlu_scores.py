"""How good scores and confidences are: the formulas, over plain sequences of numbers. None means that none is defined.

A false alarm is a negative that gets at least the score from which on one acts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

BINS = 15
"""Bins of the calibration error, as in the tables of Guo et al. 2017."""
FALSE_ALARMS = 0.01
"""Share of false alarms at which recall is given."""


def mean(values: Sequence[float]) -> float | None:
    """The mean; of truths it is their share."""
    return float(np.mean(values)) if len(values) else None


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Area under the ROC curve: the probability that a positive scores higher than a negative, ties counting half.

    Computed from ranks (Mann-Whitney U; Fawcett 2006, "An introduction to ROC analysis").
    """
    if not len(positive) or not len(negative):
        return None
    ranks = rankdata(np.concatenate([positive, negative]))  # equal scores get their mean rank
    above = float(ranks[: len(positive)].sum()) - len(positive) * (len(positive) + 1) / 2
    return above / (len(positive) * len(negative))


def recall_at_false_alarms(
    positive: Sequence[float], negative: Sequence[float], share: float = FALSE_ALARMS
) -> float | None:
    """The largest share of positives that one threshold catches while at most ``share`` of the negatives are caught."""
    if not len(positive) or not len(negative):
        return None
    allowed = math.floor(share * len(negative) + 1e-9)  # 0.01 * 300 must be 3 also in binary
    if allowed >= len(negative):
        return 1.0
    first_refused = np.sort(np.asarray(negative))[::-1][allowed]
    return float(np.mean(np.asarray(positive) > first_refused))


def risk_coverage_area(known: Sequence[float], wrong: Sequence[bool]) -> float | None:
    """Area under the risk-coverage curve (AURC): the mean, over all numbers k, of the risk of answering the k surest.

    With rows sorted by ``known``, surest first, and w_i = 1 where the i-th would be answered wrongly::

        AURC = 1/n * sum over k = 1..n of (1/k * sum over i = 1..k of w_i)

    The curve is that of Geifman & El-Yaniv 2017, "Selective Classification for Deep Neural Networks"; the area that of
    Geifman, Uziel & El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers". Smaller is
    better. Rows of equal ``known`` have no order: each of them counts with the mean of their errors, which is the
    expectation over all orders.
    """
    if not len(known):
        return None
    _, group = np.unique(-np.asarray(known, dtype=float), return_inverse=True)  # groups are numbered surest first
    sizes = np.bincount(group)
    errors = np.bincount(group, weights=np.asarray(wrong, dtype=float)) / sizes
    risks = np.cumsum(np.repeat(errors, sizes)) / np.arange(1, len(known) + 1)
    return float(risks.mean())


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float | None:
    """Expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2).

    ``bins`` bins of equal width, the m-th being ((m-1)/bins, m/bins]::

        ECE = sum over bins of (rows in it / all rows) * |share that is right - mean confidence|

    Raises:
        ValueError: a confidence is not between 0 and 1.
    """
    if not len(confidences):
        return None
    values = np.asarray(confidences, dtype=float)
    if values.min() < 0 or values.max() > 1 + 1e-6:  # float32 sums to a little more than 1
        raise ValueError(f"confidences must be between 0 and 1, not {values.min()} to {values.max()}")
    places = np.clip(np.ceil(values * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(places, weights=np.asarray(right, dtype=float) - values, minlength=bins)
    return float(np.abs(gaps).sum() / len(values))


def percentile_ms(seconds: Sequence[float], percent: float) -> float | None:
    """A percentile of times, in milliseconds."""
    return float(np.percentile(seconds, percent)) * 1000 if len(seconds) else None
