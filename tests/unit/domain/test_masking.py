from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.masking import CARD_MASK, SECRET_MASK, luhn_valid, mask


@pytest.mark.parametrize("card", ["4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009"])
def test_card_numbers_go(card: str) -> None:
    assert mask(f"my card {card}, please") == f"my card {CARD_MASK}, please"


@pytest.mark.parametrize(
    "text",
    ["order FW-104233", "call +31 20 555 0134", "4111111111111112", "IBAN NL91 ABNA 0417 1643 00", "it was 1234567890"],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text", ["my password is hunter2", "Password: hunter2", "PIN = hunter2", "wachtwoord was hunter2"]
)
def test_stated_passwords_go(text: str) -> None:
    assert "hunter2" not in mask(text)
    assert SECRET_MASK in mask(text)


@pytest.mark.parametrize(
    "text", ["my password is not working", "the password is wrong.", "I forgot my password", "pin was rejected"]
)
def test_talking_about_passwords_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text(max_size=200), st.lists(st.integers(0, 9), min_size=12, max_size=18), st.text(max_size=200))
def test_no_valid_card_survives_whatever_is_around_it(before: str, digits: list[int], after: str) -> None:
    body = "".join(map(str, digits))
    check = next(str(last) for last in range(10) if luhn_valid(body + str(last)))
    assert f" {body}{check} " not in mask(f"{before} {body}{check} {after}")


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)
