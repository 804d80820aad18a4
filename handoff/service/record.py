"""What was said is written down, and what a visitor says while a human owns the conversation goes to that human."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.model import Message, Owner
from handoff.service.ports import Clock, NewMessage, Transaction, UnitOfWork

FORWARD = "message"
"""Outbox kind: give the connector a visitor's message."""


@dataclass(frozen=True)
class RecordMessage:
    """Use case: add a line to a conversation, once, whatever is repeated."""

    uow: UnitOfWork
    clock: Clock

    def from_visitor(self, message: NewMessage, channel: str) -> Message | None:
        """Record what a visitor said; forward it when a human owns the conversation.

        The message that opened the handoff is part of the package already and is not forwarded again.

        Returns:
            the stored message, or None when this id was stored before (nothing happens then).
        """
        with self.uow.write() as tx:
            now = self.clock()
            tx.conversations.ensure(message.conversation_id, channel, now)
            stored = tx.messages.add(message)
            if stored is not None:
                self._forward(tx, stored)
            return stored

    def from_assistant(self, message: NewMessage, channel: str) -> Message | None:
        """Record what the assistant said; None when it was recorded before."""
        with self.uow.write() as tx:
            tx.conversations.ensure(message.conversation_id, channel, self.clock())
            return tx.messages.add(message)

    def _forward(self, tx: Transaction, message: Message) -> None:
        state = tx.conversations.state(message.conversation_id)
        if state.owner is not Owner.HUMAN or state.handoff_id is None or state.trigger_message_id == message.id:
            return
        now = self.clock()
        tx.outbox.add(
            target="connector:desk",
            kind=FORWARD,
            conversation_id=message.conversation_id,
            handoff_id=state.handoff_id,
            payload={"message_id": message.id},
            dedupe_key=f"{FORWARD}:{message.id}",
            now=now,
        )
        tx.events.add(
            "message",
            conversation_id=message.conversation_id,
            handoff_id=state.handoff_id,
            actor="visitor",
            now=now,
            data={"message_id": message.id, "seq": message.seq},
        )
