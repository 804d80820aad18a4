"""From the service's values of agents, queues and canned replies to what the API shows."""

from __future__ import annotations

from handoff.desk.people_schemas import AccountOut, CannedOut, ColleagueOut, QueueOut
from handoff.desk.schemas import AgentOut
from handoff.domain.model import Agent
from handoff.service.desk_view import CannedReply, Colleague, QueueView


def agent_out(agent: Agent) -> AgentOut:
    """An agent, without anything secret."""
    return AgentOut(
        id=agent.id,
        username=agent.username,
        display_name=agent.display_name,
        role=agent.role,
        topics=list(agent.topics),
    )


def colleague_out(colleague: Colleague) -> ColleagueOut:
    """An agent as colleagues see one."""
    agent = colleague.agent
    return ColleagueOut(
        id=agent.id,
        display_name=agent.display_name,
        role=agent.role,
        topics=list(agent.topics),
        online=colleague.online,
        presence=agent.presence.value,
        open_handoffs=colleague.open_handoffs,
    )


def account_out(colleague: Colleague) -> AccountOut:
    """An account as administrators see it."""
    agent = colleague.agent
    return AccountOut(
        **agent_out(agent).model_dump(),
        active=agent.active,
        online=colleague.online,
        presence=agent.presence.value,
        open_handoffs=colleague.open_handoffs,
        last_seen_at=agent.last_seen_at,
    )


def queue_out(queue: QueueView) -> QueueOut:
    """A queue and how it stands."""
    return QueueOut(
        name=queue.name,
        topics=list(queue.topics),
        team=queue.team,
        open=queue.is_open,
        opens_at=queue.opens_at,
        closes_at=queue.closes_at,
        closed_because=queue.closed_because,
        waiting=queue.waiting,
        agents_online=queue.agents_online,
        connector=queue.connector,
    )


def canned_out(reply: CannedReply) -> CannedOut:
    """A canned reply."""
    return CannedOut(**vars(reply))
