"""Passages of a message as vectors, from the tokens that the encoder has read in the context of the whole message.

A clause in the middle of a story hardly moves the story's mean. Means over a few neighbouring tokens cost no further
run of the encoder ("late chunking", Guenther et al. 2024).
"""

from __future__ import annotations

import numpy as np

from handoff.nlu.encoder import Encoding

WIDTH = 6  # tokens in a passage: the length of "I want to talk to somebody" (6 and 8 found more than 10, 12 and 16)
_TINY = 1e-9


def passages(encoding: Encoding) -> np.ndarray:
    """Vectors float32 [passages, dimensions], of length 1: the whole message, then every run of ``WIDTH`` tokens."""
    tokens = encoding.tokens.astype(np.float32)
    if not len(tokens):
        return encoding.vector[np.newaxis, :]
    sums = np.vstack([np.zeros((1, tokens.shape[1]), dtype=np.float32), np.cumsum(tokens, axis=0)])
    found = sums[-1:]
    if len(tokens) > WIDTH:
        found = np.vstack([found, sums[WIDTH:] - sums[:-WIDTH]])
    norms = np.sqrt(np.einsum("pd,pd->p", found, found))[:, np.newaxis]
    result: np.ndarray = found / (norms + _TINY)
    return result
