"""What the API says of deliveries, as pydantic models."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from handoff.desk.schemas import Timestamp

ConnectorCondition = Literal["ok", "trouble", "resting", "gone"]


class WaitingOut(BaseModel):
    """What is on its way."""

    waiting: int = Field(description="What is not delivered yet.")
    waiting_since: Timestamp | None = Field(description="When the oldest of that was put in.")
    next_try_seconds: int | None = Field(description="Until the next attempt, 0 for now; null when nothing waits.")


class ConnectorOut(WaitingOut):
    """A live chat and how it is."""

    name: str = Field(description="As `endpoints.yml` names it.")
    type: str | None = Field(description="What is written there as its type; null when it is not in there any more.")
    state: ConnectorCondition = Field(
        description="`resting`: left alone until `open_until`; `gone`: not in `endpoints.yml`, but something waits."
    )
    failures: int = Field(description="Attempts in a row that failed.")
    down_since: Timestamp | None = Field(description="When the first of them was.")
    open_until: Timestamp | None = Field(description="Nothing is sent before then.")
    last_error: str | None
    last_ok_at: Timestamp | None = Field(description="When something was delivered last, to the minute.")
    fallback: str = Field(description="Who takes over when it stays down.")
    serves: list[str] = Field(description="Queues.")
    after_hours: bool = Field(description="It gets what comes outside of opening hours, of every queue.")
    notifies: bool = Field(description="It is told of each new handoff; nobody answers there.")


class OwnTargetOut(WaitingOut):
    """A way to visitors."""

    name: Literal["visitors", "email"] = Field(description="`visitors`: their chat, through the Rasa server.")
    set_up: bool = Field(description="Whether `endpoints.yml` says how; always true of `visitors`.")
    state: Literal["ok", "trouble"]
    last_error: str | None = Field(description="What went wrong last with what waits.")


class DeadLetterOut(BaseModel):
    """Something that was given up."""

    id: int
    target: str = Field(description="`rasa` (visitors), `email`, or `connector:` and a name.")
    kind: str = Field(description="What it was.", examples=["open"])
    conversation_id: str
    handoff_id: str | None
    headline: str | None = Field(description="Of its handoff, where there is one.")
    attempts: int
    error: str = Field(description="Why it was given up.")
    created_at: Timestamp
    can_retry: bool
    why_not: str | None = Field(description="For people: why it must not be delivered any more.")


class DeliveriesOut(BaseModel):
    """How everything that leaves the desk is doing."""

    connectors: list[ConnectorOut]
    own: list[OwnTargetOut]
    dead_letters: list[DeadLetterOut] = Field(description="The latest 100, the latest first.")
    dead_letters_total: int
