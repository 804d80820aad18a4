"""Multinomial logistic regression over a dense and a sparse block of features, in float32.

The same model as scikit-learn's ``LogisticRegression(class_weight="balanced")``; of two classes both have weights here,
where scikit-learn keeps one column, so that its ``C`` is twice ours. It is written out here because
scikit-learn takes one matrix only: the sentence vectors would have to go into a sparse one, in double precision, and
cross-validation needs six fits in each training.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from handoff.nlu.lbfgs import minimise

TOLERANCE = 1e-7  # of the first step's expected decrease: later steps change confidences in the fourth digit
UNSURE = 0.1
"""What is left of the curvature at the start, where all classes are equally likely, once most examples are told apart.
On the project's sentences, along principal directions, 25 steps come nearer to the minimum with 0.1 than with more."""
_LEAST = 1e-6  # curvature of a bias that nothing depends on, so that no step is a division by zero


def fit_softmax(
    dense: np.ndarray,
    ngrams: sparse.csr_matrix,
    classes: np.ndarray,
    *,
    count: int,
    regularisation: float,
    iterations: int,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Weights float32 [dense columns + sparse columns + 1, count]; the last row is the bias.

    Minimises the class-balanced cross-entropy plus ``|weights|^2 / (2 * regularisation)``; the bias is free.

    Args:
        dense: float32 [examples, dimensions].
        ngrams: float32 [examples, n-grams].
        classes: int [examples], from 0 to ``count - 1``.
        count: number of classes. One without examples keeps low scores.
        regularisation: inverse strength, scikit-learn's ``C``.
        iterations: steps at most.
        start: weights to begin with, as this returns them; default: zeros.
    """
    examples, dimensions = dense.shape
    rows = np.arange(examples)
    sizes = np.bincount(classes, minlength=count)
    weight = (examples / (max(1, np.count_nonzero(sizes)) * np.maximum(sizes, 1)))[classes].astype(np.float32)
    transposed = ngrams.T.tocsr()
    shape = (dimensions + ngrams.shape[1] + 1, count)
    penalty = np.float32(1 / regularisation)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = dense @ weights[:dimensions]
        scores += ngrams @ weights[dimensions:-1]
        scores += weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[rows, classes]
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        value = float((weight * (np.log(total[:, 0]) - right)).sum(dtype=np.float64))
        value += 0.5 * float(penalty) * float(np.einsum("fc,fc->", weights[:-1], weights[:-1]))
        scores /= total
        scores[rows, classes] -= 1
        scores *= weight[:, np.newaxis]
        gradient = np.empty_like(weights)
        gradient[:dimensions] = dense.T @ scores
        gradient[dimensions:-1] = transposed @ scores
        gradient[-1] = scores.sum(axis=0)
        gradient[:-1] += penalty * weights[:-1]
        return value, gradient

    squares = np.concatenate([weight @ dense**2, transposed.multiply(transposed) @ weight, [weight.sum()]])
    curvature = UNSURE * squares * (1 - 1 / count) / count
    curvature[:-1] += penalty
    return minimise(
        loss,
        np.zeros(shape, dtype=np.float32) if start is None else start,
        np.maximum(curvature, _LEAST)[:, np.newaxis],
        steps=iterations,
        tolerance=TOLERANCE,
    )
