"""A sentence encoder that can be seen through: each word is a direction of its own, a sentence their mean.

Halfway through it, the words come in the opposite order of directions: as long, and no use for comparing with the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import ExampleMemory
from handoff.nlu.text_ngrams import TextNgrams

DIMENSIONS = 48  # fewer than the directions in which tokens are compared, so that nothing is lost there


class WordEncoder:
    """Does what the project's code asks of a SentenceEncoder, and counts."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.asked: list[str] = []

    def encodings(self, texts: Sequence[str]) -> list[Encoding]:
        self.asked += texts
        return [self.encoding(text) for text in texts]

    def encoding(self, text: str) -> Encoding:
        ids = [zlib.crc32(word.encode("utf-8", "surrogatepass")) & 0x7FFFFFFF for word in text.lower().split()]
        tokens = np.array([self._direction(piece) for piece in ids], dtype=np.float32).reshape(-1, DIMENSIONS)
        mean = tokens.sum(axis=0) if ids else self._direction(0)
        vector = (mean / np.linalg.norm(mean)).astype(np.float32)
        return Encoding(vector, np.array(ids, dtype=np.int32), tokens.astype(np.float16), vector[::-1].copy())

    def _direction(self, piece: int) -> np.ndarray:
        found = np.random.default_rng([self.seed, piece]).normal(size=DIMENSIONS)
        return found / np.linalg.norm(found)


def small_memory(
    texts: Sequence[str], classes: Sequence[int], count: int | None = None
) -> tuple[ExampleMemory, list[Encoding], sparse.csr_matrix]:
    """Examples in memory, sorted by class as they are here, with their encodings and n-grams; ``count`` of classes."""
    encodings = WordEncoder().encodings(texts)
    ngrams = TextNgrams.fit(texts).matrix(texts)
    return ExampleMemory.build(encodings, ngrams, np.array(classes), count or max(classes) + 1), encodings, ngrams


def part_of(memory: ExampleMemory, encodings: Sequence[Encoding], kept: np.ndarray) -> ExampleMemory:
    """``memory`` as if only the examples ``kept`` were in it, compared in the same directions."""
    tokens = [memory.space.project(encodings[place].tokens) for place in kept]
    return ExampleMemory(
        starts=np.searchsorted(kept, memory.starts),
        vectors=memory.vectors[kept],
        ngrams=memory.ngrams[kept],
        tokens=np.concatenate([memory.tokens[:0], *tokens]),
        token_starts=np.cumsum([0, *(len(encodings[place].token_ids) for place in kept)]),
        space=memory.space,
        halfway=memory.halfway[kept],
        halfway_space=memory.halfway_space,
    )
