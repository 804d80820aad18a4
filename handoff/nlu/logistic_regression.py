"""Binary logistic regression over a dense and a sparse block of features, with a weight for each example.

scikit-learn's ``LogisticRegression`` takes one matrix only; with the dense block inside a sparse one it needs several
times as long, and cross-validation fits the model again and again.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

TOLERANCE = 1e-4  # of the gradient: later steps change probabilities in the fourth digit
CORRECTIONS = 10  # pairs that L-BFGS remembers, scipy's default


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

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        found = flat.astype(np.float32)
        scores = dense @ found[:dimensions] + ngrams @ found[dimensions:-1] + found[-1]
        value = float((weight * (np.logaddexp(0, scores) - target * scores)).sum(dtype=np.float64))
        value += 0.5 * float(penalty) * float(found[:-1] @ found[:-1])
        error = weight * (0.5 * (1 + np.tanh(0.5 * scores)) - target)
        gradient = np.empty_like(found)
        gradient[:dimensions] = error @ dense
        gradient[dimensions:-1] = transposed @ error
        gradient[-1] = error.sum()
        gradient[:-1] += penalty * found[:-1]
        return value, gradient.astype(np.float64)

    start = np.zeros(dimensions + ngrams.shape[1] + 1)
    options = {"maxiter": iterations, "maxcor": CORRECTIONS, "gtol": TOLERANCE}
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    found: np.ndarray = result.x.astype(np.float32)
    return found
