"""The history of a handoff: every step with who, when and why."""

from __future__ import annotations

from datetime import datetime

from handoff.domain.model import Agent
from handoff.service.ports import HandoffRecord, Transaction

ASSISTANT, VISITOR, CLOCK = "assistant", "visitor", "clock"
"""Who does things, besides agents: ``clock`` is a timer that came due."""


def by(agent: Agent) -> str:
    """How an agent is named as the one who did something."""
    return f"agent:{agent.id}"


def happened(
    tx: Transaction, kind: str, record: HandoffRecord, actor: str | Agent, now: datetime, **data: object
) -> None:
    """Write one step down; an agent's name goes along, since accounts may go."""
    if isinstance(actor, Agent):
        data = {"name": actor.display_name, **data}
        actor = by(actor)
    tx.events.add(
        kind, conversation_id=record.conversation_id, handoff_id=record.id, actor=actor, now=now, data=dict(data)
    )
