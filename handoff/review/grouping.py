"""Puts sentences that mean much the same into groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handoff.nlu.tune.duplicates import plain

APART = 0.6
"""Cosine distance, in the mean over all pairs, from which two groups stay two. Measured on the training sentences of
this project: five sentences of each of 19 intents with an answer and 60 out of scope, drawn five times. Of the pairs
put together at 0.60, 48 in 100 are of one intent, and more than that ask nearly the same; at 0.50 it is 69, but only
half as many pairs are found; at 0.70 it is 30. F0.5, which counts a wrong pair twice as much as a missed one, is
highest at 0.60 (0.29, 0.35, 0.30). Subtracting the mean vector, or whitening within intents, made none of it better."""


def group_by_meaning(vectors: np.ndarray) -> list[list[int]]:
    """Groups of the rows of ``vectors`` (float32 [sentences, dimensions], length 1), each with its rows ascending, in
    the order of their first rows. The same vectors give the same groups."""
    if len(vectors) < 2:
        return [[row] for row in range(len(vectors))]
    from sklearn.cluster import AgglomerativeClustering  # takes a second, which the start of the desk does not have

    clustering = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART)
    return _rows_by(clustering.fit_predict(vectors).tolist())


def group_by_words(texts: Sequence[str]) -> list[list[int]]:
    """The same by equal words, for a project without an encoder."""
    return _rows_by([plain(text) for text in texts])


def most_typical(vectors: np.ndarray, weights: Sequence[int]) -> list[int]:
    """The rows of one group, the most typical first: those nearest to the mean of all that was said.

    Args:
        vectors: float32 [sentences, dimensions], rows of length 1.
        weights: how often each sentence was said.
    """
    centre = np.average(vectors, axis=0, weights=weights)
    return [int(row) for row in np.argsort(-np.round(vectors @ centre, 6), kind="stable")]


def _rows_by(keys: Sequence[object]) -> list[list[int]]:
    found: dict[object, list[int]] = {}
    for row, key in enumerate(keys):
        found.setdefault(key, []).append(row)
    return list(found.values())
