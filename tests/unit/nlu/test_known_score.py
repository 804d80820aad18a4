"""The known score: a true probability that rises with each view."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.known_score import VIEWS, KnownScore


def messages(count: int = 2000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Views, which messages have a right answer, and whether the best answer is right. Half of them are unknown."""
    generator = np.random.default_rng(0)
    in_scope = np.arange(count) % 2 == 0
    views = generator.normal(size=(count, VIEWS)) * [1, 3, 0.1, 0.1] + np.where(in_scope, 1, -1)[:, np.newaxis]
    right = in_scope & (views[:, 0] + generator.normal(size=count) > 0)
    return views, in_scope, right


KNOWN = KnownScore.fit(*messages())


def test_known_is_told_from_unknown() -> None:
    views, in_scope, right = messages()
    found = KNOWN.probability(views)
    assert found[right].mean() > 0.7
    assert found[~in_scope].mean() < 0.15


def test_as_many_are_right_as_it_says() -> None:
    views, _, right = messages()
    found = KNOWN.probability(views)
    assert found.mean() == pytest.approx(right.mean(), abs=0.01)
    for low, high in ((0.0, 0.2), (0.8, 1.0)):
        some = (found >= low) & (found < high)
        assert right[some].mean() == pytest.approx(found[some].mean(), abs=0.06)


@given(st.lists(st.floats(-5, 5), min_size=VIEWS, max_size=VIEWS), st.integers(0, VIEWS - 1), st.floats(0.5, 5))
def test_more_of_any_view_is_more_known(views: list[float], place: int, more: float) -> None:
    raised = np.array(views)
    raised[place] += more
    lower, higher = KNOWN.probability(np.array([views, raised]))
    assert 0 <= lower <= higher <= 1
    assert lower < higher or higher > 1 - 1e-9 or higher < 1e-9


def test_what_is_unknown_does_not_stretch_the_scale() -> None:
    views, in_scope, right = messages()
    far = np.where(in_scope[:, np.newaxis], views, views - [0, 1000, 0, 0])
    np.testing.assert_array_equal(KnownScore.fit(far, in_scope, right).spreads, KNOWN.spreads)


@pytest.mark.parametrize("in_scope", [True, False])
@pytest.mark.parametrize("right", [True, False])
def test_views_that_never_vary_give_a_probability(in_scope: bool, right: bool) -> None:
    views = np.ones((4, VIEWS))
    found = KnownScore.fit(views, np.full(4, in_scope), np.full(4, right)).probability(views)
    assert (found > 0.5).all() == right
    assert ((found > 0) & (found < 1)).all()
