"""What visitors asked most often without getting an answer."""

from __future__ import annotations

from collections.abc import Iterable

from handoff.metrics.values import UnansweredRow
from handoff.persistence.metric_messages import UnansweredMessage

MOST_UNANSWERED = 10
CLOSING = "?!. "


def most_frequent(messages: Iterable[UnansweredMessage], most: int = MOST_UNANSWERED) -> list[UnansweredRow]:
    """The most frequent texts, and of equally frequent ones the latest first.

    Args:
        messages: the latest first; how the latest one is written stands for all that are the same but for case,
            spaces and closing punctuation.
        most: how many.
    """
    latest: dict[str, UnansweredMessage] = {}
    count: dict[str, int] = {}
    for message in messages:
        same = sameness(message.text)
        latest.setdefault(same, message)
        count[same] = count.get(same, 0) + 1
    # sorting keeps the order of equals, which is the latest first
    frequent = sorted(latest, key=lambda same: -count[same])[:most]
    return [UnansweredRow(latest[same].text, count[same], latest[same].outcome, latest[same].id) for same in frequent]


def sameness(text: str) -> str:
    """What is equal for texts that count as the same."""
    return " ".join(text.casefold().split()).rstrip(CLOSING)
