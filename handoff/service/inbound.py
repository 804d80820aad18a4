"""What happened in a live chat happens to the handoff: the same use cases as an agent's at the desk, once."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, replace

from handoff.domain.errors import ChannelCannotShow
from handoff.domain.lifecycle import OPEN, WAITING, Status
from handoff.domain.model import Agent
from handoff.service.agent_access import locked
from handoff.service.agent_side import REPLY_LIMIT, AgentSide, clean_text
from handoff.service.counterpart import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Closed,
    DeliveryState,
    Event,
    Transferred,
)
from handoff.service.delivery_ports import LinkRecord
from handoff.service.history import happened
from handoff.service.lines import Lines
from handoff.service.live_chats import LiveChats
from handoff.service.ports import Clock, HandoffRecord, Transaction, UnitOfWork

logger = logging.getLogger(__name__)

NAME_LIMIT = 120  # the width of the column
SOMEBODY = AgentOfLiveChat("somebody", "Our team")
"""Who closed it, where the live chat does not say."""


@dataclass(frozen=True)
class Inbound:
    """Use case: apply one event of a live chat. The same event again changes nothing."""

    uow: UnitOfWork
    agents: AgentSide
    lines: Lines
    live_chats: LiveChats
    clock: Clock

    def apply(self, link: LinkRecord, event: Event) -> None:
        """Let ``event`` happen to the handoff of ``link``, in one transaction."""
        with self.uow.write() as tx:
            record = locked(tx, link.handoff_id)
            if isinstance(event, AgentMessage):
                self._message(tx, link, record, event)
            elif isinstance(event, AgentJoined):
                self._with(tx, link, record, event.agent)
            elif isinstance(event, Transferred):
                self._transferred(tx, link, record, event)
            elif isinstance(event, Closed):
                self._closed(tx, link, record, event)
            elif isinstance(event, DeliveryState):
                self._delivery(tx, link, record, event)

    def _message(self, tx: Transaction, link: LinkRecord, record: HandoffRecord, event: AgentMessage) -> None:
        parts = _parts(event)
        ids = [_message_id(link, event, number) for number in range(len(parts))]
        if not parts or tx.messages.find(ids[0]) is not None:
            return
        agent = self._agent(tx, link, event.agent)
        record = self._with(tx, link, record, event.agent)
        try:
            # also when it is over, or another live chat has it by now: what an agent writes must reach the visitor
            for part, message_id in zip(parts, ids, strict=True):
                self.agents.say(tx, record, agent, part, message_id, event.id[:64])
                record = replace(record, first_reply_at=record.first_reply_at or self.clock())
        except ChannelCannotShow as error:
            happened(tx, "reply_not_shown", record, agent, self.clock(), error=str(error))
            self.live_chats.notice(tx, link, f"Your answer did not reach the visitor. {error}")

    def _with(self, tx: Transaction, link: LinkRecord, record: HandoffRecord, who: AgentOfLiveChat) -> HandoffRecord:
        """The handoff with this agent in it, unless it is over or elsewhere."""
        if record.connector != link.connector or record.status not in OPEN:
            return record
        agent = self._agent(tx, link, who)
        if record.status in WAITING:
            return self.agents.assign(tx, record, agent, agent)
        if record.agent_id == agent.id:
            return record
        before = tx.agents.get(record.agent_id) if record.agent_id else None
        now = self.clock()
        tx.handoffs.update(record.id, agent_id=agent.id, assigned_at=now)
        fresh = replace(record, agent_id=agent.id, assigned_at=now)
        happened(tx, "transferred", fresh, agent, now, to_agent=agent.display_name)
        left = before.display_name if before else agent.display_name
        self.lines.tell(
            tx,
            fresh,
            "utter_transferred_agent",
            name=agent.display_name,
            values={"agent_name": left, "new_agent_name": agent.display_name},
        )
        return fresh

    def _transferred(self, tx: Transaction, link: LinkRecord, record: HandoffRecord, event: Transferred) -> None:
        if record.connector != link.connector or record.status not in OPEN:
            return
        if event.agent is not None:
            self._with(tx, link, record, event.agent)
            return
        happened(tx, "transferred", record, link.connector, self.clock(), queue=event.to)

    def _closed(self, tx: Transaction, link: LinkRecord, record: HandoffRecord, event: Closed) -> None:
        tx.links.close(link.handoff_id, link.connector)
        if record.connector != link.connector or record.status not in OPEN:
            return
        agent = self._agent(tx, link, event.agent or SOMEBODY)
        if record.status in WAITING:
            # nobody took it, so nobody is announced either
            self._take_silently(tx, record, agent)
            record = tx.handoffs.get(record.id)
        else:
            agent = (tx.agents.get(record.agent_id) if record.agent_id else None) or agent
        if record.first_reply_at is None:
            self.agents.finish(tx, record, agent, Status.HANDED_BACK, "utter_closed_unanswered")
        else:
            self.agents.finish(tx, record, agent, Status.RESOLVED, "utter_agent_resolved")

    def _take_silently(self, tx: Transaction, record: HandoffRecord, agent: Agent) -> None:
        now = self.clock()
        tx.handoffs.move(record.id, record.status, Status.ASSIGNED, agent_id=agent.id, assigned_at=now, opens_at=None)
        happened(tx, "claimed", record, agent, now, agent=agent.display_name)

    def _delivery(self, tx: Transaction, link: LinkRecord, record: HandoffRecord, event: DeliveryState) -> None:
        if event.state == "failed":
            logger.error("%s could not show message %s: %s", link.connector, event.message_id, event.cause)
            happened(tx, "not_shown_there", record, link.connector, self.clock(), error=event.cause)

    def _agent(self, tx: Transaction, link: LinkRecord, who: AgentOfLiveChat) -> Agent:
        name = clean_text(who.name)[:NAME_LIMIT] or SOMEBODY.name
        return tx.agents.of_live_chat(link.connector, who.id, name, self.clock())


def _parts(event: AgentMessage) -> list[str]:
    """The text in pieces that a chat window takes; addresses of files on lines of their own."""
    text = "\n".join([clean_text(event.text), *event.attachments]).strip()
    return [part for start in range(0, len(text), REPLY_LIMIT) if (part := text[start : start + REPLY_LIMIT].strip())]


def _message_id(link: LinkRecord, event: AgentMessage, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{link.connector}/{link.reference}/{event.id}/{number}"))
