"""Short ways to write a conversation in a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handoff.domain.model import Sender, Turn

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def visitor(
    text: str,
    intent: str | None = None,
    confidence: float | None = 0.9,
    *,
    minute: int = 0,
    frustration: float | None = None,
    signals: tuple[str, ...] = (),
) -> Turn:
    at = START + timedelta(minutes=minute)
    scored = {"frustration": frustration, "signals": signals}
    return Turn(Sender.VISITOR, text, at, f"m-{text}", intent, confidence, **scored)  # type: ignore[arg-type]


def assistant(text: str) -> Turn:
    return Turn(Sender.ASSISTANT, text, START)


ORDER_STORY = (
    visitor("how long does delivery take?", "faq/delivery_time"),
    assistant("Three to five working days."),
    visitor("where is my order?", "track_order"),
    assistant("Which order is it?"),
    visitor("FW-104233", "inform"),
    assistant("Noted."),
    visitor("this is useless, let me talk to a human", "request_human", frustration=0.8),
)
