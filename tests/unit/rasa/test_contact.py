"""Contact details: what can be used is kept as people write it, everything else is refused with the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.domain.email_address import MAX_LENGTH, EmailProblem
from handoff.domain.errors import InvalidInput
from handoff.rasa.web.contact import (
    NAME_LIMIT,
    WHAT_IS_WRONG,
    ContactDetails,
    InvalidEmail,
    InvalidPhone,
    parse_contact,
    parse_email,
)

EMAIL = "anna@example.com"


def test_details_are_tidied_up() -> None:
    details = parse_contact({"name": "  Zoë\tde  Vries ", "email": " Anna@EXAMPLE.com ", "phone": "+31 (0)20 555-0134"})
    assert details == ContactDetails("Zoë de Vries", "Anna@example.com", "+31 (0)20 555-0134")


def test_blank_fields_count_as_left_open() -> None:
    details = parse_contact({"name": " ", "email": EMAIL, "phone": ""})
    assert details.given() == {"email": EMAIL}


@pytest.mark.parametrize(
    ("email", "said"),
    [
        (None, "missing"),
        ("  ", "missing"),
        ("anna", "no @"),
        ("anna@example", "no ending"),
        ("anna@@example.com", "more than one @"),
        ("anna@example,com", "comma"),
        ("@example.com", "before the @"),
        ("anna@", "after the @"),
        ("anna@example..com", "dot"),
        ("an na@example.com", "character"),
        ("anna@example.com\nBcc: all@example.com", "more than one @"),
        ("anna@example.com\r\nSubject:x.com", "character"),
        ("a" * MAX_LENGTH + "@example.com", "longer"),
    ],
)
def test_an_address_that_cannot_be_written_to(email: str | None, said: str) -> None:
    for parse in (parse_contact, parse_email):
        with pytest.raises(InvalidEmail, match=said) as refused:
            parse({"email": email})
        assert "name@example.com" in str(refused.value)


def test_every_problem_of_an_address_has_words() -> None:
    assert set(WHAT_IS_WRONG) == set(EmailProblem)


@pytest.mark.parametrize("phone", ["555", "call me", "+31 20 555 0134; rm", "1" * 21, "<b>12345</b>", "+" * 6])
def test_what_cannot_be_called(phone: str) -> None:
    with pytest.raises(InvalidPhone, match=r"\+31 20 555 0134"):
        parse_contact({"email": EMAIL, "phone": phone})


@pytest.mark.parametrize("phone", ["0205550134", "020-555 01 34", "+1 (212) 555.0134 ext. 12", "555/0134"])
def test_what_can_be_called(phone: str) -> None:
    assert parse_contact({"email": EMAIL, "phone": phone}).phone == phone


@pytest.mark.parametrize(
    "fields",
    [{"name": "x" * (NAME_LIMIT + 1)}, {"name": "a\x07b"}, {"name": "a\x00b"}, {"name": 7}, {"phone": 5550134}]
    + [{"email": ["anna@example.com"]}, {"surname": "Bakker"}],
)
def test_what_is_no_contact_detail(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        parse_contact({"email": EMAIL} | fields)


def test_a_card_number_typed_as_a_name_is_not_kept() -> None:
    assert "4111" not in str(parse_contact({"name": "4111 1111 1111 1111", "email": EMAIL}))


def test_only_an_address_is_taken_for_a_transcript() -> None:
    assert parse_email({"email": EMAIL, "conversation_id": "c1"}) == EMAIL
    with pytest.raises(InvalidInput, match="name"):
        parse_email({"email": EMAIL, "name": "Anna"})
