"""What is worth knowing for seconds only: somebody types, a screen has shown a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from handoff.persistence.tables import signals


@dataclass(frozen=True)
class Signal:
    """One of them; ``cursor`` only grows."""

    cursor: int
    kind: str
    handoff_id: str
    data: dict[str, Any]


class SignalStore:
    """See :class:`handoff.service.ports.Signals`; reading is for the desk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, kind: str, conversation_id: str, handoff_id: str, data: dict[str, Any], now: datetime) -> None:
        """Tell agents' screens."""
        self._connection.execute(
            insert(signals).values(kind=kind, conversation_id=conversation_id, handoff_id=handoff_id, data=data, at=now)
        )

    def latest(self) -> int:
        """Number of the newest, 0 when there is none."""
        return self._connection.execute(select(func.coalesce(func.max(signals.c.id), 0))).scalar_one()

    def since(self, cursor: int) -> list[Signal]:
        """Those after ``cursor``, in order."""
        rows = self._connection.execute(select(signals).where(signals.c.id > cursor).order_by(signals.c.id))
        return [Signal(row.id, row.kind, row.handoff_id, row.data) for row in rows]

    def sweep(self, before: datetime) -> None:
        """Forget what is older."""
        self._connection.execute(delete(signals).where(signals.c.at < before))
