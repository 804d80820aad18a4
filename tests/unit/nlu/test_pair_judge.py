"""Labels told apart two by two: as a least-squares classifier of the two would, seen from outside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from handoff.nlu import pair_judge
from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import ExampleMemory
from handoff.nlu.pair_judge import RIDGE, PairJudge
from tests.unit.nlu.word_encoder import part_of, small_memory

WORDS = ["my", "desk", "warranty", "where", "hello", "zeppelin", "the", "late"]
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
LABELS, FOLDS, EACH = 3, 2, 4
EXAMPLES = st.lists(TEXT, min_size=LABELS * EACH, max_size=LABELS * EACH)
"""Of three labels, four of each, in two folds by turns: without a fold, the labels are as large to each other."""

CLASSES = np.repeat(np.arange(LABELS), EACH)
FOLD = np.tile(np.arange(FOLDS), LABELS * EACH // FOLDS)
ALL = np.arange(LABELS)


def row_of(ngrams: sparse.csr_matrix, place: int) -> tuple[np.ndarray, np.ndarray]:
    line = ngrams[place]
    return line.indices, line.data


def memory_of(texts: list[str]) -> tuple[ExampleMemory, list[Encoding], sparse.csr_matrix]:
    return small_memory(texts, CLASSES.tolist(), LABELS)


@settings(deadline=None, max_examples=50)
@given(EXAMPLES, st.permutations(range(LABELS)))
def test_held_out_it_is_what_a_memory_without_that_fold_says(texts: list[str], order: list[int]) -> None:
    memory, encodings, ngrams = memory_of(texts)
    labels = np.array(order)
    found = PairJudge(memory).compare_held_out(np.arange(len(texts)), np.tile(labels, (len(texts), 1)), FOLD)
    for fold in range(FOLDS):
        other = PairJudge(part_of(memory, encodings, np.flatnonzero(fold != FOLD)))
        for place in np.flatnonzero(fold == FOLD):
            expected = other.compare(encodings[place], row_of(ngrams, place), labels)
            np.testing.assert_allclose(found[place], expected, atol=2e-3)


@settings(deadline=None, max_examples=50)
@given(EXAMPLES, TEXT)
def test_it_is_kernel_ridge_regression_of_each_pair(texts: list[str], text: str) -> None:
    memory, encodings, ngrams = small_memory([*texts, text], [*CLASSES.tolist(), LABELS])
    message, row = encodings[-1], row_of(ngrams, len(texts))
    found = PairJudge(memory).compare(message, row, ALL)
    features = np.hstack(
        [memory.vectors, np.sqrt(0.5) * memory.halfway, np.sqrt(0.5) * memory.ngrams.toarray(), np.ones((13, 1))]
    ).astype(np.float64)
    expected = np.zeros(LABELS)
    for one in range(LABELS):
        for other in set(range(LABELS)) - {one}:
            own, against = features[:-1][one == CLASSES], features[:-1][other == CLASSES]
            rows, sides = np.vstack([own, against]), np.repeat([1.0, -1.0], EACH)
            weights = np.linalg.solve(rows.T @ rows + RIDGE * np.eye(rows.shape[1]), rows.T @ sides)
            expected[one] += features[-1] @ weights
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_it_sees_the_word_that_two_labels_differ_in() -> None:
    texts = ["my desk late", "the desk late", "desk late", "late desk where"]
    texts += ["my desk warranty", "the desk warranty", "desk warranty", "warranty desk where"]
    texts += ["hello", "hello hello", "hello the", "hello my"]
    memory, encodings, ngrams = small_memory([*texts, "where the desk warranty"], [*CLASSES.tolist(), LABELS])
    ahead = PairJudge(memory).compare(encodings[-1], row_of(ngrams, len(texts)), np.array([1, 0]))
    assert ahead[0] > 0.5
    assert ahead.sum() == pytest.approx(0)


def test_the_larger_label_has_no_advantage() -> None:
    texts = [f"desk word{number}" for number in range(40)] + [f"warranty other{number}" for number in range(4)]
    memory, encodings, ngrams = small_memory([*texts, "hello"], [0] * 40 + [1] * 4 + [2])
    ahead = PairJudge(memory).compare(encodings[-1], row_of(ngrams, len(texts)), np.array([0, 1]))
    assert abs(ahead[0]) < 0.3, "a message that is like neither"


def test_many_examples_are_thinned_and_pairs_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, encodings, ngrams = memory_of(["desk"] * 4 + ["warranty"] * 4 + ["hello"] * 4)
    before = PairJudge(memory).compare(encodings[5], row_of(ngrams, 5), ALL)
    monkeypatch.setattr(pair_judge, "MOST", 2)
    monkeypatch.setattr(pair_judge, "KEPT", 1)
    thinned = PairJudge(memory)
    for place in (5, 0, 9, 5):
        after = thinned.compare(encodings[place], row_of(ngrams, place), ALL)
        assert after.argmax() == CLASSES[place]
    np.testing.assert_allclose(after, before, atol=0.1)
    halves = np.tile([0, 0, 1, 1], LABELS)  # of those that are left of a label, one is in each
    held_out = thinned.compare_held_out(np.array([4, 5]), np.array([[0, 1], [0, 1]]), halves)
    assert (held_out[:, 1] > 0.5).all(), "whether an example takes part or not"
