"""The regression is scikit-learn's, over a dense and a sparse block at once."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from handoff.nlu.calibration import log_softmax
from handoff.nlu.softmax_regression import fit_softmax

EXAMPLES, DENSE, SPARSE = 60, 5, 7


def features(seed: int = 0) -> tuple[np.ndarray, sparse.csr_matrix]:
    generator = np.random.default_rng(seed)
    dense = generator.normal(size=(EXAMPLES, DENSE)).astype(np.float32)
    ngrams = sparse.random(EXAMPLES, SPARSE, density=0.3, format="csr", random_state=seed, dtype=np.float32)
    return dense, ngrams


def uneven_classes(count: int) -> np.ndarray:
    """The first class has most of the examples."""
    classes = np.zeros(EXAMPLES, dtype=np.int64)
    classes[: 8 * (count - 1)] = np.repeat(np.arange(1, count), 8)
    return classes


def probabilities(weights: np.ndarray, dense: np.ndarray, ngrams: sparse.csr_matrix) -> np.ndarray:
    found: np.ndarray = np.exp(log_softmax(np.hstack([dense, ngrams.toarray()]) @ weights[:-1] + weights[-1]))
    return found


@pytest.mark.parametrize("regularisation", [0.3, 5.0])
@pytest.mark.parametrize(("count", "theirs"), [(2, 2.0), (3, 1.0), (5, 1.0)])
@pytest.mark.parametrize("blocks", ["both", "dense", "sparse"])
def test_it_is_scikit_learns(regularisation: float, count: int, theirs: float, blocks: str) -> None:
    dense, ngrams = features()
    dense, ngrams = dense[:, : 0 if blocks == "sparse" else None], ngrams[:, : 0 if blocks == "dense" else None]
    classes = uneven_classes(count)
    weights = fit_softmax(dense, ngrams, classes, count=count, regularisation=regularisation, iterations=500)
    together = np.hstack([dense, ngrams.toarray()])
    model = LogisticRegression(C=theirs * regularisation, class_weight="balanced", max_iter=1000, tol=1e-6)
    expected = model.fit(together, classes).predict_proba(together)
    np.testing.assert_allclose(probabilities(weights, dense, ngrams), expected, atol=2e-3)


def test_a_class_without_examples_scores_below_all_others() -> None:
    dense, ngrams = features()
    classes = uneven_classes(3) * 2  # 0, 2 and 4
    weights = fit_softmax(dense, ngrams, classes, count=5, regularisation=1, iterations=40)
    found = probabilities(weights, dense, ngrams)
    assert np.isfinite(weights).all()
    assert found[:, [1, 3]].max() < 0.02
    assert found[:, [1, 3]].max() < found[:, [0, 2, 4]].min()


def test_rare_classes_weigh_as_much_as_frequent_ones() -> None:
    nothing = np.zeros((EXAMPLES, 1), dtype=np.float32)
    weights = fit_softmax(
        nothing, sparse.csr_matrix(nothing), uneven_classes(3), count=3, regularisation=1, iterations=100
    )
    found = probabilities(weights, nothing, sparse.csr_matrix(nothing))
    np.testing.assert_allclose(found, 1 / 3, atol=1e-3)


@pytest.mark.parametrize("examples", [0, 1, 2])
def test_next_to_no_examples_are_no_error(examples: int) -> None:
    dense, ngrams = features()
    classes = np.zeros(examples, dtype=np.int64)
    weights = fit_softmax(dense[:examples], ngrams[:examples], classes, count=2, regularisation=1, iterations=40)
    assert np.isfinite(weights).all()
