"""Signals of frustration in the form of a message: shouting and storms of marks. Text in, names out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handoff.nlu.mood_tokens import LINK, MENTION, without_addresses

SHOUTING = "shouting"
PUNCTUATION = "punctuation"

_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")
_STORM = re.compile(r"[!?]{3,}|\?!|!\?")

_SHOUTED_WORDS = 3  # in a row, in any text; two may be a name or two acronyms
_SHOUTED_LETTERS = 8  # in all: "OK, VAT ID" is no shouting
_SHOUTED_SHARE = 0.6  # of all letters, where no three words follow each other


def form_signals(text: str) -> Iterator[str]:
    """Names of the signals in a readable text; web addresses and mentions do not count."""
    plain = without_addresses(text)
    if is_shouted(plain):
        yield SHOUTING
    if _STORM.search(plain):
        yield PUNCTUATION


def is_shouted(text: str) -> bool:
    """Whether several words in a row, or most of a text of two words or more, are in capitals.

    One word is no shouting: it may be an acronym (VAT) or stressed (I said NO). Words with digits are order numbers.
    """
    words = [word for word in _WORD.findall(text.replace(LINK, "").replace(MENTION, "")) if len(word) > 1]
    words = [word for word in words if word.isalpha() or "'" in word]
    shouted = [word.isupper() for word in words]
    letters = sum(len(word) for word, loud in zip(words, shouted, strict=True) if loud)
    if letters < _SHOUTED_LETTERS or sum(shouted) < 2:
        return False
    in_a_row = any(all(shouted[place : place + _SHOUTED_WORDS]) for place in range(len(words) - _SHOUTED_WORDS + 1))
    return in_a_row or letters >= _SHOUTED_SHARE * sum(len(word) for word in words)
