"""Cross-validation says of each example what is known without it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.held_out import CANDIDATES, FOLDS, Fit, HeldOut, assign_folds, candidates, fit_and_hold_out
from handoff.nlu.linear_head import LinearHead, sentence_features
from tests.unit.nlu.word_encoder import small_memory

CLASSES = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=60)


def held_out(texts: list[str], classes: list[int], named: int = 0) -> tuple[LinearHead, HeldOut]:
    """Train on everything; the last ``named`` examples are fixed."""
    memory, encodings, ngrams = small_memory(texts, classes)
    fixed = np.arange(len(texts)) >= len(texts) - named
    fit = Fit(max(classes) + 1, regularisation=50.0, iterations=60, ngram_weight=0.7)
    labels = np.array(classes)
    return fit_and_hold_out(fit, encodings, ngrams, labels, memory, assign_folds(labels, fixed))


@given(CLASSES)
def test_folds_are_even_in_each_class_the_same_each_time_and_pass_over_the_fixed(
    examples: list[tuple[int, bool]],
) -> None:
    classes, fixed = np.array([label for label, _ in examples]), np.array([is_fixed for _, is_fixed in examples])
    folds = assign_folds(classes, fixed)
    np.testing.assert_array_equal(folds == -1, fixed)
    for label in np.unique(classes[~fixed]):
        counts = np.bincount(folds[(classes == label) & ~fixed], minlength=FOLDS)
        assert len(counts) == FOLDS
        assert counts.max() - counts.min() <= 1
    np.testing.assert_array_equal(assign_folds(classes, fixed), folds)


def test_small_classes_are_spread_over_the_folds() -> None:
    classes = np.arange(10 * FOLDS)  # one example each
    np.testing.assert_array_equal(np.bincount(assign_folds(classes, np.zeros(len(classes), dtype=bool))), 10)


WARRANTY = [f"warranty of the {part}" for part in ("motor", "frame", "top", "legs", "panel", "cable")]
DELIVERY = [f"delivery to {place}" for place in ("Paris", "Rome", "Vienna", "Oslo", "Madrid", "Lisbon")]


def test_an_example_that_only_itself_explains_is_predicted_wrong() -> None:
    odd = "warranty of the desk"  # labelled delivery: nothing but this very example says so
    texts, classes = [*WARRANTY, *DELIVERY, odd], [0] * len(WARRANTY) + [1] * (len(DELIVERY) + 1)
    head, held = held_out(texts, classes)
    np.testing.assert_array_equal(held.rows, np.arange(len(texts)))
    predicted = held.scores.argmax(axis=1)
    assert predicted[-1] == 0, "a fold saw its own example"
    np.testing.assert_array_equal(predicted[:-1], classes[:-1])
    for view in (held.words, held.sentence, held.ngrams):
        assert view[-1, 1] < 0.9, "it was compared with itself"
        assert view[-1, 0] > view[-1, 1]
    _, encodings, ngrams = small_memory(texts, classes)
    features = np.stack([sentence_features(encoding) for encoding in encodings])
    on_itself = head.score_matrix(features, ngrams).argmax(axis=1)
    assert on_itself[-1] == 1, "trained with it, it is known: this test can fail"


def test_a_text_that_stands_twice_may_find_its_double() -> None:
    _, held = held_out([*WARRANTY, *DELIVERY, DELIVERY[0]], [0] * len(WARRANTY) + [1] * (len(DELIVERY) + 1))
    assert (held.sentence[:, 1] > 0.99).sum() == 2


def test_fixed_examples_are_learnt_from_and_never_tested() -> None:
    texts, classes = [*WARRANTY, *DELIVERY, "opening hours", "opening hours"], [0] * 6 + [1] * 6 + [2, 2]
    _, held = held_out(texts, classes, named=1)
    assert held.rows.tolist() == list(range(len(texts) - 1))
    assert held.scores[-1].argmax() == 2, "its only double is the fixed one, which every fold knows"
    assert held.words[-1, 2] == pytest.approx(1, abs=2e-3)


def test_the_same_examples_give_the_same_views() -> None:
    texts, classes = [*WARRANTY, *DELIVERY], [0] * 6 + [1] * 6
    (_, one), (_, other) = held_out(texts, classes), held_out(texts, classes)
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_array_equal(one.words, other.words)


@pytest.mark.parametrize("named", [0, 1])
def test_a_single_example_is_no_error(named: int) -> None:
    _, held = held_out(["hello"] * (1 + named), [0] * (1 + named), named=named)
    assert held.rows.tolist() == [0]
    assert held.words[0, 0] == pytest.approx(named, abs=2e-3)


def test_only_the_likeliest_labels_are_compared() -> None:
    texts = [f"{word}-{word} {more}" for word in "abcdefgh" for more in ("one", "two", "three")]
    _, held = held_out(texts, [label for label in range(8) for _ in range(3)])
    compared = held.sentence != 0
    assert (compared.sum(axis=1) == CANDIDATES).all()
    for place, line in enumerate(compared):
        assert held.scores[place, line].min() >= held.scores[place, ~line].max()
        for view in (held.words[place], held.ngrams[place]):
            np.testing.assert_array_equal(view[~line], view[line].min(), "no more alike than any that was compared")


@given(st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=12))
def test_candidates_are_the_best_best_first(scores: list[float]) -> None:
    found = candidates(np.array(scores, dtype=np.float32))
    assert len(set(found.tolist())) == len(found) == min(CANDIDATES, len(scores))
    np.testing.assert_array_equal(np.array(scores)[found], sorted(scores, reverse=True)[:CANDIDATES])
