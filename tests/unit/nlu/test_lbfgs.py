"""The optimiser finds the minimum of convex functions, with good and bad guesses of their curvature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.lbfgs import minimise

SIZE = 8


def bowl(seed: int, steepest: float) -> tuple[np.ndarray, np.ndarray]:
    """A positive definite matrix whose eigenvalues span ``steepest``, and the place of the minimum."""
    generator = np.random.default_rng(seed)
    directions, _ = np.linalg.qr(generator.normal(size=(SIZE, SIZE)))
    matrix: np.ndarray = directions * np.geomspace(1, steepest, SIZE) @ directions.T
    return matrix, generator.normal(size=SIZE)


@given(st.integers(0, 50), st.sampled_from([1.0, 30.0, 1000.0]), st.sampled_from([0.01, 1.0, 100.0]))
def test_it_finds_the_minimum_however_wrong_the_guess(seed: int, steepest: float, wrong_by: float) -> None:
    matrix, target = bowl(seed, steepest)

    def function(place: np.ndarray) -> tuple[float, np.ndarray]:
        away = place.astype(np.float64) - target
        return float(away @ matrix @ away / 2), (matrix @ away).astype(np.float32)

    guess = np.diag(matrix) * wrong_by
    start = np.zeros(SIZE, dtype=np.float32)
    found = minimise(function, start, guess, steps=200, tolerance=1e-12)
    assert found.dtype == np.float32
    assert function(found)[0] <= 1e-5 * function(start)[0]


def test_the_exact_curvature_takes_one_step() -> None:
    curvature, calls = np.array([1.0, 100.0, 10_000.0]), []

    def function(place: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(place)
        return float(curvature @ (place - 1) ** 2 / 2), (curvature * (place - 1)).astype(np.float32)

    found = minimise(function, np.zeros(3, dtype=np.float32), curvature, steps=50, tolerance=1e-6)
    np.testing.assert_allclose(found, 1, rtol=1e-5)
    assert len(calls) == 2, "the start, and the minimum"


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_it_takes_no_more_steps_than_it_may_and_never_goes_up(steps: int) -> None:
    def function(place: np.ndarray) -> tuple[float, np.ndarray]:
        away = place.astype(np.float64) - 3
        return float(np.logaddexp(away, -away).sum()), np.tanh(away).astype(np.float32)

    start = np.full(4, -20, dtype=np.float32)
    values = [
        function(minimise(function, start, np.full(4, 0.001), steps=taken, tolerance=0))[0]
        for taken in range(steps + 1)
    ]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == steps + 1
