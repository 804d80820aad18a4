"""Whether somebody is there who could answer now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.live_chat import LiveChat
from handoff.domain.rules import HandoffRules
from handoff.service.ports import Clock, HandoffRecord, Transaction


@dataclass(frozen=True)
class Attendance:
    """Reads within a transaction who is there."""

    rules: HandoffRules
    chats: LiveChat
    clock: Clock

    def somebody(self, tx: Transaction, record: HandoffRecord) -> bool:
        """Whether somebody is there for this handoff.

        The desk knows its agents. Another live chat does not tell; within opening hours its agents are taken to be
        there, those of a ticket system are not: they answer later.
        """
        live = self.chats.is_live(record.connector)
        if live is not None:
            return live
        since = self.clock() - timedelta(seconds=self.rules.online_seconds)
        return any(agent.looks_after(record.topic) for agent in tx.agents.online(since))
