"""Features along principal directions: the same head, told in either kind of feature."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from handoff.nlu.feature_space import DIRECTIONS, FeatureSpace
from handoff.nlu.linear_head import LinearHead

GENERATOR = np.random.default_rng(5)
FEATURES = GENERATOR.normal(size=(60, 20)).astype(np.float32) + 3
NGRAMS = sparse.random(60, 12, density=0.3, format="csr", dtype=np.float32, random_state=5)


def test_a_restored_head_scores_features_as_the_head_scores_their_projections() -> None:
    space = FeatureSpace.fit(FEATURES)
    classes = np.arange(60) % 4
    projected = space.project(FEATURES)
    head = LinearHead.fit(projected, NGRAMS, classes, count=4, regularisation=5.0, iterations=25, ngram_weight=0.7)
    restored = space.restore(head)
    assert restored.vector_weights.shape == (20, 4)
    np.testing.assert_allclose(restored.score_matrix(FEATURES, NGRAMS), head.score_matrix(projected, NGRAMS), atol=1e-4)


def test_directions_come_in_the_order_of_their_spread_and_keep_lengths() -> None:
    projected = FeatureSpace.fit(FEATURES).project(FEATURES)
    spread = projected.var(axis=0)
    assert (np.diff(spread) <= 1e-4).all()
    centred = FEATURES - FEATURES.mean(axis=0)
    np.testing.assert_allclose((projected**2).sum(axis=1), (centred**2).sum(axis=1), rtol=1e-3)


def test_of_many_features_the_least_telling_are_left_out() -> None:
    telling = GENERATOR.normal(size=(2 * DIRECTIONS, DIRECTIONS)).astype(np.float32)
    noise = 1e-3 * GENERATOR.normal(size=(2 * DIRECTIONS, 40)).astype(np.float32)
    features = np.hstack([noise, telling])
    space = FeatureSpace.fit(features)
    projected = space.project(features)
    assert projected.shape[1] == DIRECTIONS
    back = projected @ space.directions.T + space.mean
    np.testing.assert_allclose(back[:, 40:], telling, atol=0.02)
