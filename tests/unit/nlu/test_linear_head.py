"""The linear head: scikit-learn's model on both blocks, and one message scored as many are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from handoff.nlu.calibration import log_softmax
from handoff.nlu.encoder import Encoding
from handoff.nlu.linear_head import MIDDLE_WEIGHT, LinearHead, sentence_features
from handoff.nlu.text_ngrams import TextNgrams

TEXTS = ["Where is my order", "where is my desk?", "my order, please", "is it a desk", "I am at my desk", "an order"]
CLASSES = np.array([0, 0, 1, 1, 2, 2])
NGRAMS = TextNgrams.fit(TEXTS)
MATRIX = NGRAMS.matrix(TEXTS)
VECTORS = np.random.default_rng(0).normal(size=(len(TEXTS), 8)).astype(np.float32)


def fitted(ngram_weight: float) -> LinearHead:
    return LinearHead.fit(
        VECTORS, MATRIX, CLASSES, count=3, regularisation=3, iterations=500, ngram_weight=ngram_weight
    )


@pytest.mark.parametrize("ngram_weight", [0, 0.7, 3])
def test_probabilities_are_scikit_learns(ngram_weight: float) -> None:
    together = np.hstack([VECTORS, ngram_weight * MATRIX.toarray()])
    model = LogisticRegression(C=3, class_weight="balanced", max_iter=1000, tol=1e-6).fit(together, CLASSES)
    found = np.exp(log_softmax(fitted(ngram_weight).score_matrix(VECTORS, MATRIX)))
    np.testing.assert_allclose(found, model.predict_proba(together), atol=2e-3)


def test_one_message_has_the_scores_that_it_has_among_many() -> None:
    head = fitted(0.7)
    new = "where are my orders and the desk of mine"
    vector = VECTORS[2] * 0.5
    expected = head.score_matrix(vector[np.newaxis], NGRAMS.matrix([new]))[0]
    np.testing.assert_allclose(head.scores(vector, NGRAMS.row(new)), expected, atol=1e-5)


def test_a_message_without_a_known_ngram_is_scored_by_its_vector() -> None:
    head = fitted(0.7)
    row = NGRAMS.row("#")
    assert len(row[0]) == 0
    np.testing.assert_allclose(head.scores(VECTORS[0], row), VECTORS[0] @ head.vector_weights + head.bias, atol=1e-5)


def test_the_sentence_is_read_at_its_end_and_halfway_where_the_encoder_says_so() -> None:
    end, middle = np.array([0.6, 0.8], dtype=np.float32), np.array([1.0, 0.0], dtype=np.float32)
    no_words, no_tokens = np.zeros(0, dtype=np.int32), np.zeros((0, 2), dtype=np.float16)
    both = sentence_features(Encoding(end, no_words, no_tokens, middle))
    np.testing.assert_allclose(both, [0.6, 0.8, MIDDLE_WEIGHT, 0])
    assert both.dtype == np.float32
    np.testing.assert_array_equal(sentence_features(Encoding(end, no_words, no_tokens)), end)
