"""What was said is written down, and what a visitor says while a human owns the conversation goes to that human."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from handoff.domain.live_chat import DESK
from handoff.domain.model import ConversationState, Message, Owner, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.details import add_details
from handoff.service.history import ASSISTANT
from handoff.service.live_chats import LiveChats, is_story
from handoff.service.ports import Clock, NewMessage, Transaction, UnitOfWork
from handoff.service.visit_log import VisitLog, place_of

SAID = "said"
"""Signal to agents' screens: the turn that made the handoff is stored now."""
DECIDED = "escalation"
"""Event: the assistant decided to offer a person or to bring one in; its data is
:func:`handoff.domain.escalation_record.as_record`."""


@dataclass(frozen=True)
class RecordMessage:
    """Use case: add lines to a conversation, once, whatever is repeated."""

    uow: UnitOfWork
    rules: HandoffRules
    live_chats: LiveChats
    clock: Clock

    @property
    def visits(self) -> VisitLog:
        """What counts it."""
        return VisitLog(self.rules)

    def __call__(
        self,
        lines: Sequence[NewMessage],
        channel: str,
        details: Mapping[str, str] | None = None,
        decision: Mapping[str, Any] | None = None,
    ) -> list[Message]:
        """Record what was said in one conversation, in one transaction; forward a visitor to the human who owns it.

        The message that opened the handoff is part of the package already and is not forwarded again. ``details`` are
        slots that the assistant filled in this turn; while a handoff is open they reach its package. ``decision`` is
        what :mod:`handoff.domain.escalation` decided in it, if anything: it is kept as an event, for the what-if.

        Returns:
            the messages that are new; one whose id was stored before changes nothing.
        """
        if not lines:
            return []
        with self.uow.write() as tx:
            tx.conversations.ensure(lines[0].conversation_id, channel, self.clock())
            state = tx.conversations.state(lines[0].conversation_id)
            answered = {line.in_reply_to for line in lines}
            stored = []
            for line in lines:
                message = self._add(tx, line, channel, state, answered)
                if message is not None:
                    stored.append(message)
                    self._pass_on(tx, message, state)
            if details and stored:
                add_details(tx, lines[0].conversation_id, details, self.rules, self.clock)
            if decision and stored:
                self._decided(tx, lines[0].conversation_id, decision)
            return stored

    def _decided(self, tx: Transaction, conversation_id: str, decision: Mapping[str, Any]) -> None:
        now = self.clock()
        tx.events.add(
            DECIDED, conversation_id=conversation_id, handoff_id=None, actor=ASSISTANT, now=now, data=dict(decision)
        )

    def _add(
        self, tx: Transaction, line: NewMessage, channel: str, state: ConversationState, answered: Set[str | None]
    ) -> Message | None:
        if line.sender is not Sender.VISITOR:
            return tx.messages.add(line, place_of(tx, line))
        # the turn that brings a person in was the assistant's, and it says so
        human = state.owner is Owner.HUMAN and line.id not in answered and line.id != state.trigger_message_id
        return self.visits.visitor_said(tx, line, channel, state, human=human)

    def _pass_on(self, tx: Transaction, message: Message, state: ConversationState) -> None:
        if message.sender not in (Sender.VISITOR, Sender.ASSISTANT) or state.handoff_id is None:
            return
        if state.connector != DESK and is_story(message, state.trigger_message_id):
            self.live_chats.say(tx, tx.handoffs.get(state.handoff_id), message)
        if message.sender is Sender.VISITOR:
            self._tell_desk(tx, message, state)

    def _tell_desk(self, tx: Transaction, message: Message, state: ConversationState) -> None:
        """Whoever looks at the desk sees it; also while the assistant goes on answering."""
        assert state.handoff_id is not None, "asked before"
        now = self.clock()
        if state.trigger_message_id == message.id:
            # it is part of the package; but whoever has the list on the screen can show the last words only now
            tx.signals.add(SAID, message.conversation_id, state.handoff_id, {}, now)
            return
        tx.events.add(
            "message",
            conversation_id=message.conversation_id,
            handoff_id=state.handoff_id,
            actor="visitor",
            now=now,
            data={"message_id": message.id, "seq": message.seq},
        )
