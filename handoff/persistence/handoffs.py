"""Handoffs; every change of state is a compare-and-swap."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from handoff.domain.errors import NotFound
from handoff.domain.lifecycle import OPEN, Status
from handoff.persistence.tables import handoffs
from handoff.service.ports import HandoffRecord

_OPEN = [status.value for status in OPEN]


class HandoffStore:
    """See :class:`handoff.service.ports.Handoffs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: HandoffRecord) -> None:
        """Store a new handoff; the database refuses a second open one in a conversation."""
        self._connection.execute(insert(handoffs).values(**(asdict(record) | {"status": record.status.value})))

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
        self._connection.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**changes))


def _record(row: Row) -> HandoffRecord:  # type: ignore[type-arg]
    return HandoffRecord(**(dict(row._mapping) | {"status": Status(row.status)}))
