"""Whether confidences are true: of the messages read with a confidence of 0.8, about 8 in 10 should be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.tune.cases import Case

BINS = 15  # as in the paper cited below, so that the error can be compared with published ones


@dataclass(frozen=True)
class Bin:
    """Examples whose confidence is above ``low`` and at most ``high``.

    Attributes:
        low: and ``high``: its limits, 0 to 1.
        examples: how many there are.
        confidence: their mean confidence; None without examples.
        right: share that was read rightly; likewise.
    """

    low: float
    high: float
    examples: int
    confidence: float | None
    right: float | None


@dataclass(frozen=True)
class Reliability:
    """Attributes:
    bins: ``BINS`` of equal width.
    error: expected calibration error, 0 to 1.
    """

    bins: list[Bin]
    error: float


def reliability(cases: Sequence[Case]) -> Reliability:
    """Reliability diagram and expected calibration error of the predicted labels' confidences.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", section 2, with bins of equal width, the m-th being
    ((m-1)/bins, m/bins]::

        error = sum over bins of (examples in it / all examples) * |share that is right - mean confidence|

    Without examples the error is 0.
    """
    confidence = np.array([case.confidence for case in cases], dtype=float)
    right = np.array([case.right for case in cases], dtype=float)
    places = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    confident = np.bincount(places, weights=confidence, minlength=BINS)
    hits = np.bincount(places, weights=right, minlength=BINS)
    bins = [
        Bin(
            low=place / BINS,
            high=(place + 1) / BINS,
            examples=int(count),
            confidence=float(confident[place] / count) if count else None,
            right=float(hits[place] / count) if count else None,
        )
        for place, count in enumerate(counts)
    ]
    return Reliability(bins, float(np.abs(hits - confident).sum() / max(1, len(cases))))
