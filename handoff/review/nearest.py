"""Which intents a group of messages is near to: its nearest training examples vote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.tune.duplicates import NEARLY_EQUAL, Example
from handoff.review.limits import NEAREST_SHOWN

NEIGHBOURS = 10  # examples that vote on each message; an intent has 20 to 200 of them
LEAST_SHARE = 0.05  # of the votes; an intent with less is there by chance


@dataclass(frozen=True)
class NearIntent:
    """Attributes:
    intent: its name.
    share: of the votes, 0 to 1; a vote weighs as much as the example is like the message.
    example: the one that is most like the messages.
    """

    intent: str
    share: float
    example: str


def nearest_intents(vectors: np.ndarray, examples: Sequence[Example], of_examples: np.ndarray) -> list[NearIntent]:
    """The likeliest first.

    Args:
        vectors: float32 [messages, dimensions], rows of length 1, at least one.
        examples: of the training data.
        of_examples: their vectors, float32 [examples, dimensions], rows of length 1.
    """
    if not examples:
        return []
    likeness = vectors @ of_examples.T
    count = min(NEIGHBOURS, len(examples))
    neighbours = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    votes: Counter[str] = Counter()
    best: dict[str, tuple[float, str]] = {}
    for row, columns in zip(likeness, neighbours, strict=True):
        for column in columns.tolist():
            example, weight = examples[column], max(0.0, float(row[column]))
            votes[example.label] += weight  # type: ignore[assignment]  # a Counter counts in parts as well
            best[example.label] = max(best.get(example.label, (-1.0, "")), (weight, example.text))
    total = sum(votes.values())
    if not total:
        return []
    ranked = sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    return [
        NearIntent(intent, weight / total, best[intent][1])
        for intent, weight in ranked[:NEAREST_SHOWN]
        if weight / total >= LEAST_SHARE
    ]


def nearest_of(vectors: np.ndarray, examples: Sequence[Example], of_examples: np.ndarray, start: str) -> str | None:
    """Of the intents whose name begins with ``start``, the one with the example nearest to the messages' mean."""
    rows = [row for row, example in enumerate(examples) if example.label.startswith(start)]
    if not rows:
        return None
    likeness = of_examples[rows] @ vectors.mean(axis=0)
    return examples[rows[int(likeness.argmax())]].label


def nearly_equal(
    vectors: np.ndarray, intent: str, examples: Sequence[Example], of_examples: np.ndarray
) -> list[Example | None]:
    """For each message the example of another intent that says nearly the same, where there is one."""
    others = np.array([example.label != intent for example in examples], dtype=bool)
    if not others.any():
        return [None] * len(vectors)
    likeness = np.where(others, vectors @ of_examples.T, -1.0)
    nearest = likeness.argmax(axis=1)
    return [
        examples[int(column)] if likeness[row, column] >= NEARLY_EQUAL else None for row, column in enumerate(nearest)
    ]
