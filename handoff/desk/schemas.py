"""What goes over the desk's API, as pydantic models; the OpenAPI description is made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer, SecretStr, WithJsonSchema

from handoff.domain.context import iso

CLIENT_MESSAGE_ID_LIMIT = 64
USERNAME_LIMIT = 64
PASSWORD_LIMIT = 1024  # longer ones would only keep argon2 busy

Timestamp = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T20:15:00.000Z"]}),
]
Sender = Literal["visitor", "assistant", "agent", "system"]
StatusFilter = Literal["open", "queued", "assigned", "closed"]


class ErrorDetail(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable name for programs, for example `already_claimed`.")
    message: str = Field(description="For people: what, and what to do about it.")


class ErrorBody(BaseModel):
    """The shape of every error."""

    error: ErrorDetail


ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": ErrorBody, "description": "Any error, with the HTTP status that fits."}
}


class Credentials(BaseModel):
    """What an agent logs in with."""

    username: str = Field(min_length=1, max_length=USERNAME_LIMIT)
    password: SecretStr = Field(min_length=1, max_length=PASSWORD_LIMIT)


class AgentOut(BaseModel):
    """An agent."""

    id: str
    username: str
    display_name: str = Field(description="The name that visitors see.")
    role: str
    topics: list[str] = Field(description="Topics the agent looks after; empty means all.")


class Me(BaseModel):
    """The agent who is logged in."""

    agent: AgentOut
    csrf: str = Field(description="Goes into the header X-CSRF-Token of every request that changes something.")


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


class Row(BaseModel):
    """One line of the queue."""

    id: str
    conversation_id: str
    status: str = Field(description="queued, assigned, resolved or handed_back.")
    queue: str
    topic: str
    urgency: UrgencyOut
    trigger: str
    headline: str
    visitor_name: str | None
    agent: AgentRef | None
    created_at: Timestamp
    closed_at: Timestamp | None
    waiting_seconds: int | None = Field(description="Since when nobody has it, in seconds; null once it is claimed.")
    unread: int = Field(description="The visitor's messages since the agent's latest reply.")
    last_message: LastMessage | None
    page_url: str | None
    page_title: str | None


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


class EventOut(BaseModel):
    """One step in the history of a handoff."""

    kind: str
    actor: str
    at: Timestamp
    data: dict[str, Any]


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
    intent_labels: dict[str, str] = Field(description="How people say the intents that occur here.")
    can_show_replies: bool = Field(description="Whether the visitor's channel can show what an agent writes.")


class Reply(BaseModel):
    """What an agent writes to the visitor."""

    text: str = Field(description="Plain text, at most 4000 characters.")
    client_message_id: str = Field(
        min_length=1,
        max_length=CLIENT_MESSAGE_ID_LIMIT,
        description="Chosen by the sender; the same one again returns the same message and sends nothing twice.",
    )


class MessageSent(BaseModel):
    """The stored reply."""

    message: MessageOut


class Health(BaseModel):
    """The desk is up."""

    status: Literal["ok"] = "ok"
