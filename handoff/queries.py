"""What happened to handoffs, read in one transaction each: for programs of ours, and for tests."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.errors import NotFound
from handoff.persistence.desk_queries import get_row, list_handoffs
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.desk_view import HandoffDetail, HandoffRow
from handoff.service.ports import Change


@dataclass(frozen=True)
class DeskQueries:
    """Reads for the desk."""

    uow: SqlUnitOfWork

    def list(self, status: str = "open", queue: str | None = None, agent_id: str | None = None) -> list[HandoffRow]:
        """The queue; see :func:`handoff.persistence.desk_queries.list_handoffs`."""
        with self.uow.read() as tx:
            return list_handoffs(tx.connection, status, queue, agent_id)

    def row(self, handoff_id: str) -> HandoffRow:
        """One row, or NotFound."""
        with self.uow.read() as tx:
            row = get_row(tx.connection, handoff_id)
        if row is None:
            raise NotFound(f"There is no handoff {handoff_id}. It may have been erased; go back to the queue.")
        return row

    def get(self, handoff_id: str) -> HandoffDetail:
        """One handoff with everything about it, or NotFound."""
        row = self.row(handoff_id)
        with self.uow.read() as tx:
            return HandoffDetail(
                handoff=row,
                package=tx.handoffs.get(handoff_id).package,
                messages=tx.messages.after(row.conversation_id, 0),
                events=tx.events.of_handoff(handoff_id),
            )


@dataclass(frozen=True)
class Changes:
    """What happened since; for live screens."""

    uow: SqlUnitOfWork

    def latest(self) -> int:
        """Cursor of now."""
        with self.uow.read() as tx:
            return tx.events.latest()

    def since(self, cursor: int) -> list[Change]:
        """Changes after ``cursor``."""
        with self.uow.read() as tx:
            return tx.events.since(cursor)
