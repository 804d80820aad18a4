"""How sentences are compared halfway through the encoder: without what all have in common, in a few directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.encoder import Encoding
from handoff.nlu.principal_directions import principal_directions

DIRECTIONS = 64  # of 384: as exact on CLINC150's validation part as all of them, and a sixth of the room
_TINY = 1e-9


@dataclass(frozen=True)
class HalfwaySpace:
    """Attributes:
    mean: float32 [dimensions]; halfway, all sentences point much the same way, and this is the way.
    projection: float32 [dimensions, directions], orthonormal columns.
    """

    mean: np.ndarray
    projection: np.ndarray

    @classmethod
    def fit(cls, encodings: Sequence[Encoding]) -> HalfwaySpace:
        """Take the mean and the principal directions of ``encodings``; of no dimensions where they have no middle."""
        middles = np.stack([encoding.middle for encoding in encodings])
        mean = middles.mean(axis=0)
        if not len(mean):
            return cls(mean, np.zeros((0, 0), dtype=np.float32))
        return cls(mean, principal_directions(middles - mean, DIRECTIONS))

    def project(self, middles: np.ndarray) -> np.ndarray:
        """``middles`` [sentences, dimensions] as float32 [sentences, directions], rows of length 1."""
        found: np.ndarray = (middles - self.mean) @ self.projection
        found /= np.sqrt(np.einsum("sd,sd->s", found, found))[:, np.newaxis] + _TINY
        return found
