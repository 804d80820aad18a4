"""What of a message's text carries meaning for the classifiers. Offsets of entities always belong to the full text."""

from __future__ import annotations

import re

# The web channel puts a word joiner (U+2060) before a typed slash, and pasted text brings other invisible characters.
# Halves of a surrogate pair (an emoji that was cut in two) cannot be encoded at all.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
# "/restart" or "/request_human{}", typed: the marks of a program and no sentence, whatever words it is made of
_COMMAND = re.compile(r"/\w+\s*(?:\{.*\})?", re.DOTALL)


def is_command(text: str) -> bool:
    """Whether ``text`` is a command that somebody typed. It says nothing that could be understood as a wish."""
    return _COMMAND.fullmatch(readable(text)) is not None


def readable(text: str) -> str:
    """``text`` without invisible characters, with single spaces, and with straight apostrophes."""
    plain = _INVISIBLE.sub("", text).replace("\u2019", "'").replace("\u2018", "'")
    return _SPACE.sub(" ", plain).strip()
