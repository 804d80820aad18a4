"""The things that travel through the house, as plain immutable values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from handoff.domain.lifecycle import Status


class Sender(StrEnum):
    """Who said something."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    AGENT = "agent"
    SYSTEM = "system"


class Owner(StrEnum):
    """Who answers the visitor now."""

    ASSISTANT = "assistant"
    HUMAN = "human"


class TriggerKind(StrEnum):
    """Why a handoff starts."""

    EXPLICIT_REQUEST = "explicit_request"
    LOW_CONFIDENCE = "low_confidence"
    FRUSTRATION = "frustration"
    SENSITIVE_TOPIC = "sensitive_topic"
    SALES_INTENT = "sales_intent"


class UrgencyLevel(StrEnum):
    """How soon a person is needed; ordered from ``LOW`` to ``URGENT``."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Position in the order, 0 (low) to 3 (urgent)."""
        return list(UrgencyLevel).index(self)


@dataclass(frozen=True)
class Page:
    """The page a visitor wrote from."""

    url: str | None = None
    title: str | None = None
    referrer: str | None = None


@dataclass(frozen=True)
class Turn:
    """One utterance as Rasa's tracker knows it; the raw material of a context package.

    ``intent`` and ``confidence`` are set for the visitor only; ``guess`` is the likeliest intent of a message that was
    not understood. ``payload`` is true when a button was pressed, or counted off ("the second one"); ``text`` then has
    its title.
    ``frustration`` is the score of the message from 0 (calm) to 1, None where nobody scored it, and ``signals`` are
    what the score was made of, for example ``shouting``.
    """

    sender: Sender
    text: str
    at: datetime
    message_id: str | None = None
    intent: str | None = None
    confidence: float | None = None
    payload: bool = False
    guess: str | None = None
    frustration: float | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One fact that caused a trigger: the visitor's words and the score behind it, where there is one.

    ``frustration`` and ``signals`` are set where they caused the handoff; see :class:`Turn`.
    """

    text: str
    reason: str
    intent: str | None = None
    confidence: float | None = None
    frustration: float | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trigger:
    """Why a handoff starts, always with evidence."""

    kind: TriggerKind
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Urgency:
    """How soon, and why."""

    level: UrgencyLevel
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Visitor:
    """What is known of the visitor."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    timezone: str | None = None
    previous_handoffs: int = 0


@dataclass(frozen=True)
class Message:
    """One line of a conversation as visitor and agent see it. ``seq`` counts from 1 without gaps per conversation."""

    id: str
    conversation_id: str
    seq: int
    sender: Sender
    text: str
    at: datetime
    buttons: list[dict[str, str]] = field(default_factory=list)
    name: str | None = None
    client_message_id: str | None = None
    intent: str | None = None
    confidence: float | None = None
    in_reply_to: str | None = None
    frustration: float | None = None


class Presence(StrEnum):
    """What an agent says of being there; whether the desk is open is known besides."""

    ONLINE = "online"
    AWAY = "away"


@dataclass(frozen=True)
class ConversationState:
    """Who owns a conversation and how far its open handoff is; ``connector`` is the live chat that has it."""

    owner: Owner
    status: Status | None = None
    topic: str | None = None
    handoff_id: str | None = None
    agent_name: str | None = None
    since: datetime | None = None
    trigger_message_id: str | None = None
    connector: str | None = None


@dataclass(frozen=True)
class Wait:
    """What a waiting visitor is told: the place in the queue, and minutes where there is something to base them on.

    ``late`` says that this visitor has waited longer than is usual, so that no number would be honest.
    """

    position: int
    minutes: int | None = None
    late: bool = False


@dataclass(frozen=True)
class OpenRating:
    """A handoff that its visitor may still rate."""

    handoff_id: str
    agent_name: str


@dataclass(frozen=True)
class OpenVisitRating:
    """A visit without a person that its visitor may still rate."""

    visit_id: int


@dataclass(frozen=True)
class VisitorState:
    """All that a visitor's screen shows about whom they talk to.

    Attributes:
        conversation: who owns it, and the open handoff.
        team: how visitors hear of the people behind the topic, for example "our support team".
        wait: while queued.
        opens_at: while scheduled.
        can_cancel: whether the visitor may go on with the assistant instead.
        email_known: whether the open handoff has an address to write to.
        agent_online: while waiting, whether somebody who could take it has the desk open.
        agent_seen: the highest number of a message that the agent has seen.
        rating: a handoff that is over and not rated, or else such a visit with the assistant alone.
    """

    conversation: ConversationState
    team: str | None = None
    wait: Wait | None = None
    opens_at: datetime | None = None
    can_cancel: bool = False
    email_known: bool = False
    agent_online: bool | None = None
    agent_seen: int | None = None
    rating: OpenRating | OpenVisitRating | None = None


@dataclass(frozen=True)
class Note:
    """What agents tell each other about a handoff; visitors never see it."""

    id: str
    handoff_id: str
    agent_name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Agent:
    """A human who answers. ``topics`` are those the agent looks after; empty means all.

    ``connector`` is the live chat in which the agent works, None for an agent of the desk.
    """

    id: str
    username: str
    display_name: str
    role: str = "agent"
    topics: tuple[str, ...] = ()
    presence: Presence = Presence.ONLINE
    active: bool = True
    last_seen_at: datetime | None = field(default=None, compare=False)
    connector: str | None = None

    def looks_after(self, topic: str) -> bool:
        """Whether handoffs of this topic are for this agent."""
        return not self.topics or topic in self.topics


@dataclass(frozen=True)
class HandoffRequest:
    """What ``action_handoff`` knows when it asks for a person.

    ``trigger`` is set when a graded decision led here (low confidence, frustration), and ``because`` then holds the ids
    of the messages behind it; otherwise the reason is read off the turns. ``fields`` are the filled slots that are
    worth showing.
    """

    conversation_id: str
    channel: str
    turns: tuple[Turn, ...]
    visitor: Visitor = Visitor()
    page: Page = Page()
    fields: dict[str, str] = field(default_factory=dict)
    trigger: TriggerKind | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandoffOutcome:
    """What came of a request.

    Attributes:
        created: false when a handoff was open already.
        agents_online: whether somebody who looks after the topic has the desk open.
        status: queued, or scheduled outside the opening hours.
        reopened: an open handoff that had been missed, scheduled or left for later is back in the queue.
        opens_words: when the team is back, in the visitor's own time: "tomorrow at 09:00 your time"; while scheduled.
        closed_because: the name of the holiday, where that is why the team is not there.
        wait: while queued.
        team: how visitors hear of the people behind the topic.
    """

    handoff_id: str
    topic: str
    queue: str
    created: bool
    agents_online: bool
    trigger: TriggerKind
    status: Status = Status.QUEUED
    reopened: bool = False
    opens_words: str = ""
    closed_because: str | None = None
    wait: Wait | None = None
    team: str = "our team"
    package: dict[str, Any] = field(default_factory=dict)
