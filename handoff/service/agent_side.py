"""What an agent does in a conversation: claim, reply, note, resolve, hand back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.channels import can_show_replies
from handoff.domain.clean_text import scrub
from handoff.domain.errors import ChannelCannotShow, Empty, TooLong
from handoff.domain.lifecycle import WAITING, Status, check_transition
from handoff.domain.live_chat import DESK
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
        before = record
        record = self._here(tx, record, agent)
        taken = {"agent_id": agent.id, "assigned_at": now, "opens_at": None}
        if not tx.handoffs.move(record.id, record.status, Status.ASSIGNED, **taken):
            check_free(tx, tx.handoffs.get(record.id), now)
        fresh = replace(record, status=Status.ASSIGNED, **taken)  # type: ignore[arg-type]
        tx.conversations.set_owner(record.conversation_id, Owner.HUMAN)
        self.line.leave(tx, record.id)
        if agent.connector is None:
            self.watch(tx, fresh)
        # whoever was with somebody before is not greeted as if for the first time
        response = "utter_agent_joined_after_transfer" if before.assigned_at else "utter_agent_joined"
        self.lines.tell(tx, fresh, response, name=agent.display_name, values={"agent_name": agent.display_name})
        happened(tx, "claimed", fresh, by, now, agent=agent.display_name)
        return fresh

    def _here(self, tx: Transaction, record: HandoffRecord, agent: Agent) -> HandoffRecord:
        """The handoff, in the live chat in which ``agent`` works; another one that had it hears who took it."""
        where = agent.connector or DESK
        reason = f"{agent.display_name} has taken this over elsewhere. Please do not answer here."
        return self.line.live_chats.move(tx, record, where, reason)

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
            return self.say(tx, record, agent, clean, message_id, client_message_id), True

    def say(
        self,
        tx: Transaction,
        record: HandoffRecord,
        agent: Agent,
        text: str,
        message_id: str,
        client_message_id: str | None = None,
    ) -> Message:
        """Show the visitor ``text`` of an agent, within a transaction in which ``message_id`` was not known.

        Raises:
            ChannelCannotShow: the visitor would never see it; the message says where to write instead.
        """
        self._check_channel(record)
        now = self.clock()
        message = NewMessage(
            id=message_id,
            conversation_id=record.conversation_id,
            sender=Sender.AGENT,
            text=text,
            at=now,
            name=agent.display_name,
            agent_id=agent.id,
            handoff_id=record.id,
            client_message_id=client_message_id,
        )
        stored = self.lines.send(tx, record, message)
        if record.first_reply_at is None:
            open_seconds = self.rules.hours.open_seconds(record.queue, record.created_at, now)
            tx.handoffs.update(record.id, first_reply_at=now, reply_open_seconds=open_seconds)
        self.unseen.watch(tx, record)
        happened(tx, "reply", record, agent, now, message_id=message_id, seq=stored.seq)
        return stored

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
        clean = clean_text(text)
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
            return self.finish(tx, record, agent, target, response)

    def finish(
        self, tx: Transaction, record: HandoffRecord, agent: Agent, target: Status, response: str
    ) -> HandoffRecord:
        """Close an assigned handoff within a transaction; ``response`` is what the visitor hears."""
        check_transition(record.status, target)
        now = self.clock()
        if not tx.handoffs.move(record.id, Status.ASSIGNED, target, closed_at=now):
            check_transition(tx.handoffs.get(record.id).status, target)
        tx.conversations.set_owner(record.conversation_id, Owner.ASSISTANT)
        self.line.leave(tx, record.id)
        self.line.live_chats.over(tx, record, f"{agent.display_name} has closed this.", agent)
        name = agent.display_name
        self.lines.tell(tx, record, response, resume=True, name=name, values={"agent_name": name})
        happened(tx, target.value, record, agent, now)
        return tx.handoffs.get(record.id)

    def _check_channel(self, record: HandoffRecord) -> None:
        channel, email = record.package["channel"], record.visitor_email
        if can_show_replies(channel) or (email and self.unseen.enabled):
            return
        where = f"Write to {email} instead" if email else "There is no e-mail address to write to either"
        raise ChannelCannotShow(f"The visitor wrote on the channel '{channel}', which cannot show replies. {where}.")


def clean_text(text: str) -> str:
    """``text`` as it may be stored: masked, without what no database takes."""
    return mask(scrub(text.strip()))


def _clean(text: str, what: str) -> str:
    clean = clean_text(text)
    if not clean:
        raise Empty("Write something before sending.")
    if len(clean) > REPLY_LIMIT:
        raise TooLong(f"The {what} has {len(clean)} characters; {REPLY_LIMIT} is the limit. Split it in two.")
    return clean
