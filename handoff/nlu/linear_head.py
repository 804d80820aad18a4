"""The linear part of the intent classifier: scores of all labels from the sentence vector and the text's n-grams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from handoff.nlu.encoder import Encoding
from handoff.nlu.softmax_regression import fit_softmax

MIDDLE_WEIGHT = 0.7
"""Length of the sentence halfway through the encoder beside the final one's 1. From 0.5, 0.7 and 1, with ten examples
of each intent of BANKING77 (parts of its training set) and on CLINC150's validation part."""


def sentence_features(encoding: Encoding) -> np.ndarray:
    """What the head reads of an encoding besides n-grams, float32 [features]: the sentence at its end and halfway."""
    return np.concatenate([encoding.vector, MIDDLE_WEIGHT * encoding.middle])


@dataclass(frozen=True)
class LinearHead:
    """Trained weights.

    Attributes:
        vector_weights: float32 [features, classes], for :func:`sentence_features`.
        ngram_weights: float32 [n-grams, classes], for their TF-IDF weights.
        bias: float32 [classes].
    """

    vector_weights: np.ndarray
    ngram_weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(
        cls,
        features: np.ndarray,
        ngrams: sparse.csr_matrix,
        classes: np.ndarray,
        *,
        count: int,
        regularisation: float,
        iterations: int,
        ngram_weight: float,
    ) -> LinearHead:
        """Train on ``features`` [examples, features], ``ngrams`` [examples, n-grams] and ``classes`` [examples].

        Args:
            count: number of classes.
            regularisation: inverse strength, scikit-learn's ``C``.
            iterations: steps at most.
            ngram_weight: length of the n-gram part beside the sentence vector's length of 1.
        """
        weights = fit_softmax(
            features,
            ngrams * np.float32(ngram_weight),
            classes,
            count=count,
            regularisation=regularisation,
            iterations=iterations,
        )
        width = features.shape[1]
        return cls(
            np.ascontiguousarray(weights[:width]),
            np.ascontiguousarray(weights[width:-1] * np.float32(ngram_weight)),
            weights[-1].copy(),
        )

    def scores(self, features: np.ndarray, ngrams: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Scores float32 [classes] of one message, from its features and its row of :class:`TextNgrams`."""
        places, weights = ngrams
        # einsum instead of @: products this small are not worth waking the other threads of the BLAS library
        found: np.ndarray = (
            np.einsum("d,dc->c", features, self.vector_weights)
            + np.einsum("n,nc->c", weights, self.ngram_weights[places])
            + self.bias
        )
        return found

    def score_matrix(self, features: np.ndarray, ngrams: sparse.csr_matrix) -> np.ndarray:
        """Scores float32 [messages, classes] of many messages."""
        found: np.ndarray = features @ self.vector_weights + ngrams @ self.ngram_weights + self.bias
        return found
