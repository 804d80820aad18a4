"""Handoffs; every change of state is a compare-and-swap."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, insert, or_, select, update

from handoff.domain.errors import NotFound
from handoff.domain.lifecycle import OPEN, Status
from handoff.domain.model import OpenRating, UrgencyLevel
from handoff.persistence.tables import agents, handoffs, ratings
from handoff.service.ports import HandoffRecord

_OPEN = [status.value for status in OPEN]
_urgency_rank = case({level.value: level.rank for level in UrgencyLevel}, value=handoffs.c.urgency)
_COLUMNS = tuple(field.name for field in fields(HandoffRecord))


class HandoffStore:
    """See :class:`handoff.service.ports.Handoffs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: HandoffRecord) -> None:
        """Store a new handoff; the database refuses a second open one in a conversation."""
        values = {name: getattr(record, name) for name in _COLUMNS} | {"status": record.status.value}
        values["search_text"] = search_text(record.package)
        self._connection.execute(insert(handoffs).values(**values))

    def get(self, handoff_id: str) -> HandoffRecord:
        """The handoff, or NotFound."""
        row = self._connection.execute(select(handoffs).where(handoffs.c.id == handoff_id)).first()
        if row is None:
            raise NotFound(f"There is no handoff {handoff_id}. It may have been erased; go back to the queue.")
        return _record(row)

    def open_of(self, conversation_id: str) -> HandoffRecord | None:
        """The open handoff of a conversation."""
        row = self._connection.execute(
            select(handoffs).where(handoffs.c.conversation_id == conversation_id, handoffs.c.status.in_(_OPEN))
        ).first()
        return _record(row) if row else None

    def count_closed(self, conversation_id: str) -> int:
        """How often the conversation was with a person before."""
        return self._connection.execute(
            select(func.count())
            .select_from(handoffs)
            .where(handoffs.c.conversation_id == conversation_id, handoffs.c.status.not_in(_OPEN))
        ).scalar_one()

    def assigned_to(self, agent_id: str) -> list[HandoffRecord]:
        """The handoffs that an agent is in."""
        rows = self._connection.execute(
            select(handoffs).where(handoffs.c.agent_id == agent_id, handoffs.c.status == Status.ASSIGNED.value)
        )
        return [_record(row) for row in rows]

    def place(self, record: HandoffRecord) -> int:
        """Place in its queue, from 1: the most urgent come first, then who has waited longest since the beginning."""
        rank, at = UrgencyLevel(record.urgency).rank, record.created_at
        sooner = or_(handoffs.c.created_at < at, and_(handoffs.c.created_at == at, handoffs.c.id < record.id))
        ahead = select(func.count()).where(
            handoffs.c.queue == record.queue,
            handoffs.c.status == Status.QUEUED.value,
            or_(_urgency_rank > rank, and_(_urgency_rank == rank, sooner)),
        )
        return int(self._connection.execute(ahead).scalar_one()) + 1

    def waiting_in(self, queue: str) -> list[str]:
        """The conversations that wait in a queue."""
        found = select(handoffs.c.conversation_id).where(
            handoffs.c.queue == queue, handoffs.c.status == Status.QUEUED.value
        )
        return list(self._connection.execute(found).scalars())

    def recent_waits(self, queue: str | None, since: datetime, limit: int) -> list[float]:
        """Seconds from entering the queue to the first reply, of the latest that were answered; None: all queues."""
        query = (
            select(handoffs.c.queued_at, handoffs.c.first_reply_at)
            .where(handoffs.c.first_reply_at >= since, handoffs.c.queued_at <= handoffs.c.first_reply_at)
            .order_by(handoffs.c.first_reply_at.desc())
            .limit(limit)
        )
        if queue is not None:
            query = query.where(handoffs.c.queue == queue)
        return [(row.first_reply_at - row.queued_at).total_seconds() for row in self._connection.execute(query)]

    def open_rating(self, conversation_id: str, since: datetime) -> OpenRating | None:
        """The latest handoff of the conversation, if an agent answered and resolved it and it is not rated."""
        row = self._connection.execute(
            select(
                handoffs.c.id,
                handoffs.c.status,
                handoffs.c.first_reply_at,
                handoffs.c.closed_at,
                agents.c.display_name,
                ratings.c.handoff_id.label("rated"),
            )
            .select_from(
                handoffs.outerjoin(agents, agents.c.id == handoffs.c.agent_id).outerjoin(
                    ratings, ratings.c.handoff_id == handoffs.c.id
                )
            )
            .where(handoffs.c.conversation_id == conversation_id)
            .order_by(handoffs.c.created_at.desc())
            .limit(1)
        ).first()
        if row is None or row.status != Status.RESOLVED.value or row.rated or row.first_reply_at is None:
            return None
        return OpenRating(row.id, row.display_name or "") if row.closed_at >= since else None

    def move(self, handoff_id: str, source: Status, target: Status, **changes: Any) -> bool:
        """Compare and swap the status; False when it was no longer ``source``."""
        done = self._connection.execute(
            update(handoffs)
            .where(handoffs.c.id == handoff_id, handoffs.c.status == source.value)
            .values(status=target.value, **changes)
        )
        return done.rowcount == 1

    def update(self, handoff_id: str, **changes: Any) -> None:
        """Change columns that are no part of the lifecycle."""
        if "package" in changes:
            changes["search_text"] = search_text(changes["package"])
        self._connection.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**changes))


def search_text(package: dict[str, Any]) -> str:
    """What agents find a handoff by: who, what about, and the collected fields, in lower case."""
    visitor = package["visitor"]
    parts = [package["summary"]["headline"], visitor["name"], visitor["email"], visitor["phone"]]
    parts += [*package["fields"].values(), package["page"]["url"], package["page"]["title"]]
    return "\n".join(str(part) for part in parts if part).lower()


def _record(row: Row) -> HandoffRecord:  # type: ignore[type-arg]
    return HandoffRecord(**(dict(row._mapping) | {"status": Status(row.status)}))
