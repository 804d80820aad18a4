"""The desk's queue, read with as few statements as possible."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Row, Select, and_, func, select

from handoff.domain.lifecycle import OPEN, WAITING, Status
from handoff.domain.model import Sender
from handoff.persistence.search import has_words
from handoff.persistence.tables import agents, events, handoffs, messages, notes
from handoff.service.desk_view import HandedOn, HandoffRow, LastLine

CLOSED_SHOWN = 100  # the desk lists the latest closed ones; older ones are found by searching, and are for reports
ONE_TRANSACTION = timedelta(seconds=2)  # far longer than one takes, far shorter than writing a note and then moving
_OPEN = [state.value for state in OPEN]
_URGENCY_ORDER = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
_STATUS_ORDER = {Status.QUEUED: 0, Status.MISSED: 1, Status.FOLLOW_UP: 2, Status.ASSIGNED: 3, Status.SCHEDULED: 4}
"""Who waits right now comes first, and who waits for tomorrow last."""


def list_handoffs(
    connection: Connection,
    status: str,
    queue: str | None = None,
    agent_id: str | None = None,
    search: str | None = None,
) -> list[HandoffRow]:
    """Rows of the queue, most urgent and then longest waiting first; closed ones after them, newest first.

    Args:
        connection: a reading connection.
        status: ``open``, ``waiting``, ``closed``, ``all``, or one state of the lifecycle.
        queue: only this queue.
        agent_id: only those of this agent.
        search: only those in which all these words occur; see :func:`handoff.persistence.search.has_words`.
    """
    query = _rows()
    if queue is not None:
        query = query.where(handoffs.c.queue == queue)
    if agent_id is not None:
        query = query.where(handoffs.c.agent_id == agent_id)
    if search and search.strip():
        query = query.where(has_words(connection, search))
    found: list[Row] = []  # type: ignore[type-arg]
    if states := _open_states(status):
        found += connection.execute(query.where(handoffs.c.status.in_(states))).all()
        found.sort(key=_place)
    if closed := _closed_states(status):
        ended = func.coalesce(handoffs.c.closed_at, handoffs.c.created_at)
        found += connection.execute(
            query.where(handoffs.c.status.in_(closed)).order_by(ended.desc()).limit(CLOSED_SHOWN)
        ).all()
    return _with_context(connection, found)


def get_row(connection: Connection, handoff_id: str) -> HandoffRow | None:
    """One row of the queue."""
    found = connection.execute(_rows().where(handoffs.c.id == handoff_id)).all()
    return _with_context(connection, list(found))[0] if found else None


def waiting_by_queue(connection: Connection) -> dict[str, int]:
    """How many handoffs wait for an agent right now, by queue; queues without any are not named."""
    rows = connection.execute(
        select(handoffs.c.queue, func.count().label("number"))
        .where(handoffs.c.status == Status.QUEUED.value)
        .group_by(handoffs.c.queue)
    )
    return {row.queue: row.number for row in rows}


def load_by_agent(connection: Connection) -> dict[str, int]:
    """How many handoffs each agent is in; agents without any are not named."""
    rows = connection.execute(
        select(handoffs.c.agent_id, func.count().label("number"))
        .where(handoffs.c.status == Status.ASSIGNED.value)
        .group_by(handoffs.c.agent_id)
    )
    return {row.agent_id: row.number for row in rows}


def _open_states(status: str) -> list[str]:
    if status in {"open", "all"}:
        return _OPEN
    if status == "waiting":
        return [state.value for state in WAITING]
    return [status] if status in _OPEN else []


def _closed_states(status: str) -> list[str]:
    closed = [state.value for state in Status if state not in OPEN]
    if status in {"closed", "all"}:
        return closed
    return [status] if status in closed else []


def _place(row: Row) -> tuple[object, ...]:  # type: ignore[type-arg]
    # the same order in which visitors are told their place: urgency, then since when they have waited in all
    return _STATUS_ORDER[Status(row.status)], _URGENCY_ORDER[row.urgency], row.created_at, row.id


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


def _with_context(connection: Connection, found: list[Row]) -> list[HandoffRow]:  # type: ignore[type-arg]
    last = _last_lines(connection, [row.conversation_id for row in found])
    handed_on = _handed_on(connection, [row.id for row in found])
    return [_row(row, last.get(row.conversation_id), handed_on.get(row.id)) for row in found]


def _last_lines(connection: Connection, conversation_ids: list[str]) -> dict[str, LastLine]:
    """The latest line said by somebody (no notes of the system) in each conversation."""
    if not conversation_ids:
        return {}
    newest = (
        select(messages.c.conversation_id, func.max(messages.c.seq).label("seq"))
        .where(messages.c.conversation_id.in_(conversation_ids), messages.c.sender != Sender.SYSTEM.value)
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    rows = connection.execute(
        select(messages.c.conversation_id, messages.c.sender, messages.c.text, messages.c.at).join(
            newest, and_(messages.c.conversation_id == newest.c.conversation_id, messages.c.seq == newest.c.seq)
        )
    )
    return {row.conversation_id: LastLine(Sender(row.sender), row.text, row.at) for row in rows}


def _handed_on(connection: Connection, handoff_ids: list[str]) -> dict[str, HandedOn]:
    """The latest time that an agent gave each handoff on, with the note that was written along with it."""
    if not handoff_ids:
        return {}
    latest = (
        select(func.max(events.c.id))
        .where(events.c.handoff_id.in_(handoff_ids), events.c.kind.in_(("transferred", "released")))
        .group_by(events.c.handoff_id)
    )
    steps = connection.execute(select(events).where(events.c.id.in_(latest))).all()
    written = connection.execute(
        select(notes).where(notes.c.handoff_id.in_([step.handoff_id for step in steps])).order_by(notes.c.at)
    ).all()
    return {
        step.handoff_id: HandedOn(
            by=step.data.get("name") or "A colleague",
            note=next((note.text for note in reversed(written) if _belongs_to(note, step)), None),
            at=step.at,
        )
        for step in steps
    }


def _belongs_to(note: Row, step: Row) -> bool:  # type: ignore[type-arg]
    """Whether a note was written together with a step: both happen in one transaction, the note first."""
    together = timedelta(0) <= step.at - note.at <= ONE_TRANSACTION
    return together and note.handoff_id == step.handoff_id and step.actor == f"agent:{note.agent_id}"


def _row(row: Row, last: LastLine | None, handed_on: HandedOn | None) -> HandoffRow:  # type: ignore[type-arg]
    package = row.package
    status = Status(row.status)
    waiting_since = row.created_at if status is Status.SCHEDULED else row.queued_at or row.created_at
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
        visitor_email=package["visitor"]["email"],
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        created_at=row.created_at,
        waiting_since=waiting_since if status in WAITING else None,
        opens_at=row.opens_at if status is Status.SCHEDULED else None,
        assigned_at=row.assigned_at,
        first_reply_at=row.first_reply_at,
        closed_at=row.closed_at,
        agent_seen_seq=row.agent_seen_seq,
        unread=row.unread,
        last_message=last,
        # who has taken it since knows already what it came with
        handed_on=handed_on if status in OPEN and not _taken_since(row, handed_on) else None,
        page_url=package["page"]["url"],
        page_title=package["page"]["title"],
        connector=row.connector,
    )


def _taken_since(row: Row, handed_on: HandedOn | None) -> bool:  # type: ignore[type-arg]
    return row.status == Status.ASSIGNED and handed_on is not None and row.assigned_at > handed_on.at
