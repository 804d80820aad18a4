"""Groups of sentences, and the intents they are near to. Vectors are made up; those of real sentences are in
tests/integration/review."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.tune.duplicates import Example
from handoff.review.grouping import group_by_meaning, group_by_words, most_typical
from handoff.review.nearest import nearest_intents, nearest_of, nearly_equal


def rows(*angles: float) -> np.ndarray:
    """Directions in a plane, in degrees: the cosine of 30 is 0.87, of 60 it is 0.5, of 90 it is 0."""
    radians = np.radians(angles)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


EXAMPLES = [
    Example("how long", "faq/time"),
    Example("how fast", "faq/time"),
    Example("what price", "faq/cost"),
    Example("hello", "greet"),
]
OF_EXAMPLES = rows(0, 10, 80, 180)


def test_what_points_the_same_way_is_one_group() -> None:
    assert group_by_meaning(rows(0, 180, 20, 170, 90)) == [[0, 2], [1, 3], [4]]


def test_too_few_to_compare() -> None:
    assert group_by_meaning(np.zeros((0, 2), dtype=np.float32)) == []
    assert group_by_meaning(rows(10)) == [[0]]


@given(st.lists(st.floats(0, 360), min_size=2, max_size=30))
def test_every_sentence_is_in_one_group_and_always_in_the_same(angles: list[float]) -> None:
    groups = group_by_meaning(rows(*angles))
    assert sorted(row for group in groups for row in group) == list(range(len(angles)))
    assert groups == group_by_meaning(rows(*angles))


def test_equal_words_without_an_encoder() -> None:
    assert group_by_words(["Gift cards?", "showroom", "gift  cards"]) == [[0, 2], [1]]


def test_the_most_typical_is_what_most_people_said() -> None:
    assert most_typical(rows(0, 20, 40), [1, 1, 1])[0] == 1
    assert most_typical(rows(0, 20, 40), [9, 1, 1])[0] == 0
    assert most_typical(rows(5, 5), [1, 1]) == [0, 1]


def test_the_nearest_examples_vote() -> None:
    first, second = nearest_intents(rows(0, 5), EXAMPLES, OF_EXAMPLES)
    assert (first.intent, first.example) == ("faq/time", "how long")
    assert second.intent == "faq/cost"
    assert first.share > 0.8
    assert abs(first.share + second.share - 1) < 1e-6, "what points the other way has no vote"
    assert nearest_intents(rows(0), [], np.zeros((0, 2))) == []
    assert nearest_intents(rows(180), EXAMPLES[:1], OF_EXAMPLES[:1]) == []


def test_the_nearest_of_a_kind() -> None:
    assert nearest_of(rows(180, 90), EXAMPLES, OF_EXAMPLES, "faq/") == "faq/cost"
    assert nearest_of(rows(180), EXAMPLES[3:], OF_EXAMPLES[3:], "faq/") is None


def test_what_says_nearly_the_same_elsewhere() -> None:
    found = nearly_equal(rows(5, 75, 120), "faq/time", EXAMPLES, OF_EXAMPLES)
    assert found == [None, EXAMPLES[2], None]
    assert nearly_equal(rows(0), "faq/time", EXAMPLES[:2], OF_EXAMPLES[:2]) == [None]
