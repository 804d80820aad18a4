"""Multinomial logistic regression over a dense and a sparse block of features, in float32.

The same model as scikit-learn's ``LogisticRegression(class_weight="balanced")``; of two classes both have weights here,
where scikit-learn keeps one column, so that its ``C`` is twice ours. It is written out here because
scikit-learn takes one matrix only: the sentence vectors would have to go into a sparse one, in double precision, and
cross-validation needs six fits in each training.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

TOLERANCE = 1e-4  # of the gradient: later steps change confidences in the third digit and no label


def fit_softmax(
    dense: np.ndarray,
    ngrams: sparse.csr_matrix,
    classes: np.ndarray,
    *,
    count: int,
    regularisation: float,
    iterations: int,
) -> np.ndarray:
    """Weights float32 [dense columns + sparse columns + 1, count]; the last row is the bias.

    Minimises the class-balanced cross-entropy plus ``|weights|^2 / (2 * regularisation)`` by nonlinear conjugate
    gradients; the bias is free. L-BFGS got no further in as many steps on the project's sentences and took 1.6 times as
    long: two thirds of that went into its own arithmetic on 600,000 weights.

    Args:
        dense: float32 [examples, dimensions].
        ngrams: float32 [examples, n-grams].
        classes: int [examples], from 0 to ``count - 1``.
        count: number of classes. One without examples keeps low scores.
        regularisation: inverse strength, scikit-learn's ``C``.
        iterations: steps at most.
    """
    examples, dimensions = dense.shape
    rows = np.arange(examples)
    sizes = np.bincount(classes, minlength=count)
    weight = (examples / (max(1, np.count_nonzero(sizes)) * np.maximum(sizes, 1)))[classes].astype(np.float32)
    transposed = ngrams.T.tocsr()
    shape = (dimensions + ngrams.shape[1] + 1, count)
    penalty = np.float32(1 / regularisation)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.astype(np.float32).reshape(shape)
        scores = dense @ weights[:dimensions] + ngrams @ weights[dimensions:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[rows, classes]
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        value = float((weight * (np.log(total[:, 0]) - right)).sum())
        value += 0.5 * float(penalty) * float(np.einsum("fc,fc->", weights[:-1], weights[:-1]))
        scores /= total
        scores[rows, classes] -= 1
        scores *= weight[:, np.newaxis]
        gradient = np.empty_like(weights)
        gradient[:dimensions] = dense.T @ scores
        gradient[dimensions:-1] = transposed @ scores
        gradient[-1] = scores.sum(axis=0)
        gradient[:-1] += penalty * weights[:-1]
        return value, gradient.ravel().astype(np.float64)

    options = {"maxiter": iterations, "gtol": TOLERANCE}
    result = minimize(loss, np.zeros(shape).ravel(), jac=True, method="CG", options=options)
    found: np.ndarray = result.x.astype(np.float32).reshape(shape)
    return found
