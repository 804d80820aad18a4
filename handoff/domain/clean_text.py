"""Text that every database, JSON encoder and browser can take.

JSON may name half of a surrogate pair (``"\\ud83d"``: an emoji that was cut in two). Python keeps it, and nothing can
encode it as UTF-8 later: the first reader fails, long after the writer was told that all is well.
"""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NUL = "\x00"
"""PostgreSQL cannot store it in text."""


def is_clean(text: str) -> bool:
    """Whether ``text`` can be stored and encoded as it is."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return NUL not in text


def scrub(text: str) -> str:
    """``text`` with each character that cannot be stored replaced by U+FFFD; halves of a pair that stand together
    become the character they mean."""
    if is_clean(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace(NUL, REPLACEMENT)
