"""Puts stand-ins in the place of what names a person, so that no visitor's details get into the training data.

They read naturally and keep the shape of what they replace, because the classifier learns from it: an order number
becomes another order number, a name another name. The same original gets the same stand-in each time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handoff.domain.masking import CARD_MASK, SECRET_MASK, mask
from handoff.nlu.entity_patterns import Match, account_numbers, emails, phones, urls
from handoff.nlu.order_numbers import OrderNumbers
from handoff.nlu.person_names import names

FERNWAY_ORDERS = OrderNumbers("FW", 6)  # what SpacyPatternExtractor has by default

# Domains and numbers that belong to nobody: RFC 2606, and the numbers that are kept for fiction.
_EMAILS = ("anna@example.com", "jan@example.org", "info@example.com", "office@example.org")
_PHONES = ("020 555 01 36", "+31 20 555 0187", "020 5550199", "+1 212 555 0147")
_NAMES = ("Sam", "Nina", "Robin", "Kim", "Alex", "Noor")
_WEB_ADDRESS = "www.example.com"
_ACCOUNT = "NL00 TEST 0123 4567 89"  # no bank, and no valid check digits
_CARD = "1234"  # people write the last four digits
_PASSWORD = "abc123"

_SHORTEST_NAME = 2  # letters; a single one is an initial or a typing error
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class StandIns:
    """Replaces personal details.

    Attributes:
        orders: how the shop's order numbers look.
    """

    orders: OrderNumbers = FERNWAY_ORDERS

    def __call__(self, text: str, known_names: Iterable[str] = ()) -> str:
        """``text`` with stand-ins for e-mail and web addresses, phone, order, card and account numbers, passwords and
        names that somebody introduces themselves with.

        Args:
            text: what somebody wrote.
            known_names: names of people that are replaced wherever they stand, in whole or by a part.
        """
        plain = mask(text)
        parts, done = [], 0
        for found in _apart(self._found(plain, known_names)):
            parts += [plain[done : found.start], self._for(found, plain[found.start : found.end])]
            done = found.end
        whole = "".join(parts) + plain[done:]
        return whole.replace(CARD_MASK, _CARD).replace(SECRET_MASK, _PASSWORD)

    def _found(self, text: str, known_names: Iterable[str]) -> Iterator[Match]:
        """The surest first: what lies within an earlier one is left alone."""
        yield from emails(text)
        yield from urls(text)
        yield from account_numbers(text)
        yield from self.orders.find(text)
        yield from phones(text)
        yield from names(text)
        yield from _known(text, known_names)

    def _for(self, found: Match, typed: str) -> str:
        if found.entity == "order_number":
            return _DIGITS.sub(lambda digits: _other_number(digits[0]), typed)
        choices = {"email": _EMAILS, "phone": _PHONES, "name": _NAMES}.get(found.entity)
        if choices is not None:
            return choices[_hash(found.value.casefold()) % len(choices)]
        return _WEB_ADDRESS if found.entity == "url" else _ACCOUNT


def _known(text: str, known_names: Iterable[str]) -> Iterator[Match]:
    words = {part for name in known_names for part in (name, *name.split()) if len(part) >= _SHORTEST_NAME}
    for word in sorted(words, key=len, reverse=True):  # the whole name before its parts
        # a name is written with a capital; "will" and "may" are not names
        for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            yield Match("name", word, found.start(), found.end())


def _apart(found: Iterable[Match]) -> list[Match]:
    """Without those that overlap an earlier one, in the order of the text."""
    kept: list[Match] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda match: match.start)


def _other_number(digits: str) -> str:
    """Another number of the same length. The first digit stays, which tells how high a shop's numbers go."""
    if len(digits) == 1:
        return digits
    rest = _hash(digits) % 10 ** (len(digits) - 1)
    other = f"{digits[0]}{rest:0{len(digits) - 1}d}"
    return other if other != digits else f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))  # stable between processes, as hash() is not
