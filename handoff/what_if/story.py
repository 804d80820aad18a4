"""What is stored of conversations, as far as a replay needs it: plain values, in the order in which things happened."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handoff.domain.lifecycle import Status


@dataclass(slots=True)
class Said:
    """One message of a visitor, as it was understood, and what followed.

    Attributes:
        visit: its visit; None for what was said before visits were counted.
        heard: the assistant heard it; false while a person had the conversation.
        answered: a request that the assistant understood and acted on.
        known: how likely the best answer is right, whatever the message is about; None where that was not kept.
        ranking: the likeliest intents as JSON, read only where it matters.
        doubt: the next message shows that the answer was probably wrong.
        replies: the names of the responses that the assistant gave, in order.
        decision: what the assistant decided about it, as :func:`handoff.domain.escalation_record.as_record` wrote it.
        handed_off: the trigger of the handoff that was made on it, if one was.
    """

    id: str
    visit: int | None
    at: datetime
    intent: str | None
    confidence: float | None
    frustration: float | None
    signals: tuple[str, ...]
    ranking: str | None
    in_form: bool
    heard: bool
    answered: bool
    known: float | None
    doubt: bool
    replies: tuple[str, ...] = ()
    decision: dict[str, Any] | None = None
    handed_off: str | None = None

    def likeliest(self) -> list[tuple[str, float]]:
        """What it could mean, with probabilities, the likeliest first; as many as are kept."""
        return [(str(one["name"]), float(one["confidence"])) for one in json.loads(self.ranking or "null") or []]


@dataclass(frozen=True, slots=True)
class Moved:
    """A handoff of the conversation took a step: where it stands from then on; None: it is over.

    ``anew``: the assistant takes the conversation over again, and what was said before counts no more. ``on`` is the
    message that made the handoff, where this is its first step.
    """

    at: datetime
    status: Status | None
    anew: bool
    on: str | None = None


@dataclass(slots=True)
class Story:
    """One conversation: what the visitor said, and the steps of its handoffs, each oldest first."""

    conversation_id: str
    said: list[Said] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit that is replayed."""

    id: int
    started_at: datetime
    page: str | None
    variant: str | None


QUEUED_BY = frozenset({"created", "opened", "asked_again", "released", "requeued"})
FIRST_STEPS = frozenset({"created", "scheduled"})
OVER = {"resolved": None, "handed_back": None, "cancelled": None}
RESTING = frozenset({Status.SCHEDULED, Status.MISSED, Status.FOLLOW_UP})
STEPS = (*sorted(QUEUED_BY), *OVER, "scheduled", "claimed", "missed", "follow_up", "transferred", "fell_back")
"""The kinds of events that say where a handoff stands."""


def moved(kind: str, data: dict[str, Any], at: datetime, before: Status | None) -> Moved:
    """Where a handoff stands after a step of its history.

    Args:
        kind: of the event.
        data: of the event. Whatever puts a handoff off until its queue opens says when that is.
        at: when it happened.
        before: where it stood.
    """
    if kind in OVER:
        return Moved(at, None, anew=True)
    if kind == "missed":
        return Moved(at, Status.MISSED, anew=True)
    if kind == "follow_up":
        return Moved(at, Status.FOLLOW_UP, anew=False)
    if kind == "claimed" or "to_agent" in data:
        return Moved(at, Status.ASSIGNED, anew=False)
    if kind == "scheduled" and before is None:
        return Moved(at, Status.SCHEDULED, anew=False)
    if kind == "scheduled" or data.get("opens_at"):
        return Moved(at, Status.SCHEDULED, anew=before not in RESTING)
    if kind not in QUEUED_BY and before in RESTING:
        return Moved(at, before, anew=False)  # passed to another queue while nobody is on the way
    return Moved(at, Status.QUEUED, anew=False)
