"""Whether an agent is there, and what of a conversation the agent has seen."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.errors import InvalidInput
from handoff.domain.lifecycle import Status
from handoff.domain.model import Presence
from handoff.service.agent_access import agent_of
from handoff.service.agent_side import AgentSide
from handoff.service.ports import Clock, UnitOfWork


@dataclass(frozen=True)
class AgentPresence:
    """Use cases around being there."""

    uow: UnitOfWork
    agents: AgentSide
    clock: Clock

    def set(self, agent_id: str, state: str) -> None:
        """Say that one is there, or away. Who is away gives up open conversations after the time in handoff.yml.

        Raises:
            InvalidInput: ``state`` is neither online nor away.
        """
        try:
            presence = Presence(state)
        except ValueError as error:
            raise InvalidInput(f"Presence is online or away, not '{state}'.") from error
        with self.uow.write() as tx:
            agent = agent_of(tx, agent_id)
            tx.agents.set_presence(agent.id, presence)
            if presence is Presence.AWAY:
                # the patience counts from now, not from when the desk was last looked at
                for record in tx.handoffs.assigned_to(agent_id):
                    self.agents.watch(tx, record)
            tx.events.add(
                "presence",
                conversation_id="",
                handoff_id=None,
                actor=f"agent:{agent.id}",
                now=self.clock(),
                data={"state": presence.value},
            )

    def seen(self, handoff_id: str, agent_id: str, seq: int) -> bool:
        """The agent in a conversation has it on the screen up to ``seq``; False when it is known or not theirs."""
        with self.uow.write() as tx:
            record = tx.handoffs.get(handoff_id)
            here = record.status is Status.ASSIGNED and record.agent_id == agent_id
            last = tx.conversations.last_seq(record.conversation_id)
            if not here or seq <= record.agent_seen_seq or seq > last:
                return False
            tx.handoffs.update(handoff_id, agent_seen_seq=seq)
            return True

    def is_in(self, handoff_id: str, agent_id: str) -> bool:
        """Whether the agent is in this conversation now."""
        with self.uow.read() as tx:
            record = tx.handoffs.get(handoff_id)
        return record.status is Status.ASSIGNED and record.agent_id == agent_id
