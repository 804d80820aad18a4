"""Puts what a live chat must get into the outbox, within the transaction that causes it.

The desk reads the same database: for a handoff that is the desk's, nothing is put in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from handoff.domain.context import iso
from handoff.domain.live_chat import DESK, LiveChat
from handoff.domain.model import Agent, Message, Sender
from handoff.service.delivery_ports import LinkRecord
from handoff.service.ports import Clock, HandoffRecord, Transaction

CONNECTOR_PREFIX = "connector:"
OPEN_PACKAGE = "open"
"""Outbox kind: give the connector a new handoff with its package."""
FORWARD = "message"
"""Outbox kind: give the connector a line of the conversation."""
NOTICE = "notice"
"""Outbox kind: tell the agents there something about the delivery; the payload has ``text``."""
CLOSE = "close"
"""Outbox kind: it is over, or somebody else has it; the payload has ``reason``."""
NOTIFY = "notify"
"""Outbox kind: tell a notify-only connector of a new handoff."""


def target_of(connector: str) -> str:
    """The outbox target of a connector."""
    return CONNECTOR_PREFIX + connector


@dataclass(frozen=True)
class LiveChats:
    """Says what connectors have to be told."""

    chats: LiveChat
    clock: Clock

    def route(self, queue: str, *, is_open: bool) -> str:
        """The connector of a new handoff."""
        return self.chats.serving(queue, is_open=is_open)

    def is_for_after_hours(self, record: HandoffRecord) -> bool:
        """Whether its live chat takes a handoff while its queue is closed."""
        return record.connector != DESK and record.connector == self.chats.after_hours

    def enter(self, tx: Transaction, record: HandoffRecord, *, first: bool = False) -> None:
        """The handoff waits for people now: its live chat gets it, and whoever is to be told hears of it, each once.

        ``first`` says that the handoff was made in this transaction, so that nobody can have it yet.
        """
        for name in self.chats.notify:
            self._add(tx, record, name, NOTIFY, {"handoff_id": record.id}, key=record.id)
        if record.connector == DESK or (not first and self._open_link(tx, record) is not None):
            return
        tx.links.begin(record.id, record.conversation_id, record.connector, self.clock())
        told = record.opened_seq if first else tx.conversations.last_seq(record.conversation_id)
        key = f"{record.id}:{told}:{record.connector}"
        self._add(tx, record, record.connector, OPEN_PACKAGE, {"handoff_id": record.id}, key=key)

    def say(self, tx: Transaction, record: HandoffRecord, message: Message) -> None:
        """Show a line of the conversation to the agents of the live chat that has the handoff."""
        if record.connector == DESK or self._open_link(tx, record) is None:
            return
        payload = {"message_id": message.id}
        self._add(tx, record, record.connector, FORWARD, payload, key=f"{message.id}:{record.connector}")

    def notice(self, tx: Transaction, link: LinkRecord, text: str) -> None:
        """Tell the agents of a live chat something that only they need to know."""
        tx.outbox.add(
            target=target_of(link.connector),
            kind=NOTICE,
            conversation_id=link.conversation_id,
            handoff_id=link.handoff_id,
            payload={"text": text, "notice_id": str(uuid.uuid4())},
            dedupe_key=f"{NOTICE}:{uuid.uuid4()}",
            now=self.clock(),
        )

    def over(self, tx: Transaction, record: HandoffRecord, reason: str, by: Agent | None = None) -> None:
        """The handoff is closed. Its live chat hears why, unless one of its own agents closed it there."""
        if record.connector == DESK:
            return
        link = self._open_link(tx, record)
        tx.links.close(record.id, record.connector)
        if link is not None and (by is None or by.connector != record.connector):
            # the link may begin anew before this arrives: what is to be closed is written down here, if it is known
            payload = {"reason": reason, "reference": link.reference, "data": link.data}
            self._add(tx, record, record.connector, CLOSE, payload, key=str(uuid.uuid4()))

    def move(self, tx: Transaction, record: HandoffRecord, connector: str, reason: str) -> HandoffRecord:
        """Another live chat gets the handoff, with the story so far; the one that had it hears why.

        The caller lets it :meth:`enter` there, or has an agent take it.
        """
        if connector == record.connector:
            return record
        self.over(tx, record, reason)
        return self.bring_up_to_date(tx, record, connector=connector)

    def bring_up_to_date(self, tx: Transaction, record: HandoffRecord, **changes: Any) -> HandoffRecord:
        """Add to the package what was said since it was made; ``changes`` are other columns to change along."""
        told = max(record.opened_seq, record.told_seq)
        later = tx.messages.after(record.conversation_id, told)
        lines = [
            {"at": iso(message.at), "from": message.sender.value, "text": message.text}
            for message in later
            if message.id != record.trigger_message_id
        ]
        if later:
            package = record.package | {"transcript": [*record.package["transcript"], *lines]}
            changes |= {"package": package, "told_seq": later[-1].seq}
        if not changes:
            return record
        tx.handoffs.update(record.id, **changes)
        return replace(record, **changes)

    def _open_link(self, tx: Transaction, record: HandoffRecord) -> LinkRecord | None:
        link = tx.links.find(record.id, record.connector)
        return link if link is not None and link.is_open else None

    def _add(
        self, tx: Transaction, record: HandoffRecord, connector: str, kind: str, payload: dict[str, Any], *, key: str
    ) -> None:
        tx.outbox.add(
            target=target_of(connector),
            kind=kind,
            conversation_id=record.conversation_id,
            handoff_id=record.id,
            payload=payload,
            # of one length, whatever ids a channel makes: a key that is cut off could be another message's
            dedupe_key=f"{kind}:{connector}:{uuid.uuid5(uuid.NAMESPACE_OID, key)}",
            now=self.clock(),
        )


def is_story(message: Message, trigger_message_id: str | None) -> bool:
    """Whether agents elsewhere have to see this line besides the package.

    The message that made the handoff and the assistant's answer to it belong to the package; what the desk or another
    live chat says to the visitor is known there.
    """
    if message.sender is Sender.VISITOR:
        return message.id != trigger_message_id
    return message.sender is Sender.ASSISTANT and message.in_reply_to != trigger_message_id
