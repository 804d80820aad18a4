"""Addresses and names as mail headers can take them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

from handoff.domain.email_address import email_problem
from handoff.domain.errors import InvalidInput

MAX_NAME_LENGTH = (
    100  # characters; with the longest address it stays far below the 998 bytes of a line (RFC 5322, 2.1.1)
)

_MAILBOX = re.compile(r"(?:\"?(?P<name>[^\"<>]*?)\"?\s*<(?P<address>[^<>]+)>|(?P<bare>[^\s<>]+))")
_HARMFUL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control characters, halves of surrogate pairs, line and paragraph separators."""


@dataclass(frozen=True)
class Mailbox:
    """An address, and the name that is shown for it (may be empty)."""

    name: str
    address: str


def parse_mailbox(text: str) -> Mailbox:
    """Read ``Fernway <help@fernway.example>`` or a mere address.

    Raises:
        InvalidInput: it is neither, or the address cannot work.
    """
    found = _MAILBOX.fullmatch(text.strip())
    if found is None:
        raise InvalidInput("It is not an address; write it like: Fernway <help@fernway.example>")
    name = plain_name(found["name"] or "", "The name")
    return Mailbox(name, wire_address((found["address"] or found["bare"]).strip()))


def plain_name(name: str, what: str) -> str:
    """``name`` without blanks around it.

    Raises:
        InvalidInput: it is too long, or has line breaks or control characters, which could smuggle in a header.
    """
    if any(unicodedata.category(character) in _HARMFUL for character in name):
        raise InvalidInput(f"{what} contains a line break or another control character; an e-mail cannot carry it.")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidInput(f"{what} has {len(name)} characters; an e-mail shows at most {MAX_NAME_LENGTH}.")
    return name.strip()


def wire_address(address: str) -> str:
    """``address`` as mail servers know it: its domain in ASCII (IDNA 2008), in lower case.

    Raises:
        InvalidInput: nothing can be sent to such an address.
    """
    problem = email_problem(address)
    if problem is not None:
        raise InvalidInput(f"No e-mail can be sent to this address ({problem.replace('_', ' ')}).")
    local, domain = address.split("@")
    if domain.isascii():
        return f"{local}@{domain.lower()}"
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise InvalidInput("No e-mail can be sent to this address: there can be no such domain.") from error


def domain_of(address: str) -> str:
    """What comes after the ``@``."""
    return address.rpartition("@")[2]
