"""What the desk shows: the queue, one handoff with everything about it, the people, and their canned replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from handoff.domain.model import Agent, Message, Note, Sender
from handoff.service.ports import HandoffEvent, VisitorScreen

ByEmail = Literal["waiting", "sent", "failed"]
ByChat = Literal["waiting", "sent", "failed", "not_possible"]


@dataclass(frozen=True)
class LastLine:
    """The latest words of a conversation."""

    sender: Sender
    text: str
    at: datetime


@dataclass(frozen=True)
class HandedOn:
    """How a handoff came to whoever has it now, or to the queue it waits in: who gave it, and what they noted."""

    by: str
    note: str | None
    at: datetime


@dataclass(frozen=True)
class HandoffRow:
    """One line of the queue. ``waiting_since`` is set while nobody has it, ``opens_at`` while it is scheduled.

    ``connector`` is the live chat that has it, ``desk`` for this one.
    """

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
    visitor_email: str | None
    agent_id: str | None
    agent_name: str | None
    created_at: datetime
    waiting_since: datetime | None
    opens_at: datetime | None
    assigned_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    agent_seen_seq: int
    unread: int
    last_message: LastLine | None
    handed_on: HandedOn | None
    page_url: str | None
    page_title: str | None
    connector: str


@dataclass(frozen=True)
class HandoffDetail:
    """One handoff: its row, the context package, the conversation and the history."""

    handoff: HandoffRow
    package: dict[str, Any]
    messages: list[Message]
    events: list[HandoffEvent]


@dataclass(frozen=True)
class EarlierHandoff:
    """Another handoff of the same visitor, from before. ``rating`` is 1 to 5."""

    id: str
    headline: str
    status: str
    created_at: datetime
    closed_at: datetime | None
    agent_name: str | None
    rating: int | None


@dataclass(frozen=True)
class Rating:
    """What the visitor thought of it, 1 to 5."""

    score: int
    comment: str | None
    at: datetime


@dataclass(frozen=True)
class Delivery:
    """How far an agent's message came.

    Attributes:
        chat: sent, waiting, failed or not_possible (the channel cannot show it).
        email: None when it does not go by e-mail; else waiting, sent or failed.
        error: what went wrong last, while it has not arrived.
    """

    chat: ByChat
    email: ByEmail | None = None
    error: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """An answer from the FAQ to something that the visitor asked."""

    intent: str
    text: str


@dataclass(frozen=True)
class Surroundings:
    """What else is known around a handoff. ``deliveries`` is by message id."""

    notes: list[Note]
    earlier: list[EarlierHandoff]
    rating: Rating | None
    screen: VisitorScreen
    deliveries: dict[str, Delivery]
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class Colleague:
    """An agent, and how busy. ``online`` says that the desk is open, whether or not the agent is away."""

    agent: Agent
    online: bool
    open_handoffs: int


@dataclass(frozen=True)
class QueueView:
    """A queue, whether it is open, and how many wait for how many. ``connector`` is the live chat that serves it."""

    name: str
    topics: tuple[str, ...]
    team: str
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    closed_because: str | None
    waiting: int
    agents_online: int
    connector: str


@dataclass(frozen=True)
class CannedDraft:
    """What an agent writes down as a canned reply; without a ``queue`` it is for all."""

    shortcut: str
    title: str
    text: str
    queue: str | None = None


@dataclass(frozen=True)
class CannedReply:
    """A canned reply. ``updated_by`` is a name, None for those that came with the product."""

    id: str
    shortcut: str
    title: str
    text: str
    queue: str | None
    updated_by: str | None
    updated_at: datetime
