"""Replies to a visitor who has left: what was not seen in the chat goes by e-mail, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.channels import can_show_replies
from handoff.domain.model import Message, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.history import CLOCK, happened
from handoff.service.ports import Clock, HandoffRecord, Transaction
from handoff.service.waiting_line import UNSEEN_REPLY

EMAIL = "email"
"""Outbox target: the visitor's mailbox."""
REPLY_MAIL = "reply"
"""Outbox kind: replies of an agent; the payload has ``to`` and ``message_ids``."""
TRANSCRIPT_MAIL = "transcript"
"""Outbox kind: the whole conversation; the payload has ``to``."""

BATCH_SECONDS = 10.0  # who writes three lines in a row sends one e-mail, not three


@dataclass(frozen=True)
class UnseenReplies:
    """Decides within a transaction what goes by e-mail. ``enabled`` says whether e-mail is set up at all."""

    rules: HandoffRules
    clock: Clock
    enabled: bool

    def watch(self, tx: Transaction, record: HandoffRecord) -> None:
        """An agent has written: look later whether the visitor saw it, soon when the visitor is gone already."""
        if not self.enabled or record.visitor_email is None:
            return
        now = self.clock()
        if not can_show_replies(record.package["channel"]) or self.is_gone(tx, record):
            wait = BATCH_SECONDS
        elif self._tells_what_it_shows(record):
            wait = self.rules.visitor.email_after
        else:
            return
        tx.timers.start(UNSEEN_REPLY, record, now + timedelta(seconds=wait), now)

    def is_gone(self, tx: Transaction, record: HandoffRecord) -> bool:
        """Whether the visitor's page has not been heard from for long; unknown on channels that tell nothing."""
        if not self._tells_what_it_shows(record):
            return False
        here = tx.conversations.screen(record.conversation_id).here_at
        return here is None or self.clock() - here > timedelta(seconds=self.rules.visitor.gone_after)

    def send_unseen(self, tx: Transaction, record: HandoffRecord) -> list[Message]:
        """Put into one e-mail what the agent wrote and the visitor has not seen; returns what that is."""
        if not self.enabled or record.visitor_email is None:
            return []
        unseen = self._unseen(tx, record)
        if not unseen:
            return []
        ids = [message.id for message in unseen]
        tx.outbox.add(
            target=EMAIL,
            kind=REPLY_MAIL,
            conversation_id=record.conversation_id,
            handoff_id=record.id,
            payload={"to": record.visitor_email, "message_ids": ids},
            dedupe_key=f"{EMAIL}:{ids[0]}",
            now=self.clock(),
        )
        happened(tx, "emailed", record, CLOCK, self.clock(), to=record.visitor_email, messages=len(ids))
        return unseen

    def _unseen(self, tx: Transaction, record: HandoffRecord) -> list[Message]:
        seen = 0
        if can_show_replies(record.package["channel"]):
            seen = tx.conversations.screen(record.conversation_id).seen_seq
        mailed = {one for payload in tx.outbox.payloads(record.id, EMAIL) for one in payload.get("message_ids", ())}
        said = tx.messages.after(record.conversation_id, max(seen, record.opened_seq))
        return [message for message in said if message.sender is Sender.AGENT and message.id not in mailed]

    @staticmethod
    def _tells_what_it_shows(record: HandoffRecord) -> bool:
        return record.package["channel"] == WIDGET_CHANNEL


WIDGET_CHANNEL = "web"
"""The channel whose page tells that it is there and what it has shown."""
