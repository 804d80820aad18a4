"""What Rasa's channels can do after a turn is over."""

from __future__ import annotations

SILENT_CHANNELS = frozenset({"rest", "cmdline", "unknown"})
"""Channels that answer a visitor's message and then are gone: nothing that an agent writes later can be shown there."""


def can_show_replies(channel: str) -> bool:
    """Whether a visitor on this channel sees what an agent writes."""
    return channel not in SILENT_CHANNELS
