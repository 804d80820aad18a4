"""What an agent does with a handoff: claim, reply, resolve, hand back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from handoff.domain.channels import can_show_replies
from handoff.domain.clean_text import scrub
from handoff.domain.errors import AlreadyClaimed, ChannelCannotShow, Empty, NotAssignedToYou, NotFound, TooLong
from handoff.domain.lifecycle import Status, check_transition
from handoff.domain.masking import mask
from handoff.domain.model import Agent, Message, Owner, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.ports import Clock, HandoffRecord, NewMessage, Texts, Transaction, UnitOfWork

TO_VISITOR = "to_visitor"
"""Outbox kind: show the visitor a message, through Rasa."""
RESUME = "resume"
"""Outbox kind: show the visitor a message and let the assistant take over again."""
RASA = "rasa"
"""Outbox target: the Rasa server."""

REPLY_LIMIT = 4000  # characters; what one reads in a chat window, and the visitor's own limit
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class AgentSide:
    """Use cases of agents. Every change of state is a compare-and-swap in one transaction with what follows from it."""

    uow: UnitOfWork
    rules: HandoffRules
    texts: Texts
    clock: Clock

    def claim(self, handoff_id: str, agent_id: str) -> HandoffRecord:
        """Take a waiting handoff. Claiming one's own again changes nothing.

        Raises:
            AlreadyClaimed: another agent was faster.
        """
        with self.uow.write() as tx:
            agent, record, now = self._agent(tx, agent_id), self._locked(tx, handoff_id), self.clock()
            if record.status is Status.ASSIGNED:
                if record.agent_id == agent_id:
                    return record
                raise AlreadyClaimed(self._who_was_faster(tx, record, now))
            check_transition(record.status, Status.ASSIGNED)
            if not tx.handoffs.move(handoff_id, Status.QUEUED, Status.ASSIGNED, agent_id=agent_id, assigned_at=now):
                raise AlreadyClaimed(self._who_was_faster(tx, tx.handoffs.get(handoff_id), now))
            text = self.texts.text(
                "utter_agent_joined",
                pick=handoff_id,
                agent_name=agent.display_name,
                team=self.rules.topics[record.topic].team if record.topic in self.rules.topics else "our team",
            )
            self._tell(tx, record, text, TO_VISITOR, key=f"joined:{handoff_id}:{agent_id}", agent=agent)
            self._event(tx, "claimed", record, agent)
            return tx.handoffs.get(handoff_id)

    def reply(self, handoff_id: str, agent_id: str, text: str, client_message_id: str) -> tuple[Message, bool]:
        """Answer the visitor. The same ``client_message_id`` again returns the same message.

        Returns:
            (the message, whether it is new).

        Raises:
            NotAssignedToYou, Empty, TooLong.
            ChannelCannotShow: the visitor would never see it; the message says where to write instead.
        """
        clean = mask(scrub(text.strip()))
        if not clean:
            raise Empty("Write something before sending.")
        if len(clean) > REPLY_LIMIT:
            raise TooLong(f"The reply has {len(clean)} characters; {REPLY_LIMIT} is the limit. Split it in two.")
        message_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{handoff_id}/{agent_id}/{client_message_id}"))
        with self.uow.write() as tx:
            self._locked(tx, handoff_id)
            known = tx.messages.find(message_id)
            if known is not None:
                return known, False
            agent, record = self._agent(tx, agent_id), self._mine(tx, handoff_id, agent_id)
            self._check_channel(record)
            now = self.clock()
            message = NewMessage(
                id=message_id,
                conversation_id=record.conversation_id,
                sender=Sender.AGENT,
                text=clean,
                at=now,
                name=agent.display_name,
                agent_id=agent_id,
                handoff_id=handoff_id,
                client_message_id=client_message_id,
            )
            stored = self._send(tx, record, message, TO_VISITOR)
            if record.first_reply_at is None:
                tx.handoffs.update(handoff_id, first_reply_at=now)
            self._event(tx, "reply", record, agent, message_id=message_id, seq=stored.seq)
            return stored, True

    def resolve(self, handoff_id: str, agent_id: str) -> HandoffRecord:
        """The matter is settled; the assistant is there again for the next question."""
        return self._close(handoff_id, agent_id, Status.RESOLVED, "utter_agent_resolved")

    def hand_back(self, handoff_id: str, agent_id: str) -> HandoffRecord:
        """The agent leaves without settling it; the assistant goes on."""
        return self._close(handoff_id, agent_id, Status.HANDED_BACK, "utter_handed_back")

    def _close(self, handoff_id: str, agent_id: str, target: Status, response: str) -> HandoffRecord:
        with self.uow.write() as tx:
            agent, record = self._agent(tx, agent_id), self._locked(tx, handoff_id)
            if record.status is target and record.agent_id == agent_id:
                return record
            check_transition(record.status, target)
            self._mine(tx, handoff_id, agent_id)
            if not tx.handoffs.move(handoff_id, Status.ASSIGNED, target, closed_at=self.clock()):
                check_transition(tx.handoffs.get(handoff_id).status, target)
            tx.conversations.set_owner(record.conversation_id, Owner.ASSISTANT)
            text = self.texts.text(response, pick=handoff_id, agent_name=agent.display_name)
            self._tell(tx, record, text, RESUME, key=f"{target}:{handoff_id}", agent=agent)
            self._event(tx, target.value, record, agent)
            return tx.handoffs.get(handoff_id)

    def _tell(self, tx: Transaction, record: HandoffRecord, text: str, kind: str, *, key: str, agent: Agent) -> None:
        """Show the visitor a line about what happens, neither the assistant's nor the agent's own words."""
        self._send(
            tx,
            record,
            NewMessage(
                id=str(uuid.uuid5(uuid.NAMESPACE_OID, key)),
                conversation_id=record.conversation_id,
                sender=Sender.SYSTEM,
                text=text,
                at=self.clock(),
                name=agent.display_name,
                handoff_id=record.id,
            ),
            kind,
        )

    def _send(self, tx: Transaction, record: HandoffRecord, message: NewMessage, kind: str) -> Message:
        stored = tx.messages.add(message)
        assert stored is not None, "ids of messages to visitors are made for one transition and used once"
        tx.outbox.add(
            target=RASA,
            kind=kind,
            conversation_id=record.conversation_id,
            handoff_id=record.id,
            payload={"message_id": stored.id},
            dedupe_key=f"{kind}:{stored.id}",
            now=self.clock(),
        )
        return stored

    def _event(self, tx: Transaction, kind: str, record: HandoffRecord, agent: Agent, **data: object) -> None:
        tx.events.add(
            kind,
            conversation_id=record.conversation_id,
            handoff_id=record.id,
            actor=f"agent:{agent.id}",
            now=self.clock(),
            data={"name": agent.display_name, **data},
        )

    @staticmethod
    def _check_channel(record: HandoffRecord) -> None:
        channel, email = record.package["channel"], record.package["visitor"]["email"]
        if not can_show_replies(channel):
            where = f"Write to {email} instead" if email else "There is no e-mail address to write to either"
            raise ChannelCannotShow(
                f"The visitor wrote on the channel '{channel}', which cannot show replies. {where}."
            )

    @staticmethod
    def _agent(tx: Transaction, agent_id: str) -> Agent:
        agent = tx.agents.get(agent_id)
        if agent is None:
            raise NotFound("Your account does not exist any more. Ask an administrator.")
        return agent

    @staticmethod
    def _locked(tx: Transaction, handoff_id: str) -> HandoffRecord:
        """The handoff as it stands once nobody else writes in its conversation; that lock always comes first."""
        tx.conversations.lock(tx.handoffs.get(handoff_id).conversation_id)
        return tx.handoffs.get(handoff_id)

    @staticmethod
    def _mine(tx: Transaction, handoff_id: str, agent_id: str) -> HandoffRecord:
        record = AgentSide._locked(tx, handoff_id)
        if record.status is not Status.ASSIGNED or record.agent_id != agent_id:
            owner = tx.agents.get(record.agent_id) if record.agent_id else None
            if record.status is Status.QUEUED:
                raise NotAssignedToYou("Claim this conversation before you write in it.")
            if record.status is Status.ASSIGNED and owner:
                raise NotAssignedToYou(f"{owner.display_name} is in this conversation.")
            raise NotAssignedToYou("This conversation is closed; the assistant is with the visitor again.")
        return record

    @staticmethod
    def _who_was_faster(tx: Transaction, record: HandoffRecord, now: datetime) -> str:
        other = tx.agents.get(record.agent_id) if record.agent_id else None
        name = other.display_name if other else "Somebody else"
        seconds = max(0, int((now - (record.assigned_at or now)).total_seconds()))
        ago = f"{seconds} seconds" if seconds < SECONDS_PER_MINUTE else f"{seconds // SECONDS_PER_MINUTE} minutes"
        return f"{name} took this one {ago} ago."
