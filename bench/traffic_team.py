"""A planned handoff and a planned agent, as they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bench.traffic_company import ZONE, Worker
from bench.traffic_happenings import Opening
from bench.traffic_world import Meeting

if TYPE_CHECKING:
    from bench.traffic_talk import Talk


@dataclass(eq=False)
class Handoff:
    """One that was made. ``stay`` counts changes of hands, so that whoever finds another number has lost it."""

    opening: Opening
    visitor: Talk
    made_at: datetime
    status: str = ""
    queue: str = ""
    topic: str = ""
    agent: Agent | None = None
    email: bool = False
    stay: int = 0
    since: datetime | None = None
    ever_missed: bool = False
    meeting: Meeting = field(default_factory=Meeting)

    @property
    def number(self) -> int:
        """Which one."""
        return self.opening.handoff

    @property
    def is_human(self) -> bool:
        """Whether a person has the conversation."""
        return self.status in ("queued", "assigned")


@dataclass(eq=False)
class Agent:
    """A worker on a day."""

    worker: Worker
    holds: list[Handoff] = field(default_factory=list)
    away: bool = False
    heard_at: datetime | None = None

    @property
    def name(self) -> str:
        """The username."""
        return self.worker.name

    def on_shift(self, at: datetime) -> bool:
        """Whether the desk is open and they take visitors."""
        wall = at.astimezone(ZONE)
        if self.away or wall.weekday() not in self.worker.days:
            return False
        return self.worker.begin <= wall.time() < self.worker.end

    def is_there(self, at: datetime) -> bool:
        """Whether the desk hears from them: on their shift, and until the last visitor of it is served."""
        return not self.away and (self.on_shift(at) or bool(self.holds))

    def looks_after(self, topic: str) -> bool:
        """Whether a topic is theirs."""
        return not self.worker.topics or topic in self.worker.topics
