"""What live screens are told: steps of handoffs, signals that matter for seconds only, and who is there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol

from handoff.persistence.signals import Signal
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.ports import Change, Clock


@dataclass(frozen=True)
class PresenceChange:
    """Somebody came, left, or said to be away or back."""


Update = Change | Signal | PresenceChange


class Position(NamedTuple):
    """How far the history and the signals were read."""

    changes: int
    signals: int


class Reading(NamedTuple):
    """What is new since a position."""

    changes: Sequence[Change]
    signals: Sequence[Signal]


class Source(Protocol):
    """Where live updates come from."""

    def latest(self) -> Position:
        """The position of now."""

    def since(self, position: Position) -> Reading:
        """What is new, each in order."""

    def who_is_there(self) -> Hashable:
        """Something that differs whenever an agent's presence does."""


@dataclass(frozen=True)
class LiveSource:
    """The database as a :class:`Source`; ``online_seconds`` is how long an agent counts as there."""

    uow: SqlUnitOfWork
    online_seconds: float
    clock: Clock

    def latest(self) -> Position:
        """The position of now."""
        with self.uow.read() as tx:
            return Position(tx.events.latest(), tx.signals.latest())

    def since(self, position: Position) -> Reading:
        """What is new, each in order."""
        with self.uow.read() as tx:
            return Reading(tx.events.since(position.changes), tx.signals.since(position.signals))

    def who_is_there(self) -> Hashable:
        """Which agents have the desk open, and what each says of being there."""
        since = self.clock() - timedelta(seconds=self.online_seconds)
        with self.uow.read() as tx:
            agents = tx.agents.all()
        return frozenset(
            (agent.id, agent.presence)
            for agent in agents
            if agent.active and agent.last_seen_at is not None and agent.last_seen_at >= since
        )
