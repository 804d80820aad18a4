"""What agents tell each other about a handoff; visitors never see it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from handoff.domain.model import Note
from handoff.persistence.tables import agents, notes

_INSERT = {
    "sqlite": sqlite.insert(notes).on_conflict_do_nothing(index_elements=["id"]),
    "postgresql": postgresql.insert(notes).on_conflict_do_nothing(index_elements=["id"]),
}


class NoteStore:
    """See :class:`handoff.service.ports.Notes`; the lists are for the desk."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, note_id: str, handoff_id: str, conversation_id: str, agent_id: str, text: str, now: datetime) -> bool:
        """Store a note; False when one with this id exists."""
        values = {
            "id": note_id,
            "handoff_id": handoff_id,
            "conversation_id": conversation_id,
            "agent_id": agent_id,
            "text": text,
            "at": now,
        }
        return self._connection.execute(_INSERT[self._connection.dialect.name], values).rowcount == 1

    def find(self, note_id: str) -> Note | None:
        """The note with this id."""
        row = self._connection.execute(_notes().where(notes.c.id == note_id)).first()
        return _note(row) if row else None

    def of_handoff(self, handoff_id: str) -> list[Note]:
        """The notes on a handoff, oldest first."""
        rows = self._connection.execute(_notes().where(notes.c.handoff_id == handoff_id).order_by(notes.c.at))
        return [_note(row) for row in rows]


def _notes() -> Select:  # type: ignore[type-arg]
    return select(notes, agents.c.display_name).select_from(notes.join(agents, agents.c.id == notes.c.agent_id))


def _note(row: Row) -> Note:  # type: ignore[type-arg]
    return Note(row.id, row.handoff_id, row.display_name, row.text, row.at)
