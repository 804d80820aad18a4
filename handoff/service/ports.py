"""What the use cases need from the outside, as protocols. ``handoff.persistence`` implements the stores."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from handoff.domain.lifecycle import Status
from handoff.domain.model import Agent, ConversationState, Message, Owner, Sender

DESK_TARGET = "connector:desk"
"""Outbox target of handoffs and visitors' messages: the connector that serves every queue today."""


@dataclass(frozen=True)
class HandoffRecord:
    """One row of the table of handoffs. ``opened_seq`` is the number of the last message before it."""

    id: str
    conversation_id: str
    status: Status
    trigger: str
    topic: str
    queue: str
    urgency: str
    package: dict[str, Any]
    trigger_message_id: str | None
    opened_seq: int
    agent_id: str | None
    created_at: datetime
    assigned_at: datetime | None = None
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class NewMessage:
    """A message before it has a place (``seq``) in its conversation."""

    id: str
    conversation_id: str
    sender: Sender
    text: str
    at: datetime
    buttons: list[dict[str, str]] = field(default_factory=list)
    name: str | None = None
    agent_id: str | None = None
    handoff_id: str | None = None
    client_message_id: str | None = None
    in_reply_to: str | None = None
    intent: str | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class OutboxRow:
    """Something that must still be delivered. ``attempts`` counts those begun before this one."""

    id: int
    target: str
    kind: str
    conversation_id: str
    handoff_id: str | None
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True)
class Change:
    """Something that an agent's screen wants to know; ``cursor`` only grows."""

    cursor: int
    kind: str
    handoff_id: str


@dataclass(frozen=True)
class HandoffEvent:
    """One step in the history of a handoff: what, who, when, why."""

    kind: str
    actor: str
    at: datetime
    data: dict[str, Any]


class Conversations(Protocol):
    """Conversations and who owns them."""

    def ensure(self, conversation_id: str, channel: str, now: datetime) -> None:
        """Create the conversation unless it exists, and let no other transaction write to it until this one ends."""

    def lock(self, conversation_id: str) -> None:
        """Let no other transaction write to the conversation until this one ends."""

    def last_seq(self, conversation_id: str) -> int:
        """The number of the latest message, 0 when there is none."""

    def locale_of(self, conversation_id: str) -> tuple[str | None, str | None]:
        """(locale, timezone) that the visitor's browser told, if any."""

    def set_locale(self, conversation_id: str, locale: str | None, timezone: str | None) -> None:
        """Remember what the visitor's browser told."""

    def set_owner(self, conversation_id: str, owner: Owner) -> None:
        """Say who answers the visitor from now on."""

    def state(self, conversation_id: str) -> ConversationState:
        """Who owns the conversation and how far its open handoff is; an unknown one belongs to the assistant."""


class Messages(Protocol):
    """The lines of conversations."""

    def add(self, message: NewMessage) -> Message | None:
        """Append; None when a message with this id exists already."""

    def find(self, message_id: str) -> Message | None:
        """The message with this id."""

    def after(self, conversation_id: str, seq: int) -> list[Message]:
        """Messages with a higher ``seq``, ascending."""

    def replies_to(self, message_id: str) -> list[Message]:
        """The assistant's messages that answer this one, in order."""

    def offered_payloads(self, conversation_id: str) -> dict[str, str]:
        """Payload to title of every button that the conversation was shown."""


class Handoffs(Protocol):
    """Handoffs and their states."""

    def add(self, record: HandoffRecord) -> None:
        """Store a new handoff."""

    def get(self, handoff_id: str) -> HandoffRecord:
        """The handoff, or NotFound."""

    def open_of(self, conversation_id: str) -> HandoffRecord | None:
        """The open handoff of a conversation."""

    def count_closed(self, conversation_id: str) -> int:
        """How often the conversation was with a person before."""

    def move(self, handoff_id: str, source: Status, target: Status, **changes: Any) -> bool:
        """Compare and swap the status; False when it was no longer ``source``."""

    def update(self, handoff_id: str, **changes: Any) -> None:
        """Change columns that are no part of the lifecycle."""


class Events(Protocol):
    """The history."""

    def add(
        self,
        kind: str,
        *,
        conversation_id: str,
        handoff_id: str | None,
        actor: str,
        now: datetime,
        data: dict[str, Any] | None = None,
    ) -> None:
        """Append one event."""


class Outbox(Protocol):
    """What must still be delivered."""

    def add(
        self,
        *,
        target: str,
        kind: str,
        conversation_id: str,
        handoff_id: str | None,
        payload: dict[str, Any],
        dedupe_key: str,
        now: datetime,
    ) -> None:
        """Append a row; a second one with the same key is ignored."""

    def due(self, now: datetime, limit: int) -> list[OutboxRow]:
        """The first undelivered row of each conversation and target, where it is due."""

    def lease(self, row: OutboxRow, now: datetime, until: datetime) -> bool:
        """Take the row for one attempt; False when somebody else did."""

    def delivered(self, row_id: int, now: datetime) -> None:
        """Done."""

    def postpone(self, row_id: int, due_at: datetime, error: str) -> None:
        """Try again at ``due_at``."""

    def bury(self, row_id: int, now: datetime, error: str) -> None:
        """Give up: a dead letter, kept with its cause."""


class Agents(Protocol):
    """Agents, as far as use cases need them."""

    def get(self, agent_id: str) -> Agent | None:
        """The agent with this id."""

    def online(self, since: datetime) -> Iterable[Agent]:
        """Agents whose desk was heard from since then."""


class Transaction(Protocol):
    """All stores, in one database transaction."""

    @property
    def conversations(self) -> Conversations:
        """Conversations."""

    @property
    def messages(self) -> Messages:
        """Messages."""

    @property
    def handoffs(self) -> Handoffs:
        """Handoffs."""

    @property
    def events(self) -> Events:
        """History."""

    @property
    def outbox(self) -> Outbox:
        """What must be delivered."""

    @property
    def agents(self) -> Agents:
        """Agents."""


class UnitOfWork(Protocol):
    """Opens transactions."""

    def write(self) -> AbstractContextManager[Transaction]:
        """A transaction that commits at the end of the block, and rolls back on an error."""

    def read(self) -> AbstractContextManager[Transaction]:
        """A consistent view for reading."""


class Texts(Protocol):
    """Sentences that visitors see, from ``data/responses``."""

    def text(self, name: str, pick: str, **values: str) -> str:
        """The response ``name`` with ``values`` filled in; ``pick`` chooses the variant, the same each time."""


class Clock(Protocol):
    """The time."""

    def __call__(self) -> datetime:
        """Now, timezone-aware."""
