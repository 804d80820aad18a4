"""What can be said of a difference: against published examples, and against what chance does in simulations."""

from __future__ import annotations

import random
from math import sqrt

import pytest
from scipy.stats import binom, chi2

from handoff.domain.experiment_numbers import (
    Estimate,
    at_any_time,
    chance_of_split,
    difference,
    mean,
    needed,
    quantile,
    share,
)

ROUNDED = 5e-5  # published to four digits


def test_shares_have_wilsons_interval() -> None:
    # Newcombe 1998, table I of the paper on one proportion: 81 of 263 and 0 of 20, method 3
    found = share(81, 263)
    assert found == Estimate(*(pytest.approx(number, abs=ROUNDED) for number in (81 / 263, 0.2553, 0.3662)))
    assert share(0, 20) == Estimate(*(pytest.approx(number, abs=ROUNDED) for number in (0, 0, 0.1611)))
    assert share(0, 0) is None


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998, table II of the paper on differences, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_differences_of_shares_have_newcombes_interval(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    sides = share(*one), share(*other)
    assert sides[0] is not None
    assert sides[1] is not None
    found = difference(*sides)
    assert (found.low, found.high) == (pytest.approx(low, abs=ROUNDED), pytest.approx(high, abs=ROUNDED))
    back = difference(sides[1], sides[0])
    assert (back.low, back.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


def test_means_have_the_normal_interval() -> None:
    scores = [5] * 8 + [3] * 8  # mean 4, and 16 squares of 1 make a variance of 16 / 15
    found = mean(len(scores), sum(scores), sum(score * score for score in scores))
    reach = 1.959964 * sqrt(16 / 15 / 16)
    assert found == Estimate(4, pytest.approx(4 - reach), pytest.approx(4 + reach))
    assert mean(9, 36, 150) is None
    # of two means it is the usual one: the variances add up
    assert found is not None
    assert difference(found, found).high == pytest.approx(sqrt(2) * reach)


def test_medians_have_an_interval_of_order_statistics() -> None:
    # Conover: n = 100, q = 0.5: 50 -/+ 1.96 * 5 = 40.2 and 59.8, so the 40th and the 61st value
    found = quantile([float(number) for number in range(100, 0, -1)], 0.5, 50.5)
    assert found == Estimate(50.5, 40, 61)
    covered = binom.cdf(60, 100, 0.5) - binom.cdf(39, 100, 0.5)  # the true median lies between these two values
    assert covered >= 0.95
    assert quantile([1.0] * 9, 0.5, 1.0) is None
    assert quantile([1.0] * 20, 0.9, 1.0) is None, "no value is high enough to end at"


def test_how_many_it_takes() -> None:
    # 50 % against 60 %, power 80 %, 5 % two-sided: 388 in each group (Fleiss, Levin and Paik 2003, without correction)
    assert needed(0.5, 0.1, 1) == 388
    # 30 % against 35 %: (1.959964 sqrt(2 * 0.325 * 0.675) + 0.841621 sqrt(0.21 + 0.2275))^2 / 0.05^2 = 1376.1
    assert needed(0.3, 0.05, 1) == 1377
    # of the two directions it takes the one that needs more: down to 25 % would be 1251, up to 75 % from 70 % 1251 too
    assert needed(0.7, 0.05, 1) == 1377
    # and one that is possible: 2 % against 7 %, (1.959964 sqrt(0.08595) + 0.841621 sqrt(0.0847))^2 / 0.05^2 = 268.7
    assert needed(0.02, 0.05, 1) == 269
    assert needed(0.5, 0.1, 3) < needed(0.5, 0.1, 1) < 3 * needed(0.5, 0.1, 3)


def test_it_sees_a_real_difference_four_times_in_five() -> None:
    dice = random.Random(7)
    each = needed(0.3, 0.1, 1)
    rounds, seen = 400, 0
    for _ in range(rounds):
        one, other = (share(_draw(dice, each, p), each) for p in (0.4, 0.3))
        assert one is not None
        assert other is not None
        seen += difference(one, other).low > 0
    assert 0.75 < seen / rounds < 0.87


def test_looking_often_finds_nothing_where_there_is_nothing() -> None:
    dice = random.Random(11)
    rounds, looks, each = 300, 40, 50
    fooled_by_peeking = fooled = 0
    for _ in range(rounds):
        counts = [0, 0]
        peeked = seen = False
        for look in range(1, looks + 1):
            counts = [count + _draw(dice, each, 0.3) for count in counts]
            one, other = (counts[0], look * each), (counts[1], look * each)
            sides = share(*one), share(*other)
            assert sides[0] is not None
            assert sides[1] is not None
            plain = difference(*sides)
            peeked |= not plain.low <= 0 <= plain.high
            patient = at_any_time(one, other, planned=2 * looks * each, alpha=0.05)
            seen |= not patient.low <= 0 <= patient.high
        fooled_by_peeking += peeked
        fooled += seen
    assert fooled / rounds < 0.05
    assert fooled_by_peeking / rounds > 0.15, "what the warning on the page is about"


def test_an_interval_for_any_time_is_wider_and_yet_closes() -> None:
    few = at_any_time((30, 100), (30, 100), planned=2000, alpha=0.05)
    many = at_any_time((300, 1000), (300, 1000), planned=2000, alpha=0.05)
    # by hand, n = 2000: s = sqrt(2000 * 2 * 0.21 / 1000) = 0.916515, rho2 = (5.991465 + log 6.991465) / 2000 = 0.003968
    assert many.high == pytest.approx(0.916515 * sqrt(2 * 8.9361 / (2000 * 7.9361) * 4.09082), abs=1e-4)
    assert few.high > 2 * many.high
    assert (few.value, few.low) == (0, -few.high)


def test_a_split_that_chance_makes_and_one_that_it_does_not() -> None:
    # 1 degree of freedom: (520 - 500)^2 / 500 * 2 = 1.6
    assert chance_of_split([520, 480], [50, 50]) == pytest.approx(chi2.sf(1.6, 1))
    assert chance_of_split([600, 400], [50, 50]) < 1e-9
    assert chance_of_split([900, 100], [90, 10]) == pytest.approx(1)
    for counts in ([10, 20, 30], [5, 5, 9, 5], [4, 8, 3, 9, 6]):
        due = sum(counts) / len(counts)
        statistic = sum((count - due) ** 2 / due for count in counts)
        assert chance_of_split(counts, [1.0] * len(counts)) == pytest.approx(chi2.sf(statistic, len(counts) - 1))
    assert chance_of_split([0, 0], [50, 50]) == 1


def _draw(dice: random.Random, of: int, p: float) -> int:
    return sum(dice.random() < p for _ in range(of))
