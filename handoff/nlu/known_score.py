"""Whether a message is known ground: how likely it is that the best answer to it is right.

The probabilities of a classifier add up to 1 also for a message about something else, so they alone say too little.
Four views are added: how sure the classifier is, how high its best score is before the softmax, and how alike the
nearest training example of that label is, as a sentence and letter by letter. On development splits of public data
(intents kept apart, CLINC150's validation set) their sum told known from unknown with AUROC 0.940, against 0.931 for
the probability alone, and never did much worse than it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handoff.nlu.calibration import fit_sigmoid, sigmoid

VIEWS = 4
WEIGHTS = np.array([2.0, 1.0, 1.0, 0.5])
"""For the logit of the probability, the best score, the likeness of sentences, and of n-grams. Round numbers on
purpose: eight other sums of such views came out between 0.936 and 0.940 on the same data."""

_LEAST_SPREAD = 1e-6


@dataclass(frozen=True)
class KnownScore:
    """Scale of the views, and what their sum means.

    Attributes:
        means: float64 [views], over held-out messages that have a right answer.
        spreads: float64 [views], their standard deviations.
        slope: see :func:`handoff.nlu.calibration.fit_sigmoid`.
        offset: likewise.
    """

    means: np.ndarray
    spreads: np.ndarray
    slope: float
    offset: float

    @classmethod
    def fit(cls, views: np.ndarray, in_scope: np.ndarray, right: np.ndarray) -> KnownScore:
        """Fit on held-out messages.

        Args:
            views: float [messages, views].
            in_scope: bool [messages], those that have a right answer.
            right: bool [messages], those whose best answer is right.
        """
        base = views[in_scope] if in_scope.any() else views
        means, spreads = base.mean(axis=0), np.maximum(base.std(axis=0), _LEAST_SPREAD)
        slope, offset = fit_sigmoid(_sum(views, means, spreads), right)
        return cls(means, spreads, slope, offset)

    def probability(self, views: np.ndarray) -> np.ndarray:
        """Probability that the best answer is right, float64 [messages], for ``views`` [messages, views]."""
        return sigmoid(self.slope * _sum(views, self.means, self.spreads) + self.offset)


def _sum(views: np.ndarray, means: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    result: np.ndarray = ((views - means) / spreads) @ WEIGHTS
    return result
