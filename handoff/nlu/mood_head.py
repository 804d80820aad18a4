"""The probability that a message is frustrated: logistic regression over sentence vector, words and style."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from handoff.nlu.logistic_regression import fit_logistic
from handoff.nlu.mood_data import FOLDS
from handoff.nlu.mood_style import STYLES, style
from handoff.nlu.mood_tokens import mood_tokens
from handoff.nlu.word_ngrams import WordNgrams

_ARRAYS = ("vector_weights", "style_weights", "ngram_weights", "bias")
_NEARLY_FREE = 1e3  # regularisation of a fit with two coefficients, which needs none
_SMALLEST_LENGTH = 1e-9
WORKERS = 2  # fits side by side, each on one core


@dataclass(frozen=True)
class Recipe:
    """How a head is trained.

    Attributes:
        regularisation: inverse strength, scikit-learn's ``C``.
        iterations: steps of L-BFGS at most.
        ngram_weight: length of the word part beside the sentence vector's length of 1.
        style_weight: factor of the style numbers.
        frustrated_share: share of frustrated messages for which the probabilities are true.
    """

    regularisation: float
    iterations: int
    ngram_weight: float
    style_weight: float
    frustrated_share: float


@dataclass(frozen=True)
class MoodHead:
    """A trained head, calibrated: its logit is linear in all features.

    Attributes:
        vector_weights: float32 [dimensions], for the sentence vector at length 1, however long it comes.
        style_weights: float32 [STYLES].
        ngram_weights: float32 [n-grams], for their TF-IDF weights.
        bias: float32 [1].
    """

    vector_weights: np.ndarray
    style_weights: np.ndarray
    ngram_weights: np.ndarray
    bias: np.ndarray
    ngrams: WordNgrams

    def probability(self, tokens: Sequence[str], vector: np.ndarray) -> float:
        """Probability that a message with these mood tokens and this sentence vector [dimensions] is frustrated."""
        places, weights = self.ngrams.row(tokens)
        logit = (
            float(vector @ self.vector_weights) / max(float(np.sqrt(vector @ vector)), _SMALLEST_LENGTH)
            + float(style(tokens) @ self.style_weights)
            + float(weights @ self.ngram_weights[places])
            + float(self.bias[0])
        )
        return float(_sigmoid(np.float64(logit)))

    def save(self, path: Path) -> None:
        """Write plain arrays to an ``.npz`` file."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(path, ngrams=self.ngrams.ngrams, idf=self.ngrams.idf, **arrays)

    @classmethod
    def read(cls, path: Path) -> MoodHead:
        """Read what :meth:`save` wrote; pickled content is refused."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in _ARRAYS}
            ngrams = WordNgrams(file["ngrams"], file["idf"])
        return cls(ngrams=ngrams, **arrays)


def fit_mood_head(
    texts: Sequence[str],
    vectors: np.ndarray,
    frustrated: np.ndarray,
    weights: np.ndarray,
    folds: np.ndarray,
    recipe: Recipe,
) -> MoodHead:
    """Train on ``texts`` with their sentence ``vectors`` [n, dimensions].

    The probabilities are calibrated on held-out folds by Platt's method (1999), then moved to ``frustrated_share``.

    Args:
        frustrated: bool [n]; both kinds must occur.
        weights: float [n], how much each example counts.
        folds: int [n] from 0 to FOLDS - 1; what belongs together is in one fold.
        recipe: the numbers.
    """
    tokens = [mood_tokens(text) for text in texts]
    vocabulary = WordNgrams.fit(tokens)
    ngrams = vocabulary.matrix(tokens) * np.float32(recipe.ngram_weight)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, np.newaxis]
    styles = np.stack([style(one) for one in tokens]) * np.float32(recipe.style_weight)
    dense = np.hstack([vectors / np.maximum(lengths, _SMALLEST_LENGTH), styles]).astype(np.float32)

    def fit(rows: np.ndarray) -> np.ndarray:
        return fit_logistic(
            dense[rows],
            ngrams[rows],
            frustrated[rows],
            weights[rows],
            regularisation=recipe.regularisation,
            iterations=recipe.iterations,
        )

    columns = dense.shape[1]
    used = [np.flatnonzero(folds != fold) for fold in range(FOLDS)] + [np.arange(len(texts))]
    # the products are too small to be worth waking the other threads of the BLAS library
    with threadpool_limits(limits=1):
        with ThreadPoolExecutor(WORKERS) as pool:
            *others, found = pool.map(fit, used)
        logits = np.zeros(len(texts), dtype=np.float32)
        for fold, without in enumerate(others):
            held_out = np.flatnonzero(folds == fold)
            logits[held_out] = dense[held_out] @ without[:columns] + ngrams[held_out] @ without[columns:-1]
            logits[held_out] += without[-1]
    slope, offset = _calibration(logits, frustrated, weights, recipe.frustrated_share)
    found = found * np.float32(slope)
    return MoodHead(
        vector_weights=found[: columns - STYLES],
        style_weights=found[columns - STYLES : columns] * np.float32(recipe.style_weight),
        ngram_weights=found[columns:-1] * np.float32(recipe.ngram_weight),
        bias=found[-1:] + np.float32(offset),
        ngrams=vocabulary,
    )


def _calibration(logits: np.ndarray, frustrated: np.ndarray, weights: np.ndarray, share: float) -> tuple[float, float]:
    """Slope and offset that make held-out ``logits`` [n] true where ``share`` of the messages are frustrated."""
    balanced = weights.astype(np.float64)
    balanced[frustrated] *= share / balanced[frustrated].sum()
    balanced[~frustrated] *= (1 - share) / balanced[~frustrated].sum()
    nothing = sparse.csr_matrix((len(logits), 0), dtype=np.float32)
    slope, offset = fit_logistic(
        logits[:, np.newaxis].astype(np.float32),
        nothing,
        frustrated,
        balanced * len(logits),
        regularisation=_NEARLY_FREE,
        iterations=100,
    )
    return max(float(slope), 0.0), float(offset)


def _sigmoid(logit: np.float64) -> np.float64:
    return np.float64(0.5 * (1 + np.tanh(0.5 * logit)))
