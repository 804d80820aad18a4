"""Text for Rocket.Chat: what visitors typed stays text, and fits into its messages.

Rocket.Chat parses every message as Markdown of its own kind and knows no escape that all of its versions honour (the
backslash is gone from the current grammar, ``packages/message-parser/src/grammar.pegjs`` in its source). So what would
deceive or disturb is broken by an invisible character, and what can only be broken by losing characters (bold, italic,
strike, code) makes the text a code block, in which nothing is parsed.
"""

from __future__ import annotations

import re

JOINER = "\N{WORD JOINER}"
"""Has no width, no break and no meaning; Rocket.Chat's grammar takes it for a letter of no name."""
FENCE = "```"

_MENTION = re.compile(r"(?<![A-Za-z0-9/])(?=[@#])")  # not in addresses: lena@example.org, example.org/#prices
_NAMED_LINK = re.compile(r"(?<=])(?=\()")  # [shown](address), and ![shown](image)
_PIPED_LINK = re.compile(r"<(?=[^<>\n|]*\|[^<>\n]*>)")  # <address|shown>
_TIMESTAMP = re.compile(r"(?<=<)(?=t:)")
_SPOILER = re.compile(r"(?<=\|)(?=\|)")
_FORMULA = re.compile(r"(?<=\\)(?=[(\[])")
_BLOCK = re.compile(r"^(?=[ \t]*(?:>|[-*][ \t]|\d+\.[ \t]|```|\$\$))", re.MULTILINE)  # quote, list, code, formula
_EMPHASIS = re.compile(r"\*[^*\n]+\*|~[^~\n]+~|(?<![A-Za-z0-9])_[^_\n]+_|`[^`\n]+`")
_BACKTICKS = re.compile(r"(?<=`)(?=`)")


def literal(text: str) -> str:
    """``text`` so that agents read what was typed: no mention rings, no link hides its address, no star is lost."""
    if not _EMPHASIS.search(text):
        return _harmless(text)
    inside = _BACKTICKS.sub(JOINER, _MENTION.sub(JOINER, text)).strip("\n")
    return f"{FENCE}\n{inside}\n{FENCE}"


def literal_line(text: str, longest: int) -> str:
    """``text`` as one line of at most ``longest`` characters, for places without code blocks; stars may get lost."""
    return _harmless(" ".join(text.split()))[:longest]


def literal_parts(text: str, limit: int) -> list[str]:
    """``text`` as one or more messages, none longer than ``limit``, cut between lines or words where there are any.

    Args:
        text: what to show; blank gives nothing.
        limit: UTF-16 units, as JavaScript counts; at least 20, so that a single character in a code block fits.
    """
    if not text.strip():
        return []
    whole = literal(text)
    if _units(whole) <= limit or len(text) < 2:
        return [whole]
    at = _cut(text, limit)
    return [*literal_parts(text[:at], limit), *literal_parts(text[at:], limit)]


def _harmless(text: str) -> str:
    for mark in (_MENTION, _NAMED_LINK, _TIMESTAMP, _SPOILER, _FORMULA, _BLOCK):
        text = mark.sub(JOINER, text)
    return _PIPED_LINK.sub("< ", text)  # addresses may hold a joiner, but no space


def _cut(text: str, limit: int) -> int:
    """Where to cut: the last line's end within ``limit``, else the last space, else in the middle of nowhere."""
    space = limit - len(FENCE) * 2 - 2  # it may become a code block
    most = min(space, len(text) - 1)
    if _units(text[:most]) > space:  # emoji are two units each
        most = max(1, most // 2)
    for separator in ("\n", " "):
        at = text.rfind(separator, 1, most)
        if at > most // 2:
            return at + 1
    return most


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
