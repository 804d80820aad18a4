"""Finds an order number in a message, in any of the ways people type it, and says what is wrong with a bad one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "FW-"
DIGITS = 6  # Fernway's order numbers: FW-104233
MIN_BARE_DIGITS = 3  # fewer digits on their own are a quantity or an age, not a try at an order number

_NAMED = r"(?:\bfw|#|\border(?:\s+(?:number|no\b|nr\b))?|\bnumber)[\s#:.\-]*(?:is\s+)?"
# Six digits, or two groups of three. Digits next to them make it a date or a telephone number instead.
_NOT_BEFORE = r"(?<![\d@+])(?<!\d[.\-/])"
_NOT_AFTER = r"(?![\w@])(?![.\-/]\d)"
_COMPLETE = re.compile(rf"{_NOT_BEFORE}(?:(?<=\bfw)|(?<!\w))(\d{{6}}){_NOT_AFTER}", re.IGNORECASE)
_GROUPED = re.compile(rf"{_NOT_BEFORE}(?<!\d\s)(?:(?<=\bfw)|(?<!\w))(\d{{3}})[ .\-](\d{{3}}){_NOT_AFTER}(?!\s\d)", re.I)
_NAMED_DIGITS = re.compile(rf"(?:{_NAMED})(?P<digits>\d{{3,}}(?:[ ]\d+)*){_NOT_AFTER}", re.IGNORECASE)
_BARE_DIGITS = re.compile(rf"{_NOT_BEFORE}(?<!\w)(?P<digits>\d+){_NOT_AFTER}")
# "FW-1O4233": the prefix is there, but a letter stands among the digits.
_LETTERS = re.compile(r"(?:\bfw[\s-]?|#)(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{3,}\b", re.IGNORECASE)
_EMAIL_LIKE = re.compile(r"\S*@\S*")


class OrderProblem(StrEnum):
    """What is wrong with an order number. The values are those of the slot ``order_problem`` in data/responses."""

    NOT_FOUND = "not_found"
    TOO_FEW_DIGITS = "too_few_digits"
    TOO_MANY_DIGITS = "too_many_digits"
    LETTERS = "letters"


@dataclass(frozen=True)
class FoundOrder:
    """The outcome of a search: the ``number`` as ``FW-104233``, or the ``problem``.

    ``named`` tells an attempt that says what it is ("order 1042", "#1042") from mere digits ("in 2024").
    """

    number: str | None = None
    problem: OrderProblem | None = None
    named: bool = False


def find_order_number(text: str) -> FoundOrder | None:
    """Return the order number in ``text``, or the best attempt at one with its problem; None without an attempt.

    ``FW-104233``, ``fw104233``, ``FW 104233``, ``#104233``, ``104233`` and ``104 233`` are all ``FW-104233``.
    """
    searched = _EMAIL_LIKE.sub(" ", text)
    complete = _COMPLETE.search(searched) or _GROUPED.search(searched)
    if complete:
        return FoundOrder(number=PREFIX + _ascii("".join(complete.groups())), named=True)
    if _LETTERS.search(searched):
        return FoundOrder(problem=OrderProblem.LETTERS, named=True)
    named = _NAMED_DIGITS.search(searched)
    if named:
        return FoundOrder(problem=_wrong_length(named["digits"]), named=True)
    bare = next((found for found in _BARE_DIGITS.finditer(searched) if len(found["digits"]) >= MIN_BARE_DIGITS), None)
    return FoundOrder(problem=_wrong_length(bare["digits"])) if bare else None


def normalise_order_number(text: str) -> str | None:
    """Return ``text`` as ``FW-104233``, or None when it holds no order number."""
    found = find_order_number(text)
    return found.number if found else None


def _ascii(digits: str) -> str:
    """``digits`` of any script as 0 to 9."""
    return "".join(str(int(digit)) for digit in digits)


def _wrong_length(digits: str) -> OrderProblem:
    count = sum(character.isdigit() for character in digits)
    return OrderProblem.TOO_FEW_DIGITS if count < DIGITS else OrderProblem.TOO_MANY_DIGITS
