"""Examples compared with the others: as if each were a message to a memory without what is left out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.nlu.example_memory import NEAREST
from handoff.nlu.held_out_likeness import compare_held_out
from tests.unit.nlu.word_encoder import part_of, small_memory

WORDS = ["my", "desk", "warranty", "where", "hello", "zeppelin", "the", "late"]
TEXT = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
COUNT = 3  # labels
SEVERAL = st.lists(st.tuples(st.integers(0, COUNT - 1), TEXT, st.booleans()), min_size=2, max_size=5 * NEAREST)


@settings(deadline=None)
@given(SEVERAL, st.randoms(use_true_random=False))
def test_it_is_what_a_memory_without_them_says_of_each(several: list[tuple[int, str, bool]], chance) -> None:
    several = sorted(several, key=lambda one: one[0])
    classes, left_out = np.array([label for label, _, _ in several]), np.array([out for _, _, out in several])
    memory, encodings, ngrams = small_memory([text for _, text, _ in several], classes.tolist(), COUNT)
    smaller = part_of(memory, encodings, np.flatnonzero(~left_out))
    rows = np.flatnonzero(left_out)
    labels = np.array([chance.sample(range(COUNT), 2) for _ in rows]).reshape(len(rows), 2)
    found = compare_held_out(memory, encodings, rows, labels, left_out)
    for place, row in enumerate(rows):
        line = ngrams[row]
        expected = smaller.compare(encodings[row], (line.indices, line.data), labels[place])
        for view in ("sentence", "halfway"):
            np.testing.assert_allclose(getattr(found, view)[place], getattr(expected, view), atol=1e-5)
        if (np.diff(smaller.starts) <= NEAREST).all():  # else several may be equally near, and either may be chosen
            for view in ("words", "ngrams"):
                np.testing.assert_allclose(getattr(found, view)[place], getattr(expected, view), atol=1e-5)


def test_no_example_finds_itself() -> None:
    others = [f"word{number} other{number}" for number in range(3 * NEAREST)]
    place = NEAREST // 2
    texts = [*others[:place], "my desk is late", *others[place:]]
    memory, encodings, _ = small_memory(texts, [0] * len(texts))
    row, label = np.array([place]), np.array([[0]])
    everything = compare_held_out(memory, encodings, row, label, np.zeros(len(texts), dtype=bool))
    assert everything.words[0, 0] > 0.99, "of many examples, the nearest are compared word by word"
    assert compare_held_out(memory, encodings, row, label, np.arange(len(texts)) == place).words[0, 0] < 0.5


def test_more_examples_than_are_compared_at_once_are_all_compared() -> None:
    texts = [f"word{number % 50} other{number % 70}" for number in range(1100)]
    classes = [0] * 300 + [1] * 800
    memory, encodings, _ = small_memory(texts, classes)
    rows, left_out = np.arange(0, 1100, 2), np.arange(1100) % 2 == 0
    labels = np.tile([0, 1], (len(rows), 1))
    at_once = compare_held_out(memory, encodings, rows, labels, left_out)
    some = compare_held_out(memory, encodings, rows[-30:], labels[-30:], left_out)
    for view in ("words", "sentence", "ngrams", "halfway"):
        np.testing.assert_allclose(getattr(at_once, view)[-30:], getattr(some, view), atol=1e-5)
