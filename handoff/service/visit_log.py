"""Counts what is said into visits, in the transaction that records it; see :mod:`handoff.domain.visits`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.model import ConversationState, Message
from handoff.domain.rules import HandoffRules
from handoff.domain.visits import Heard, Outcome, begins_visit
from handoff.service.ports import NOWHERE, NewMessage, Place, Transaction, Visit


@dataclass(frozen=True)
class VisitLog:
    """Finds the visit that a message belongs to, and counts it there."""

    rules: HandoffRules

    def visitor_said(
        self, tx: Transaction, line: NewMessage, channel: str, state: ConversationState, *, human: bool
    ) -> Message | None:
        """Store and count a visitor's message; None when it was stored before.

        Args:
            tx: the transaction.
            line: the message.
            channel: the Rasa channel.
            state: who owns the conversation.
            human: whether a person had the conversation, so that the assistant did not hear the message.
        """
        visit = tx.visits.latest(line.conversation_id)
        if self._begins(visit, line, state):
            if tx.messages.find(line.id) is not None:
                return None
            variant = self.rules.variant_of(line.conversation_id, line.at)
            visit = tx.visits.begin(line, channel, variant, after=visit)
        assert visit is not None, "one has begun by now"
        heard = Heard(line.id, line.at, line.intent, line.frustration, line.signals, line.in_form, human)
        outcome = heard.outcome()
        stored = tx.messages.add(line, Place(visit.id, outcome))
        if stored is None:
            return None
        doubt = heard.doubt(self.rules) if visit.last_outcome is Outcome.ANSWERED else None
        if doubt is not None and visit.last_message_id is not None:
            tx.messages.doubt(visit.last_message_id, doubt)
        tx.visits.count(
            visit,
            line,
            outcome,
            frustrated=not human and heard.is_frustrated(self.rules),
            doubt=doubt is not None,
            topic=self.rules.topic_of(line.intent).name if outcome is Outcome.ANSWERED else None,
        )
        if state.handoff_id is not None and state.trigger_message_id == line.id:
            tx.visits.hand_off(visit.id, tx.handoffs.get(state.handoff_id))
        return stored

    def _begins(self, visit: Visit | None, line: NewMessage, state: ConversationState) -> bool:
        # the handoff that this message has just led to belongs to its own visit, and keeps no older one open
        handoff_open = state.handoff_id is not None and state.trigger_message_id != line.id
        gap = timedelta(minutes=self.rules.metrics.visit_gap_minutes)
        return begins_visit(visit.last_at if visit else None, line.at, gap, handoff_open=handoff_open)


def place_of(tx: Transaction, line: NewMessage) -> Place:
    """The visit that a message of anybody but the visitor belongs to, which goes on with it."""
    visit = tx.visits.latest(line.conversation_id)
    if visit is None:
        return NOWHERE
    tx.visits.extend(visit.id, line.at)
    return Place(visit.id)
