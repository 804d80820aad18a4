"""The statistics, against values from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.metrics.agents import most_at_once
from handoff.metrics.numbers import mean, median, percentile, wilson


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_score_interval(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_interval_holds_the_share_and_stays_in_bounds(parts: tuple[int, int]) -> None:
    numerator, denominator = parts
    found = wilson(numerator, denominator)
    assert found is not None
    assert 0 <= found[0] <= numerator / denominator <= found[1] <= 1


def test_nothing_has_no_middle() -> None:
    assert wilson(0, 0) is median([]) is mean([]) is percentile([], 0.9) is None


def test_percentiles_interpolate_as_spreadsheets_do() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
    assert percentile(range(1, 11), 0.9) == pytest.approx(9.1)  # =PERCENTILE.INC(A1:A10; 0.9)
    assert percentile([7], 0.9) == 7
    assert percentile([1, 2], 1.0) == 2


def test_how_many_at_once() -> None:
    begin = datetime(2026, 11, 23, 10, tzinfo=UTC)

    def minute(number: int) -> datetime:
        return begin + timedelta(minutes=number)

    assert most_at_once([]) == 0
    assert most_at_once([(minute(0), minute(5)), (minute(5), minute(9))]) == 1
    assert most_at_once([(minute(0), minute(6)), (minute(5), minute(9)), (minute(5), None)]) == 3
    assert most_at_once([(minute(0), None), (minute(99), None)]) == 2
