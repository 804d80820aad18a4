"""Multinomial logistic regression over a sentence vector and character n-grams, with inference in plain numpy."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from handoff.nlu.char_ngrams import CharNgrams

_ARRAYS = ("labels", "vector_weights", "ngram_weights", "bias", "ngrams", "idf")


@dataclass(frozen=True)
class LinearHead:
    """A trained head for ``labels`` [classes].

    Attributes:
        vector_weights: float32 [dimensions, classes], for the sentence vector.
        ngram_weights: float32 [n-grams, classes], for their TF-IDF weights.
        bias: float32 [classes].
    """

    labels: np.ndarray
    vector_weights: np.ndarray
    ngram_weights: np.ndarray
    bias: np.ndarray
    ngrams: CharNgrams

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: np.ndarray,
        labels: Sequence[str],
        *,
        regularisation: float,
        iterations: int,
        ngram_weight: float,
    ) -> LinearHead:
        """Train on ``texts``, their ``vectors`` [len(texts), dimensions] and ``labels``.

        Args:
            regularisation: inverse strength, scikit-learn's ``C``.
            iterations: steps of L-BFGS at most.
            ngram_weight: length of the n-gram part beside the sentence vector's length of 1.
        """
        ngrams = CharNgrams.fit(texts)
        names = np.array(sorted(set(labels)))
        dimensions = vectors.shape[1]
        if len(names) == 1:  # nothing to tell apart
            weights, bias = np.zeros((dimensions + len(ngrams.ngrams), 1)), np.zeros(1)
        else:
            features = sparse.hstack([sparse.csr_matrix(vectors), ngrams.matrix(texts) * ngram_weight]).tocsr()
            model = LogisticRegression(C=regularisation, class_weight="balanced", max_iter=iterations)
            # Half the work is in sparse products, which one thread does: more of them only wait for each other.
            with warnings.catch_warnings(), threadpool_limits(limits=1):
                # stopping early is meant: later steps change confidences in the third digit and no label
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(features, np.array(labels))
            weights, bias = _one_column_a_class(model)
        return cls(
            labels=names,
            vector_weights=np.ascontiguousarray(weights[:dimensions], dtype=np.float32),
            ngram_weights=np.ascontiguousarray(weights[dimensions:] * ngram_weight, dtype=np.float32),
            bias=bias.astype(np.float32),
            ngrams=ngrams,
        )

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        """Probability of each label, float32 [classes], for one message with its sentence ``vector`` [dimensions]."""
        places, weights = self.ngrams.row(text)
        # einsum instead of @: products this small are not worth waking the other threads of the BLAS library
        scores = (
            np.einsum("d,dc->c", vector, self.vector_weights)
            + np.einsum("n,nc->c", weights, self.ngram_weights[places])
            + self.bias
        )
        powers = np.exp(scores - scores.max())
        result: np.ndarray = powers / powers.sum()
        return result

    def save(self, path: Path) -> None:
        """Write plain arrays to an ``.npz`` file."""
        arrays = {name: getattr(self, name) for name in _ARRAYS[:4]}
        np.savez(path, ngrams=self.ngrams.ngrams, idf=self.ngrams.idf, **arrays)

    @classmethod
    def read(cls, path: Path) -> LinearHead:
        """Read what :meth:`save` wrote; pickled content is refused."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
        ngrams = CharNgrams(arrays.pop("ngrams"), arrays.pop("idf"))
        return cls(ngrams=ngrams, **arrays)


def _one_column_a_class(model: LogisticRegression) -> tuple[np.ndarray, np.ndarray]:
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] > 1:
        return weights, bias
    # two classes: scikit-learn keeps the second one's score only, and the first one's is zero
    return np.hstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
