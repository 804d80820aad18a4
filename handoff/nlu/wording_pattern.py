"""A short notation for wordings, compiled into regular expressions over a message's mood tokens.

One piece a token: alternatives with ``|``, a ``?`` behind one that may be missing, ``0`` for any number::

    i|we have? already told|said

spaCy's token matcher finds the same, but the wordings of this library would cost it half of the time that all of mood
detection may take.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def compile_wordings(lines: Iterable[str]) -> re.Pattern[str]:
    """One expression for all ``lines``; it matches in what :func:`joined` returns, from token to token."""
    return re.compile(f"(?<= )(?:{'|'.join(map(_as_regex, lines))})")


def joined(tokens: Sequence[str]) -> str:
    """Tokens as one text with a space before and behind each."""
    return f" {' '.join(tokens)} "


def _as_regex(line: str) -> str:
    parts = []
    for piece in line.split():
        optional = "?" if piece.endswith("?") else ""
        alternatives = "|".join(re.escape(word) for word in piece.removesuffix("?").split("|"))
        parts.append(f"(?:(?:{alternatives}) ){optional}")
    return "".join(parts)
