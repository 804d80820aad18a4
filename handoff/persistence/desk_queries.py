"""The desk's reads, as few statements as possible."""

from __future__ import annotations

from sqlalchemy import Connection, Row, Select, and_, func, select

from handoff.domain.lifecycle import OPEN, Status
from handoff.domain.model import Message, Sender
from handoff.persistence.messages import MessageStore
from handoff.persistence.tables import agents, handoffs, messages
from handoff.service.desk_view import HandoffRow

CLOSED_SHOWN = 100  # the desk lists the latest closed ones; older ones are for reports
_URGENCY_ORDER = {"urgent": 0, "high": 1, "normal": 2, "low": 3}


def list_handoffs(
    connection: Connection, status: str, queue: str | None = None, agent_id: str | None = None
) -> list[HandoffRow]:
    """Rows of the queue, most urgent and then longest waiting first; closed ones newest first.

    Args:
        connection: a reading connection.
        status: ``open``, ``closed``, or one state of the lifecycle.
        queue: only this queue.
        agent_id: only those of this agent.
    """
    query = _rows()
    open_states = [state.value for state in OPEN]
    if status == "open":
        query = query.where(handoffs.c.status.in_(open_states))
    elif status == "closed":
        query = query.where(handoffs.c.status.not_in(open_states))
        query = query.order_by(handoffs.c.closed_at.desc()).limit(CLOSED_SHOWN)
    else:
        query = query.where(handoffs.c.status == status)
    if queue is not None:
        query = query.where(handoffs.c.queue == queue)
    if agent_id is not None:
        query = query.where(handoffs.c.agent_id == agent_id)
    found = connection.execute(query).all()
    last = _last_messages(connection, [row.conversation_id for row in found])
    rows = [_row(row, last.get(row.conversation_id)) for row in found]
    if status != "closed":
        rows.sort(key=lambda row: (row.status != Status.QUEUED, _URGENCY_ORDER[row.urgency_level], row.created_at))
    return rows


def get_row(connection: Connection, handoff_id: str) -> HandoffRow | None:
    """One row of the queue."""
    found = connection.execute(_rows().where(handoffs.c.id == handoff_id)).first()
    if found is None:
        return None
    return _row(found, _last_messages(connection, [found.conversation_id]).get(found.conversation_id))


def _rows() -> Select:  # type: ignore[type-arg]
    # unread: what the visitor wrote after the agent's latest reply, or since the handoff when there is none
    last_reply = (
        select(func.max(messages.c.seq))
        .where(
            messages.c.conversation_id == handoffs.c.conversation_id,
            messages.c.sender == Sender.AGENT.value,
        )
        .correlate(handoffs)
        .scalar_subquery()
    )
    unread = (
        select(func.count())
        .select_from(messages)
        .where(
            messages.c.conversation_id == handoffs.c.conversation_id,
            messages.c.sender == Sender.VISITOR.value,
            messages.c.seq > handoffs.c.opened_seq,
            messages.c.id != func.coalesce(handoffs.c.trigger_message_id, ""),
            messages.c.seq > func.coalesce(last_reply, 0),
        )
        .correlate(handoffs)
        .scalar_subquery()
    )
    return select(handoffs, agents.c.display_name.label("agent_name"), unread.label("unread")).select_from(
        handoffs.outerjoin(agents, agents.c.id == handoffs.c.agent_id)
    )


def _last_messages(connection: Connection, conversation_ids: list[str]) -> dict[str, Message]:
    """The latest line said by somebody (no notes of the system) in each conversation."""
    if not conversation_ids:
        return {}
    spoken = messages.c.sender != Sender.SYSTEM.value
    newest = (
        select(messages.c.conversation_id, func.max(messages.c.seq).label("seq"))
        .where(messages.c.conversation_id.in_(conversation_ids), spoken)
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    ids = connection.execute(
        select(messages.c.id).join(
            newest, and_(messages.c.conversation_id == newest.c.conversation_id, messages.c.seq == newest.c.seq)
        )
    ).scalars()
    store = MessageStore(connection)
    found = [store.find(message_id) for message_id in ids.all()]
    return {message.conversation_id: message for message in found if message is not None}


def _row(row: Row, last: Message | None) -> HandoffRow:  # type: ignore[type-arg]
    package = row.package
    return HandoffRow(
        id=row.id,
        conversation_id=row.conversation_id,
        status=row.status,
        queue=row.queue,
        topic=row.topic,
        urgency_level=row.urgency,
        urgency_reasons=package["urgency"]["reasons"],
        trigger=row.trigger,
        headline=package["summary"]["headline"],
        visitor_name=package["visitor"]["name"],
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        created_at=row.created_at,
        waiting_since=row.created_at if row.status == Status.QUEUED else None,
        closed_at=row.closed_at,
        unread=row.unread,
        last_message=last,
        page_url=package["page"]["url"],
        page_title=package["page"]["title"],
    )
