"""Finds contact details, addresses and order numbers in a message by pattern. Pure functions, text in, matches out.

Every finder returns its matches left to right with offsets into the text as it was typed. Overlaps between kinds are
the caller's business (:func:`handoff.nlu.spacy_entities.without_overlaps`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """One find: ``value`` is the normalised form of ``text[start:end]``."""

    entity: str
    value: str
    start: int
    end: int


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


# One start per run of characters (the look-behind) keeps every search linear in the text's length.
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@])")

_WEB_ADDRESS = re.compile(r"(?<![\w@])(?:https?://|www\.)[^\s<>\"'`]{2,2000}", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?<![\w@.:/-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}(?P<ending>[A-Za-z]{2,10})"
    r"(?![\w@-])(?:/[^\s<>\"'`]{0,2000})?"
)
_COMMON_ENDINGS = words(
    "com org net eu nl de fr lu dk ch uk es pl se fi ie pt cz io ai app dev shop store online site info biz co cloud "
    "company agency studio tech design example test"
)
_ENDINGS_THAT_ARE_WORDS = words("at be no it is me in so to us my am")
"""Country codes that also begin an English sentence after a forgotten space ("thanks.is it open")."""
_SPEAKS_OF_A_SITE = re.compile(r"\b(?:web ?site|site|web ?shop|shop|url|domain|page|link|online at)\b", re.IGNORECASE)
_CLOSING = ".,;:!?)]}>\u201d\u2019*_"

_PHONE = re.compile(r"(?<![\w.,/#-])(?:\+|\(\+|\(0|0)\(?[\d](?:[ ()./-]{0,3}\d){5,24}(?!\w)")
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{2}|\d{4})")
_FEWEST_PHONE_DIGITS = 8
_MOST_PHONE_DIGITS = 15  # E.164
_WHOLE_PHONE_DIGITS = 9  # a first group this long is a number by itself, and what follows is something else

_IBAN_OR_CARD = re.compile(
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b|(?<![+\w])[2-6](?:[ -]?\d){12,18}\b"
)


def emails(text: str) -> Iterator[Match]:
    """E-mail addresses, in lower case."""
    for found in _EMAIL.finditer(text):
        start = found.start() + len(found[0]) - len(found[0].lstrip("'.-%"))  # 'quoted@example.org'
        if not found[0].lstrip("'.-%").startswith("@"):
            yield Match("email", text[start : found.end()].lower(), start, found.end())


def urls(text: str) -> Iterator[Match]:
    """Web addresses with a scheme or ``www.``, and bare domains that are surely meant as one."""
    for found in _WEB_ADDRESS.finditer(text):
        value = _without_closing(found[0])
        if "." in value or "localhost" in value:
            yield Match("url", value, found.start(), found.start() + len(value))
    for found in _DOMAIN.finditer(text):
        ending = found["ending"].lower()
        value = _without_closing(found[0])
        meant = ending in _COMMON_ENDINGS or (
            ending in _ENDINGS_THAT_ARE_WORDS and (value == text.strip() or _SPEAKS_OF_A_SITE.search(text))
        )
        if meant:
            yield Match("url", value, found.start(), found.start() + len(value))


def phones(text: str) -> Iterator[Match]:
    """Telephone numbers that begin with + or 0, as digits with an optional + in front."""
    for found in _PHONE.finditer(text):
        value = found[0]
        first = re.match(r"\(?\+?\d+", value)
        if len(_digits(value)) > _MOST_PHONE_DIGITS and first and len(_digits(first[0])) >= _WHOLE_PHONE_DIGITS:
            value = first[0]
        digits = _digits(value.replace("(0)", "") if value.startswith(("+", "(+", "00")) else value)
        possible = _FEWEST_PHONE_DIGITS <= len(digits) <= _MOST_PHONE_DIGITS and not digits.startswith("000")
        if possible and not _DATE.fullmatch(value):
            plus = "+" if "+" in value[:2] or digits.startswith("00") else ""
            digits = digits.removeprefix("00")
            yield Match("phone", plus + digits, found.start(), found.start() + len(value))


def account_numbers(text: str) -> Iterator[Match]:
    """Bank accounts and card numbers: never given out, but nothing inside them is a phone or an order number."""
    for found in _IBAN_OR_CARD.finditer(text):
        yield Match("account_number", "", found.start(), found.end())


def _digits(value: str) -> str:
    return "".join(str(int(character)) for character in value if character.isdecimal())


def _without_closing(address: str) -> str:
    """Drop the sentence's punctuation, but keep brackets that the address itself opens."""
    while address and address[-1] in _CLOSING:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address
