"""Typed text is never a command.

Rasa reads any message that begins with ``/`` as an intent, whoever sent it (rasa#5075). A visitor who types
``/restart`` means those letters. The channel puts an invisible WORD JOINER (U+2060) in front, which survives Rasa's
``strip()`` and is taken off again wherever a person reads the text.
"""

from __future__ import annotations

WORD_JOINER = "\u2060"
COMMAND_PREFIX = "/"


def neutralise(text: str) -> str:
    """Return ``text`` so that Rasa takes it literally."""
    stripped = text.strip()
    return WORD_JOINER + stripped if stripped.startswith(COMMAND_PREFIX) else stripped


def as_typed(text: str) -> str:
    """Undo :func:`neutralise`: what the visitor typed, for people to read."""
    return text.removeprefix(WORD_JOINER)
