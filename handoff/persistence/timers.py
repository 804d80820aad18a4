"""What happens later, as rows: a worker that dies takes no timer with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from handoff.persistence.tables import timers
from handoff.service.ports import HandoffRecord, Timer

RUNNING, FIRED, STOPPED = "running", "fired", "stopped"


class TimerStore:
    """See :class:`handoff.service.ports.Timers`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        """Start the timer, or move the running one."""
        moved = self._connection.execute(
            update(timers)
            .where(timers.c.handoff_id == record.id, timers.c.kind == kind, timers.c.status == RUNNING)
            .values(due_at=due_at)
        )
        if moved.rowcount == 0:
            self._add(kind, record, due_at, now)

    def start(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        """Start the timer unless it runs."""
        running = self._connection.execute(
            select(timers.c.id).where(
                timers.c.handoff_id == record.id, timers.c.kind == kind, timers.c.status == RUNNING
            )
        ).first()
        if running is None:
            self._add(kind, record, due_at, now)

    def stop(self, handoff_id: str, *kinds: str) -> None:
        """Stop these timers, where they run."""
        self._connection.execute(
            update(timers)
            .where(timers.c.handoff_id == handoff_id, timers.c.kind.in_(kinds), timers.c.status == RUNNING)
            .values(status=STOPPED)
        )

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """Running timers whose time has come, the oldest first."""
        rows = self._connection.execute(
            select(timers)
            .where(timers.c.status == RUNNING, timers.c.due_at <= now)
            .order_by(timers.c.due_at, timers.c.id)
            .limit(limit)
        )
        return [Timer(row.id, row.kind, row.handoff_id, row.conversation_id, row.due_at) for row in rows]

    def postpone(self, timer: Timer, due_at: datetime) -> None:
        """Let a running timer wait until ``due_at``."""
        self._connection.execute(
            update(timers).where(timers.c.id == timer.id, timers.c.status == RUNNING).values(due_at=due_at)
        )

    def fire(self, timer: Timer, now: datetime) -> bool:
        """Take the timer; False when it was taken, stopped or moved meanwhile."""
        done = self._connection.execute(
            update(timers)
            .where(timers.c.id == timer.id, timers.c.status == RUNNING, timers.c.due_at == timer.due_at)
            .values(status=FIRED, fired_at=now)
        )
        return done.rowcount == 1

    def _add(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        self._connection.execute(
            insert(timers).values(
                kind=kind,
                conversation_id=record.conversation_id,
                handoff_id=record.id,
                due_at=due_at,
                status=RUNNING,
                created_at=now,
            )
        )
