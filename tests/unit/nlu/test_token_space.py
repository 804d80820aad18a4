"""Words are compared in the directions that matter, and a rare one weighs more than one that stands everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from handoff.nlu.encoder import SentenceEncoder
from handoff.nlu.token_space import DIRECTIONS, TokenSpace
from tests.unit.nlu.word_encoder import WordEncoder

TEXTS = ["the desk", "the chair", "the desk and the lamp", "the end"]
WORDS = WordEncoder()
SPACE = TokenSpace.fit(WORDS.encodings(TEXTS))


def test_weights_add_up_and_rare_words_weigh_more() -> None:
    the, desk, lamp, unseen = SPACE.weights(WORDS.encoding("the desk lamp zeppelin"))
    assert the + desk + lamp + unseen == pytest.approx(1)
    assert 0 < the < desk < lamp < unseen


@pytest.mark.parametrize("word", ["the", "zeppelin"])
def test_a_single_word_has_all_the_weight(word: str) -> None:
    np.testing.assert_array_equal(SPACE.weights(WORDS.encoding(word)), [1])


def test_a_text_without_words_has_no_weights() -> None:
    nothing = WORDS.encoding("")
    assert SPACE.weights(nothing).shape == (0,)
    assert SPACE.project(nothing.tokens).shape[0] == 0


def test_examples_without_any_word_are_fine() -> None:
    space = TokenSpace.fit(WORDS.encodings(["", ""]))
    assert len(space.piece_ids) == 0
    assert space.project(WORDS.encoding("desk").tokens).shape[0] == 1


def test_words_keep_their_angles_when_there_is_room_for_all_directions() -> None:
    encoding = WORDS.encoding("the desk and the lamp")
    tokens = encoding.tokens.astype(np.float32)
    projected = SPACE.project(encoding.tokens)
    np.testing.assert_allclose(projected @ projected.T, tokens @ tokens.T, atol=2e-3)


def test_the_kept_directions_are_those_that_carry_most(encoder: SentenceEncoder) -> None:
    encodings = encoder.encodings(["how long does delivery take", "where is my parcel", "is the motor under warranty"])
    space = TokenSpace.fit(encodings)
    tokens = np.concatenate([encoding.tokens for encoding in encodings]).astype(np.float32)
    assert space.projection.shape == (384, DIRECTIONS)
    np.testing.assert_allclose(space.projection.T @ space.projection, np.eye(DIRECTIONS), atol=1e-4)
    back = (tokens @ space.projection) @ space.projection.T
    np.testing.assert_allclose(back, tokens, atol=1e-2)  # fewer tokens than directions: nothing may be lost
    np.testing.assert_allclose(np.linalg.norm(space.project(encodings[0].tokens), axis=1), 1, atol=1e-5)
