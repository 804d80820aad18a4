"""Who may do what with a handoff, asked within a transaction; every refusal says how it stands."""

from __future__ import annotations

from datetime import datetime

from handoff.domain.errors import AlreadyClaimed, NotAssignedToYou, NotFound
from handoff.domain.lifecycle import WAITING, Status
from handoff.domain.model import Agent
from handoff.service.ports import HandoffRecord, Transaction

SECONDS_PER_MINUTE = 60
JUST_NOW_SECONDS = 5  # below that a number says nothing


def agent_of(tx: Transaction, agent_id: str) -> Agent:
    """The agent, or NotFound when the account is gone or closed."""
    agent = tx.agents.get(agent_id)
    if agent is None or not agent.active:
        raise NotFound("Your account does not exist any more. Ask an administrator.")
    return agent


def locked(tx: Transaction, handoff_id: str) -> HandoffRecord:
    """The handoff as it stands once nobody else writes in its conversation; that lock always comes first."""
    tx.conversations.lock(tx.handoffs.get(handoff_id).conversation_id)
    return tx.handoffs.get(handoff_id)


def mine(tx: Transaction, handoff_id: str, agent_id: str) -> HandoffRecord:
    """The handoff, if this agent is in it.

    Raises:
        NotAssignedToYou: it waits, somebody else is in it, or it is over.
    """
    record = locked(tx, handoff_id)
    if record.status is Status.ASSIGNED and record.agent_id == agent_id:
        return record
    if record.status in WAITING:
        raise NotAssignedToYou("Claim this conversation before you write in it.")
    owner = tx.agents.get(record.agent_id) if record.agent_id else None
    if record.status is Status.ASSIGNED and owner:
        raise NotAssignedToYou(f"{owner.display_name} is in this conversation.")
    raise NotAssignedToYou("This conversation is closed; the assistant is with the visitor again.")


def check_free(tx: Transaction, record: HandoffRecord, now: datetime) -> None:
    """Raise :class:`AlreadyClaimed`, with who was faster, when an agent has the handoff."""
    if record.status is not Status.ASSIGNED:
        return
    other = tx.agents.get(record.agent_id) if record.agent_id else None
    name = other.display_name if other else "Somebody else"
    seconds = max(0, int((now - (record.assigned_at or now)).total_seconds()))
    if seconds < JUST_NOW_SECONDS:
        raise AlreadyClaimed(f"{name} took this one just now.")
    ago = f"{seconds} seconds" if seconds < SECONDS_PER_MINUTE else f"{seconds // SECONDS_PER_MINUTE} minutes"
    raise AlreadyClaimed(f"{name} took this one {ago} ago.")
