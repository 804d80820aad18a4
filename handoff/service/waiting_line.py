"""How a handoff comes to wait: in its queue, or for the next opening of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff.domain.errors import LostRace
from handoff.domain.lifecycle import Status, check_transition
from handoff.domain.model import Agent, Owner
from handoff.domain.opening_words import when_words
from handoff.domain.rules import HandoffRules
from handoff.service.history import happened
from handoff.service.live_chats import LiveChats
from handoff.service.ports import Clock, HandoffRecord, Transaction

# timers
OPENS = "opens"
"""A scheduled handoff enters its queue."""
TELL_WAITING = "tell_waiting"
"""A waiting visitor is told how it stands."""
MISSED = "missed"
"""Nobody took it in time."""
AGENT_AWAY = "agent_away"
"""Whether the agent is still there."""
UNSEEN_REPLY = "unseen_reply"
"""Whether the visitor has seen what the agent wrote; if not, it goes by e-mail."""
WAITING_TIMERS = (OPENS, TELL_WAITING, MISSED)

SOME_DAY = "another day"
"""Instead of a time ("They are back ..."), where the opening hours name none for over a year."""


@dataclass(frozen=True)
class WaitingLine:
    """Moves handoffs into the states in which they wait, with the timers and the owner that belong to each."""

    rules: HandoffRules
    live_chats: LiveChats
    clock: Clock

    def is_open(self, queue: str) -> bool:
        """Whether the queue's opening hours say so."""
        return self.rules.hours.is_open(queue, self.clock())

    def opens_words(self, record: HandoffRecord, opens_at: datetime | None) -> str:
        """When the team is back, in the visitor's own time."""
        hours = self.rules.hours.of(record.queue)
        if opens_at is None or hours is None:
            return SOME_DAY
        return when_words(opens_at, self.clock(), record.package["visitor"]["timezone"], hours.timezone)

    def closed_because(self, record: HandoffRecord) -> str | None:
        """The name of the holiday or closed day in the team's own time zone, where today is one."""
        return self.rules.hours.closed_because(record.queue, self.clock())

    def begin(self, tx: Transaction, record: HandoffRecord, *, somebody_online: bool) -> HandoffRecord:
        """Start what belongs to a new handoff, which is stored as queued or scheduled already."""
        if record.status is Status.SCHEDULED:
            self._await_opening(tx, record, first=True)
            return record
        self._stand(tx, record, tell=somebody_online, first=True)
        return record

    def to_queue(
        self, tx: Transaction, record: HandoffRecord, kind: str, actor: str | Agent, **data: object
    ) -> HandoffRecord:
        """Put an open handoff into its queue; ``kind`` is the step's name in the history."""
        now = self.clock()
        fresh = self._move(tx, record, Status.QUEUED, agent_id=None, queued_at=now, opens_at=None)
        self._stand(tx, fresh, tell=True)
        happened(tx, kind, fresh, actor, now, queue=fresh.queue, **data)
        return fresh

    def to_schedule(
        self, tx: Transaction, record: HandoffRecord, kind: str, actor: str | Agent, **data: object
    ) -> HandoffRecord:
        """Let an open handoff wait for the next opening of its queue; meanwhile the assistant answers."""
        now = self.clock()
        opens_at = self.rules.hours.next_opening(record.queue, now)
        fresh = self._move(tx, record, Status.SCHEDULED, agent_id=None, opens_at=opens_at)
        tx.conversations.set_owner(record.conversation_id, Owner.ASSISTANT)
        self._await_opening(tx, fresh)
        happened(tx, kind, fresh, actor, now, queue=fresh.queue, opens_at=_iso(opens_at), **data)
        return fresh

    def leave(self, tx: Transaction, handoff_id: str) -> None:
        """Stop every timer of the wait and of the agent: somebody has it, or it is over."""
        tx.timers.stop(handoff_id, *WAITING_TIMERS, AGENT_AWAY)

    def _move(self, tx: Transaction, record: HandoffRecord, target: Status, **changes: object) -> HandoffRecord:
        check_transition(record.status, target)
        self.leave(tx, record.id)
        if not tx.handoffs.move(record.id, record.status, target, **changes):
            raise LostRace(f"Handoff {record.id} changed meanwhile. Load it again.")
        return replace(record, status=target, **changes)  # type: ignore[arg-type]

    def _stand(self, tx: Transaction, record: HandoffRecord, *, tell: bool, first: bool = False) -> None:
        now = self.clock()
        tx.conversations.set_owner(record.conversation_id, Owner.HUMAN)
        tx.timers.set(MISSED, record, now + timedelta(seconds=self.rules.waiting.missed_after), now)
        if tell:
            tx.timers.set(TELL_WAITING, record, now + timedelta(seconds=self.rules.waiting.tell_after), now)
        self.live_chats.enter(tx, record, first=first)

    def _await_opening(self, tx: Transaction, record: HandoffRecord, *, first: bool = False) -> None:
        if record.opens_at is not None:
            tx.timers.set(OPENS, record, record.opens_at, self.clock())
        if self.live_chats.is_for_after_hours(record):
            self.live_chats.enter(tx, record, first=first)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
