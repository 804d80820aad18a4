"""Name, e-mail address and phone number as visitors fill them in: checked, so that agents can use them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from handoff.domain.email_address import MAX_LENGTH, EmailProblem, email_problem
from handoff.domain.errors import InvalidInput
from handoff.domain.masking import mask
from handoff.rasa.web.fields import known_fields, string

CONTACT_FIELDS = ("name", "email", "phone")
NAME_LIMIT = 100  # characters; longer than names in any register
PHONE_LIMIT = 40  # characters; fifteen digits, generously grouped, with an extension
FEWEST_DIGITS = 5  # the shortest numbers that somebody outside a company can call
MOST_DIGITS = 20  # E.164 allows fifteen; the rest is for a prefix or an extension
_PHONE = re.compile(r"\+?[\d\s().\-/]+(?:(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)

EXAMPLE = "Write it like name@example.com."
WHAT_IS_WRONG: dict[EmailProblem, str] = {
    EmailProblem.NOT_FOUND: "There is no @ in the e-mail address.",
    EmailProblem.NOTHING_BEFORE_AT: "There is nothing before the @ in the e-mail address.",
    EmailProblem.NOTHING_AFTER_AT: "There is nothing after the @ in the e-mail address.",
    EmailProblem.TWO_ATS: "There is more than one @ in the e-mail address.",
    EmailProblem.NO_ENDING: "The e-mail address has no ending such as .com.",
    EmailProblem.COMMA: "There is a comma in the e-mail address.",
    EmailProblem.DOTS: "There is a dot too many in the e-mail address.",
    EmailProblem.CHARACTERS: "There is a character in the e-mail address that cannot be in one.",
    EmailProblem.TOO_LONG: "The e-mail address is longer than one can be.",
}


class InvalidEmail(InvalidInput):
    """An e-mail address that cannot be written to."""

    code = "invalid_email"


class InvalidPhone(InvalidInput):
    """A phone number that cannot be called."""

    code = "invalid_phone"


@dataclass(frozen=True)
class ContactDetails:
    """What a visitor filled in; None is what was left open."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def given(self) -> dict[str, str]:
        """What is there, by the name of Rasa's slot."""
        return {name: value for name, value in vars(self).items() if value}


def parse_contact(body: Any) -> ContactDetails:
    """Read contact details with an e-mail address from JSON.

    Raises:
        InvalidInput: a field is unknown, of the wrong type or cannot be right; the message says what would be.
    """
    contact = contact_of(known_fields(body, CONTACT_FIELDS))
    if contact.email is None:
        raise InvalidEmail(f"The e-mail address is missing. {EXAMPLE}")
    return contact


def parse_email(body: Any) -> str:
    """Read nothing but an e-mail address from JSON; raises as :func:`parse_contact`."""
    email = contact_of(known_fields(body, ("email",))).email
    if email is None:
        raise InvalidEmail(f"The e-mail address is missing. {EXAMPLE}")
    return email


def contact_of(fields: dict[str, Any]) -> ContactDetails:
    """The contact details among ``fields``; blank ones count as left open. Raises as :func:`parse_contact`."""
    name, email, phone = (" ".join((string(fields, key, None) or "").split()) for key in CONTACT_FIELDS)
    return ContactDetails(_name(name), _email(email), _phone(phone))


def _name(name: str) -> str | None:
    if len(name) > NAME_LIMIT:
        raise InvalidInput(f"The name has {len(name)} characters; {NAME_LIMIT} is the limit.")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise InvalidInput("The name holds a control character. Write it again by hand.")
    return mask(name) or None


def _email(email: str) -> str | None:
    if not email:
        return None
    problem = EmailProblem.TOO_LONG if len(email) > MAX_LENGTH else email_problem(email)
    if problem:
        raise InvalidEmail(f"{WHAT_IS_WRONG[problem]} {EXAMPLE}")
    local, domain = email.split("@")
    return f"{local}@{domain.lower()}"


def _phone(phone: str) -> str | None:
    if not phone:
        return None
    digits = sum(character.isdigit() for character in phone)
    if len(phone) > PHONE_LIMIT or _PHONE.fullmatch(phone) is None or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        raise InvalidPhone("This does not look like a phone number. Write it like +31 20 555 0134.")
    return mask(phone)
