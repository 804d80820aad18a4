"""What an agent does in a conversation: claim, reply, note, resolve, hand back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.channels import can_show_replies
from handoff.domain.clean_text import scrub
from handoff.domain.errors import ChannelCannotShow, Empty, TooLong
from handoff.domain.lifecycle import WAITING, Status, check_transition
from handoff.domain.masking import mask
from handoff.domain.model import Agent, Message, Note, Owner, Sender
from handoff.domain.rules import HandoffRules
from handoff.service.agent_access import agent_of, check_free, locked, mine
from handoff.service.history import happened
from handoff.service.lines import Lines
from handoff.service.ports import Clock, HandoffRecord, NewMessage, Transaction, UnitOfWork
from handoff.service.unseen_replies import UnseenReplies
from handoff.service.waiting_line import AGENT_AWAY, WaitingLine

REPLY_LIMIT = 4000  # characters; what one reads in a chat window, and the visitor's own limit


@dataclass(frozen=True)
class AgentSide:
    """Use cases of agents. Every change of state is a compare-and-swap in one transaction with what follows from it."""

    uow: UnitOfWork
    rules: HandoffRules
    lines: Lines
    line: WaitingLine
    unseen: UnseenReplies
    clock: Clock

    def claim(self, handoff_id: str, agent_id: str) -> HandoffRecord:
        """Take a waiting handoff. Claiming one's own again changes nothing.

        Raises:
            AlreadyClaimed: another agent was faster.
        """
        with self.uow.write() as tx:
            agent, record = agent_of(tx, agent_id), locked(tx, handoff_id)
            if record.status is Status.ASSIGNED and record.agent_id == agent_id:
                return record
            check_free(tx, record, self.clock())
            return self.assign(tx, record, agent, agent)

    def assign(self, tx: Transaction, record: HandoffRecord, agent: Agent, by: Agent) -> HandoffRecord:
        """Give a waiting handoff to ``agent``; for :meth:`claim`, and for others who hand one on."""
        check_transition(record.status, Status.ASSIGNED)
        now = self.clock()
        taken = {"agent_id": agent.id, "assigned_at": now, "opens_at": None}
        if not tx.handoffs.move(record.id, record.status, Status.ASSIGNED, **taken):
            check_free(tx, tx.handoffs.get(record.id), now)
        fresh = replace(record, status=Status.ASSIGNED, **taken)  # type: ignore[arg-type]
        tx.conversations.set_owner(record.conversation_id, Owner.HUMAN)
        self.line.leave(tx, record.id)
        self.watch(tx, fresh)
        # whoever was with somebody before is not greeted as if for the first time
        response = "utter_agent_joined_after_transfer" if record.assigned_at else "utter_agent_joined"
        self.lines.tell(tx, fresh, response, name=agent.display_name, values={"agent_name": agent.display_name})
        happened(tx, "claimed", fresh, by, now, agent=agent.display_name)
        return fresh

    def watch(self, tx: Transaction, record: HandoffRecord) -> None:
        """Look later whether the agent is still there."""
        now = self.clock()
        tx.timers.set(AGENT_AWAY, record, now + timedelta(seconds=self.rules.waiting.agent_away_after), now)

    def reply(self, handoff_id: str, agent_id: str, text: str, client_message_id: str) -> tuple[Message, bool]:
        """Answer the visitor. The same ``client_message_id`` again returns the same message.

        A visitor who has left gets it by e-mail, where there is an address; see :class:`UnseenReplies`.

        Returns:
            (the message, whether it is new).

        Raises:
            NotAssignedToYou, Empty, TooLong.
            ChannelCannotShow: the visitor would never see it; the message says where to write instead.
        """
        clean = _clean(text, "reply")
        message_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{handoff_id}/{agent_id}/{client_message_id}"))
        with self.uow.write() as tx:
            locked(tx, handoff_id)
            known = tx.messages.find(message_id)
            if known is not None:
                return known, False
            agent, record = agent_of(tx, agent_id), mine(tx, handoff_id, agent_id)
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
            stored = self.lines.send(tx, record, message)
            if record.first_reply_at is None:
                tx.handoffs.update(handoff_id, first_reply_at=now)
            self.unseen.watch(tx, record)
            happened(tx, "reply", record, agent, now, message_id=message_id, seq=stored.seq)
            return stored, True

    def note(self, handoff_id: str, agent_id: str, text: str, client_note_id: str) -> tuple[Note, bool]:
        """Write something down for colleagues, whoever has the handoff; the visitor never sees it.

        Returns:
            (the note, whether it is new); the same ``client_note_id`` again returns the same note.

        Raises:
            Empty, TooLong.
        """
        clean = _clean(text, "note")
        note_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"note/{handoff_id}/{agent_id}/{client_note_id}"))
        with self.uow.write() as tx:
            agent, record = agent_of(tx, agent_id), locked(tx, handoff_id)
            is_new = self.add_note(tx, record, agent, clean, note_id)
            found = tx.notes.find(note_id)
            assert found is not None, "it was stored in this transaction or before"
            return found, is_new

    def add_note(self, tx: Transaction, record: HandoffRecord, agent: Agent, text: str, note_id: str = "") -> bool:
        """Store a note within a transaction; an empty one is nothing. False when it was known."""
        clean = mask(scrub(text.strip()))
        if not clean:
            return False
        now = self.clock()
        stored = tx.notes.add(
            note_id or str(uuid.uuid4()), record.id, record.conversation_id, agent.id, clean[:REPLY_LIMIT], now
        )
        if stored:
            happened(tx, "noted", record, agent, now)
        return stored

    def resolve(self, handoff_id: str, agent_id: str) -> HandoffRecord:
        """The matter is settled; the assistant is there again for the next question."""
        return self._close(handoff_id, agent_id, Status.RESOLVED, "utter_agent_resolved")

    def hand_back(self, handoff_id: str, agent_id: str) -> HandoffRecord:
        """The agent leaves without settling it; the assistant goes on."""
        return self._close(handoff_id, agent_id, Status.HANDED_BACK, "utter_handed_back")

    def _close(self, handoff_id: str, agent_id: str, target: Status, response: str) -> HandoffRecord:
        with self.uow.write() as tx:
            agent, record = agent_of(tx, agent_id), locked(tx, handoff_id)
            if record.status is target and record.agent_id == agent_id:
                return record
            if record.status in WAITING or record.status is Status.ASSIGNED:
                mine(tx, handoff_id, agent_id)
            check_transition(record.status, target)
            now = self.clock()
            if not tx.handoffs.move(handoff_id, Status.ASSIGNED, target, closed_at=now):
                check_transition(tx.handoffs.get(handoff_id).status, target)
            tx.conversations.set_owner(record.conversation_id, Owner.ASSISTANT)
            self.line.leave(tx, handoff_id)
            name = agent.display_name
            self.lines.tell(tx, record, response, resume=True, name=name, values={"agent_name": name})
            happened(tx, target.value, record, agent, now)
            return tx.handoffs.get(handoff_id)

    def _check_channel(self, record: HandoffRecord) -> None:
        channel, email = record.package["channel"], record.visitor_email
        if can_show_replies(channel) or (email and self.unseen.enabled):
            return
        where = f"Write to {email} instead" if email else "There is no e-mail address to write to either"
        raise ChannelCannotShow(f"The visitor wrote on the channel '{channel}', which cannot show replies. {where}.")


def _clean(text: str, what: str) -> str:
    clean = mask(scrub(text.strip()))
    if not clean:
        raise Empty("Write something before sending.")
    if len(clean) > REPLY_LIMIT:
        raise TooLong(f"The {what} has {len(clean)} characters; {REPLY_LIMIT} is the limit. Split it in two.")
    return clean
