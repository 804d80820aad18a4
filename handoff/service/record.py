"""What was said is written down, and what a visitor says while a human owns the conversation goes to that human."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.domain.live_chat import DESK
from handoff.domain.model import ConversationState, Message, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.details import add_details
from handoff.service.live_chats import LiveChats, is_story
from handoff.service.ports import Clock, NewMessage, Transaction, UnitOfWork

SAID = "said"
"""Signal to agents' screens: the turn that made the handoff is stored now."""


@dataclass(frozen=True)
class RecordMessage:
    """Use case: add lines to a conversation, once, whatever is repeated."""

    uow: UnitOfWork
    rules: HandoffRules
    live_chats: LiveChats
    clock: Clock

    def __call__(
        self, lines: Sequence[NewMessage], channel: str, details: Mapping[str, str] | None = None
    ) -> list[Message]:
        """Record what was said in one conversation, in one transaction; forward a visitor to the human who owns it.

        The message that opened the handoff is part of the package already and is not forwarded again. ``details`` are
        slots that the assistant filled in this turn; while a handoff is open they reach its package.

        Returns:
            the messages that are new; one whose id was stored before changes nothing.
        """
        if not lines:
            return []
        with self.uow.write() as tx:
            tx.conversations.ensure(lines[0].conversation_id, channel, self.clock())
            stored = [message for message in map(tx.messages.add, lines) if message is not None]
            for message in stored:
                self._pass_on(tx, message)
            if details and stored:
                add_details(tx, lines[0].conversation_id, details, self.rules, self.clock)
            return stored

    def _pass_on(self, tx: Transaction, message: Message) -> None:
        if message.sender not in (Sender.VISITOR, Sender.ASSISTANT):
            return
        state = tx.conversations.state(message.conversation_id)
        if state.handoff_id is None:
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
