"""How numbers are written for people, on the page and in the terminal alike."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_BREAK = re.compile(r"([_/])(?=\w)")


def percent(share: float | None, digits: int = 1) -> str:
    """``0.494`` is ``49.4 %``; a share that cannot be given is a dash."""
    return "–" if share is None else f"{share * 100:.{digits}f}\u00a0%"


def number(count: int) -> str:
    """``6245`` is ``6,245``."""
    return f"{count:,}"


def decimal(value: float) -> str:
    """A threshold or a score, three digits."""
    return f"{value:.3f}"


def some(count: int, one: str, many: str | None = None) -> str:
    """``1 example``, ``2 examples``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


FLAGS = {
    "few_examples": "few examples",
    "low_recall": "often missed",
    "low_precision": "takes others' sentences",
}
"""What is said of an intent that needs attention."""

OUTCOMES = {
    "answered": "answered",
    "asked": "asked back",
    "no_answer": "no answer to it",
    "nothing": "nothing to read",
}
"""What became of a message."""

MISTAKES = {
    "answered": "wrong answer",
    "asked": "asked back",
    "no_answer": "taken for off-topic",
}
"""What became of an example that was misread."""


def breakable(name: str) -> Markup:
    """The name of an intent, escaped, with places after ``_`` and ``/`` where a narrow column may break it."""
    return Markup(_BREAK.sub(r"\1<wbr>", str(escape(name))))
