"""Reads handoffs as far as metrics need them. Medians need every one, and of handoffs there are few."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, select

from handoff.domain.lifecycle import Status
from handoff.persistence.metric_scope import Scope
from handoff.persistence.tables import agents, handoffs, ratings

CLOSED_BY_AGENTS = (Status.RESOLVED.value, Status.HANDED_BACK.value)
WAS_QUEUED: ColumnElement[bool] = handoffs.c.queued_at.is_not(None)
"""It ever was in its queue: this is the latest time at which it came there."""
MISSED: ColumnElement[bool] = and_(WAS_QUEUED, handoffs.c.missed_at.is_not(None))
LEFT_QUEUE: ColumnElement[bool] = and_(WAS_QUEUED, func.coalesce(handoffs.c.left_from, "") == Status.QUEUED.value)
_COLUMNS = (
    "created_at",
    "assigned_at",
    "first_reply_at",
    "closed_at",
    "reply_open_seconds",
    "status",
    "agent_id",
)


class HandoffFact(NamedTuple):
    """One handoff: when each thing happened to it, None where it has not.

    Attributes:
        was_queued: whether it ever was in its queue.
        missed: whether nobody took it in time.
        left_queue: whether the visitor left while it was in its queue.
        reply_open_seconds: of opening hours, until the first reply.
        score: of the rating.
    """

    created_at: datetime
    assigned_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    reply_open_seconds: int | None
    status: str
    agent_id: str | None
    was_queued: bool
    missed: bool
    left_queue: bool
    score: int | None

    @property
    def reply_seconds(self) -> float | None:
        """From when it was made until the first reply."""
        return (self.first_reply_at - self.created_at).total_seconds() if self.first_reply_at else None

    @property
    def resolution_seconds(self) -> float | None:
        """From when it was made until an agent closed it."""
        if self.closed_at is None or self.status not in CLOSED_BY_AGENTS:
            return None
        return (self.closed_at - self.created_at).total_seconds()


def facts_of_handoffs(connection: Connection, scope: Scope) -> list[HandoffFact]:
    """All handoffs in ``scope``."""
    own = [handoffs.c[name] for name in _COLUMNS]
    # a look for each one, and no join: see metric_scope
    score = select(ratings.c.score).where(ratings.c.handoff_id == handoffs.c.id).correlate(handoffs).scalar_subquery()
    rows = connection.execute(select(*own, WAS_QUEUED, MISSED, LEFT_QUEUE, score).where(*scope.handoffs()))
    return [HandoffFact(*row) for row in rows]


def names_of_agents(connection: Connection) -> dict[str, str]:
    """How everybody who works here is called, by id; closed accounts too."""
    return {row.id: row.display_name for row in connection.execute(select(agents.c.id, agents.c.display_name))}
