"""Likeness to the examples: whole for an equal text, and as the definition says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.nlu.encoder import Encoding
from handoff.nlu.example_memory import NEAREST, NEIGHBOURS, Likeness
from handoff.nlu.text_ngrams import TextNgrams
from handoff.nlu.token_space import TokenSpace
from tests.unit.nlu.word_encoder import WordEncoder, small_memory

TEXTS = [
    "where is my desk",
    "my desk is late",
    "how long is the warranty",
    "is the motor under warranty",
    "the warranty of my desk",
    "hello there",
]
CLASSES = [0, 0, 1, 1, 1, 3]  # label 2 has no examples
LABELS = np.arange(4)
MEMORY, ENCODINGS, MATRIX = small_memory(TEXTS, CLASSES)
NGRAMS = TextNgrams.fit(TEXTS)
SOME_WORDS = st.lists(st.sampled_from(["my", "desk", "warranty", "where", "hello", "zeppelin", "the"]), max_size=8)


def likeness(text: str, labels: np.ndarray = LABELS) -> Likeness:
    return MEMORY.compare(WordEncoder().encoding(text), NGRAMS.row(text), labels)


def by_definition(space: TokenSpace, message: Encoding, row: tuple[np.ndarray, np.ndarray], kept: list[int]) -> list:
    """The same for one label, one pair of texts at a time."""
    dense = np.zeros(MATRIX.shape[1])
    dense[row[0]] = row[1]
    words, sentence, letters, halfway = [0.0], [], [0.0], []
    for place in kept:
        example = ENCODINGS[place]
        if len(message.token_ids) and len(example.token_ids):
            alike = space.project(message.tokens) @ space.project(example.tokens).T
            words.append(float(space.weights(message) @ alike.max(axis=1)))
        sentence.append(float(message.vector @ example.vector))
        middle, other = MEMORY.halfway_space.project(np.stack([message.middle, example.middle]))
        halfway.append(float(middle @ other))
        letters.append(float(MATRIX[place].toarray()[0] @ dense))
    if not kept:
        return [0.0, 0.0, 0.0, 0.0]
    nearest = sorted(halfway)[-NEIGHBOURS:]
    return [max(words[1:], default=0.0), max(sentence), max(letters), sum(nearest) / len(nearest)]


@pytest.mark.parametrize("place", range(len(TEXTS)))
def test_an_equal_text_is_wholly_alike(place: int) -> None:
    found = likeness(TEXTS[place])
    label = CLASSES[place]
    for view in (found.words, found.sentence, found.ngrams):
        assert view[label] == pytest.approx(1, abs=2e-3)
        assert (np.delete(view, label) < 0.95).all()


@settings(deadline=None)
@given(SOME_WORDS, st.permutations(LABELS.tolist()))
def test_it_is_what_the_definition_says(words: list[str], labels: list[int]) -> None:
    text = " ".join(words)
    found = likeness(text, np.array(labels))
    message, row = WordEncoder().encoding(text), NGRAMS.row(text)
    for index, label in enumerate(labels):
        kept = [place for place, of in enumerate(CLASSES) if of == label]
        expected = by_definition(MEMORY.space, message, row, kept)
        np.testing.assert_allclose(
            [found.words[index], found.sentence[index], found.ngrams[index], found.halfway[index]], expected, atol=1e-4
        )


def test_a_label_without_examples_and_a_message_without_words_are_like_nothing() -> None:
    assert [view[2] for view in (likeness("my desk").words, likeness("my desk").ngrams)] == [0, 0]
    nothing = likeness("")
    np.testing.assert_array_equal(nothing.words, np.zeros(4))
    np.testing.assert_array_equal(nothing.ngrams, np.zeros(4))


def test_examples_without_words_are_passed_over() -> None:
    memory, encodings, _ = small_memory(["", "my desk", "", "hello", ""], [0, 0, 0, 1, 2])
    nothing = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    words = memory.compare(encodings[1], nothing, np.arange(3)).words
    assert words[0] == pytest.approx(1, abs=2e-3)
    assert words[2] == 0


def test_of_many_examples_the_nearest_are_compared_word_by_word() -> None:
    others = [f"word{number} other{number}" for number in range(3 * NEAREST)]
    place = NEAREST // 2
    texts = [*others[:place], "my desk is late", *others[place:]]
    memory, encodings, ngrams = small_memory(texts, [0] * len(texts))
    row = (ngrams[place].indices, ngrams[place].data)
    assert memory.compare(encodings[place], row, np.array([0])).words[0] == pytest.approx(1, abs=2e-3)
