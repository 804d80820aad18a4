"""Order numbers are recognised in every way people type them, and dates or telephone numbers are not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.order_number import OrderProblem, find_order_number, normalise_order_number

SIX = st.from_regex(r"[0-9]{6}", fullmatch=True)
WAYS = st.sampled_from(["FW-{}", "fw{}", "FW {}", "#{}", "{}", "my order is FW-{}.", "order {} please", "({})"])


@given(SIX, WAYS)
def test_every_way_of_typing_gives_the_same_number(digits: str, way: str) -> None:
    assert normalise_order_number(way.format(digits)) == f"FW-{digits}"


@given(SIX)
def test_groups_of_three(digits: str) -> None:
    assert normalise_order_number(f"{digits[:3]} {digits[3:]}") == f"FW-{digits}"


@given(st.text())
def test_never_fails_and_only_gives_well_formed_numbers(text: str) -> None:
    found = find_order_number(text)
    if found and found.number:
        assert re.fullmatch(r"FW-[0-9]{6}", found.number)
        assert found.problem is None
        assert normalise_order_number(found.number) == found.number
    elif found:
        assert found.problem is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("FW-1042", OrderProblem.TOO_FEW_DIGITS),
        ("order 10423", OrderProblem.TOO_FEW_DIGITS),
        ("#1042333", OrderProblem.TOO_MANY_DIGITS),
        ("FW-1042334", OrderProblem.TOO_MANY_DIGITS),
        ("FW-1O4233", OrderProblem.LETTERS),
    ],
)
def test_says_what_is_wrong(text: str, problem: OrderProblem) -> None:
    found = find_order_number(text)
    assert found is not None
    assert (found.number, found.problem, found.named) == (None, problem, True)


@pytest.mark.parametrize(
    "text", ["", "no", "2 desks", "on 12-10-24", "12/10/2024", "tom104233@example.com", "abc104233", "ordered in may"]
)
def test_other_things_with_digits_are_no_attempt(text: str) -> None:
    assert find_order_number(text) is None


def test_a_year_is_no_unmistakable_attempt() -> None:
    found = find_order_number("I bought it in 2024")
    assert found is not None
    assert not found.named


@pytest.mark.parametrize("text", ["+31 20 555 0134", "020 555 0134", "06-12345678"])
def test_a_telephone_number_is_no_order_number(text: str) -> None:
    assert normalise_order_number(text) is None
