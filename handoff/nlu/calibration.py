"""Turning scores into probabilities that are true: fits on cross-validated predictions, with few free numbers."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

_LEAST = 1e-6  # keeps logarithms finite
_WEAKEST = 1e-3  # smallest factor: a view that misleads is ignored, never turned around


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Logarithm of the softmax over the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def fit_blend(views: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Factors float64 [views] by which the views' scores add up to log probabilities, by maximum likelihood.

    With one view this is temperature scaling (Guo et al. 2017); with several it is stacking as well.

    Args:
        views: float [views, examples, classes], held-out scores.
        classes: int [examples], the right ones.
    """
    spread = views.std(axis=(1, 2))
    spread[spread < _LEAST] = np.inf  # a view that is always the same says nothing: its factor is 0
    scaled = views / spread[:, np.newaxis, np.newaxis]
    examples, labels = views.shape[1:]
    # one imaginary example of every class at once: a perfect cross-validation must not promise certainty
    targets = np.full((examples, labels), 1 / (labels * (examples + 1)))
    targets[np.arange(examples), classes] += examples / (examples + 1)

    aimed = np.einsum("vec,ec->ve", scaled, targets)

    def loss(factors: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(np.tensordot(factors, scaled, axes=1))
        expected = np.einsum("vec,ec->ve", scaled, np.exp(logs))
        gradient = (expected - aimed).mean(axis=1)
        return -float((targets * logs).sum(axis=1).mean()), gradient

    bounds = [(_WEAKEST, None)] * len(views)
    result = minimize(loss, np.ones(len(views)), jac=True, method="L-BFGS-B", bounds=bounds)
    found: np.ndarray = result.x / spread
    return found


def fit_sigmoid(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Slope and offset so that ``sigmoid(slope * score + offset)`` is the probability of being right.

    Platt's method (1999) with his smoothed targets, so that a perfect cross-validation does not promise certainty.

    Args:
        scores: float [examples], higher is better.
        right: bool [examples].
    """
    hits, misses = int(right.sum()), int((~right).sum())
    targets = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logits = parameters[0] * scores + parameters[1]
        error = sigmoid(logits) - targets
        value = np.logaddexp(0, logits) - targets * logits
        return float(value.mean()), np.array([(error * scores).mean(), error.mean()])

    result = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(_WEAKEST, None), (None, None)])
    return float(result.x[0]), float(result.x[1])


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """``1 / (1 + exp(-logits))`` without overflow."""
    result: np.ndarray = 0.5 * (1 + np.tanh(0.5 * logits))
    return result


def logit(probability: np.ndarray) -> np.ndarray:
    """``log(p / (1 - p))``, finite for 0 and 1 too."""
    kept = np.clip(probability, _LEAST, 1 - _LEAST)
    result: np.ndarray = np.log(kept / (1 - kept))
    return result
