"""Passages: the whole message, and every run of a few tokens."""

from __future__ import annotations

import numpy as np
import pytest

from handoff.nlu.encoder import SentenceEncoder
from handoff.nlu.passages import WIDTH, passages
from tests.unit.nlu.word_encoder import WordEncoder

WORDS = WordEncoder()


@pytest.mark.parametrize("length", [1, WIDTH, WIDTH + 1, 3 * WIDTH, 120])
def test_each_passage_is_the_mean_direction_of_its_tokens(length: int) -> None:
    encoding = WORDS.encoding(" ".join(f"word{number}" for number in range(length)))
    tokens = encoding.tokens.astype(np.float64)
    runs = [tokens] + [tokens[start : start + WIDTH] for start in range(length - WIDTH + 1) if length > WIDTH]
    expected = [run.sum(axis=0) / np.linalg.norm(run.sum(axis=0)) for run in runs]
    found = passages(encoding)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_message_without_tokens_is_its_sentence_vector() -> None:
    encoding = WORDS.encoding("")
    np.testing.assert_array_equal(passages(encoding), encoding.vector[np.newaxis])


def test_a_clause_is_nearer_to_its_passage_than_to_the_story(encoder: SentenceEncoder) -> None:
    asked = encoder.encode_one("can I speak to somebody")
    story = encoder.encoding(
        "The desk came on Monday and the box was torn. Two screws are missing and one leg has a scratch. "
        "Can I speak to somebody? My order number is on the invoice, and the courier took photos of everything."
    )
    assert (passages(story) @ asked).max() > story.vector @ asked + 0.2
