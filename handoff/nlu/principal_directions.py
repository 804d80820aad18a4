"""The directions in which vectors differ most (principal component analysis)."""

from __future__ import annotations

import numpy as np


def principal_directions(vectors: np.ndarray, most: int) -> np.ndarray:
    """Orthonormal columns float32 [dimensions, directions], the one of the largest sum of squares first.

    Args:
        vectors: float32 [vectors, dimensions]. The squares are taken from zero: centre the vectors first where their
            mean says nothing.
        most: directions at most; there are no more than dimensions.
    """
    _, directions = np.linalg.eigh(vectors.T @ vectors)  # of ascending size
    return np.ascontiguousarray(directions[:, ::-1][:, :most], dtype=np.float32)
