from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.masking import CARD_MASK, SECRET_MASK, luhn_valid, mask, mask_url


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


@pytest.mark.parametrize(
    "card",
    [
        "4111  1111  1111  1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "4111/1111/1111/1111",
        "4111,1111,1111,1111",
        "4111 - 1111 - 1111 - 1111",
        "4111\u20131111\u20131111\u20131111",
        "4111\r\n1111\r\n1111\r\n1111",
        "2221, 0000, 0000, 0009",
        "3400/000000/00009",
    ],
)
def test_cards_go_however_they_are_grouped(card: str) -> None:
    assert mask(f"it is {card} thanks") == f"it is {CARD_MASK} thanks"


def test_a_card_goes_with_a_word_before_it_or_numbers_behind() -> None:
    assert mask("card4111111111111111") == f"card{CARD_MASK}"
    assert mask("4111 1111 1111 1111 12/28 123") == f"{CARD_MASK} 12/28 123"


@pytest.mark.parametrize(
    "text",
    [
        "id 550e8400-e29b-41d4-a716-446655440000",
        "orders 120002, 140000, 160000",  # Luhn-valid as one number of 18 digits
        "FW-4111111111111111",
    ],
)
def test_lists_and_identities_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "password is: hunter2",
        "pass: hunter2",
        "my pass is: hunter2",
        "pw: hunter2",
        "my password's hunter2",
        "my password\u2019s hunter2",
        "password hunter2",
        "password - hunter2",
        "passwort: hunter2",
        "passwords: hunter2",
        "db_password=hunter2",
        "password:\nhunter2",
    ],
)
def test_passwords_go_however_they_are_stated(text: str) -> None:
    assert mask(text) == text.replace("hunter2", SECRET_MASK)


@pytest.mark.parametrize("text", ["CVC 123", "cvc number is 123", "security code 123", "my pin 1234", "pin code: 1234"])
def test_codes_go(text: str) -> None:
    assert SECRET_MASK in mask(text)
    assert "123" not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "my password was changed",
        "my password was updated yesterday",
        "the password is asking me again",
        "reset password please",
        "password 3 times",
        "change the password anna1@example.org",
        "my boarding pass is on the desk",
        "compass: north",
        "pin 2 notes to the wall",
    ],
)
def test_more_talking_about_passwords_stays(text: str) -> None:
    assert mask(text) == text


@given(st.sampled_from(["password is hunter2", "pw: x1", "cvc 123", "card 4111111111111111"]), st.text(max_size=20))
def test_what_is_masked_stays_as_it_is(stated: str, after: str) -> None:
    once = mask(f"{stated} {after}")
    assert mask(once) == once


def test_addresses_are_read_as_browsers_write_them() -> None:
    assert mask_url("https://x/?card=4111%201111+1111%201111&d=1") == f"https://x/?card={CARD_MASK}&d=1"
    assert "hunter2" not in mask_url("https://x/?password=hunter2")
    assert mask_url("https://x/a%20b?page=2") == "https://x/a%20b?page=2"
