"""From which score on to answer: what share of messages is answered then, and what share of those answers is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True, eq=False)
class RiskCurve:
    """Held-out messages to which the classifier has an answer.

    Attributes:
        known: float64 [messages], the known score, highest first.
        wrong: bool [messages], whether the answer is wrong.
        total: number of held-out messages, those without an answer included.
    """

    known: np.ndarray
    wrong: np.ndarray
    total: int

    @classmethod
    def of(cls, known: np.ndarray, wrong: np.ndarray, total: int) -> RiskCurve:
        """Sort by score; ties keep their order."""
        order = np.argsort(-known, kind="stable")
        return cls(known[order], wrong[order], total)

    def threshold(self, wrong_answers: float) -> float:
        """The lowest score from which on at most this share of the answers is wrong.

        When even the surest answers are wrong more often, the threshold is above every score: nothing is answered,
        which is what was asked for.

        Args:
            wrong_answers: between 0 and 1.
        """
        return _threshold(self, wrong_answers)

    def at(self, threshold: float) -> tuple[float, float]:
        """Share of all messages that are answered from ``threshold`` on, and share of wrong ones among them."""
        answered = self.known >= threshold
        count = int(answered.sum())
        return count / max(1, self.total), float(self.wrong[answered].mean()) if count else 0.0


@lru_cache(maxsize=16)
def _threshold(curve: RiskCurve, wrong_answers: float) -> float:
    if not len(curve.known):
        return 1.0
    share = np.cumsum(curve.wrong) / np.arange(1, len(curve.wrong) + 1)
    last_of_ties = np.append(curve.known[:-1] > curve.known[1:], True)
    allowed = np.flatnonzero((share <= wrong_answers) & last_of_ties)
    if not len(allowed):
        return float(np.nextafter(curve.known[0], 2.0))
    return float(curve.known[allowed[-1]])
