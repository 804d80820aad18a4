"""Chatwoot's messages: our id in them, and in which order they turn up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MARK = "handoff_message_id"
"""Key in ``content_attributes`` that holds our id of a message.

Chatwoot keeps keys that it does not know (its PR #15907 shows one kept); old versions of its message builder drop them.
"""

PAGE = 100  # messages; app/finders/message_finder.rb
SETTLED = 10  # seconds; a message that began to be stored earlier than this is visible by now, whatever its id


def marked(mark: str) -> dict[str, str]:
    """``content_attributes`` of a message of ours."""
    return {MARK: mark}


def mark_of(message: Mapping[str, Any]) -> str:
    """Our id of a message, or nothing."""
    attributes = message.get("content_attributes")
    return str(attributes.get(MARK) or "") if isinstance(attributes, dict) else ""


def settled(messages: Sequence[Mapping[str, Any]], at_least: int) -> int:
    """The highest id up to which no message can turn up any more.

    Ids are given when storing begins, and a message is visible when it ends: two that are stored at the same time may
    turn up in the wrong order. What is ``SETTLED`` seconds older than the newest one is complete.
    """
    newest = max((message["created_at"] for message in messages), default=0)
    return max((one["id"] for one in messages if one["created_at"] <= newest - SETTLED), default=at_least)


def next_page_after(page: Sequence[Mapping[str, Any]], after: int) -> int:
    """Where the next page begins: with an overlap, unless that would stand still."""
    overlapping = settled(page, after)
    return overlapping if overlapping > after else max(message["id"] for message in page)
