"""What the API says of handoffs and takes for them, as pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from handoff.desk.schemas import Timestamp
from handoff.domain.lifecycle import Status
from handoff.service.desk_view import ByChat, ByEmail

CLIENT_ID_LIMIT = 64
NOTE_LIMIT = 4000  # as long as a reply

Sender = Literal["visitor", "assistant", "agent", "system"]
StatusFilter = Literal[
    "open",
    "waiting",
    "closed",
    "all",
    "queued",
    "assigned",
    "scheduled",
    "missed",
    "follow_up",
    "resolved",
    "handed_back",
    "cancelled",
]


class UrgencyOut(BaseModel):
    """How soon, and why."""

    level: str = Field(examples=["high"])
    reasons: list[str]


class AgentRef(BaseModel):
    """Who has a handoff."""

    id: str
    name: str


class LastMessage(BaseModel):
    """The latest words of a conversation."""

    from_: Sender = Field(serialization_alias="from")
    text: str
    at: Timestamp


class HandedOnOut(BaseModel):
    """How a handoff came to where it is now: by transfer or release."""

    by: str = Field(description="Display name of the agent who handed it on.")
    note: str | None = Field(description="What that agent noted along with it.")
    at: Timestamp


class Row(BaseModel):
    """One line of the queue."""

    id: str
    conversation_id: str
    status: Status
    claimable: bool = Field(description="It waits, so any agent may claim it.")
    queue: str
    topic: str
    team: str = Field(description="How visitors hear of the people behind the topic.", examples=["our support team"])
    urgency: UrgencyOut
    trigger: str
    headline: str
    visitor_name: str | None
    visitor_email: bool = Field(description="Whether the visitor can be written to by e-mail.")
    agent: AgentRef | None
    created_at: Timestamp
    assigned_at: Timestamp | None
    first_reply_at: Timestamp | None
    closed_at: Timestamp | None
    opens_at: Timestamp | None = Field(description="While scheduled: when its queue opens.")
    waiting_seconds: int | None = Field(description="For how long nobody has had it; null unless it waits.")
    agent_seen_seq: int = Field(description="How far the agent's screen has shown the conversation.")
    unread: int = Field(description="The visitor's messages since the agent's latest reply.")
    last_message: LastMessage | None
    handed_on: HandedOnOut | None = Field(description="Until somebody else takes it.")
    page_url: str | None
    page_title: str | None
    connector: str = Field(
        description="The live chat that has it, as `endpoints.yml` names it; `desk` for this one.", examples=["desk"]
    )


class DeliveryOut(BaseModel):
    """How far a message came."""

    chat: ByChat
    email: ByEmail | None = Field(description="null: it does not go by e-mail.")
    error: str | None = Field(description="What went wrong last, while it has not arrived.")


class MessageOut(BaseModel):
    """One line of a conversation."""

    id: str
    seq: int = Field(description="Counts from 1 without gaps in each conversation.")
    from_: Sender = Field(serialization_alias="from")
    text: str
    buttons: list[dict[str, str]]
    name: str | None = Field(description="Display name of the agent, where one is involved.")
    at: Timestamp
    client_message_id: str | None = Field(description="On the sender's own messages, to match what was sent.")
    intent: str | None = Field(description="What the assistant understood; on the visitor's messages.")
    confidence: float | None
    frustration: float | None = Field(description="From 0 (calm) to 1; null where nobody scored it.")
    delivery: DeliveryOut | None = Field(description="On agents' messages.")


class EventOut(BaseModel):
    """One step in the history of a handoff."""

    kind: str
    actor: str
    at: Timestamp
    data: dict[str, Any]


class NoteOut(BaseModel):
    """What an agent wrote for colleagues; visitors never see it."""

    id: str
    agent_name: str
    text: str
    at: Timestamp


class EarlierOut(BaseModel):
    """An earlier handoff of the same conversation or e-mail address."""

    id: str
    headline: str
    status: Status
    created_at: Timestamp
    closed_at: Timestamp | None
    agent_name: str | None
    rating: int | None = Field(description="1 to 5.")


class SuggestionOut(BaseModel):
    """An answer from the FAQ to something that the visitor asked and nobody has answered."""

    label: str = Field(description="How people say the intent.")
    text: str
    intent: str


class VisitorOut(BaseModel):
    """What is known of the visitor's screen."""

    here: bool | None = Field(description="Whether the page is open; null on channels that do not tell.")
    seen_seq: int = Field(description="How far the screen has shown the conversation; 0 on channels that do not tell.")
    seen_at: Timestamp | None


class RatingOut(BaseModel):
    """What the visitor thought of it."""

    score: int = Field(ge=1, le=5)
    comment: str | None
    at: Timestamp


class HandoffList(BaseModel):
    """The queue, most urgent and then longest waiting first."""

    handoffs: list[Row]


class HandoffOut(BaseModel):
    """One handoff, after a change."""

    handoff: Row


class HandoffDetailOut(BaseModel):
    """All that is known of one handoff."""

    handoff: Row
    package: dict[str, Any] = Field(description="Context package, valid against the JSON Schema handoff.context/1.")
    messages: list[MessageOut]
    events: list[EventOut]
    notes: list[NoteOut]
    earlier: list[EarlierOut] = Field(description="Newest first.")
    suggestions: list[SuggestionOut] = Field(description="For the visitor's latest messages, newest first.")
    visitor: VisitorOut
    rating: RatingOut | None
    intent_labels: dict[str, str] = Field(description="How people say the intents that occur here.")
    can_show_replies: bool = Field(description="Whether the visitor's channel can show what an agent writes.")
    email_enabled: bool = Field(description="Whether replies can go by e-mail to a visitor who has left.")


class Reply(BaseModel):
    """What an agent writes to the visitor."""

    text: str = Field(description="Plain text, at most 4000 characters.")
    client_message_id: str = Field(
        min_length=1,
        max_length=CLIENT_ID_LIMIT,
        description="Chosen by the sender; the same one again returns the same message and sends nothing twice.",
    )


class MessageSent(BaseModel):
    """The stored reply."""

    message: MessageOut


class NoteIn(BaseModel):
    """What an agent writes for colleagues."""

    text: str = Field(description="Plain text, at most 4000 characters.")
    client_note_id: str = Field(
        min_length=1, max_length=CLIENT_ID_LIMIT, description="The same one again stores nothing twice."
    )


class NoteStored(BaseModel):
    """The stored note."""

    note: NoteOut


class Release(BaseModel):
    """Back to the queue."""

    note: str = Field("", max_length=NOTE_LIMIT, description="For whoever takes it next.")


class Transfer(BaseModel):
    """To another queue or to a colleague; one of both."""

    queue: str | None = None
    agent_id: str | None = None
    note: str = Field("", max_length=NOTE_LIMIT, description="For whoever gets it.")


class Seen(BaseModel):
    """How far the agent's screen has shown the conversation."""

    seq: int = Field(ge=0, lt=2**31)


class Typing(BaseModel):
    """Whether the agent is typing."""

    on: bool
