"""How alike training examples and the others are: what :meth:`ExampleMemory.compare` says of a message, for thousands.

In cross-validation every example is compared with those of the other folds. One by one, that took as long as training
the classifiers of all folds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import NEAREST, NEIGHBOURS, ExampleMemory, Likeness

_AT_ONCE = 512  # examples: their likenesses to 15,000 others are 60 MB
_NONE = -1


def compare_held_out(
    memory: ExampleMemory, encodings: Sequence[Encoding], rows: np.ndarray, labels: np.ndarray, without: np.ndarray
) -> Likeness:
    """Compare examples of ``memory`` with the others of certain labels; all likenesses float32 [rows, n].

    Args:
        memory: the examples.
        encodings: of all examples, in their order.
        rows: int [rows], which examples to compare.
        labels: int [rows, n], with which labels.
        without: bool [examples], examples that do not count as others.
    """
    others = np.flatnonzero(~without)
    starts = np.searchsorted(others, memory.starts)
    found = np.zeros((4, *labels.shape), dtype=np.float32)
    for begin in range(0, len(rows), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        nearest = _by_sentence(memory, rows[part], labels[part], others, starts, found[1, part], found[3, part])
        for place, row in enumerate(rows[part], start=begin):
            near = nearest[place - begin]
            real = near != _NONE
            values = np.full((2, *near.shape), -np.inf, dtype=np.float32)
            values[0, real] = memory.by_words(encodings[row], near[real])
            values[1, real] = memory.by_ngrams(_line(memory, row), near[real])
            found[::2, place] = np.where(real.any(axis=-1), values.max(axis=-1), 0)
    return Likeness(*found)


def _by_sentence(
    memory: ExampleMemory,
    rows: np.ndarray,
    labels: np.ndarray,
    others: np.ndarray,
    starts: np.ndarray,
    sentence: np.ndarray,
    halfway: np.ndarray,
) -> np.ndarray:
    """Fill ``sentence`` and ``halfway`` [rows, n]; the nearest ``others`` of each label, int [rows, n, NEAREST].

    Args:
        memory: the examples.
        rows: which of them to compare.
        labels: with which labels.
        others: places of the examples to compare with, sorted by label.
        starts: where each label begins in ``others``.
        sentence: to be filled.
        halfway: to be filled.
    """
    nearest = np.full((*labels.shape, NEAREST), _NONE)
    alike = memory.vectors[rows] @ memory.vectors[others].T
    midway = memory.halfway[rows] @ memory.halfway[others].T
    for label in np.unique(labels):
        start, end = int(starts[label]), int(starts[label + 1])
        if start == end:
            continue
        place, column = np.nonzero(labels == label)
        block, size = alike[place, start:end], end - start
        sentence[place, column] = block.max(axis=1)
        fewest = max(0, size - NEIGHBOURS)
        halfway[place, column] = np.partition(midway[place, start:end], fewest, axis=1)[:, fewest:].mean(axis=1)
        near = np.argpartition(-block, NEAREST, axis=1)[:, :NEAREST] if size > NEAREST else np.arange(size)[np.newaxis]
        nearest[place, column, : near.shape[1]] = others[start + near]
    return nearest


def _line(memory: ExampleMemory, row: int) -> tuple[np.ndarray, np.ndarray]:
    line = slice(memory.ngrams.indptr[row], memory.ngrams.indptr[row + 1])
    return memory.ngrams.indices[line], memory.ngrams.data[line]
