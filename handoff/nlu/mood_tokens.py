"""Splits a message into what carries its mood: words, numbers, marks and emojis, all in lower case.

spaCy's tokens are made for grammar. Here "?!!" is one token and "3" and "47" are the same one, an address or a mention
counts once whatever is in it, and "soooo" is "soo".
"""

from __future__ import annotations

import re

LINK = "<link>"
MENTION = "<at>"
NUMBER = "0"

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@\w+")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_TOKEN = re.compile(
    r"<(?:link|at)>"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"  # words with their apostrophes
    r"|\d+(?:[.,:]\d+)*"  # numbers, times, sums
    r"|[!?]+|\.{2,}"  # runs of marks
    r"|[:;]-?[()DPp]"  # smileys of two or three characters
    r"|[^\w\s]"  # any other mark or emoji
)


def without_addresses(text: str) -> str:
    """``text`` with a place holder for each web address and each mention (@name)."""
    return _MENTION.sub(MENTION, _LINK.sub(LINK, text))


def mood_tokens(text: str) -> list[str]:
    """Tokens of a readable text, left to right; the same for lower case and capitals."""
    found = _TOKEN.findall(_STRETCHED.sub(r"\1\1", without_addresses(text).lower()))
    return [NUMBER if token[0].isdecimal() else token for token in found]
