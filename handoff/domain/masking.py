"""Takes card numbers and passwords out of text before anything is stored or sent."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from handoff.domain.stated_secrets import SECRET_MASK as SECRET_MASK
from handoff.domain.stated_secrets import mask_secrets

CARD_MASK = "[card number removed]"

# ISO/IEC 7812: payment card numbers have 13 to 19 digits. People group them, write other numbers (expiry date, CVC)
# right behind them, and sometimes a word right before them. A hyphen or a lone letter before them is another number's:
# FW-104233, a UUID.
_JOINT = r"[\s.,/\-\u2010-\u2015]{1,3}"
_DIGIT_RUN = re.compile(rf"(?<![\w-])([^\W\d_]{{2,}})?(\d+(?:{_JOINT}\d+)*)(?![\w-])")
_GROUP = re.compile(r"\d+")
_CARD_DIGITS = range(13, 20)

_TIGHT = re.compile(r"[^\S\r\n]|[.\-]")
"""Between the groups of one number. Anything wider also stands between numbers that have nothing to do with each other,
so there the groups and the first digits must be those of a card."""
_CARD_SHAPES = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 2), (4, 4, 4, 4, 1)})
_FIRST_DIGITS = frozenset("3456")  # American Express and Diners, Visa, Mastercard, Maestro
_MASTERCARD_2 = range(2221, 2721)

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""Twice a digit, and the sum of the digits of that."""


def luhn_valid(digits: str) -> bool:
    """Whether ``digits`` passes the Luhn checksum (ISO/IEC 7812-1, annex B)."""
    every_second = sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return (every_second + sum(map(int, digits[::-2]))) % 10 == 0


def mask(text: str) -> str:
    """Return ``text`` with payment card numbers (Luhn-valid) and stated passwords replaced by a note."""
    without_cards = _DIGIT_RUN.sub(lambda run: (run.group(1) or "") + _mask_cards(run.group(2)), text)
    return mask_secrets(without_cards)


def mask_url(url: str) -> str:
    """The same for an address, where blanks are written as ``%20`` or ``+``; one without secrets stays as it is."""
    plain = unquote_plus(url)
    masked = mask(plain)
    return url if masked == plain else masked


def _mask_cards(run: str) -> str:
    """``run`` (digits in groups) with every stretch of whole groups that is a card number replaced."""
    groups = list(_GROUP.finditer(run))
    kept, done = [], 0
    first = 0
    while first < len(groups):
        last = _card_end(run, groups, first)
        if last is None:
            first += 1
            continue
        kept += [run[done : groups[first].start()], CARD_MASK]
        done, first = groups[last].end(), last + 1
    return "".join(kept) + run[done:]


def _card_end(run: str, groups: list[re.Match[str]], first: int) -> int | None:
    """Index of the last group of the card number that begins with group ``first``, or None."""
    digits, tight, shape = "", True, []
    for index in range(first, len(groups)):
        group = groups[index]
        if index > first:
            tight = tight and _TIGHT.fullmatch(run[groups[index - 1].end() : group.start()]) is not None
        digits += group.group()
        shape.append(len(group.group()))
        if len(digits) >= _CARD_DIGITS.stop:
            return None
        if len(digits) in _CARD_DIGITS and luhn_valid(digits) and (tight or _looks_like_card(digits, shape)):
            return index
    return None


def _looks_like_card(digits: str, shape: list[int]) -> bool:
    return tuple(shape) in _CARD_SHAPES and (digits[0] in _FIRST_DIGITS or int(digits[:4]) in _MASTERCARD_2)
