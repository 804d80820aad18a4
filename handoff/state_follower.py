"""Keeps visitors' pages in step with what happens on the desk: whoever waits sees the queue move."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from handoff.persistence.unit_of_work import SqlUnitOfWork

logger = logging.getLogger(__name__)

MOVES_THE_QUEUE = frozenset(
    {
        "created", "claimed", "released", "requeued", "transferred", "urgency_raised", "opened", "scheduled", "missed",
        "cancelled", "asked_again",
    }
)  # fmt: skip
"""Steps after which those who wait stand elsewhere."""

CHANGES_THE_STATE = MOVES_THE_QUEUE | {"follow_up", "details_added", "rated"}
"""Steps that the visitor's own page shows, without a message that would bring the new state along."""


class Pages(Protocol):
    """Tells visitors' pages."""

    def signal(self, conversation_ids: Sequence[str], event: str) -> None:
        """Tell the pages of these conversations; best effort."""


class StateFollower:
    """Reads the history as it grows, and tells the pages of those whom it concerns."""

    def __init__(self, uow: SqlUnitOfWork, pages: Pages) -> None:
        """Begin at the present end of the history."""
        self._uow = uow
        self._pages = pages
        with uow.read() as tx:
            self._cursor = tx.events.latest()

    def run_once(self) -> int:
        """Tell what has changed since the last call; returns how many pages were told."""
        with self._uow.read() as tx:
            changes = tx.events.since(self._cursor)
            if not changes:
                return 0
            self._cursor = changes[-1].cursor
            concerned = {change.handoff_id for change in changes if change.kind in CHANGES_THE_STATE}
            moved = {change.handoff_id for change in changes if change.kind in MOVES_THE_QUEUE}
            told = set()
            queues = set()
            for handoff_id, conversation_id, queue in tx.handoffs.queues_of(concerned):
                told.add(conversation_id)
                if handoff_id in moved:
                    queues.add(queue)
            for queue in queues:
                told.update(tx.handoffs.waiting_in(queue))
        self._pages.signal(sorted(told), "state")
        return len(told)
