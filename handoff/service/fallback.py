"""When a live chat cannot be reached, somebody else takes over with the whole story, and the visitor hears it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.lifecycle import OPEN, Status
from handoff.domain.live_chat import DESK, LiveChat
from handoff.service.agent_access import locked
from handoff.service.history import CLOCK, happened
from handoff.service.lines import Lines
from handoff.service.live_chats import CONNECTOR_PREFIX, FORWARD, OPEN_PACKAGE, LiveChats, target_of
from handoff.service.ports import Clock, HandoffRecord, Transaction, UnitOfWork
from handoff.service.waiting_line import WaitingLine

logger = logging.getLogger(__name__)

BATCH = 20
STORY = (OPEN_PACKAGE, FORWARD)
"""What agents must get; that it is over is no reason for anybody to take over."""
TAKEN_OVER = "Our connection was down, so colleagues elsewhere have taken this over. Please do not answer here."


@dataclass(frozen=True)
class Fallback:
    """Use case: move handoffs away from a connector that does not take them."""

    uow: UnitOfWork
    chats: LiveChat
    live_chats: LiveChats
    line: WaitingLine
    lines: Lines
    clock: Clock

    def run_once(self) -> int:
        """Move what has waited too long, of every connector; returns how many handoffs that were.

        What waits for a connector that is no longer configured has waited too long already.
        """
        return sum(map(self._overdue, self.chats.routes)) + sum(map(self._orphaned, self._unknown()))

    def _unknown(self) -> list[str]:
        with self.uow.read() as tx:
            targets = tx.outbox.targets()
        names = [target.removeprefix(CONNECTOR_PREFIX) for target in targets if target.startswith(CONNECTOR_PREFIX)]
        return [name for name in names if name not in self.chats.routes]

    def _orphaned(self, name: str) -> int:
        with self.uow.read() as tx:
            found = tx.outbox.waiting_handoffs(target_of(name), STORY, BATCH)
        reason = f"endpoints.yml has no connector '{name}' any more"
        return sum(self.take_over(handoff_id, name, reason) for handoff_id in found)

    def _overdue(self, name: str) -> int:
        route, now = self.chats.routes[name], self.clock()
        if not route.two_way:
            return 0
        before = now - timedelta(seconds=route.fallback_after)
        with self.uow.read() as tx:
            state = tx.health.of(name)
            down = state.down_since is not None and state.down_since <= before
            target = target_of(name)
            if down:
                found = tx.outbox.waiting_handoffs(target, STORY, BATCH)
            else:
                found = tx.outbox.overdue(target, STORY, before, BATCH)
        error = state.last_error or f"{name} does not answer"
        return sum(self.take_over(handoff_id, name, error) for handoff_id in found)

    def take_over(self, handoff_id: str, connector: str, error: str) -> bool:
        """Give one handoff to the fallback of ``connector``; False when somebody else has it, or it is over."""
        with self.uow.write() as tx:
            record = locked(tx, handoff_id)
            if record.connector != connector or record.status not in OPEN:
                return False
            tx.outbox.supersede(handoff_id, target_of(connector))
            to = self.chats.fallback_of(connector)
            logger.error("handoff %s goes from %s to %s: %s", handoff_id, connector, to, error)
            moved = self.live_chats.move(tx, record, to, TAKEN_OVER)
            happened(tx, "fell_back", moved, CLOCK, self.clock(), connector=connector, to=to, error=error)
            self._go_on(tx, moved, record)
            return True

    def _go_on(self, tx: Transaction, moved: HandoffRecord, record: HandoffRecord) -> None:
        response = "utter_live_chat_down"
        if moved.status is Status.ASSIGNED:
            # whoever was in it cannot be reached there any more
            if self.line.is_open(moved.queue):
                fresh = self.line.to_queue(tx, moved, "requeued", CLOCK)
            else:
                fresh = self.line.to_schedule(tx, moved, "scheduled", CLOCK)
                opens_at = self.line.opens_words(fresh, fresh.opens_at)
                self.lines.tell(tx, fresh, "utter_live_chat_down_closed", resume=True, values={"opens_at": opens_at})
                return
        elif moved.status is Status.QUEUED:
            self.live_chats.enter(tx, moved)
            fresh = moved
        else:
            # nobody is awaited now: the assistant is there, and whoever takes it up later finds it where it is now
            if moved.connector != DESK:
                self.live_chats.enter(tx, moved)
            return
        self.lines.tell(tx, fresh, response)
