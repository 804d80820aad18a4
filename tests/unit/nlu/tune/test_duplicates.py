"""Sentences that say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.nlu.tune import duplicates
from handoff.nlu.tune.duplicates import NEARLY_EQUAL, Example, alike_by_labels, near_pairs, plain, repeated


def at_angles(*cosines_to_first: float) -> np.ndarray:
    """Vectors of length 1 in a plane, the first along the axis, the others with these cosines to it."""
    return np.array([[1.0, 0.0], *([c, np.sqrt(1 - c * c)] for c in cosines_to_first)], dtype=np.float32)


def test_pairs_above_the_limit_most_alike_first() -> None:
    examples = [Example("refund", "request_refund"), Example("refund?!", "faq/refund_time"), Example("bill", "invoice")]
    found = near_pairs(examples, at_angles(0.97, 0.82))
    assert [(pair.first.text, pair.second.text) for pair in found[:2]] == [("refund", "refund?!"), ("refund?!", "bill")]
    assert found[0].same
    assert found[-1].likeness == pytest.approx(0.82, abs=1e-6)
    assert alike_by_labels(found)[frozenset(("faq/refund_time", "request_refund"))] == 1


def test_below_the_limit_and_under_one_intent_is_no_pair() -> None:
    below = near_pairs([Example("a", "one"), Example("b", "two")], at_angles(NEARLY_EQUAL - 0.01))
    assert below == []
    assert near_pairs([Example("a", "one"), Example("b", "one")], at_angles(0.99)) == []


def test_signs_without_words_are_compared_as_they_are() -> None:
    """The encoder reads every emoji as the same unknown sign."""
    examples = [Example("👍", "affirm"), Example("👎", "deny"), Example("👍", "thank")]
    found = near_pairs(examples, at_angles(1.0, 1.0))
    assert [(pair.first.label, pair.second.label, pair.same) for pair in found] == [("affirm", "thank", True)]


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 7))
def test_comparing_in_blocks_changes_nothing(seed: int, rows: int) -> None:
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(12, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    examples = [Example(f"text {index}", str(index % 3)) for index in range(12)]
    whole = near_pairs(examples, vectors)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "ROWS", rows)
        blocks = near_pairs(examples, vectors)
    assert [(pair.first, pair.second) for pair in blocks] == [(pair.first, pair.second) for pair in whole]


def test_written_twice() -> None:
    examples = [
        Example("Where is my desk?", "track"),
        Example("where  is my desk", "track"),
        Example("where is my desk", "other"),
        Example("where is my chair", "track"),
        Example("WHERE IS MY DESK!!", "track"),
    ]
    (found,) = repeated(examples)
    assert (found.example.text, found.times) == ("Where is my desk?", 3)


@pytest.mark.parametrize(
    ("text", "expected"), [("Hi!", "hi"), ("  It\u2019s  ok. ", "it's ok"), ("??", "??"), ("", "")]
)
def test_what_makes_no_difference(text: str, expected: str) -> None:
    assert plain(text) == expected
