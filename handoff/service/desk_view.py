"""What the desk shows: the queue, and one handoff with everything about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handoff.domain.model import Message


@dataclass(frozen=True)
class HandoffRow:
    """One line of the queue."""

    id: str
    conversation_id: str
    status: str
    queue: str
    topic: str
    urgency_level: str
    urgency_reasons: list[str]
    trigger: str
    headline: str
    visitor_name: str | None
    agent_id: str | None
    agent_name: str | None
    created_at: datetime
    waiting_since: datetime | None
    closed_at: datetime | None
    unread: int
    last_message: Message | None
    page_url: str | None
    page_title: str | None


@dataclass(frozen=True)
class HandoffDetail:
    """One handoff: its row, the context package, the conversation and the history."""

    handoff: HandoffRow
    package: dict[str, Any]
    messages: list[Message]
    events: list[Any]
