"""Reads the few messages that metrics need by themselves: what could not be answered, and agents' replies."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select, text

from handoff.domain.visits import Outcome
from handoff.persistence.metric_scope import Scope, belongs_to
from handoff.persistence.tables import handoffs, messages, visits

# word for word the conditions of two partial indexes, which the databases use only if they recognise them
_TO_REVIEW = text("(doubt IS NOT NULL OR outcome IN ('not_understood', 'out_of_scope'))")
_BY_AGENTS = messages.c.agent_id.is_not(None)
UNANSWERED = (Outcome.NOT_UNDERSTOOD.value, Outcome.OUT_OF_SCOPE.value)


class UnansweredMessage(NamedTuple):
    """A message of a visitor that the assistant could not answer."""

    id: str
    text: str
    outcome: str


def unanswered(connection: Connection, scope: Scope) -> list[UnansweredMessage]:
    """Messages written in the time of ``scope`` that were not understood or out of scope, the latest first."""
    query: Select[tuple[str, str, str]] = select(messages.c.id, messages.c.text, messages.c.outcome).where(
        messages.c.at >= scope.start,
        messages.c.at < scope.end,
        _TO_REVIEW,
        messages.c.outcome.in_(UNANSWERED),
    )
    if kinds := scope.kinds_of_visits():
        query = query.where(belongs_to(visits, messages.c.visit_id, kinds))
    rows = connection.execute(query.order_by(messages.c.at.desc(), messages.c.id.desc()))
    return [UnansweredMessage(row.id, row.text, row.outcome) for row in rows]


def replies_by_agent(connection: Connection, scope: Scope) -> dict[str, int]:
    """How many messages each agent wrote in the time of ``scope``."""
    query = select(messages.c.agent_id, func.count().label("replies")).where(
        messages.c.at >= scope.start, messages.c.at < scope.end, _BY_AGENTS
    )
    if kinds := scope.kinds_of_handoffs():
        query = query.where(belongs_to(handoffs, messages.c.handoff_id, kinds))
    return {row.agent_id: row.replies for row in connection.execute(query.group_by(messages.c.agent_id))}
