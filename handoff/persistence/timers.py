"""What happens later, as rows: a worker that dies takes no timer with it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from handoff.persistence.insert_new import insert_into
from handoff.persistence.tables import timers
from handoff.service.ports import HandoffRecord, Timer

RUNNING, FIRED, STOPPED = "running", "fired", "stopped"

# Built once: each handoff sets some, and building a statement costs more than running it.
_ADD = insert(timers)
_DUE = (
    select(timers)
    .where(timers.c.status == RUNNING, timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
)


class TimerStore:
    """See :class:`handoff.service.ports.Timers`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def set(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        """Start the timer, or move the running one."""
        statement = _set(self._connection.dialect.name)
        self._connection.execute(statement, _values(kind, record, due_at, now))

    def start(self, kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> None:
        """Start the timer unless it runs."""
        running = self._connection.execute(
            select(timers.c.id).where(
                timers.c.handoff_id == record.id, timers.c.kind == kind, timers.c.status == RUNNING
            )
        ).first()
        if running is None:
            self._connection.execute(_ADD, _values(kind, record, due_at, now))

    def stop(self, handoff_id: str, *kinds: str) -> None:
        """Stop these timers, where they run."""
        self._connection.execute(
            update(timers)
            .where(timers.c.handoff_id == handoff_id, timers.c.kind.in_(kinds), timers.c.status == RUNNING)
            .values(status=STOPPED)
        )

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """Running timers whose time has come, the oldest first."""
        rows = self._connection.execute(_DUE, {"now": now, "most": limit})
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


@cache
def _set(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """Insert a running timer, or move the one that there is (``uq_timers_one_running``)."""
    statement = insert_into(dialect, timers)
    return statement.on_conflict_do_update(
        index_elements=[timers.c.handoff_id, timers.c.kind],
        index_where=text(f"status = '{RUNNING}'"),
        set_={"due_at": statement.excluded.due_at},
    )


def _values(kind: str, record: HandoffRecord, due_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "conversation_id": record.conversation_id,
        "handoff_id": record.id,
        "due_at": due_at,
        "status": RUNNING,
        "created_at": now,
    }
