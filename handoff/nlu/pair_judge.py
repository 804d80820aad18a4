"""Tells labels apart two by two.

A classifier of all labels has to compromise; one that knows nothing but two of them has not. Each is a least-squares
classifier in its dual form (kernel ridge regression): a number for every example of the two. It is worked out when the
two come up together for the first time, in a few milliseconds, and kept; so nothing of it is stored. What it would have
said about an example without those of its fold follows from the same system.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np

from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import ExampleMemory

RIDGE = 0.03  # from 0.003 to 0.1 the same; at 0.3, 0.2 points lower
MOST = 250
"""Examples of a label that take part at most, evenly spread over all of them: two labels with 450 together are worked
out in 11 to 16 ms; with 1,750 they would hold up the message that they first come up with for 130 to 240 ms."""
KEPT = 4096  # pairs: 8 MB at most, and all that 90 labels have

_MIDDLE = 0.5  # weight of the likeness halfway beside the sentences' 1: the square of what the linear head gives it
_NGRAMS = 0.5  # of the likeness by n-grams; likewise
_OFFSET = 1.0  # lets the border lie anywhere

_Own = dict[int, np.ndarray]  # likenesses of a label's examples to each other, by label


class PairJudge:
    """Tells labels of ``memory`` apart."""

    def __init__(self, memory: ExampleMemory) -> None:
        """``memory`` must not change."""
        self._memory = memory
        self._found: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}

    def compare(self, encoding: Encoding, ngrams: tuple[np.ndarray, np.ndarray], labels: np.ndarray) -> np.ndarray:
        """How far each of ``labels`` int [n] is ahead of the others for one message, float32 [n], adding up to 0.

        Args:
            encoding: the message.
            ngrams: its row of n-grams: places and weights.
            labels: which labels.
        """
        memory, some = self._memory, [self._examples(label) for label in labels.tolist()]
        middle = memory.halfway_space.project(encoding.middle[np.newaxis])[0]
        letters = memory.by_ngrams(ngrams, np.concatenate([_places(rows) for rows in some]))
        letters *= _NGRAMS
        letters += _OFFSET
        alike, end = {}, 0
        for label, rows in zip(labels.tolist(), some, strict=True):
            sentences = memory.vectors[rows] @ encoding.vector
            begin, end = end, end + len(sentences)
            alike[label] = sentences + _MIDDLE * (memory.halfway[rows] @ middle) + letters[begin:end]
        ahead = dict.fromkeys(alike, 0.0)
        for one, other in combinations(sorted(alike), 2):
            for_one, for_other = self._pair(one, other)
            margin = float(alike[one] @ for_one + alike[other] @ for_other)
            ahead[one] += margin
            ahead[other] -= margin
        return np.array(list(ahead.values()), dtype=np.float32)

    def compare_held_out(self, rows: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
        """What :meth:`compare` would say of examples if those of their folds were not there, float32 [rows, n].

        Args:
            rows: int [rows], which examples of the memory.
            labels: int [rows, n], with which labels.
            folds: int [examples], the folds of all.
        """
        found = np.zeros(labels.shape, dtype=np.float32)
        asked: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        for place, line in enumerate(labels.tolist()):
            for one, other in combinations(range(len(line)), 2):
                first, second = sorted((one, other), key=line.__getitem__)
                asked[line[first], line[second]].append((place, first, second))
        own: _Own = {}
        for pair, places in asked.items():
            at, first, second = np.array(places).T
            margins = self._held_out(pair, rows[at], folds, own)
            found[at, first] += margins
            found[at, second] -= margins
        return found

    def _examples(self, label: int) -> slice:
        start, end = self._memory.starts[label : label + 2].tolist()
        return slice(start, end, max(1, -(-(end - start) // MOST)))

    def _pair(self, one: int, other: int) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the examples of both."""
        found = self._found.get((one, other))
        if found is None:
            _, system, sides = self._system(one, other)
            numbers = np.linalg.solve(system, sides).astype(np.float32)
            if len(self._found) >= KEPT:
                self._found.pop(next(iter(self._found)), None)
            found = self._found[one, other] = numbers[sides > 0], numbers[sides < 0]
        return found

    def _held_out(self, pair: tuple[int, int], rows: np.ndarray, folds: np.ndarray, own: _Own) -> np.ndarray:
        among, system, sides = self._system(*pair, own)
        inverse = np.linalg.inv(system)
        numbers = inverse @ sides
        found = np.zeros(len(rows))
        # most are examples of the two; with themselves they are not compared, as their fold is left out
        places = np.searchsorted(among, rows) % len(among)
        inside = among[places] == rows
        alike = np.empty((len(rows), len(among)))
        alike[inside] = system[places[inside]]
        alike[~inside] = self._likeness(rows[~inside], among)
        for fold in np.unique(folds[rows]):
            these, out = folds[rows] == fold, np.flatnonzero(folds[among] == fold)
            # the solution without some of the unknowns, from the inverse of the whole: no system is solved again
            without = numbers - inverse[:, out] @ np.linalg.solve(inverse[np.ix_(out, out)], numbers[out])
            without[out] = 0.0
            found[these] = alike[these] @ without
        return found

    def _system(self, one: int, other: int, own: _Own | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The examples of two labels, the matrix of their least-squares problem, and what it should come to.

        Both labels weigh the same, however many examples they have. ``own`` keeps what is the same in other pairs.
        """
        own = {} if own is None else own
        parts = [_places(self._examples(label)) for label in (one, other)]
        for label, part in zip((one, other), parts, strict=True):
            if label not in own:
                own[label] = self._likeness(part, part)
        across = self._likeness(*parts)
        sizes = [len(part) for part in parts]
        system = np.block([[own[one], across], [across.T, own[other]]]).astype(np.float64)
        system[np.diag_indices(len(system))] += np.repeat(
            [RIDGE * 2 * size / max(1, sum(sizes)) for size in sizes], sizes
        )
        return np.concatenate(parts), system, np.repeat([1.0, -1.0], sizes)

    def _likeness(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        memory = self._memory
        found: np.ndarray = memory.vectors[rows] @ memory.vectors[others].T + _OFFSET
        found += _MIDDLE * (memory.halfway[rows] @ memory.halfway[others].T)
        found += _NGRAMS * (memory.ngrams[rows] @ memory.ngrams[others].T).toarray()
        return found


def _places(rows: slice) -> np.ndarray:
    return np.arange(rows.start, rows.stop, rows.step)
