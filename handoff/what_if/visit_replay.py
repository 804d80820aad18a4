"""What became of one visit, and what would have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from handoff.what_if.story import VisitFacts


@dataclass(frozen=True, slots=True)
class Handover:
    """A person comes: at which message of the visit, and why."""

    position: int
    at: datetime
    message_id: str
    trigger: str


@dataclass(frozen=True, slots=True)
class OfferChange:
    """An offer of a person that would have been made, or not."""

    position: int
    message_id: str
    trigger: str


@dataclass
class Reread:
    """Messages that would be read differently at another threshold."""

    withheld: int = 0
    doubted: int = 0
    expected_wrong: float = 0.0
    answered: int = 0
    expected_new_wrong: float = 0.0
    measured: int = 0
    guessed: int = 0


@dataclass
class VisitReplay:
    """What became of one visit, and what would have.

    Attributes:
        recorded: the first handoff that was made in it.
        other: the first that would have been.
        parted: the message at which the ways part; 0 when they never do.
        exact: whether that is certain; else an estimate.
        unsure: what came before it could not be explained, or was said after an earlier visit had changed.
        decisions: messages on which something was decided, recorded or replayed.
        reproduced: those where both are the same.
        made: decisions that were recorded.
        cut: a handoff would not have been made, and what the visitor would have said then is unknown.
    """

    conversation_id: str
    facts: VisitFacts
    recorded: Handover | None = None
    other: Handover | None = None
    more_offers: list[OfferChange] = field(default_factory=list)
    fewer_offers: list[OfferChange] = field(default_factory=list)
    parted: int = 0
    exact: bool = True
    unsure: bool = False
    decisions: int = 0
    reproduced: int = 0
    made: int = 0
    cut: bool = False
    messages: int = 0
    reread: Reread = field(default_factory=Reread)
