"""What visitors are told besides the assistant's own turns: lines about what happens, and agents' replies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from handoff.domain.model import Message, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.ports import Clock, HandoffRecord, NewMessage, Texts, Transaction
from handoff.service.visit_log import place_of

RASA = "rasa"
"""Outbox target: the Rasa server."""
TO_VISITOR = "to_visitor"
"""Outbox kind: show the visitor a message, through Rasa."""
RESUME = "resume"
"""Outbox kind: show the visitor a message and let the assistant take over again."""
ASK_EMAIL = "ask_email"
"""Key in the payload: the message asks for an e-mail address, and the assistant reads the answer as one."""


@dataclass(frozen=True)
class Lines:
    """Puts lines into a conversation and on their way, within a transaction."""

    rules: HandoffRules
    texts: Texts
    clock: Clock

    def tell(
        self,
        tx: Transaction,
        record: HandoffRecord,
        response: str,
        *,
        resume: bool = False,
        ask_email: bool = False,
        name: str | None = None,
        values: Mapping[str, str] | None = None,
    ) -> Message:
        """Tell the visitor what happens, in words of ``data/responses``: neither the assistant's nor an agent's own.

        Args:
            tx: the transaction that what happens is part of.
            record: the handoff as it stands now.
            response: name of the response. It can use {team}, {email} and ``values``.
            resume: the assistant takes over again.
            ask_email: the text asks for an e-mail address.
            name: of the agent, where one is involved; the widget shows it.
            values: what else the text can use.
        """
        given = {"team": self.rules.team_of(record.topic), "email": record.visitor_email or "", **(values or {})}
        text = self.texts.text(response, pick=f"{response}:{record.id}", **given)
        message = NewMessage(
            id=str(uuid.uuid4()),
            conversation_id=record.conversation_id,
            sender=Sender.SYSTEM,
            text=text,
            at=self.clock(),
            name=name,
            handoff_id=record.id,
        )
        return self.send(tx, record, message, resume=resume, ask_email=ask_email)

    def send(
        self,
        tx: Transaction,
        record: HandoffRecord,
        message: NewMessage,
        *,
        resume: bool = False,
        ask_email: bool = False,
    ) -> Message:
        """Store ``message`` and put it on its way to the visitor."""
        stored = tx.messages.add(message, place_of(tx, message))
        assert stored is not None, "ids of messages to visitors are made for one step and used once"
        kind = RESUME if resume else TO_VISITOR
        tx.outbox.add(
            target=RASA,
            kind=kind,
            conversation_id=record.conversation_id,
            handoff_id=record.id,
            payload={"message_id": stored.id} | ({ASK_EMAIL: True} if ask_email else {}),
            dedupe_key=f"{kind}:{stored.id}",
            now=self.clock(),
        )
        return stored
