"""Examples that say the same: under two intents, where they confuse, and twice under one, where they add nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.typed_text import readable

NEARLY_EQUAL = 0.8
"""Cosine of sentence vectors. Of pairs under different intents of this project's data, half of those above it ask for
the same thing in other words; below it they mostly share a subject ("refund when?", "initiate refund")."""

ROWS = 1024  # compared at once, so that the likeness of all pairs (150 MB for 6,000 examples) is never in memory
_WORD = re.compile(r"\w")
_END = " .!?"


@dataclass(frozen=True)
class Example:
    """A sentence of the training data and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class NearPair:
    """Two examples under different labels.

    Attributes:
        first: and ``second``: in the order of the training data.
        likeness: cosine of their sentence vectors, at most 1.
        same: whether it is one sentence, but for capitals, spaces and the mark at the end.
    """

    first: Example
    second: Example
    likeness: float
    same: bool


@dataclass(frozen=True)
class Repeated:
    """A sentence that stands ``times`` times under one label, as it was first written."""

    example: Example
    times: int


def near_pairs(examples: Sequence[Example], vectors: np.ndarray) -> list[NearPair]:
    """Pairs of nearly equal examples under different labels, most alike first.

    Examples without a word (an emoji, "??") are compared by their signs only: the encoder sees no difference in them.

    Args:
        examples: any number.
        vectors: float32 [examples, dimensions], rows of length 1.
    """
    labels = np.unique([example.label for example in examples], return_inverse=True)[1]
    words = np.array([_WORD.search(example.text) is not None for example in examples], dtype=bool)
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(examples), ROWS):
        rows = slice(start, start + ROWS)
        likeness = vectors[rows] @ vectors.T
        alike = (likeness >= NEARLY_EQUAL) & words[rows, np.newaxis] & words & (labels[rows, np.newaxis] != labels)
        for row, column in np.argwhere(alike).tolist():
            if start + row < column:
                found[start + row, column] = min(1.0, float(likeness[row, column]))
    by_text = [plain(example.text) for example in examples]
    found |= dict.fromkeys(_same(by_text, labels), 1.0)
    pairs = [
        NearPair(examples[one], examples[two], likeness, by_text[one] == by_text[two])
        for (one, two), likeness in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.same, -pair.likeness))


def repeated(examples: Sequence[Example]) -> list[Repeated]:
    """Sentences that stand more than once under one label, most often first.

    Args:
        examples: as they are written in the files; Rasa's loader drops those that are equal to the letter.
    """
    first: dict[tuple[str, str], Example] = {}
    times: Counter[tuple[str, str]] = Counter()
    for example in examples:
        key = example.label, plain(example.text)
        first.setdefault(key, example)
        times[key] += 1
    return [Repeated(first[key], count) for key, count in times.most_common() if count > 1]


def alike_by_labels(pairs: Sequence[NearPair]) -> dict[frozenset[str], int]:
    """How many of the pairs each two labels have between them."""
    return Counter(frozenset((pair.first.label, pair.second.label)) for pair in pairs)


def plain(text: str) -> str:
    """``text`` without what makes no difference: capitals, spaces, curly apostrophes, the mark at the end."""
    whole = readable(text).casefold()
    return whole.rstrip(_END) or whole


def _same(texts: Sequence[str], labels: np.ndarray) -> list[tuple[int, int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        places[text].append(place)
    return [
        (one, two)
        for some in places.values()
        for index, one in enumerate(some)
        for two in some[index + 1 :]
        if labels[one] != labels[two]
    ]
