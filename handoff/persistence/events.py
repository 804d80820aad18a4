"""The history of handoffs, which also tells the desk what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from handoff.persistence.tables import events
from handoff.service.ports import Change, HandoffEvent

ORDER_LOCK = 7_466_182  # any fixed number that only this program uses

# Built once: they run for each step, and building a statement costs more than running it.
_IN_ORDER = text("SELECT pg_advisory_xact_lock(:key)")
_ADD = insert(events)


class EventStore:
    """See :class:`handoff.service.ports.Events`; reading is for the desk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
        if self._connection.dialect.name == "postgresql":
            # numbers must become visible in order, or a reader that polls "after N" would miss one
            self._connection.execute(_IN_ORDER, {"key": ORDER_LOCK})
        self._connection.execute(
            _ADD,
            {
                "kind": kind,
                "conversation_id": conversation_id,
                "handoff_id": handoff_id,
                "actor": actor,
                "at": now,
                "data": data or {},
            },
        )

    def latest(self) -> int:
        """Number of the newest event, 0 when there is none."""
        return self._connection.execute(select(func.coalesce(func.max(events.c.id), 0))).scalar_one()

    def since(self, cursor: int) -> list[Change]:
        """Events of handoffs after ``cursor``, in order."""
        rows = self._connection.execute(
            select(events.c.id, events.c.kind, events.c.handoff_id)
            .where(events.c.id > cursor, events.c.handoff_id.is_not(None))
            .order_by(events.c.id)
        )
        return [Change(row.id, row.kind, row.handoff_id) for row in rows]

    def of_handoff(self, handoff_id: str) -> list[HandoffEvent]:
        """The history of one handoff, oldest first."""
        rows = self._connection.execute(select(events).where(events.c.handoff_id == handoff_id).order_by(events.c.id))
        return [HandoffEvent(row.kind, row.actor, row.at, row.data) for row in rows]
