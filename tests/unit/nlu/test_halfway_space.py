"""Halfway through the encoder: what all sentences have in common does not make them alike."""

from __future__ import annotations

import numpy as np

from handoff.nlu.encoder import Encoding
from handoff.nlu.halfway_space import DIRECTIONS, HalfwaySpace

NO_WORDS = (np.zeros(0, dtype=np.int32), np.zeros((0, 4), dtype=np.float16))


def encodings(middles: np.ndarray) -> list[Encoding]:
    return [Encoding(np.ones(4, dtype=np.float32), *NO_WORDS, middle) for middle in middles.astype(np.float32)]


def test_what_all_have_in_common_is_taken_away() -> None:
    apart = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
    middles = (apart + [0, 0, 50]) / 50  # nearly the same vector four times
    space = HalfwaySpace.fit(encodings(middles))
    found = space.project(middles.astype(np.float32))
    np.testing.assert_allclose(found @ found.T, apart @ apart.T, atol=1e-3)
    assert found.dtype == np.float32


def test_only_the_main_directions_are_kept() -> None:
    generator = np.random.default_rng(1)
    wide = generator.normal(size=(500, DIRECTIONS)) @ generator.normal(size=(DIRECTIONS, 2 * DIRECTIONS))
    space = HalfwaySpace.fit(encodings(wide))
    found = space.project(wide.astype(np.float32))
    assert found.shape == (500, DIRECTIONS)
    centred = wide - wide.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(found @ found.T, centred @ centred.T, atol=1e-3)


def test_an_encoder_that_does_not_give_its_middle_away_leaves_nothing_to_compare() -> None:
    nothing = np.zeros((3, 0), dtype=np.float32)
    space = HalfwaySpace.fit(encodings(nothing))
    assert space.project(nothing).shape == (3, 0)
    np.testing.assert_array_equal(space.project(nothing) @ space.project(nothing).T, np.zeros((3, 3)))


def test_sentences_that_are_all_the_same_are_no_error() -> None:
    same = np.ones((3, 4), dtype=np.float32) / 2
    space = HalfwaySpace.fit(encodings(same))
    assert np.isfinite(space.project(same)).all()
