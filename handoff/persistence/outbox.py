"""What must still be delivered: in order per conversation and target, leased for one attempt at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from handoff.persistence.tables import outbox
from handoff.service.ports import OutboxRow

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"


class OutboxStore:
    """See :class:`handoff.service.ports.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        target: str,
        kind: str,
        conversation_id: str,
        handoff_id: str | None,
        payload: dict[str, Any],
        dedupe_key: str,
        now: datetime,
    ) -> None:
        """Append a row; a second one with the same key is ignored."""
        known = self._connection.execute(select(outbox.c.id).where(outbox.c.dedupe_key == dedupe_key)).first()
        if known is None:
            self._connection.execute(
                insert(outbox).values(
                    target=target,
                    kind=kind,
                    conversation_id=conversation_id,
                    handoff_id=handoff_id,
                    payload=payload,
                    dedupe_key=dedupe_key,
                    status=PENDING,
                    attempts=0,
                    due_at=now,
                    created_at=now,
                )
            )

    def due(self, now: datetime, limit: int, *, only: str | None = None, without: str | None = None) -> list[OutboxRow]:
        """The first undelivered row of each conversation and target, where it is due.

        Only the head of each line is eligible: a later message never overtakes an earlier one that failed.
        """
        heads = (
            select(func.min(outbox.c.id))
            .where(outbox.c.status == PENDING)
            .group_by(outbox.c.conversation_id, outbox.c.target)
        )
        query = select(outbox).where(outbox.c.id.in_(heads), outbox.c.due_at <= now).order_by(outbox.c.id).limit(limit)
        if only is not None:
            query = query.where(outbox.c.target == only)
        if without is not None:
            query = query.where(outbox.c.target != without)
        rows = self._connection.execute(query)
        return [
            OutboxRow(row.id, row.target, row.kind, row.conversation_id, row.handoff_id, row.payload, row.attempts)
            for row in rows
        ]

    def lease(self, row: OutboxRow, now: datetime, until: datetime) -> bool:
        """Take the row for one attempt; False when somebody else did.

        The attempt is counted before it happens, so that after a crash the next one knows it may be a repetition.
        """
        done = self._connection.execute(
            update(outbox)
            .where(
                outbox.c.id == row.id,
                outbox.c.status == PENDING,
                outbox.c.attempts == row.attempts,
                outbox.c.due_at <= now,
            )
            .values(attempts=row.attempts + 1, due_at=until)
        )
        return done.rowcount == 1

    def delivered(self, row_id: int, now: datetime) -> None:
        """Done."""
        self._finish(row_id, DELIVERED, delivered_at=now, last_error=None)

    def postpone(self, row_id: int, due_at: datetime, error: str) -> None:
        """Try again at ``due_at``."""
        self._finish(row_id, PENDING, due_at=due_at, last_error=error)

    def bury(self, row_id: int, now: datetime, error: str) -> None:
        """Give up: a dead letter, kept with its cause."""
        self._finish(row_id, DEAD, delivered_at=None, last_error=error)

    def payloads(self, handoff_id: str, target: str) -> list[dict[str, Any]]:
        """What was put in for one handoff and target, delivered or not."""
        found = self._connection.execute(
            select(outbox.c.payload).where(outbox.c.handoff_id == handoff_id, outbox.c.target == target)
        )
        return list(found.scalars())

    def release_all(self, now: datetime) -> int:
        """Make every leased row due at once; for the start of the only worker. Returns how many."""
        done = self._connection.execute(
            update(outbox).where(outbox.c.status == PENDING, outbox.c.due_at > now).values(due_at=now)
        )
        return done.rowcount

    def undelivered(self) -> int:
        """How many rows wait."""
        return self._connection.execute(
            select(func.count()).select_from(outbox).where(outbox.c.status == PENDING)
        ).scalar_one()

    def _finish(self, row_id: int, status: str, **values: Any) -> None:
        self._connection.execute(update(outbox).where(outbox.c.id == row_id).values(status=status, **values))
