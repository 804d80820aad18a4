"""Finds order numbers in the ways that people type them, and gives them in the one way that the shop prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from handoff.nlu.entity_patterns import Match, words

_SPEAKS_OF_AN_ORDER = re.compile(r"\b(?:orders?|oders?|ordr|ordered|ordernr|bestel\w*|bestellung\w*)\b", re.IGNORECASE)
_AROUND_A_BARE_NUMBER = words(
    "a an and er hello here hi i is it it's its my nr no number ok okay please sorry sure thank thanks that "
    "that's the there this think um was yes you go"
)
"""Words that say nothing but "here is the number"."""
_UNITS = r"eur\w*|usd|dollars?|pounds?|desks?|people|persons?|employees|users?|rooms?|seats|times|days|km"
_COUNTED = rf"(?!\s*(?:%|€|\$|(?:{_UNITS})\b))"
"""What stands behind a quantity."""


@dataclass(frozen=True)
class OrderNumbers:
    """A shop's order numbers: ``prefix`` and ``digits`` of ``FW-104233`` are FW and 6."""

    prefix: str
    digits: int

    @cached_property
    def _marked(self) -> re.Pattern[str]:
        prefix = re.escape(self.prefix)
        return re.compile(
            rf"(?:(?<!\w)#?\s?{prefix}[\s\-_#.:]{{0,3}}|(?<![\w&/])#\s?)(?P<digits>[0-9]{{{self.digits}}})(?!\w)",
            re.IGNORECASE,
        )

    @cached_property
    def _bare(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?<![\w#€$£+@/])(?<!\d[.,\-: ])(?<![€$£+] )(?P<digits>[0-9]{{{self.digits}}})(?!\w|[.,\-/:@]\w| \d)"
            + _COUNTED,
            re.IGNORECASE,
        )

    def find(self, text: str) -> Iterator[Match]:
        """Numbers with prefix or ``#``; bare ones when the message speaks of an order or holds little else."""
        marked = list(self._marked.finditer(text))
        for found in marked:
            yield self._match(found)
        if not (marked or _SPEAKS_OF_AN_ORDER.search(text) or self._nothing_else(text)):
            return
        taken = {found.start("digits") for found in marked}
        for found in self._bare.finditer(text):
            if found.start("digits") not in taken:
                yield self._match(found)

    def _match(self, found: re.Match[str]) -> Match:
        typed = found[0]
        start = found.start() + len(typed) - len(typed.lstrip())
        return Match("order_number", f"{self.prefix}-{found['digits']}", start, found.end())

    def _nothing_else(self, text: str) -> bool:
        typed = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower().replace("\u2019", "'"))
        return all(word in _AROUND_A_BARE_NUMBER for word in typed)
