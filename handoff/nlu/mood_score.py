"""One score from a probability and signals, so that a signal never lowers it.

Signals in the message itself multiply the odds of the probability: "NO PROBLEM!!!" stays calm, since little times two
is little. Signals of the conversation tell something that the words do not, so they add up with the result as
independent reasons do (a "noisy or"): ``1 - (1 - p)(1 - w1)(1 - w2)...``.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod


def combined(probability: float, factors: Iterable[float], weights: Iterable[float]) -> float:
    """Score from 0 to 1.

    Args:
        probability: of the classifier, from 0 to 1.
        factors: from 1, one for each signal of the message; they multiply ``probability / (1 - probability)``.
        weights: from 0 to 1, one for each signal of the conversation.
    """
    odds = prod(factors)
    # the same as odds / (1 + odds) of the multiplied odds, and safe for a probability of 1
    raised = probability * odds / (1 + probability * (odds - 1))
    return 1 - (1 - raised) * prod(1 - weight for weight in weights)


def repetition_weight(answered: int, unanswered: int, *, after_answer: float, after_abstention: float) -> float:
    """Weight of having asked the same before: ``answered`` times with an answer, ``unanswered`` times without."""
    return 1 - (1 - after_answer) ** answered * (1 - after_abstention) ** unanswered
