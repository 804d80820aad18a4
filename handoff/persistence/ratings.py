"""What visitors thought of a handoff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from handoff.persistence.tables import ratings

_INSERT = {
    "sqlite": sqlite.insert(ratings).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ratings).on_conflict_do_nothing(),
}


class RatingStore:
    """See :class:`handoff.service.ports.Ratings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, handoff_id: str, conversation_id: str, score: int | None, comment: str | None, now: datetime) -> bool:
        """Store a rating, ``None`` for one that was skipped; False when the handoff has one."""
        values = {
            "handoff_id": handoff_id,
            "conversation_id": conversation_id,
            "score": score,
            "comment": comment,
            "at": now,
        }
        return self._connection.execute(_INSERT[self._connection.dialect.name], values).rowcount == 1
