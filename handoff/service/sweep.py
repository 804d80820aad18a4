"""What happens when the time has come: timers are rows, so a worker that dies takes none of them with it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.errors import StorageUnavailable
from handoff.domain.lifecycle import Status
from handoff.domain.model import Owner, Presence
from handoff.domain.rules import HandoffRules
from handoff.service.agent_access import locked
from handoff.service.attendance import Attendance
from handoff.service.history import CLOCK, happened
from handoff.service.lines import Lines
from handoff.service.moves import Moves
from handoff.service.ports import Clock, HandoffRecord, Timer, Transaction, UnitOfWork
from handoff.service.unseen_replies import UnseenReplies
from handoff.service.waiting import WaitingTimes
from handoff.service.waiting_line import AGENT_AWAY, MISSED, OPENS, TELL_WAITING, UNSEEN_REPLY, WaitingLine

logger = logging.getLogger(__name__)

BATCH = 50
RETRY_AFTER = timedelta(seconds=30)  # soon enough for a visitor who waits, seldom enough for the log
SIGNALS_KEPT = timedelta(minutes=1)  # they are for screens that are open now


@dataclass(frozen=True)
class Sweep:
    """Use case: let the timers that are due happen. May run in several processes at the same time."""

    uow: UnitOfWork
    rules: HandoffRules
    lines: Lines
    line: WaitingLine
    moves: Moves
    times: WaitingTimes
    unseen: UnseenReplies
    attendance: Attendance
    clock: Clock

    def run_once(self) -> int:
        """Fire what is due, each in its own transaction; returns how many did something."""
        with self.uow.read() as tx:
            due = tx.timers.due(self.clock(), BATCH)
        return sum(map(self._attempt, due))

    def forget_signals(self) -> None:
        """Drop signals that no screen asks for any more."""
        with self.uow.write() as tx:
            tx.signals.sweep(self.clock() - SIGNALS_KEPT)

    def _attempt(self, timer: Timer) -> bool:
        """Fire one timer; one that meets an error waits a while, so that it never holds up all the others."""
        try:
            return self._fire(timer)
        except StorageUnavailable:
            raise
        except Exception:
            # a defect or a wrong file: nothing of it is stored, it is logged whole, and the timer waits for the remedy
            logger.exception("timer %s (%s of handoff %s) failed", timer.id, timer.kind, timer.handoff_id)
            with self.uow.write() as tx:
                tx.timers.postpone(timer, self.clock() + RETRY_AFTER)
            return False

    def _fire(self, timer: Timer) -> bool:
        with self.uow.write() as tx:
            record = locked(tx, timer.handoff_id)
            if not tx.timers.fire(timer, self.clock()):
                return False
            if timer.kind == OPENS:
                self._opens(tx, record)
            elif timer.kind == TELL_WAITING:
                self._tell_waiting(tx, record)
            elif timer.kind == MISSED:
                self._missed(tx, record)
            elif timer.kind == AGENT_AWAY:
                self._agent_away(tx, record)
            elif timer.kind == UNSEEN_REPLY:
                self.unseen.send_unseen(tx, record)
            else:
                # of a newer release, during an update: whoever knows it is gone, and nobody else will do it
                logger.error("timer %s of handoff %s is of an unknown kind: %s", timer.id, record.id, timer.kind)
            return True

    def _opens(self, tx: Transaction, record: HandoffRecord) -> None:
        if record.status is not Status.SCHEDULED:
            return
        if not self.line.is_open(record.queue):
            # the opening hours were changed meanwhile
            opens_at = self.rules.hours.next_opening(record.queue, self.clock())
            tx.handoffs.update(record.id, opens_at=opens_at)
            self.line.begin(tx, replace(record, opens_at=opens_at), somebody_online=False)
            return
        # the assistant went on answering while it waited: that belongs to the story too
        fresh = self.line.to_queue(tx, self.line.live_chats.bring_up_to_date(tx, record), "opened", CLOCK)
        self.lines.tell(tx, fresh, "utter_queue_opened")

    def _tell_waiting(self, tx: Transaction, record: HandoffRecord) -> None:
        if record.status is not Status.QUEUED:
            return
        ask = record.visitor_email is None
        response = "utter_still_waiting" if self.attendance.somebody(tx, record) else "utter_nobody_online_yet"
        values = {"position": str(self.times.of(tx, record).position)}
        self.lines.tell(tx, record, response if ask else f"{response}_known", ask_email=ask, values=values)
        happened(tx, "told_waiting", record, CLOCK, self.clock())

    def _missed(self, tx: Transaction, record: HandoffRecord) -> None:
        if record.status is not Status.QUEUED:
            return
        if not self.line.is_open(record.queue):
            self.moves.close_for_today(tx, record, "scheduled", CLOCK)
            return
        now = self.clock()
        missed_at = record.missed_at or now
        if not tx.handoffs.move(record.id, Status.QUEUED, Status.MISSED, missed_at=missed_at):
            return
        self.line.leave(tx, record.id)
        tx.conversations.set_owner(record.conversation_id, Owner.ASSISTANT)
        missed = replace(record, status=Status.MISSED)
        happened(tx, "missed", missed, CLOCK, now, waited=int((now - (record.queued_at or now)).total_seconds()))
        if record.visitor_email is None:
            self.lines.tell(tx, missed, "utter_handoff_missed", resume=True, ask_email=True)
            return
        tx.handoffs.move(record.id, Status.MISSED, Status.FOLLOW_UP)
        happened(tx, "follow_up", missed, CLOCK, now)
        self.lines.tell(tx, replace(missed, status=Status.FOLLOW_UP), "utter_handoff_missed_known", resume=True)

    def _agent_away(self, tx: Transaction, record: HandoffRecord) -> None:
        if record.status is not Status.ASSIGNED or record.agent_id is None:
            return
        agent, now = tx.agents.get(record.agent_id), self.clock()
        patience = timedelta(seconds=self.rules.waiting.agent_away_after)
        assert agent is not None, "accounts are closed, never deleted"
        if agent.connector is not None:
            return  # whoever works in another live chat is looked after there
        seen = agent.last_seen_at
        here = agent.active and agent.presence is Presence.ONLINE and seen is not None and now - seen < patience
        if here and seen is not None:
            tx.timers.set(AGENT_AWAY, record, max(seen + patience, now + timedelta(seconds=1)), now)
            return
        self.moves.requeue(tx, record, "requeued", CLOCK, agent)
