"""What each agent had to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from handoff.domain.lifecycle import Status
from handoff.metrics.numbers import mean, median
from handoff.metrics.values import AgentRow
from handoff.persistence.metric_handoffs import HandoffFact, names_of_agents
from handoff.persistence.metric_messages import replies_by_agent
from handoff.persistence.metric_scope import Scope

UNKNOWN = "A former agent"


def agent_rows(connection: Connection, scope: Scope, handoffs: Sequence[HandoffFact]) -> list[AgentRow]:
    """Everybody who took a handoff or wrote a reply, who took most first.

    Args:
        connection: a reading connection.
        scope: which replies.
        handoffs: those made in that time.
    """
    names = names_of_agents(connection)
    replies = replies_by_agent(connection, scope)
    taken: dict[str, list[HandoffFact]] = defaultdict(list)
    for one in handoffs:
        if one.agent_id is not None:
            taken[one.agent_id].append(one)
    rows = [
        _row(agent, names.get(agent, UNKNOWN), taken[agent], replies.get(agent, 0))
        for agent in replies.keys() | taken.keys()
    ]
    return sorted(rows, key=lambda row: (-row.taken, -row.replies, row.name, row.agent_id))


def _row(agent_id: str, name: str, taken: Sequence[HandoffFact], replies: int) -> AgentRow:
    scores = [one.score for one in taken if one.score is not None]
    return AgentRow(
        agent_id=agent_id,
        name=name,
        taken=len(taken),
        replies=replies,
        resolved=sum(one.status == Status.RESOLVED for one in taken),
        first_reply_median=median([seconds for one in taken if (seconds := one.reply_seconds) is not None]),
        resolution_median=median([seconds for one in taken if (seconds := one.resolution_seconds) is not None]),
        csat=mean(scores),
        rated=len(scores),
        most_at_once=most_at_once((one.assigned_at, one.closed_at) for one in taken if one.assigned_at is not None),
    )


def most_at_once(spans: Iterable[tuple[datetime, datetime | None]]) -> int:
    """The most spans (start, end) that overlap at any moment; one that ends as another begins does not overlap it, and
    one without an end goes on."""
    steps: list[tuple[datetime, int]] = []
    for start, end in spans:
        steps.append((start, 1))
        if end is not None:
            steps.append((end, -1))
    most = current = 0
    for _, step in sorted(steps):  # ends before starts of the same moment
        current += step
        most = max(most, current)
    return most
