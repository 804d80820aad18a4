"""Cross-validation of the intent classifier: what it says about each example when it has not seen it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from handoff.nlu.calibration import log_softmax
from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import ExampleMemory
from handoff.nlu.feature_space import FeatureSpace
from handoff.nlu.held_out_likeness import compare_held_out
from handoff.nlu.linear_head import LinearHead, sentence_features

FOLDS = 5
SEED = 7  # of the assignment to folds: the same examples give the same model
CANDIDATES = 5  # labels that are compared word by word: with all of them, accuracy on BANKING77 was the same
WORKERS = 2  # folds trained side by side, each on one core


@dataclass(frozen=True)
class HeldOut:
    """Held-out views of the examples.

    Attributes:
        rows: int64 [n], which examples these are.
        scores: float32 [n, labels] of the linear head.
        words: float32 [n, labels], likeness by words; a label that is no candidate has the least of the candidates.
        sentence: float32 [n, labels], likeness by sentence vectors; 0 for labels that are no candidates.
        ngrams: float32 [n, labels], likeness by n-grams; as for words.
        halfway: float32 [n, labels], likeness halfway; as for words.
    """

    rows: np.ndarray
    scores: np.ndarray
    words: np.ndarray
    sentence: np.ndarray
    ngrams: np.ndarray
    halfway: np.ndarray

    def blended(self) -> np.ndarray:
        """The views that add up to probabilities, float64 [views, n, labels]; see :func:`blended_views`."""
        return blended_views(self.scores, self.words, self.ngrams, self.halfway)


def blended_views(scores: np.ndarray, words: np.ndarray, ngrams: np.ndarray, halfway: np.ndarray) -> np.ndarray:
    """What :func:`handoff.nlu.calibration.fit_blend` finds factors for, float64 [views, ...]; all [..., labels]."""
    return np.stack([log_softmax(scores), words, ngrams, halfway]).astype(np.float64)


@dataclass(frozen=True)
class Fit:
    """How a linear head is trained; see :meth:`LinearHead.fit`."""

    count: int
    regularisation: float
    iterations: int
    ngram_weight: float

    def __call__(self, features: np.ndarray, ngrams: sparse.csr_matrix, classes: np.ndarray) -> LinearHead:
        """Train one."""
        return LinearHead.fit(
            features,
            ngrams,
            classes,
            count=self.count,
            regularisation=self.regularisation,
            iterations=self.iterations,
            ngram_weight=self.ngram_weight,
        )


def assign_folds(classes: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Fold of each example, int64 from 0 to ``FOLDS - 1``, spread evenly over each class; -1 for ``fixed`` ones.

    Args:
        classes: int [examples].
        fixed: bool [examples], examples that are always trained on and never tested.
    """
    generator = np.random.default_rng(SEED)
    folds = np.full(len(classes), -1)
    for label in np.unique(classes):
        rows = np.flatnonzero((classes == label) & ~fixed)
        generator.shuffle(rows)
        folds[rows] = (np.arange(len(rows)) + label) % FOLDS
    return folds


def fit_and_hold_out(
    fit: Fit,
    encodings: list[Encoding],
    ngrams: sparse.csr_matrix,
    classes: np.ndarray,
    memory: ExampleMemory,
    folds: np.ndarray,
    spaces_of: list[Encoding] | None = None,
) -> tuple[LinearHead, HeldOut]:
    """Train on everything, and on everything but each fold in turn.

    Vocabulary, document frequencies and directions come from all examples, or for the features from ``spaces_of`` if
    that is given, as in :meth:`ExampleMemory.build`: they know no labels.

    Returns:
        The head trained on everything, and the views of the examples that have a fold, in the order of ``rows``.
    """
    original = _features(encodings)
    space = FeatureSpace.fit(original if spaces_of is None else _features(spaces_of))
    features = space.project(original)

    def train(fold: int | None) -> LinearHead:
        rows = slice(None) if fold is None else np.flatnonzero(folds != fold)
        return fit(features[rows], ngrams[rows], classes[rows])

    def look(fold: int, head: LinearHead) -> tuple[np.ndarray, ...]:
        rows = np.flatnonzero(folds == fold)
        scores = head.score_matrix(features[rows], ngrams[rows])
        labels = np.stack([candidates(line) for line in scores])
        alike = compare_held_out(memory, encodings, rows, labels, folds == fold)
        return (
            rows,
            scores,
            *(
                _spread(values, labels, scores.shape[1], others)
                for values, others in (
                    (alike.words, alike.words.min(axis=1)),
                    (alike.sentence, np.zeros(len(rows))),
                    (alike.ngrams, alike.ngrams.min(axis=1)),
                    (alike.halfway, alike.halfway.min(axis=1)),
                )
            ),
        )

    # One thread of BLAS a worker: on two cores, four of them would only wait for each other.
    with threadpool_limits(limits=1), ThreadPoolExecutor(WORKERS) as pool:
        whole = pool.submit(train, None)
        found = list(pool.map(lambda fold: look(fold, train(fold)), [f for f in range(FOLDS) if (folds == f).any()]))
        parts = [np.concatenate(part) for part in zip(*found, strict=True)]
        order = np.argsort(parts[0])
        return space.restore(whole.result()), HeldOut(*(part[order] for part in parts))


def _features(encodings: list[Encoding]) -> np.ndarray:
    return np.stack([sentence_features(encoding) for encoding in encodings])


def _spread(values: np.ndarray, labels: np.ndarray, count: int, others: np.ndarray) -> np.ndarray:
    """``values`` [rows, n] in the columns ``labels`` [rows, n] of ``count``, and ``others`` [rows] in all others."""
    spread = np.repeat(others[:, np.newaxis].astype(np.float32), count, axis=1)
    np.put_along_axis(spread, labels, values, axis=1)
    return spread


def candidates(scores: np.ndarray) -> np.ndarray:
    """The labels with the highest ``scores`` [labels], best first, ``CANDIDATES`` at most."""
    if len(scores) > CANDIDATES:
        best = np.argpartition(-scores, CANDIDATES)[:CANDIDATES]
        return best[np.argsort(-scores[best], kind="stable")]
    return np.argsort(-scores, kind="stable")
