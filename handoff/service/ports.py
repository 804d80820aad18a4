"""What the use cases need from the outside, as protocols. ``handoff.persistence`` implements the stores."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from handoff.domain.conversion import Conversion
from handoff.domain.lifecycle import Status
from handoff.domain.live_chat import DESK
from handoff.domain.model import Agent, ConversationState, Message, Note, OpenRating, Owner, Presence, Sender
from handoff.domain.visits import Doubt, Outcome
from handoff.service.delivery_ports import ConnectorHealth, Links, Outbox


@dataclass(frozen=True)
class HandoffRecord:
    """One row of the table of handoffs.

    Attributes:
        opened_seq: the number of the last message before it.
        connector: the live chat that has it.
        told_seq: up to which message its package tells the story, where that is more than ``opened_seq``.
        reply_open_seconds: seconds of opening hours from ``created_at`` to ``first_reply_at``.
        missed_at: when nobody had taken it in time, the first time.
        left_from: the status in which the visitor cancelled it.
    """

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
    queued_at: datetime | None = None
    opens_at: datetime | None = None
    assigned_at: datetime | None = None
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None
    agent_seen_seq: int = 0
    search_text: str = ""
    connector: str = DESK
    told_seq: int = 0
    reply_open_seconds: int | None = None
    missed_at: datetime | None = None
    left_from: str | None = None

    @property
    def visitor_email(self) -> str | None:
        """Where the visitor can be written to."""
        email = self.package["visitor"]["email"]
        return str(email) if email else None


@dataclass(frozen=True)
class VisitorScreen:
    """What is known of a visitor's screen: when it was last heard from, and how far it has shown the conversation."""

    here_at: datetime | None
    seen_seq: int
    seen_at: datetime | None


@dataclass(frozen=True)
class Timer:
    """Something that happens to a handoff when the time has come."""

    id: int
    kind: str
    handoff_id: str
    conversation_id: str
    due_at: datetime


@dataclass(frozen=True)
class NewMessage:
    """A message before it has a place (``seq``) in its conversation.

    Attributes:
        page: where a visitor wrote it, without query and fragment.
        signals: what its frustration was made of.
        ranking: the likeliest intents of a visitor's message, the likeliest first: ``{"name", "confidence"}``.
        in_form: whether a form had asked.
        known: how likely the best answer is right, whatever the message is about; what abstaining goes by.
        response: the name of the response, where the assistant said one of the domain.
    """

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
    frustration: float | None = None
    page: str | None = None
    signals: tuple[str, ...] = ()
    ranking: list[dict[str, Any]] = field(default_factory=list)
    in_form: bool = False
    known: float | None = None
    response: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a message belongs for measuring: its visit, and for a visitor's message what became of it."""

    visit_id: int | None = None
    outcome: Outcome | None = None


NOWHERE = Place()
"""Of messages in no visit: said before any visitor wrote."""


@dataclass(frozen=True)
class Visit:
    """One row of the table of visits, as far as recording needs it; see :mod:`handoff.domain.visits`."""

    id: int
    conversation_id: str
    started_at: datetime
    last_at: datetime
    handoff_id: str | None
    topic: str | None
    last_message_id: str | None
    last_outcome: Outcome | None


@dataclass(frozen=True)
class RatedVisit:
    """A visit, as far as rating it matters. It can be rated where the assistant answered and no person came into it."""

    last_at: datetime
    can_be_rated: bool
    rated: bool


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

    def lock(self, conversation_id: str) -> bool:
        """Let no other transaction write to the conversation until this one ends; False when there is none."""

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

    def screen(self, conversation_id: str) -> VisitorScreen:
        """What is known of the visitor's screen."""

    def here(self, conversation_id: str, now: datetime) -> None:
        """The visitor's page was heard from."""

    def seen(self, conversation_id: str, seq: int, now: datetime) -> bool:
        """The visitor's page has shown everything up to ``seq``; False when that was known."""

    def count_transcript(self, conversation_id: str, most: int) -> bool:
        """Count a transcript that is sent by e-mail; False when there were ``most`` already."""


class Messages(Protocol):
    """The lines of conversations."""

    def add(self, message: NewMessage, place: Place = NOWHERE) -> Message | None:
        """Append; None when a message with this id exists already."""

    def doubt(self, message_id: str, doubt: Doubt) -> None:
        """Say of a visitor's message that its answer was probably wrong."""

    def find(self, message_id: str) -> Message | None:
        """The message with this id."""

    def after(self, conversation_id: str, seq: int) -> list[Message]:
        """Messages with a higher ``seq``, ascending."""

    def replies_to(self, message_id: str) -> list[Message]:
        """The assistant's messages that answer this one, in order."""

    def offered_payloads(self, conversation_id: str) -> dict[str, str]:
        """Payload to title of every button that the conversation was shown."""


class Visits(Protocol):
    """Visits, which everything that is measured is counted from."""

    def latest(self, conversation_id: str) -> Visit | None:
        """The latest visit of a conversation."""

    def begin(self, first: NewMessage, channel: str, variant: str | None, after: Visit | None) -> Visit:
        """Begin a visit with a visitor's message; the visit before ends in a return."""

    def count(
        self, visit: Visit, message: NewMessage, outcome: Outcome, *, frustrated: bool, doubt: bool, topic: str | None
    ) -> None:
        """Count one message of the visitor; ``topic`` and its intent are those of the first request."""

    def extend(self, visit_id: int, at: datetime) -> None:
        """Somebody else said something in it."""

    def hand_off(self, visit_id: int, handoff: HandoffRecord) -> None:
        """A handoff was made in it; only the first counts."""

    def begun_between(self, conversation_id: str, since: datetime, until: datetime) -> int | None:
        """The latest visit of a conversation that began in this time, both ends included."""

    def open_rating(self, conversation_id: str, since: datetime) -> int | None:
        """The latest visit of the conversation, if the visitor's last word in it was a thanks or a goodbye to the
        assistant, it went on since then, it can be rated, and it is not."""

    def rating_of(self, conversation_id: str, visit_id: int) -> RatedVisit | None:
        """What matters for rating a visit; None when the conversation has no such visit."""

    def rate(self, visit_id: int, score: int | None, comment: str | None, now: datetime) -> None:
        """Store what the visitor thought of a visit; ``None`` is a rating that was skipped."""


class Conversions(Protocol):
    """What visitors did that the shop wanted."""

    def add(self, conversion: Conversion, visit_id: int | None) -> bool:
        """Store it; False when one of this name and reference is there, where a server's word replaces a page's."""


class Handoffs(Protocol):
    """Handoffs and their states."""

    def add(self, record: HandoffRecord) -> None:
        """Store a new handoff."""

    def get(self, handoff_id: str) -> HandoffRecord:
        """The handoff, or NotFound."""

    def open_of(self, conversation_id: str) -> HandoffRecord | None:
        """The open handoff of a conversation."""

    def assigned_to(self, agent_id: str) -> list[HandoffRecord]:
        """The handoffs that an agent is in."""

    def place(self, record: HandoffRecord) -> int:
        """Place in its queue, from 1, in the order in which agents should take them."""

    def waiting_in(self, queue: str) -> list[str]:
        """The conversations that wait in a queue."""

    def recent_waits(self, queue: str | None, since: datetime, limit: int) -> list[float]:
        """Seconds from entering the queue to the first reply, of the latest that were answered; None: all queues."""

    def open_rating(self, conversation_id: str, since: datetime) -> OpenRating | None:
        """The latest handoff of the conversation, if an agent answered and resolved it and it is not rated."""

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


class Timers(Protocol):
    """What happens later. A handoff has one running timer of a kind at most."""

    def set(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        """Start the timer, or move the running one."""

    def start(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        """Start the timer unless it runs."""

    def stop(self, handoff_id: str, *kinds: str) -> None:
        """Stop these timers, where they run."""

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """Running timers whose time has come, the oldest first."""

    def postpone(self, timer: Timer, due_at: datetime) -> None:
        """Let a running timer wait until ``due_at``."""

    def fire(self, timer: Timer, now: datetime) -> bool:
        """Take the timer; False when it was taken, stopped or moved meanwhile."""


class Notes(Protocol):
    """What agents tell each other."""

    def add(self, note_id: str, handoff_id: str, conversation_id: str, agent_id: str, text: str, now: datetime) -> bool:
        """Store a note; False when one with this id exists."""

    def find(self, note_id: str) -> Note | None:
        """The note with this id."""


class Ratings(Protocol):
    """What visitors thought of it."""

    def add(self, handoff_id: str, conversation_id: str, score: int | None, comment: str | None, now: datetime) -> bool:
        """Store a rating, ``None`` for one that was skipped; False when the handoff has one."""


class Signals(Protocol):
    """What is worth knowing for seconds only."""

    def add(self, kind: str, conversation_id: str, handoff_id: str, data: dict[str, Any], now: datetime) -> None:
        """Tell agents' screens."""

    def sweep(self, before: datetime) -> None:
        """Forget what is older."""


class Agents(Protocol):
    """Agents, as far as use cases need them."""

    def get(self, agent_id: str) -> Agent | None:
        """The agent with this id."""

    def online(self, since: datetime) -> Iterable[Agent]:
        """Agents whose desk was heard from since then, and who did not say that they are away."""

    def set_presence(self, agent_id: str, presence: Presence) -> None:
        """What the agent says of being there."""

    def of_live_chat(self, connector: str, their_id: str, name: str, now: datetime) -> Agent:
        """The agent of a live chat, made known on first sight; a changed name is taken over."""


class Transaction(Protocol):
    """All stores, in one database transaction."""

    @property
    def conversations(self) -> Conversations:
        """Conversations."""

    @property
    def messages(self) -> Messages:
        """Messages."""

    @property
    def visits(self) -> Visits:
        """Visits."""

    @property
    def conversions(self) -> Conversions:
        """What visitors did that the shop wanted."""

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

    @property
    def timers(self) -> Timers:
        """What happens later."""

    @property
    def notes(self) -> Notes:
        """What agents tell each other."""

    @property
    def ratings(self) -> Ratings:
        """What visitors thought of it."""

    @property
    def signals(self) -> Signals:
        """What is worth knowing for seconds only."""

    @property
    def links(self) -> Links:
        """Counterparts of handoffs in live chats."""

    @property
    def health(self) -> ConnectorHealth:
        """How the connectors are."""


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
