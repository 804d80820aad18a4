"""Binary logistic regression over a dense and a sparse block of features, with a weight for each example.

scikit-learn's ``LogisticRegression`` takes one matrix only; with the dense block inside a sparse one it needs several
times as long, and cross-validation fits the model again and again.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from handoff.nlu.lbfgs import minimise

TOLERANCE = 1e-7  # of the first step's expected decrease: later steps change probabilities in the fourth digit
UNSURE = 0.2
"""What is left of the curvature at the start, where both sides are equally likely, once most examples are told apart.
On the library's messages 25 steps come nearer to the minimum with 0.2 than with 0.5 or 1."""
_LARGEST_CURVATURE = 0.25  # of a logistic curve: where both sides are equally likely
_LEAST = 1e-6  # curvature of a bias that nothing depends on, so that no step is a division by zero


def fit_logistic(
    dense: np.ndarray,
    ngrams: sparse.csr_matrix,
    truth: np.ndarray,
    weights: np.ndarray,
    *,
    regularisation: float,
    iterations: int,
) -> np.ndarray:
    """Coefficients float32 [dense columns + sparse columns + 1]; the last one is the bias.

    Minimises the weighted cross-entropy plus ``|coefficients|^2 / (2 * regularisation)`` by L-BFGS; the bias is free.

    Args:
        dense: float32 [examples, dimensions].
        ngrams: float32 [examples, n-grams].
        truth: bool [examples].
        weights: float [examples], how much each example counts; only its size against ``regularisation`` matters.
        regularisation: inverse strength, scikit-learn's ``C``.
        iterations: steps at most.
    """
    dimensions = dense.shape[1]
    transposed = ngrams.T.tocsr()
    target = truth.astype(np.float32)
    weight = weights.astype(np.float32)
    penalty = np.float32(1 / regularisation)

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        scores = dense @ found[:dimensions] + ngrams @ found[dimensions:-1] + found[-1]
        value = float((weight * (np.logaddexp(0, scores) - target * scores)).sum(dtype=np.float64))
        value += 0.5 * float(penalty) * float(found[:-1] @ found[:-1])
        error = weight * (0.5 * (1 + np.tanh(0.5 * scores)) - target)
        gradient = np.empty_like(found)
        gradient[:dimensions] = error @ dense
        gradient[dimensions:-1] = transposed @ error
        gradient[-1] = error.sum()
        gradient[:-1] += penalty * found[:-1]
        return value, gradient

    squares = np.concatenate([weight @ dense**2, transposed.multiply(transposed) @ weight, [weight.sum()]])
    curvature = UNSURE * _LARGEST_CURVATURE * squares
    curvature[:-1] += penalty
    return minimise(
        loss,
        np.zeros(dimensions + ngrams.shape[1] + 1, dtype=np.float32),
        np.maximum(curvature, _LEAST),
        steps=iterations,
        tolerance=TOLERANCE,
    )
