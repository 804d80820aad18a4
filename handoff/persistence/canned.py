"""Canned replies, as they are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from handoff.persistence.tables import agents, canned_replies
from handoff.service.desk_view import CannedDraft, CannedReply


class CannedStore:
    """Canned replies. A shortcut is there once: the database itself refuses a second one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[CannedReply]:
        """Every canned reply, by shortcut."""
        return [_reply(row) for row in self._connection.execute(_replies().order_by(canned_replies.c.shortcut))]

    def get(self, reply_id: str) -> CannedReply | None:
        """The one with this id."""
        row = self._connection.execute(_replies().where(canned_replies.c.id == reply_id)).first()
        return _reply(row) if row else None

    def add(self, reply_id: str, draft: CannedDraft, agent_id: str | None, now: datetime) -> bool:
        """Store a new one; False when the shortcut is taken, and then the transaction cannot go on."""
        values = vars(draft) | {"id": reply_id, "updated_by": agent_id, "updated_at": now}
        try:
            self._connection.execute(insert(canned_replies).values(**values))
        except IntegrityError:
            return False
        return True

    def change(self, reply_id: str, draft: CannedDraft, agent_id: str, now: datetime) -> bool:
        """Replace one; False when the shortcut is taken by another, and then the transaction cannot go on."""
        values = vars(draft) | {"updated_by": agent_id, "updated_at": now}
        try:
            self._connection.execute(update(canned_replies).where(canned_replies.c.id == reply_id).values(**values))
        except IntegrityError:
            return False
        return True

    def remove(self, reply_id: str) -> None:
        """Delete one; it may be gone already."""
        self._connection.execute(delete(canned_replies).where(canned_replies.c.id == reply_id))


def _replies() -> Select:  # type: ignore[type-arg]
    return select(canned_replies, agents.c.display_name).select_from(
        canned_replies.outerjoin(agents, agents.c.id == canned_replies.c.updated_by)
    )


def _reply(row: Row) -> CannedReply:  # type: ignore[type-arg]
    return CannedReply(row.id, row.shortcut, row.title, row.text, row.queue, row.display_name, row.updated_at)
