"""Whom a visitor talks to, as their screen shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.lifecycle import WAITING, Status
from handoff.domain.model import OpenRating, OpenVisitRating, VisitorState
from handoff.domain.rules import HandoffRules
from handoff.service.attendance import Attendance
from handoff.service.ports import Clock, Transaction
from handoff.service.waiting import WaitingTimes


@dataclass(frozen=True)
class VisitorStates:
    """Reads the state within a transaction."""

    rules: HandoffRules
    times: WaitingTimes
    attendance: Attendance
    clock: Clock

    def of(self, tx: Transaction, conversation_id: str) -> VisitorState:
        """The state of a conversation; an unknown one belongs to the assistant."""
        state = tx.conversations.state(conversation_id)
        if state.handoff_id is None or state.status is None:
            return VisitorState(state, rating=self._rating(tx, conversation_id))
        record = tx.handoffs.get(state.handoff_id)
        waits = record.status in WAITING
        online = self.attendance.somebody(tx, record) if waits else None
        wait = self.times.of(tx, record) if record.status is Status.QUEUED else None
        if wait is not None and not online:
            wait = replace(wait, minutes=None, late=False)  # recent replies say nothing while nobody is there
        return VisitorState(
            state,
            team=self.rules.team_of(record.topic),
            wait=wait,
            opens_at=record.opens_at if record.status is Status.SCHEDULED else None,
            can_cancel=waits,
            email_known=record.visitor_email is not None,
            agent_online=online,
            agent_seen=record.agent_seen_seq or None,
        )

    def _rating(self, tx: Transaction, conversation_id: str) -> OpenRating | OpenVisitRating | None:
        since = self.clock() - timedelta(days=self.rules.visitor.rating_days)
        of_handoff = tx.handoffs.open_rating(conversation_id, since)
        if of_handoff is not None:
            return of_handoff
        visit_id = tx.visits.open_rating(conversation_id, since)
        return None if visit_id is None else OpenVisitRating(visit_id)
